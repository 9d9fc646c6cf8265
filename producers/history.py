"""Plays sources forward through the log as if time had passed: for each feed and shard a tick at the end of a span,
which says how coarse this clock is, then the records of the span. So no record is late or from the future by its
partition's clock, and the worker cannot tell it from a calm live run.
"""

import heapq
import time
from collections.abc import Callable, Iterable

from catalogue.feeds import Feed
from producers.publisher import Publisher
from producers.simulate.source import Source

MINUTE = 60_000
LOCAL = 7 * 60 * MINUTE
DAY = 86_400_000
PERIODIC_DAYS, TELEMETRY_DAYS, CASES_DAYS = 400, 14, 35
"""How much past a first start plays."""

SHORTEST_SPAN = 60 * MINUTE
"""The past of a feed by the minute in fewer, larger messages: the worker pays by the message."""

Place = tuple[str, int]
"""A feed's id and a shard."""


def days_of_past(feed: Feed) -> int:
    """How far back a first start goes. A drill has no past."""
    if feed.drill:
        return 0
    if feed.record == "cases":
        return CASES_DAYS
    return PERIODIC_DAYS if feed.periodic else TELEMETRY_DAYS


def span_ms(feed: Feed) -> int:
    """The feed's allowed lateness, at least an hour and at most a day."""
    return DAY if feed.periodic else min(max(feed.lateness_s // 60 * MINUTE, SHORTEST_SPAN), DAY)


def first_moment(feed: Feed, now_ms: int) -> int:
    """Where a first start begins to play: a whole minute; for periodic figures, the beginning of a local day."""
    moment = now_ms - days_of_past(feed) * DAY
    return (moment + LOCAL) // DAY * DAY - LOCAL if feed.periodic else moment // MINUTE * MINUTE


class Player:
    """Moves every feed and shard on to a moment, all of them in step."""

    def __init__(self, sources: Iterable[Source], publisher: Publisher, positions: dict[Place, int]) -> None:
        self._sources = {source.feed.id: source for source in sources}
        self._publisher = publisher
        self._handed = dict(positions)
        self.positions = dict(positions)
        """Up to where everything is acknowledged, by place."""

    @property
    def at(self) -> int:
        """The moment up to which every feed is acknowledged."""
        return min(self.positions.values())

    def behind(self, to_ms: int) -> int:
        """How far the feed that is furthest behind has to go, in ms."""
        return to_ms - self.at

    def count(self, to_ms: int) -> int:
        """Records still to be played."""
        return sum(source.count(self.positions[feed, 0], to_ms) for feed, source in self._sources.items())

    def step(self, to_ms: int, sent_at: int | None) -> None:
        """One batch for each place, without ticks of its own: the live loop, where steps are short."""
        for place, at in self._handed.items():
            self._publish(place, at, to_ms, sent_at)
        self.confirm()

    def play(self, to_ms: int, sent_at: Callable[[int], int | None], between: Callable[[], None]) -> None:
        """Span by span, the place that is furthest behind first. `between` is called a few times a second."""
        queue = [(at, *place) for place, at in self._handed.items() if at < to_ms]
        heapq.heapify(queue)
        told = time.monotonic()
        while queue:
            at, feed_id, shard = heapq.heappop(queue)
            feed = self._sources[feed_id].feed
            end = min(_next_boundary(at, span_ms(feed)), to_ms)
            self._publisher.tick(feed.record, feed.partition + shard, end, end - at)
            self._publish((feed_id, shard), at, end, sent_at(end))
            if end < to_ms:
                heapq.heappush(queue, (end, feed_id, shard))
            if time.monotonic() - told > 0.4:
                self.confirm()
                between()
                told = time.monotonic()
        self.confirm()
        between()

    def confirm(self) -> None:
        self._publisher.confirm()
        self.positions = dict(self._handed)
        calm = self.at - DAY
        for source in self._sources.values():
            source.forget(calm)

    def forget_unconfirmed(self) -> None:
        """After a failure: what was handed over since the last acknowledgement is sent again, under the same ids."""
        self._handed = dict(self.positions)

    def _publish(self, place: Place, start: int, end: int, sent_at: int | None) -> None:
        source = self._sources[place[0]]
        self._publisher.publish(source.feed, place[1], source.between(start, end, place[1]), sent_at)
        self._handed[place] = end


def _next_boundary(at: int, span: int) -> int:
    """Spans end on multiples of their own length, whatever moment they begin at."""
    return (at // span + 1) * span
