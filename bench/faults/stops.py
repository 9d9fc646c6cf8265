"""Ctrl-C at full load, ten times: nothing may be left running, and nothing may be lost.

    python -m bench.faults.stops [--times N] [--seed N] [--scale X]

Each time `nhip up` runs in a folder of its own, is interrupted at a seeded moment (most fall into the play of the
past, when every part works as fast as it can), and goes on the next time. At the end a run to the live board must say
that nothing is lost and nothing doubled. Exit code: 0 all of it, 1 something is left or lost.
"""

import argparse
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench.installation import settings_in
from contract.settings import to_environment
from nhip.local import ports

EARLIEST_S, LATEST_S = 6.0, 25.0
"""After the start: the parts are up within a few seconds."""
LIMIT_S = 30.0
WHOLE_S = 900.0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--scale", type=float, default=0.05)
    asked = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="nhip-stops-"))
    own = to_environment(settings_in(folder)) | {"NHIP_FEEDS_METRICS_PORT": str(ports.free(1))}
    command = [sys.executable, "-m", "nhip", "up", "--plain", "--scale", str(asked.scale)]
    chance = random.Random(asked.seed)
    bad = 0
    print(f"seed {asked.seed}, {asked.times} times")
    print(f"{'run':>3} {'after s':>8} {'stopped in s':>13} {'left':>5} {'exit':>5}")
    try:
        for number in range(1, asked.times + 1):
            bad += _once(number, command, own, chance.uniform(EARLIEST_S, LATEST_S), folder)
        bad += _to_the_end([*command, "--for", "20"], own, folder)
    finally:
        for pid in left(folder):
            os.kill(pid, signal.SIGKILL)
        shutil.rmtree(folder, ignore_errors=True)
    print("passed" if not bad else f"failed: {bad}")
    return 1 if bad else 0


def _once(number: int, command: list[str], own: dict[str, str], after: float, folder: Path) -> int:
    with (folder / "up.out").open("ab") as out:
        process = subprocess.Popen(command, env=os.environ | own, stdout=out, stderr=out, start_new_session=True)
        time.sleep(after)
        began = time.monotonic()
        process.send_signal(signal.SIGINT)
        try:
            code = process.wait(LIMIT_S)
        except subprocess.TimeoutExpired:
            process.kill()
            code = process.wait()
        took = time.monotonic() - began
    time.sleep(0.5)  # what was killed with its parent needs a moment to be gone
    remains = left(folder)
    print(f"{number:>3} {after:>8.1f} {took:>13.1f} {len(remains):>5} {code:>5}", flush=True)
    return int(bool(remains) or code != 0)


def _to_the_end(command: list[str], own: dict[str, str], folder: Path) -> int:
    done = subprocess.run(command, env=os.environ | own, capture_output=True, text=True, timeout=WHOLE_S, check=False)
    print("\n".join(line for line in done.stdout.splitlines() if line.startswith(("✓", "✖", "▲", "✗"))))
    print(f"last run: exit {done.returncode}, left {len(left(folder))}")
    return int(done.returncode != 0 or bool(left(folder)) or "✖" in done.stdout)


def left(folder: Path) -> list[int]:
    """Processes that were started with this folder and still run."""
    found = []
    for place in Path("/proc").iterdir():
        if place.name.isdigit() and int(place.name) != os.getpid():
            try:
                environment = (place / "environ").read_bytes()
            except OSError:
                continue
            if f"NHIP_VAR={folder}\0".encode() in environment:
                found.append(int(place.name))
    return found


if __name__ == "__main__":
    sys.exit(main())
