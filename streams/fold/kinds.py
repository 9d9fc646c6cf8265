"""A feed's case kinds as small arrays, so that many steps are judged at once."""

import numpy as np
import numpy.typing as npt

from catalogue.cases import RESULTS, CaseKind

FINISHED, RETURNED, REFUSED, STOPPED, WITHDRAWN = (RESULTS.index(r) for r in RESULTS[1:])

# What entering a state means, as bits.
FINISHES, REFUSES, WITHDRAWS, ENDS, STARTS, SUPPLEMENTS = (np.uint8(1 << bit) for bit in range(6))
_OF_RESULT = {
    FINISHED: FINISHES, RETURNED: FINISHES, REFUSED: REFUSES, STOPPED: REFUSES, WITHDRAWN: WITHDRAWS
}  # fmt: skip

Codes = npt.NDArray[np.int32]


class KindTables:
    """Flat, because one look-up in a flat table costs a third of one in a deep one."""

    def __init__(self, kinds: list[CaseKind]) -> None:
        self.states = max((len(kind.states) for kind in kinds), default=0)
        self.means = np.zeros(len(kinds) * self.states, np.uint8)
        """By kind * states + state."""
        self.allowed = np.zeros(len(kinds) * (self.states + 1) * self.states, bool)
        """By (kind * (states + 1) + state before + 1) * states + state; a case without a state yet is in -1."""
        for number, kind in enumerate(kinds):
            self._fill(number, kind)

    def _fill(self, number: int, kind: CaseKind) -> None:
        places = {state.id: place for place, state in enumerate(kind.states)}
        for place, state in enumerate(kind.states):
            means = _OF_RESULT.get(RESULTS.index(state.result), np.uint8(0))
            means |= ENDS if state.phase == "ended" else np.uint8(0)
            means |= STARTS if state.id == kind.starts else np.uint8(0)
            means |= SUPPLEMENTS if state.id == kind.supplement else np.uint8(0)
            self.means[number * self.states + place] = means
        for before, after in kind.moves.items():
            row = number * (self.states + 1) + (places[before] + 1 if before else 0)
            self.allowed[row * self.states + np.array([places[state] for state in after], np.int64)] = True
