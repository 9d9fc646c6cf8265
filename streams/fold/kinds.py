"""A feed's case kinds as small arrays, so that many steps are judged at once."""

import numpy as np
import numpy.typing as npt

from catalogue.cases import CaseKind

Codes = npt.NDArray[np.int32]


class KindTables:
    """Flat, because one look-up in a flat table costs a third of one in a deep one."""

    def __init__(self, kinds: list[CaseKind]) -> None:
        self.states = max((len(kind.states) for kind in kinds), default=0)
        self.entering = np.zeros((6, len(kinds) * self.states), bool)
        """What it means to enter a state, by kind * states + state: it finishes the case, refuses it, withdraws it;
        ends it in whatever way; starts its clock; asks for a supplement."""
        self.allowed = np.zeros(len(kinds) * (self.states + 1) * self.states, bool)
        """By (kind * (states + 1) + state before + 1) * states + state; a case without a state yet is in -1."""
        for number, kind in enumerate(kinds):
            self._fill(number, kind)

    def _fill(self, number: int, kind: CaseKind) -> None:
        places = {state.id: place for place, state in enumerate(kind.states)}
        for place, state in enumerate(kind.states):
            self.entering[:, number * self.states + place] = (
                state.result in ("finished", "returned"),
                state.result in ("refused", "stopped"),
                state.result == "withdrawn",
                state.phase == "ended",
                state.id == kind.starts,
                state.id == kind.supplement,
            )
        for before, after in kind.moves.items():
            row = number * (self.states + 1) + (places[before] + 1 if before else 0)
            self.allowed[row * self.states + np.array([places[state] for state in after], np.int64)] = True
