"""What the engine's tests share: requests as curl makes them, and engine processes of a test's own."""

import base64
import subprocess
import sys
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from contract.settings import CHECKOUT, Settings, to_environment


class Reply(msgspec.Struct, frozen=True):
    status: int
    text: str
    headers: dict[str, str]
    body: bytes


def ask(
    settings: Settings, sql: str | bytes = "", role: str = "reader", method: str = "POST", **parameters: str
) -> Reply:
    """One HTTP request, with basic authentication."""
    body = sql.encode() if isinstance(sql, str) else sql
    address = f"http://127.0.0.1:{settings.store_port}/?{urllib.parse.urlencode(parameters)}"
    request = urllib.request.Request(address, data=body if method == "POST" else None, method=method)
    name, password = getattr(settings, f"store_{role}"), getattr(settings, f"store_{role}_password")
    request.add_header("Authorization", "Basic " + base64.b64encode(f"{name}:{password}".encode()).decode())
    return send(request)


def send(request: urllib.request.Request) -> Reply:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=60) as answer:
            body = answer.read()
            return Reply(answer.status, body.decode("utf-8", "replace"), dict(answer.headers), body)
    except urllib.error.HTTPError as error:
        body = error.read()
        return Reply(error.code, body.decode("utf-8", "replace"), dict(error.headers), body)


def command(folder: Path, port: int = 0) -> list[str]:
    return [sys.executable, "-m", "clickhouse.embedded", "--data", str(folder), "--port", str(port)]


def environment(settings: Settings) -> dict[str, str]:
    """The settings of a process; passwords come from the secrets folder of its var."""
    return {**to_environment(settings), "PATH": "/usr/bin:/bin", "PYTHONPATH": str(CHECKOUT)}


def start(settings: Settings, folder: Path) -> tuple[subprocess.Popen[str], Settings]:
    """An engine of the test's own on a free port; its settings."""
    process = subprocess.Popen(
        command(folder), env=environment(settings), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    line = process.stdout.readline()
    assert line.startswith("ready 127.0.0.1:"), line
    port = int(line.split()[1].rpartition(":")[2])
    return process, msgspec.structs.replace(settings, store_port=port)


@contextmanager
def engine_of(settings: Settings, folder: Path) -> Iterator[tuple[subprocess.Popen[str], Settings]]:
    process, own = start(settings, folder)
    try:
        yield process, own
    finally:
        process.kill()
        process.communicate()
