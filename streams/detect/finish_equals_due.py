"""A finish stamped with exactly the due time. One may be chance; findings gathers them per unit.

Real cause: a bulk close that writes the due time as the time of finishing. Due times at local midnight are dates
without a time of day, and finishing on the day is then ordinary: they are not judged.
"""

from typing import ClassVar

import numpy as np

from catalogue.calendar import DAY_MS, OFFSET_MS
from catalogue.cases import CaseKind
from streams.detect.base import INFO, Context, Signal, Steps, of_step


class FinishEqualsDue:
    rule: ClassVar[str] = "finish_equals_due"
    reads: ClassVar[str] = "steps"

    def judge(self, steps: Steps, kind: CaseKind, context: Context) -> list[tuple[int, Signal]]:
        equal = np.flatnonzero(steps.finishes & (steps.event_at == steps.due_at))
        due = steps.due_at[equal]
        hits = equal[(due > 0) & ((due + OFFSET_MS) % DAY_MS != 0)]
        return [(index, self._signal(steps, index, context)) for index in hits.tolist()]

    def _signal(self, steps: Steps, index: int, context: Context) -> Signal:
        signal = of_step(self.rule, steps, index, context)
        signal.severity = INFO
        signal.detail["due_at"] = int(steps.due_at[index])
        return signal
