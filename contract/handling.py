"""What may be done with a finding, and by whom: its states, the steps between them, and the words for both.

    mới → đã nhận → đã hỏi đơn vị → đã đính chính | xác nhận đúng | báo nhầm | xu hướng mới → đóng

A finding's actions are followed in the order of the log: each either fits what came before it and is done, or is kept
and changes nothing. The store follows the same table (the function `finding_follow`); a test compares the two.

What the data did meanwhile is not in it: a finding that opens again or grows graver after it was labelled or closed
stays so, and calls (`again` of the view `findings_handled`) until somebody opens it again.
"""

from collections.abc import Iterable
from typing import Protocol

from msgspec import Struct

NEW, TAKEN, ASKED, CLOSED = "new", "taken", "asked", "closed"
TAKEN_OVER, REOPENED = "taken_over", "reopened"
LABELS = ("corrected", "confirmed", "false_alarm", "new_trend")
"""How a finding turned out; without one it cannot be closed."""

STATES: dict[str, tuple[str, str]] = {
    NEW: ("mới", "new"),
    TAKEN: ("đã nhận", "taken"),
    ASKED: ("đã hỏi đơn vị", "unit asked"),
    "corrected": ("đã đính chính", "corrected"),
    "confirmed": ("xác nhận đúng", "confirmed right"),
    "false_alarm": ("báo nhầm", "false alarm"),
    "new_trend": ("xu hướng mới", "new trend"),
    CLOSED: ("đã đóng", "closed"),
}
"""In the order in which a finding goes through them."""

STEPS: dict[str, tuple[str, str]] = {
    TAKEN: ("nhận", "take"),
    TAKEN_OVER: ("nhận bàn giao", "take over"),
    ASKED: ("hỏi đơn vị", "ask the unit"),
    **{label: STATES[label] for label in LABELS},
    CLOSED: ("đóng", "close"),
    REOPENED: ("mở lại", "reopen"),
}

ANYONE, HOLDER, OTHER = "anyone", "holder", "other"
"""Who may take a step: anyone, who has the finding, or anyone but who has it."""


class Move(Struct, frozen=True):
    state: str
    step: str
    to: str
    by: str


MOVES: tuple[Move, ...] = (
    Move(NEW, TAKEN, TAKEN, ANYONE),
    *(Move(state, TAKEN_OVER, state, OTHER) for state in (TAKEN, ASKED)),
    *(Move(state, ASKED, ASKED, HOLDER) for state in (TAKEN, ASKED)),
    *(Move(state, label, label, HOLDER) for state in (TAKEN, ASKED) for label in LABELS),
    *(Move(label, CLOSED, CLOSED, ANYONE) for label in LABELS),
    *(Move(state, REOPENED, TAKEN, ANYONE) for state in (*LABELS, CLOSED)),
)
BY_PLACE = {(move.state, move.step): move for move in MOVES}
GIVES = frozenset({TAKEN, TAKEN_OVER, REOPENED})
"""Who takes one of these steps has the finding from then on."""

DONE, REPEATED, NOT_NOW, NOT_YOURS = "done", "repeated", "not_now", "not_yours"
OUTCOMES: dict[str, tuple[str, str]] = {
    DONE: ("đã thực hiện", "done"),
    REPEATED: ("gửi lại, không đổi gì", "sent again, changed nothing"),
    NOT_NOW: ("không hợp với trạng thái lúc đó", "did not fit the state at the time"),
    NOT_YOURS: ("không phải người đang giữ", "not by who has it"),
}
"""What became of an action; only the first changed anything."""


LEVELS_S = (0, 900, 1800)
"""A critical finding that nobody takes calls the first level at once, the second after 15 minutes, the third after
30."""


class Held(Struct, frozen=True):
    """How far the handling of a finding has come, and who has it."""

    state: str = NEW
    holder: str = ""


class Doing(Protocol):
    """What is needed of an action."""

    @property
    def action_id(self) -> str: ...
    @property
    def step(self) -> str: ...
    @property
    def actor(self) -> str: ...


def judged(held: Held, step: str, actor: str) -> str:
    """What would become of a step now."""
    move = BY_PLACE.get((held.state, step))
    if move is None:
        return NOT_NOW
    has_it = actor == held.holder
    if (move.by == HOLDER and not has_it) or (move.by == OTHER and has_it):
        return NOT_YOURS if move.by == HOLDER else NOT_NOW
    return DONE


def follow(held: Held, step: str, actor: str) -> tuple[Held, str]:
    outcome = judged(held, step, actor)
    if outcome != DONE:
        return held, outcome
    return Held(BY_PLACE[held.state, step].to, actor if step in GIVES else held.holder), DONE


def history(actions: Iterable[Doing]) -> list[tuple[Held, str]]:
    """One finding's actions in the order of the log: what became of each, and how it stood after it."""
    held, seen = Held(), set[str]()
    found: list[tuple[Held, str]] = []
    for action in actions:
        if action.action_id in seen:
            outcome = REPEATED
        else:
            held, outcome = follow(held, action.step, action.actor)
        seen.add(action.action_id)
        found.append((held, outcome))
    return found


def possible(held: Held, actor: str) -> list[str]:
    """The steps that the log would take from somebody now, in their usual order."""
    return [step for step in STEPS if judged(held, step, actor) == DONE]
