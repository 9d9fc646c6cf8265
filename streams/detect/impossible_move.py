"""A case entered a state that its kind does not allow after the one it was in: a status that goes backwards, a skip."""

from typing import ClassVar

import numpy as np

from catalogue.cases import CaseKind
from streams.detect.base import INFO, Context, Signal, Steps, of_step


class ImpossibleMove:
    rule: ClassVar[str] = "impossible_move"
    reads: ClassVar[str] = "steps"

    def judge(self, steps: Steps, kind: CaseKind, context: Context) -> list[tuple[int, Signal]]:
        if np.count_nonzero(steps.allowed) == len(steps.allowed):
            return []
        hits = np.flatnonzero(~steps.allowed)
        return [(index, self._signal(steps, index, kind, context)) for index in hits.tolist()]

    def _signal(self, steps: Steps, index: int, kind: CaseKind, context: Context) -> Signal:
        signal = of_step(self.rule, steps, index, context)
        before = int(steps.state_before[index])
        signal.detail["before"] = kind.states[before].id if before >= 0 else ""
        signal.detail["state"] = kind.states[int(steps.state[index])].id
        if ended := int(steps.ended_at[index]):
            signal.detail["ended_at"] = ended
        if steps.late[index]:
            # A record that came late may only have been overtaken on its way.
            signal.severity = INFO
            signal.detail["late"] = 1
        return signal
