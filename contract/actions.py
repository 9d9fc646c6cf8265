"""The action on a finding as it travels: a control record in the partition of the finding's feed and shard.

    {"action_id": "…", "feed": "power-load", "finding_id": "…", "step": "taken", "actor": "truc-ban-1", "at": 17952…}

Judged by the log alone. An action is a person's, done by the wall's clock however fast the data's clock runs; so its
time is held against that of the broker, which stands in the log too, and not against ticks.
"""

import re
from collections.abc import Sequence
from typing import Any

import msgspec

from contract import topics
from contract.codec import LATEST_MS
from contract.handling import ASKED, STEPS
from contract.personal import is_personal
from contract.reasons import Reason

SCHEMA = "actions/1"
MOST, MAX_BYTES = 1_000, 1_000_000
"""Actions in a message, and its bytes."""
MAX_NOTE = 200
AHEAD_MS = 300_000
"""So much the actor's clock may be ahead of the broker's."""
LONGEST_DUE_MS = 366 * 86_400_000
ACCOUNT = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
MAX_ACCOUNT = 32
_ID = re.compile(r"[0-9a-f]{32}")


class Action(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    action_id: str
    """32 hex digits of the sender's own; sent again under it, an action changes nothing."""
    feed: str
    finding_id: str
    step: str
    actor: str
    """An account, never a person's name."""
    at: int
    """The actor's clock, ms UTC."""
    due: int | None = None
    """Until when the unit is to answer, ms UTC; of the step `asked`, and of no other."""
    note: str = ""


Fault = tuple[Reason, str]
"""Why an action is refused, and the field at fault."""


def headers(feed: str) -> dict[str, bytes]:
    return {
        topics.KIND: b"control",
        topics.FEED: feed.encode(),
        topics.SCHEMA: SCHEMA.encode(),
        topics.CONTENT_TYPE: topics.JSON.encode(),
    }


def body(*actions: Action) -> bytes:
    return msgspec.json.encode(actions[0] if len(actions) == 1 else actions)


def read(value: bytes, arrived_at: int) -> list[Action | Fault] | Reason:
    """The actions of a message, each by itself; a reason where the message as a whole is none."""
    if not value:
        return Reason.EMPTY
    if len(value) > MAX_BYTES:
        return Reason.TOO_LARGE
    try:
        parsed = msgspec.json.decode(value)
    except RecursionError:
        return Reason.TOO_DEEP
    except (msgspec.DecodeError, UnicodeDecodeError):
        return Reason.NOT_JSON
    given: Sequence[Any] = parsed if isinstance(parsed, list) else [parsed]
    if not given:
        return Reason.EMPTY
    if len(given) > MOST:
        return Reason.TOO_LARGE
    return [_read(one, arrived_at) for one in given]


def _read(given: Any, arrived_at: int) -> Action | Fault:
    if not isinstance(given, dict):
        return Reason.BAD_TYPE, ""
    if set(given) - set(Action.__struct_fields__):
        return Reason.UNKNOWN_FIELD, "?"  # a stranger's key may hold anything
    for name in ("action_id", "feed", "finding_id", "step", "actor", "at"):
        if given.get(name) is None:
            return Reason.MISSING_FIELD, name
    for name, value in given.items():
        if type(value) is not (int if name in ("at", "due") else str) and (name, value) != ("due", None):
            return Reason.BAD_TYPE, name
    action = Action(**given)
    return fault_of(action, arrived_at) or action


def fault_of(action: Action, arrived_at: int) -> Fault | None:
    """What is wrong with an action; the sender asks this before it sends, the worker when it has it from the log."""
    for name in ("action_id", "finding_id"):
        if not _ID.fullmatch(getattr(action, name)):
            return Reason.BAD_TYPE, name
    if action.step not in STEPS:
        return Reason.UNKNOWN_STEP, "step"
    if not is_account(action.actor):
        return Reason.PERSONAL if is_personal(action.actor) else Reason.BAD_TYPE, "actor"
    if action.at < 0:
        return Reason.BAD_TYPE, "at"
    if action.at > min(arrived_at + AHEAD_MS, LATEST_MS):
        return Reason.FUTURE, "at"
    if (action.due is None) == (action.step == ASKED):
        return Reason.BAD_DUE, "due"
    if action.due is not None and not 0 < action.due - action.at <= LONGEST_DUE_MS:
        return Reason.BAD_DUE, "due"
    return _fault_of_note(action.note)


def _fault_of_note(note: str) -> Fault | None:
    if len(note) > MAX_NOTE:
        return Reason.TEXT_TOO_LONG, "note"
    if not note.isprintable():  # a line break, a control character, half of a pair
        return Reason.BAD_TYPE, "note"
    return (Reason.PERSONAL, "note") if is_personal(note) else None


def is_account(name: str) -> bool:
    """`truc-ban-1`: small letters and digits, parts set off by dashes; no number of a person's."""
    return len(name) <= MAX_ACCOUNT and bool(ACCOUNT.fullmatch(name)) and not is_personal(name)
