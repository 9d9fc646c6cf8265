"""A case that finished before it began: the finish lies before the start, or the first start comes after the end."""

from typing import ClassVar

import numpy as np

from catalogue.cases import CaseKind
from streams.detect.base import Context, Ints, Signal, Steps, of_step


class FinishBeforeStart:
    rule: ClassVar[str] = "finish_before_start"
    reads: ClassVar[str] = "steps"

    def judge(self, steps: Steps, kind: CaseKind, context: Context) -> list[tuple[int, Signal]]:
        start, finish = _start_and_finish(steps, kind)
        hits = np.flatnonzero((start > 0) & (finish > 0) & (finish < start))
        return [(i, self._signal(steps, i, int(start[i]), int(finish[i]), context)) for i in hits.tolist()]

    def _signal(self, steps: Steps, index: int, start: int, finish: int, context: Context) -> Signal:
        signal = of_step(self.rule, steps, index, context)
        signal.detail.update(started_at=start, finished_at=finish)
        return signal


def _start_and_finish(steps: Steps, kind: CaseKind) -> tuple[Ints, Ints]:
    """Of each step that decides the question, both times; 0 where it decides nothing.

    In a log sorted by time the finish comes first, so it is the later start that shows the contradiction.
    """
    starts = next((place for place, state in enumerate(kind.states) if state.id == kind.starts), -1)
    first_start = (steps.started_at == 0) | (steps.started_at == steps.event_at)
    starts_late = (steps.state == starts) & (steps.ended_at > 0) & first_start
    start = np.where(starts_late, steps.event_at, np.where(steps.finishes, steps.started_at, 0))
    finish = np.where(starts_late, steps.ended_at, np.where(steps.finishes, steps.event_at, 0))
    return start, finish
