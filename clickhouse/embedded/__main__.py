"""Start the engine: `python -m clickhouse.embedded --data DIR --port N`."""

import argparse
import errno
import os
import shutil
import signal
import sys
import threading
import time
from pathlib import Path
from types import FrameType

from clickhouse.embedded import users
from clickhouse.embedded.config import MIB, Limits
from clickhouse.embedded.disk import DiskWatch, free_bytes
from clickhouse.embedded.engine import Engine
from clickhouse.embedded.server import LOOPBACK, Endpoint, Server
from contract.errors import NhipError, SetupError
from contract.settings import Settings, load
from contract.text import choose

_GRACE = 4.0
_LEAST_FREE = 64 * MIB


def main() -> None:
    started = time.monotonic()
    arguments = _arguments()
    try:
        server = _opened(arguments.data, arguments.port)
    except NhipError as error:
        sys.exit(f"store: {error}")
    asked = _asked_to_stop()
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True).start()
    engine = server.endpoint.engine
    print(
        f"ready {LOOPBACK}:{server.server_port} engine {engine.version} in {time.monotonic() - started:.1f} s",
        flush=True,
    )
    server.endpoint.disk.start()
    server.endpoint.costs.start()
    while not asked:
        time.sleep(0.05)
    server.stop(_GRACE)
    _leave(engine)


def _arguments() -> argparse.Namespace:
    settings = load()
    parser = argparse.ArgumentParser(prog="python -m clickhouse.embedded", description=__doc__)
    parser.add_argument("--data", type=Path, default=settings.var_dir / "store", help="folder of the data")
    parser.add_argument("--port", type=int, default=settings.store_port, help="port on 127.0.0.1; 0 takes a free one")
    return parser.parse_args()


def _opened(folder: Path, port: int) -> Server:
    settings = load()
    known = users.of(settings)
    limits = Limits(memory_mb=settings.store_memory_mb, disk_floor_mb=settings.store_disk_floor_mb)
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if shutil.disk_usage(folder).free < _LEAST_FREE:
            raise OSError(errno.ENOSPC, "no space left")
        engine = Engine(folder, settings.store_database, limits)
    except OSError as error:
        raise SetupError(_disk_words(folder, error)) from error
    disk = _disk_watch(engine, limits, settings)
    try:
        return Server(port, Endpoint(engine, known, limits, disk))
    except OSError as error:
        raise SetupError(
            f"port {port} on {LOOPBACK} cannot be used ({error.strerror}); set NHIP_STORE_PORT to a free one"
        ) from error


def _disk_watch(engine: Engine, limits: Limits, settings: Settings) -> DiskWatch:
    def say(vi: str, en: str) -> None:
        print(choose(vi, en, settings.lang), flush=True)

    return DiskWatch(limits.disk_floor_mb * MIB, lambda: free_bytes(engine.data), engine.command, say)


def _disk_words(folder: Path, error: OSError) -> str:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return f"the disk of {folder} is full; free some space, or set NHIP_VAR to a folder on another disk"
    return f"{folder} cannot be written ({error.strerror}); set NHIP_VAR to a folder that can"


def _asked_to_stop() -> list[int]:
    """Grows when a stop is asked for. An event must not be set by a handler: its lock may be held by the very code that
    was interrupted."""
    asked: list[int] = []

    def note(number: int, frame: FrameType | None) -> None:
        asked.append(number)

    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, note)
    return asked


def _leave(engine: Engine) -> None:
    """Close the engine, but never wait for a read that still runs in it: the data is safe without a farewell."""
    closing = threading.Thread(target=engine.close, daemon=True)
    closing.start()
    closing.join(0.8)
    sys.stdout.flush()
    os._exit(0)


if __name__ == "__main__":
    main()
