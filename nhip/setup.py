"""The virtual environment, from the hashed lock. Only the standard library: it runs before anything is installed.

Packages are fetched once into the cache folder and installed from there, so that a second checkout, or this one
without a network, needs nothing from outside. `python -m nhip setup` then does what needs the packages.
"""

import fcntl
import hashlib
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
LOCK = CHECKOUT / "requirements.lock"
VENV = CHECKOUT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / "nhip-stamp"

LAUNCHER = """#!/bin/sh
exec "$(dirname "$0")/python" -m nhip "$@"
"""


def say(vi: str, en: str) -> str:
    return en if os.environ.get("NHIP_LANG") == "en" else vi


def main() -> int:
    try:
        if not is_current():
            with exclusive(cache_folder()):
                make_environment()
    except Failed as error:
        print(error, file=sys.stderr)
        return 1
    return subprocess.call([PYTHON, "-m", "nhip", "setup"], cwd=CHECKOUT)


class Failed(Exception):
    """Shown as it is."""


def cache_folder() -> Path:
    folder = Path(os.environ.get("NHIP_CACHE") or "~/.cache/nhip").expanduser()
    return folder if folder.is_absolute() else CHECKOUT / folder


def identity() -> str:
    """Changes when the environment has to be made anew: another lock, another place."""
    return hashlib.sha256(LOCK.read_bytes() + str(CHECKOUT).encode()).hexdigest()


def is_current() -> bool:
    if not STAMP.is_file() or STAMP.read_text() != identity():
        return False
    return subprocess.call([PYTHON, "-c", ""], stderr=subprocess.DEVNULL) == 0


def make_environment() -> None:
    wheels = cache_folder() / "wheels"
    complete = wheels / f"{lock_digest()}-cp{sys.version_info.major}{sys.version_info.minor}.complete"
    started = time.monotonic()
    STAMP.unlink(missing_ok=True)
    venv()
    if not complete.exists():
        wheels.mkdir(parents=True, exist_ok=True)
        pip(say("Tải thư viện", "Fetching packages"), "download", "--no-cache-dir", "--dest", str(wheels))
        complete.touch()
    title = say("Cài thư viện", "Installing packages")
    pip(title, "install", "--no-index", "--find-links", str(wheels), "--no-compile")
    link_checkout()
    STAMP.write_text(identity())
    seconds = time.monotonic() - started
    print(say("Môi trường Python đã xong", "Python environment ready"), f"({seconds:.0f} s)", flush=True)


def lock_digest() -> str:
    return hashlib.sha256(LOCK.read_bytes()).hexdigest()[:12]


def venv() -> None:
    """With the Python that runs this; a folder left by another one is made anew."""
    print(say("Tạo môi trường Python trong .venv", "Making the Python environment in .venv"), flush=True)
    made = subprocess.run([sys.executable, "-m", "venv", "--clear", VENV], capture_output=True, text=True)
    if made.returncode:
        raise Failed(
            say("Python này không tạo được môi trường ảo", "This Python cannot make a virtual environment")
            + f" ({sys.executable}): "
            + say("hãy cài gói python3-venv hoặc chọn Python khác", "install python3-venv or choose another Python")
            + ": make PYTHON=..."
        )


def pip(title: str, *arguments: str) -> None:
    """Runs pip over the lock with a line of progress; its own words are shown only when it fails."""
    command = [str(PYTHON), "-m", "pip", "--disable-pip-version-check", *arguments, "--no-deps", "--require-hashes"]
    command += ["--only-binary", ":all:", "--progress-bar", "off", "--requirement", str(LOCK)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    assert process.stdout is not None
    lines: list[str] = []
    with progress(title, lines):
        for line in process.stdout:
            lines.append(line)  # the line of progress reads the list meanwhile
    if process.wait():
        errors = [line.strip() for line in lines if line.startswith("ERROR")] or [line.strip() for line in lines[-3:]]
        raise Failed("\n".join([f"{title}: " + say("không được", "failed"), *errors]))


@contextmanager
def progress(title: str, lines: list[str]) -> Iterator[None]:
    """A line that is rewritten in a terminal; elsewhere one every five seconds."""
    done = threading.Event()
    started = time.monotonic()
    terminal = sys.stdout.isatty()

    def report() -> None:
        while not done.wait(0.5 if terminal else 5.0):
            packages = sum(line.startswith(("Collecting", "Processing")) for line in lines)
            text = f"{title}: {packages} · {time.monotonic() - started:.0f} s"
            print(f"\r{text}" if terminal else text, end="" if terminal else "\n", flush=True)

    print(f"{title} …", end="\r" if terminal else "\n", flush=True)
    thread = threading.Thread(target=report, daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()
        if terminal:
            print(flush=True)


def link_checkout() -> None:
    """What an editable install would do, without building anything: the checkout is on the path, `nhip` in bin."""
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    (VENV / "lib" / version / "site-packages" / "nhip.pth").write_text(f"{CHECKOUT}\n")
    launcher = VENV / "bin" / "nhip"
    launcher.write_text(LAUNCHER)
    launcher.chmod(0o755)


@contextmanager
def exclusive(folder: Path) -> Iterator[None]:
    """Two checkouts may share the cache: one of them fills it at a time."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print(say("Đợi một lần cài đặt khác …", "Waiting for another set-up …"), flush=True)
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


if __name__ == "__main__":
    raise SystemExit(main())
