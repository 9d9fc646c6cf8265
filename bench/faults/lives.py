"""Lives of cases in the senders' time. A life is a function of seed and number, so a sender that was killed goes on
with those that are under way; only what was told is remembered, in its ledger.
"""

import heapq
from random import Random
from typing import Any

import msgspec

from bench.faults.records import UNITS, Record
from catalogue.feeds import Feed
from catalogue.load import Catalogue

GAP_MS = 3_000
"""A case begins this often."""
LONGEST_MS = 6 * 3_600_000
"""No step is told later than this after its case began."""
MOST_STEPS = 9
HELD_BACK = 0.06
FEEDS = (("drill-cases", 0.3), ("portal-dossiers", 0.5), ("permits-replay", 0.2))


class Told(msgspec.Struct, frozen=True, order=True):
    """A step, and when its sender tells it."""

    at: int
    life: int
    step: int
    feed: str
    record: Record


class Lives:
    def __init__(self, catalogue: Catalogue, seed: str, start_ms: int, until: int) -> None:
        """`until`: what was told before."""
        self._catalogue, self._seed, self._start = catalogue, seed, start_ms
        self._until = max(until, start_ms)
        self._waiting: list[Told] = []
        self._next = max(0, (self._until - LONGEST_MS - start_ms) // GAP_MS)

    def due(self, now: int) -> list[Told]:
        """Steps since the last question, in order."""
        while self._start + self._next * GAP_MS <= now:
            for told in self._life(self._next):
                if told.at > self._until:
                    heapq.heappush(self._waiting, told)
            self._next += 1
        found = []
        while self._waiting and self._waiting[0].at <= now:
            found.append(heapq.heappop(self._waiting))
        self._until = max(self._until, now)
        return found

    def _life(self, number: int) -> list[Told]:
        chance = Random(f"{self._seed}/life/{number}")
        (name,) = chance.choices([feed for feed, _ in FEEDS], [share for _, share in FEEDS])
        feed = self._catalogue.feeds[name]
        kind = self._catalogue.kinds[feed.kinds[0]]
        at = self._start + number * GAP_MS
        latest = at + LONGEST_MS
        case = self._case(feed, number, at, chance)
        state, told = "", []
        for step in range(MOST_STEPS):
            following = kind.moves.get(state, ())
            if not following:
                break
            state = following[-1] if step > 5 else chance.choice(following)
            at += chance.randrange(1, 1_500_000)
            held = chance.randrange(1, 2 * 3_600_000) if chance.random() < HELD_BACK else 0
            record = {**case, "state": state, "event_at": at, "record_id": f"~life-{number}-{step}"}
            if at + held < latest:
                told.append(Told(at + held, number, step, name, record))
        return told

    def _case(self, feed: Feed, number: int, at: int, chance: Random) -> dict[str, Any]:
        kind = self._catalogue.kinds[feed.kinds[0]]
        case: dict[str, Any] = {
            "feed": feed.id,
            "unit": "VN" if feed.level == "national" else chance.choice(UNITS),
            "kind": kind.id,
            "case_id": f"T-{number}",
            "channel": chance.choice(kind.channels),
        }
        if chance.random() < 0.8:
            case["due_at"] = at + chance.randrange(600_000, 7_200_000)
        return case
