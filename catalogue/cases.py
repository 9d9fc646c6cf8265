"""Case kinds: the life of a dossier, a document, an opinion form…, as data."""

from msgspec import Struct

PHASES = ("before", "open", "paused", "ended")
RESULTS = ("", "finished", "returned", "refused", "stopped", "withdrawn")


class State(Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    code: str
    """As the source system writes it."""
    name_vi: str
    name_en: str
    phase: str
    result: str = ""


class CaseKind(Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    name_vi: str
    name_en: str
    states: tuple[State, ...]
    moves: dict[str, tuple[str, ...]]
    """State -> states that may follow; "" -> those a case may begin in. A state that names itself may repeat."""
    starts: str
    """The state that starts the clock."""
    supplement: str = ""
    """The state whose time does not count, and whose second occurrence makes the case late."""
    channels: tuple[str, ...] = ()
    attributes: tuple[str, ...] = ()

    def state(self, text: str) -> State | None:
        """By id or by the source system's code."""
        return next((s for s in self.states if text in (s.id, s.code)), None)

    def in_phase(self, *phases: str) -> frozenset[str]:
        return frozenset(s.id for s in self.states if s.phase in phases)
