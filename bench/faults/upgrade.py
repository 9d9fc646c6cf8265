"""Another version of the worker, as far as its snapshots go: it writes a format of its own, and reads today's too.
Going back then leaves today's version with older snapshots only, as a real way back would.
"""

from collections.abc import Callable

from bench.faults.patches import Patches
from streams import snapshots
from streams.shard import Shard
from streams.state import FORMAT, pack, unpack

INSIDE = "inside"
"""Where the new layout keeps what today's code knows."""


def another_format(patches: Patches, number: int) -> None:
    if number in snapshots.READS:
        raise ValueError(f"format {number} is one that today's version reads ({FORMAT} it writes); give another number")
    patches.set(snapshots, "READS", (number, *snapshots.READS))
    patches.set(snapshots, "FORMAT", number)
    patches.wrap(Shard, "dump", lambda dump: lambda *given, **named: pack({INSIDE: dump(*given, **named)}))
    patches.wrap(Shard, "load", _loading)


def _loading(load: Callable[..., None]) -> Callable[..., None]:
    def loaded(self: Shard, *parts: bytes) -> None:
        load(self, *(unpack(part).get(INSIDE, part) for part in parts))

    return loaded
