"""A disk that is full, and files that may not grow."""

import errno
import subprocess
import sys
from pathlib import Path

import pytest

from bench.faults import disk

WRITES = """
import sys
from pathlib import Path
print("there", flush=True)
sys.stdin.readline()
try:
    Path(sys.argv[1]).write_bytes(bytes(100_000))
except OSError as error:
    print(error.errno)
"""
FILLS = """
import sys
from pathlib import Path
from bench.faults import disk
folder = Path(sys.argv[1])
with disk.small(folder, 1):
    held = disk.fill(folder)
    try:
        (folder / "more").write_bytes(bytes(10_000))
    except OSError as error:
        print(error.errno)
    disk.free(folder)
    (folder / "more").write_bytes(bytes(10_000))
    print(1_000_000 < held <= 1 << 20)
print(list(folder.iterdir()))
"""


def test_a_small_disk_fills_and_is_gone_afterwards(tmp_path: Path) -> None:
    if reason := disk.possible():
        pytest.skip(reason)
    done = subprocess.run(
        [sys.executable, "-c", FILLS, str(tmp_path / "store")], capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == [str(errno.ENOSPC), "True", "[]"]
    assert str(tmp_path) not in Path("/proc/mounts").read_text()


def test_files_of_a_running_process_cannot_grow_and_then_can(tmp_path: Path) -> None:
    def written(limit: int | None) -> str:
        process = subprocess.Popen(
            [sys.executable, "-c", WRITES, str(tmp_path / "file")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        with process:
            assert process.stdout is not None
            assert process.stdout.readline() == "there\n"
            disk.limit_files(process.pid, 4096)
            disk.limit_files(process.pid, limit)
            return process.communicate("go\n", 30)[0]

    assert written(4096) == f"{errno.EFBIG}\n"
    assert written(None) == ""
