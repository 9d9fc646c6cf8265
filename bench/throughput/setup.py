"""The others' packages in an environment of their own, beside the product's: `python -m bench.throughput.setup`.

    requirements-bench.lock     versions and hashes; nothing of it is part of the product

It lies in .venv-bench, over the product's own packages: what both need is the product's version, so that Faust,
aiokafka, numpy and the store's client are the same in every contender. Licences: quixstreams, bytewax and
confluent-kafka Apache-2.0, rocksdict MIT, orjson Apache-2.0 or MIT; they are used to measure, and not shipped.
"""

import hashlib
import subprocess
import sys
import sysconfig
from functools import cache
from pathlib import Path

from contract.settings import CHECKOUT
from nhip.words import say

LOCK = CHECKOUT / "requirements-bench.lock"
PRODUCTS = CHECKOUT / "requirements.lock"
FOLDER = CHECKOUT / ".venv-bench"
PYTHON = FOLDER / "bin" / "python"
STAMP = FOLDER / "stamp"


def identity() -> str:
    return hashlib.sha256(LOCK.read_bytes() + sysconfig.get_path("purelib").encode()).hexdigest()


def is_current() -> bool:
    return STAMP.is_file() and STAMP.read_text() == identity()


@cache
def missing(package: str) -> str:
    """Why a package cannot be used, in a few words; empty where it can."""
    if not is_current():
        return "not set up: python -m bench.throughput.setup"
    asked = subprocess.run([PYTHON, "-c", f"import {package}"], capture_output=True, text=True, check=False)
    if asked.returncode == 0:
        return ""
    return (asked.stderr.strip().splitlines() or ["cannot be imported"])[-1][:80]


def version(package: str) -> str:
    """As locked."""
    for lock in (LOCK, PRODUCTS):
        for entry in entries(lock.read_text()):
            name, _, rest = entry.partition("==")
            if name == package:
                return rest.split()[0]
    return ""


def make() -> int:
    """Every package that this Python has a wheel for; gives how many it has none for."""
    STAMP.unlink(missing_ok=True)
    subprocess.run([sys.executable, "-m", "venv", "--clear", FOLDER], check=True)
    pip = [str(PYTHON), "-m", "pip", "--disable-pip-version-check", "install", "--no-deps", "--require-hashes"]
    pip += ["--quiet", "--only-binary", ":all:", "--progress-bar", "off", "--requirement"]
    failed = 0
    if subprocess.run([*pip, str(LOCK)], check=False).returncode:
        failed = sum(_alone(pip, entry) for entry in entries(LOCK.read_text()))
    site = Path(sysconfig.get_path("purelib", vars={"base": str(FOLDER), "platbase": str(FOLDER)}))
    (site / "below.pth").write_text(f"{sysconfig.get_path('purelib')}\n")
    STAMP.write_text(identity())
    return failed


def entries(lock: str) -> list[str]:
    """The packages of a lock, each with its hashes."""
    found: list[str] = []
    for line in lock.splitlines():
        if line and not line.startswith((" ", "#")):
            found.append("")
        if found:
            found[-1] += f"{line}\n"
    return found


def _alone(pip: list[str], entry: str) -> int:
    file = FOLDER / "one.lock"
    file.write_text(entry)
    if subprocess.run([*pip, str(file)], check=False).returncode == 0:
        return 0
    name = entry.split("==")[0]
    print(say(f"không cài được {name} cho Python này", f"no {name} for this Python"), file=sys.stderr)
    return 1


def main() -> int:
    if not is_current():
        print(say("Cài các thư viện để so sánh", "Installing the packages to compare with"), flush=True)
        make()
    return 0


if __name__ == "__main__":
    sys.exit(main())
