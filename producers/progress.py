"""What a run of the feeds leaves behind: how far it is (for whoever watches), and where to go on (for the next run)."""

import os
from pathlib import Path

import msgspec

from contract.settings import Settings
from producers.history import Place


class Progress(msgspec.Struct):
    """`var/run/feeds-progress.json`: acknowledged up to, by feed and shard, and what the world was drawn from."""

    seed: int
    scale: float
    since: int
    """Cases begun before are left out; it stays with the history."""
    at: dict[str, int]
    storms: list[tuple[int, float, float, float, float]] = []

    def positions(self) -> dict[Place, int]:
        return {_place(name): at for name, at in self.at.items()}

    def moved(self, positions: dict[Place, int]) -> "Progress":
        return msgspec.structs.replace(self, at={f"{feed}/{shard}": at for (feed, shard), at in positions.items()})


class Report(msgspec.Struct):
    """`var/run/feeds.json`."""

    phase: str
    """history, live, waiting or stopped."""
    sent: int = 0
    total: int = 0
    """Records of the history; 0 when live."""
    until: int = 0
    """ms: the moment up to which everything is acknowledged."""
    clock: float = 1.0


class Files:
    def __init__(self, settings: Settings) -> None:
        folder = settings.var_dir / "run"
        folder.mkdir(parents=True, exist_ok=True)
        self._progress = folder / "feeds-progress.json"
        self._report = folder / "feeds.json"

    def progress(self) -> Progress | None:
        """None on a first start, and where the file cannot be read: then the past is played anew, as repeats."""
        try:
            return msgspec.json.decode(self._progress.read_bytes(), type=Progress)
        except (FileNotFoundError, msgspec.DecodeError):
            return None

    def save(self, progress: Progress) -> None:
        _replace(self._progress, msgspec.json.encode(progress))

    def report(self, report: Report) -> None:
        _replace(self._report, msgspec.json.encode(report))


def _place(name: str) -> Place:
    feed, _, shard = name.rpartition("/")
    return feed, int(shard)


def _replace(file: Path, content: bytes) -> None:
    """All or nothing, whenever the process ends."""
    beside = file.with_suffix(".new")
    beside.write_bytes(content)
    os.replace(beside, file)
