"""The due date was moved later after it had passed: what was overdue no longer looks so."""

from typing import ClassVar

import numpy as np

from catalogue.cases import CaseKind
from streams.detect.base import Context, Flags, Signal, Steps, of_step


class DueMovedAfter:
    rule: ClassVar[str] = "due_moved_after"
    reads: ClassVar[str] = "steps"

    def judge(self, steps: Steps, kind: CaseKind, context: Context) -> list[tuple[int, Signal]]:
        moved = np.flatnonzero((steps.due_at > steps.due_before) & (steps.event_at > steps.due_before))
        if not len(moved):
            return []
        moved = moved[(steps.due_before[moved] > 0) & ~_paused(kind)[steps.state_before[moved]]]
        return [(index, self._signal(steps, index, context)) for index in moved.tolist()]

    def _signal(self, steps: Steps, index: int, context: Context) -> Signal:
        signal = of_step(self.rule, steps, index, context)
        before, after = int(steps.due_before[index]), int(steps.due_at[index])
        signal.detail.update(due_before=before, due_at=after)
        signal.value = round((after - before) / 1000)
        return signal


def _paused(kind: CaseKind) -> Flags:
    """While the citizen gathers papers the time does not count, and a new due date is given afterwards: ordinary."""
    return np.array([state.phase == "paused" for state in kind.states] + [False])
