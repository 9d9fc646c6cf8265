"""A feed's case kinds as small arrays, so that many steps are judged at once."""

import numpy as np
import numpy.typing as npt

from catalogue.cases import RESULTS, CaseKind

FINISHED, RETURNED, REFUSED, STOPPED, WITHDRAWN = (RESULTS.index(r) for r in RESULTS[1:])


class KindTables:
    """Indexed by (kind, state); state -1, the last place, means that the case has no state yet."""

    def __init__(self, kinds: list[CaseKind]) -> None:
        most = max((len(kind.states) for kind in kinds), default=0)
        shape = (len(kinds), most + 1)
        self.allowed = np.zeros((len(kinds), most + 1, most), bool)
        self.result = np.zeros(shape, np.int8)
        self.ended = np.zeros(shape, bool)
        self.starts = np.array([self._place(kind, kind.starts) for kind in kinds], np.int16)
        self.supplement = np.array([self._place(kind, kind.supplement) for kind in kinds], np.int16)
        for number, kind in enumerate(kinds):
            places = {state.id: place for place, state in enumerate(kind.states)}
            for place, state in enumerate(kind.states):
                self.result[number, place] = RESULTS.index(state.result)
                self.ended[number, place] = state.phase == "ended"
            for before, after in kind.moves.items():
                row = places[before] if before else most
                self.allowed[number, row, [places[state] for state in after]] = True

    @staticmethod
    def _place(kind: CaseKind, state: str) -> int:
        """The state's position; a number no state has where the kind has no such state."""
        return next((place for place, s in enumerate(kind.states) if s.id == state and state), -9)


Codes = npt.NDArray[np.int32]
