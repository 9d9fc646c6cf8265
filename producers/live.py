"""The live loop: what fell due since the last round goes out, a few times a second, until the stop is asked for."""

import time
from collections.abc import Callable
from threading import Event

from contract.kafka import NotAcknowledged
from producers.history import Player
from producers.ticks import Ticks

LONGEST_STEP_MS = 3_000
"""Shorter than any feed's allowed lateness; a longer gap is played like the past."""


class Clock:
    """The time that drives an installation: the wall's, or one that runs faster. It never runs backwards."""

    def __init__(self, start_ms: int, factor: float = 1.0, wall: Callable[[], float] = time.time) -> None:
        self._wall = wall
        self._wall_0 = wall()
        self._start = max(start_ms, round(self._wall_0 * 1000))
        self._last = self._start
        self.factor = factor

    def now(self) -> int:
        at = self._start + round((self._wall() - self._wall_0) * 1000 * self.factor)
        self._last = max(self._last, at)
        return self._last

    def stamp(self, span_end: int) -> int:
        """sent_at of a batch: the moment of hand-over, by this clock. A fast clock is at the end of the span."""
        return self.now() if self.factor == 1.0 else span_end


def run(
    player: Player,
    ticks: Ticks,
    clock: Clock,
    stop: Event,
    every_s: float,
    after_round: Callable[[], None],
    on_failure: Callable[[str], None],
) -> None:
    """Rounds until `stop`. A failed round is gone over again: the same records, under the same ids."""
    while not stop.is_set():
        started = time.monotonic()
        try:
            _round(player, ticks, clock, after_round)
        except NotAcknowledged as error:
            player.forget_unconfirmed()
            on_failure(str(error))
            stop.wait(1.0)
        stop.wait(max(every_s - (time.monotonic() - started), 0.0))


def _round(player: Player, ticks: Ticks, clock: Clock, after_round: Callable[[], None]) -> None:
    """One step at the pace of the wall; span by span where the clock runs fast or a round took long."""
    now = clock.now()
    if clock.factor != 1.0 or player.behind(now) > LONGEST_STEP_MS:
        player.play(now, clock.stamp, after_round)
    else:
        ticks.send_if_due(now)
        player.step(now, now)
    after_round()
