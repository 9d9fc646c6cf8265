"""A partition on its way through the worker: what waits in order, how far it has come, and how fast it goes."""

import math
from collections import deque
from collections.abc import Callable, Iterable

import msgspec

from clickhouse.sink import Present, Where
from contract.codec import Message
from streams.shard import Shard

Done = Callable[[], object]
"""Acknowledges a message."""
WEIGHT = 400
"""What a message costs in memory and work besides its value, in bytes."""
FIRST_PACE = 1_000.0
"""Bytes a millisecond, until it is known."""
SLOWEST_PACE = 100.0


class Waiting(msgspec.Struct, frozen=True):
    message: Message
    done: Done

    @property
    def weight(self) -> int:
        return WEIGHT + len(self.message.value)


def nothing() -> None:
    """Nobody waits to hear of a message that was read from Kafka itself."""


class Taken(msgspec.Struct, frozen=True):
    """A message that is done with when a snapshot holds what it changed."""

    offset: int
    done: Done


class Line(msgspec.Struct, eq=False):
    """One partition's messages in the order of the log: what waits to be taken, and what waits to be acknowledged."""

    where: Where
    ready: bool = False
    """It is known how far it has come; until then messages only wait."""
    queue: deque[Waiting] = msgspec.field(default_factory=deque)
    weight: int = 0
    """Of what waits."""
    unacknowledged: deque[Taken] = msgspec.field(default_factory=deque)
    mark: int = -1
    """Highest offset in the ledger when the partition came here."""
    present: Present = {}
    """Rows above the mark that stand in the store already."""
    next: int = 0
    """The offset to be taken next: a lower one was read twice, a higher one has a hole before it."""
    filling: bool = False
    """What is missing before the first that waits is being read from Kafka."""
    held: bool = False
    """Kafka is not read on for now: too much waits."""
    leaving: bool = False
    """It is being given back."""
    pace: float = FIRST_PACE
    """Bytes a millisecond that are processed of it, learned."""
    allowed: float = 0.0
    """Bytes that were to be taken the last time."""

    @property
    def waits(self) -> bool:
        return self.ready and bool(self.queue) and not (self.filling or self.leaving)

    @property
    def cost_ms(self) -> float:
        """How long the processing of what waits will take."""
        return self.weight / self.pace

    @property
    def has_memory(self) -> bool:
        """Whether anything of this partition was ever taken in, by whomever."""
        return self.mark >= 0 or self.next > 0

    @property
    def hole(self) -> tuple[int, int] | None:
        """The first offset that is missing before what waits, and the first one after it that is here."""
        if self.queue and self.queue[0].message.begins > self.next:
            return self.next, self.queue[0].message.begins
        return None

    def add(self, waiting: Waiting) -> None:
        self.queue.append(waiting)
        self.weight += waiting.weight

    def drop(self) -> None:
        self.queue.clear()
        self.weight = 0

    def put_first(self, found: Iterable[Waiting], known_to: int) -> None:
        """What was missing before the first that waits. Below `known_to` Kafka has no others."""
        missing = list(found)
        self.queue.extendleft(reversed(missing))
        self.weight += sum(waiting.weight for waiting in missing)
        self.next = max(self.next, missing[0].message.begins if missing else known_to)

    def take(self, share_ms: float) -> list[Message]:
        """What can be done in so many milliseconds, one message at least, up to the first hole.

        Of messages that were read twice the first reading counts; both are acknowledged at their time.
        """
        batch: list[Message] = []
        self.allowed = allowed = share_ms * self.pace
        while self.queue and (allowed > 0 or not batch) and self.queue[0].message.begins <= self.next:
            waiting = self.queue.popleft()
            self.weight -= waiting.weight
            offset = waiting.message.offset
            self.unacknowledged.append(Taken(offset, waiting.done))
            if waiting.message.begins == self.next:
                batch.append(waiting.message)
                self.next = offset + 1
                allowed -= waiting.weight
        return batch

    def acknowledge(self, offset: int) -> None:
        """All up to this one."""
        while self.unacknowledged and self.unacknowledged[0].offset <= offset:
            self.unacknowledged.popleft().done()

    def learn(self, weight: int, spent_ms: float) -> None:
        """A batch that was slow tells at once; a quick one only where it was a large part of what was allowed, for few
        messages (ticks, first of all) say nothing about many."""
        measured = max(weight / max(spent_ms, 0.01), SLOWEST_PACE)
        if measured < self.pace:
            self.pace += (measured - self.pace) * 0.5
        elif weight >= self.allowed / 2:
            self.pace = min(measured, self.pace * 1.5)


class Lane(Line, eq=False, kw_only=True):
    """A partition with the state of the feed in it."""

    shard: Shard
    snapshot: int = -1
    """Offset of the newest snapshot; -1 for none."""
    offset: int = -1
    """Highest offset whose rows are in the store."""
    ahead: int = 0
    """Runs by which the shard's state is past `offset`: while it is, it is not kept as the state of that offset."""
    resting: bool = False
    """Its state is being kept."""
    snapshot_at: float = -math.inf
    """The first is due at once, so that a worker that is killed again and again gets on all the same."""

    @property
    def waits(self) -> bool:
        return self.ready and bool(self.queue) and not (self.filling or self.resting or self.leaving)

    @property
    def unkept(self) -> bool:
        """Whether anything was stored since the last snapshot."""
        return self.ready and self.offset > self.snapshot and not (self.resting or self.leaving)

    def opened(self, mark: int, snapshot: int, present: Present) -> None:
        self.mark, self.snapshot, self.present = mark, snapshot, present
        self.offset, self.next, self.ready = snapshot, snapshot + 1, True
