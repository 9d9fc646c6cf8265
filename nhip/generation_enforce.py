"""`nhip generation enforce N`: a generation comes into force while the intake goes on.

Legs bring it near the live end, and it is compared. Then the workers are asked to leave their partitions; Kafka goes on
taking records. The last leg is exact up to where they left, the generation is compared once more, and one row puts it
in force: the workers go on from its snapshots. Whatever fails before that row, they go on with the old one.
"""

import time
from collections.abc import Callable

from clickhouse import generations
from clickhouse.client import Store
from clickhouse.generations import Offsets
from contract.errors import NhipError
from contract.settings import Settings
from nhip import generation_compare
from nhip.generation_replay import Replay, Say
from nhip.words import say

REQUEST_S = 120
LEAVE_S = 30.0
"""How long the workers may take to leave their partitions."""
STILL_S = 1.0
"""Nothing was written for so long: they have left."""


class Refused(NhipError):
    """The generations differ, and nobody said that they may."""


def enforce(
    settings: Settings, store: Store, replay: Replay, reason: str, version: str, tell: Say, even_if_different: bool
) -> float:
    """Returns the seconds for which nothing was derived."""
    old = generations.standing(store).in_force
    replay.near()
    _compare(settings, store, old, replay.generation, tell, even_if_different)
    asked = generations.ask(store, replay.generation, REQUEST_S)
    begun = time.monotonic()
    try:
        live = replay.live
        _until_left(store, old, live)
        tell(say("Bộ xử lý đã rời phân vùng", "The workers have left their partitions"))
        left = time.monotonic()
        replay.leg()
        replay.end()
        _compare(settings, store, old, replay.generation, tell, even_if_different)
        generations.enforce(store, asked, reason, version)
    except BaseException:
        generations.withdraw(store, asked)
        raise
    return time.monotonic() - min(begun, left)


def _compare(settings: Settings, store: Store, old: int, new: int, tell: Say, even_if_different: bool) -> None:
    found = generation_compare.differences(store, settings, old, new)
    for line in generation_compare.told(found, old, new):
        tell(line)
    if any(group.differences for group in found) and not even_if_different:
        raise Refused(
            say(
                f"thế hệ {new} khác thế hệ {old}; nếu đúng là muốn vậy, thêm --even-if-different",
                f"generation {new} differs from {old}; if that is meant, add --even-if-different",
            )
        )


def _until_left(store: Store, old: int, live: Callable[[], Offsets]) -> None:
    """The workers have left when their snapshots reach the end of the ledger, and it stands still.

    Should one not have (it hangs, or was killed), nothing is lost by going on: a worker of the new generation trusts
    its own snapshots, and finds by their keys the raw rows that stand above them.
    """
    deadline = time.monotonic() + LEAVE_S
    before, since = live(), time.monotonic()
    while True:
        time.sleep(0.2)
        now, kept = live(), generations.remembered(store, old)
        if now != before:
            before, since = now, time.monotonic()
        still = time.monotonic() - since
        complete = all(kept.get(where, -1) >= offset for where, offset in now.items())
        if still >= STILL_S and (complete or still >= LEAVE_S / 2):
            return
        if time.monotonic() > deadline:
            raise NhipError(
                say(
                    "bộ xử lý không rời phân vùng; vẫn dùng thế hệ cũ, hãy thử lại",
                    "the workers do not leave their partitions; the old generation stays in force, try again",
                )
            )

