"""Detect: points become signals. DETECTORS is the whole list; to add one, write its file and add a line."""

from typing import Any, cast

import msgspec

from streams.detect.base import (
    IMPOSSIBLE,
    ClockDetector,
    Context,
    Detector,
    Point,
    PointDetector,
    Series,
    Signal,
    StepDetector,
    Steps,
)
from streams.detect.due import feed_state
from streams.detect.due_moved_after import DueMovedAfter
from streams.detect.finish_before_start import FinishBeforeStart
from streams.detect.finish_equals_due import FinishEqualsDue
from streams.detect.hard_bounds import HardBounds
from streams.detect.impossible_move import ImpossibleMove
from streams.detect.jump import Jump
from streams.detect.silent import Silent
from streams.detect.soft_bounds import SoftBounds
from streams.detect.stuck import Stuck
from streams.detect.sum_mismatch import SumMismatch

__all__ = ["DETECTORS", "Context", "Detection", "Point", "Series", "Signal", "Steps", "feed_state"]

DETECTORS: tuple[type[Detector], ...] = (
    # Figures, one by one. What the first calls impossible is shown to none of the others.
    HardBounds,
    SoftBounds,
    Jump,
    Stuck,
    SumMismatch,
    # Case steps, a column at a time.
    ImpossibleMove,
    FinishBeforeStart,
    FinishEqualsDue,
    DueMovedAfter,
    # The clock: what did not come.
    Silent,
)


class Detection:
    """All detectors with what they remember, for one feed and shard."""

    def __init__(self) -> None:
        self.detectors: tuple[Detector, ...] = tuple(detector() for detector in DETECTORS)
        self._points = [cast(PointDetector, d) for d in self.detectors if d.reads == "points"]
        self._steps = [cast(StepDetector, d) for d in self.detectors if d.reads == "steps"]
        self._clock = [cast(ClockDetector, d) for d in self.detectors if d.reads == "clock"]
        self._simulated = False

    def on_points(self, points: list[Point], context: Context) -> list[tuple[int, Signal]]:
        """(place of the point, signal), in order: each point is judged, then learned, before the next."""
        hits: list[tuple[int, Signal]] = []
        indicators = context.catalogue.indicators
        for index, point in enumerate(points):
            indicator = indicators[point.series.indicator]
            for detector in self._points:
                said = detector.judge(point, indicator, context)
                detector.learn(point, indicator, said, context)
                if said:
                    hits += [(index, signal) for signal in said]
                    if said[0].verdict == IMPOSSIBLE:
                        break
        if points:
            self._simulated = points[-1].simulated
        return hits

    def on_steps(self, steps: Steps, context: Context) -> list[tuple[int, Signal]]:
        """(place of the step, signal), in order of the steps."""
        kind = context.catalogue.kinds[steps.kind]
        hits = [hit for detector in self._steps for hit in detector.judge(steps, kind, context)]
        hits.sort(key=lambda hit: hit[0])
        if len(steps.simulated):
            self._simulated = bool(steps.simulated[-1])
        return hits

    def on_minute(self, clock_ms: int, reporting: dict[str, int], context: Context) -> list[Signal]:
        """What is absent, when the clock has crossed a whole minute; `reporting`: unit -> time of its newest record."""
        found: list[Signal] = []
        for detector in self._clock:
            signals = detector.judge(clock_ms, reporting, context)
            detector.learn(clock_ms, reporting, signals, context)
            found += signals
        for signal in found:
            signal.simulated = self._simulated
        return found

    def dump(self) -> bytes:
        state: dict[str, Any] = {d.rule: msgspec.to_builtins(d.memory) for d in self._remembering()}
        return msgspec.msgpack.encode({"simulated": self._simulated, "memory": state})

    def load(self, stored: bytes) -> None:
        """A detector that the stored state does not know starts afresh."""
        state = msgspec.msgpack.decode(stored)
        self._simulated = state["simulated"]
        for detector in self._remembering():
            if detector.rule in state["memory"]:
                detector.memory = msgspec.convert(state["memory"][detector.rule], type(detector.memory))

    def _remembering(self) -> list[PointDetector | ClockDetector]:
        return [*self._points, *self._clock]
