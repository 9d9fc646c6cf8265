"""A small disk under one part's folder, and filling it.

    with small(var_dir / "store", 200):        a file system in memory, seen by this process and its children only
        fill(var_dir / "store")                nothing more can be written there
        free(var_dir / "store")                until now

The mount lives in a mount namespace of this process, which the kernel takes down with its last process: nothing is left
behind even after a SIGKILL. `limit_files` makes a running process's writes fail without any such right.
"""

import contextlib
import ctypes
import os
import resource
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

from contract.settings import CHECKOUT

CLONE_NEWNS = 0x0002_0000
MS_REC, MS_PRIVATE = 0x4000, 0x4_0000
MNT_DETACH = 2
BALLAST = ".ballast"
CHUNK, PAGE = 1 << 20, 4096
_libc = ctypes.CDLL(None, use_errno=True)
_own: set[int] = set()
"""Native ids of threads that have left the machine's mount namespace for one of ours."""


def possible() -> str:
    """Why a small disk cannot be had here; "" where it can. Tried in another process, which takes it all with it."""
    tried = subprocess.run(
        [sys.executable, "-m", "bench.faults.disk"], cwd=CHECKOUT, capture_output=True, text=True, check=False
    )
    return "" if tried.returncode == 0 else (tried.stderr.strip().splitlines() or ["it cannot be tried"])[-1]


@contextlib.contextmanager
def small(folder: Path, mb: int) -> Iterator[None]:
    """The folder, empty, on a disk of so many MB: for this thread, the threads it starts, and all their children.

    So it comes before the supervisor is started, whose thread starts the parts. Raises OSError where it cannot be.
    """
    folder.mkdir(parents=True, exist_ok=True)
    _namespace()
    _mount(b"tmpfs", folder, b"tmpfs", 0, f"size={mb}m,mode=0755".encode())
    try:
        yield
    finally:
        _libc.umount2(os.fsencode(folder), MNT_DETACH)


def fill(folder: Path, leave_kb: int = 0) -> int:
    """Writes ballast until the disk takes no more, then gives `leave_kb` of it back. How many bytes it holds."""
    with (folder / BALLAST).open("ab", buffering=0) as ballast:
        for size in (CHUNK, PAGE):
            with contextlib.suppress(OSError):
                while ballast.write(bytes(size)) == size:
                    pass
        written = max(0, ballast.tell() - leave_kb * 1024)
        if leave_kb:
            ballast.truncate(written)
    return written


def free(folder: Path) -> None:
    (folder / BALLAST).unlink(missing_ok=True)


def limit_files(pid: int, most_bytes: int | None) -> None:
    """No file of a running process may grow beyond this: its writes end in EFBIG. None takes the limit away.

    This is not a full disk. It tries a part that writes its own files; the engine, which knows how much disk is left
    and expects no other limit, was seen to put a damaged part in force under it.
    """
    _, hard = resource.prlimit(pid, resource.RLIMIT_FSIZE)
    soft = hard if most_bytes is None else most_bytes
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (soft, hard))


def _namespace() -> None:
    """Moves this thread into a mount namespace of its own; once."""
    thread = threading.get_native_id()
    if thread in _own:
        return
    _asked(_libc.unshare(CLONE_NEWNS), "no mount namespace of its own")
    _mount(b"none", Path("/"), None, MS_REC | MS_PRIVATE, None)
    _own.add(thread)


def _mount(source: bytes, target: Path, kind: bytes | None, flags: int, options: bytes | None) -> None:
    _asked(_libc.mount(source, os.fsencode(target), kind, flags, options), f"nothing can be mounted on {target}")


def _asked(answer: int, what: str) -> None:
    if answer != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")


def main() -> int:
    """Whether it can be done here, tried."""
    with tempfile.TemporaryDirectory() as folder:
        try:
            with small(Path(folder), 1):
                return 0 if fill(Path(folder)) else 1
        except OSError as error:
            print(error.strerror, file=sys.stderr)
            return 1


if __name__ == "__main__":
    sys.exit(main())
