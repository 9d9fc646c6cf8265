"""A case that finished before it began: the finish lies before the start, or the first start comes after the end."""

from typing import ClassVar

import numpy as np

from catalogue.cases import CaseKind
from streams.detect.base import Context, Ints, Signal, Steps, of_step

Found = list[tuple[int, int, int]]
"""Places of steps, with the start and the finish that contradict each other."""


class FinishBeforeStart:
    rule: ClassVar[str] = "finish_before_start"
    reads: ClassVar[str] = "steps"

    def judge(self, steps: Steps, kind: CaseKind, context: Context) -> list[tuple[int, Signal]]:
        found = [*self._finishes_before(steps), *self._starts_after(steps, kind)]
        return [(place, self._signal(steps, place, start, finish, context)) for place, start, finish in sorted(found)]

    def _finishes_before(self, steps: Steps) -> Found:
        """A finish that lies before the start."""
        places = np.flatnonzero(steps.finishes & (steps.event_at < steps.started_at))
        start, finish = steps.started_at[places], steps.event_at[places]
        return _known(places, start, finish)

    def _starts_after(self, steps: Steps, kind: CaseKind) -> Found:
        """In a log sorted by time the finish comes first: it is the later start that shows the contradiction."""
        starts = next((place for place, state in enumerate(kind.states) if state.id == kind.starts), -1)
        places = np.flatnonzero((steps.ended_at > 0) & (steps.state == starts))
        if not len(places):
            return []
        start, before, finish = steps.event_at[places], steps.started_at[places], steps.ended_at[places]
        first = ((before == 0) | (before == start)) & (finish < start)
        return _known(places[first], start[first], finish[first])

    def _signal(self, steps: Steps, index: int, start: int, finish: int, context: Context) -> Signal:
        signal = of_step(self.rule, steps, index, context)
        signal.detail.update(started_at=start, finished_at=finish)
        return signal


def _known(places: Ints, start: Ints, finish: Ints) -> Found:
    return [found for found in zip(places.tolist(), start.tolist(), finish.tolist(), strict=True) if min(found[1:]) > 0]
