"""Messages that must be refused, each with the reason that must be given. A good record is spoilt in one place."""

from collections.abc import Callable
from random import Random
from typing import Any

import msgspec

from bench.faults.records import DAY_MS, Record, as_arrow, as_json
from contract.topics import ARROW, JSON

SPOILT = 1.25
"""A value that is replaced in the text: JSON's own writers know no NaN."""


class Poison(msgspec.Struct, frozen=True):
    value: bytes
    content_type: str
    records: int
    refused: dict[int, str]
    """Row -> reason."""


def _with(reason: str, **different: Any) -> Callable[[Record], tuple[Record, str]]:
    def spoil(good: Record) -> tuple[Record, str]:
        changed = {**good, **different}
        return {name: value for name, value in changed.items() if value is not None}, reason

    return spoil


OF_A_RECORD = {
    "an unknown unit": _with("unknown_unit", unit="Atlantis"),
    "a unit of before the merger": _with("unit_not_valid", unit="H38.63"),
    "a secret": _with("classified", classification="mật"),
    "a field that is not on the list": _with("unknown_field", citizen="Nguyễn Văn A"),
    "a text of 501 letters": _with("text_too_long", document="ă" * 501),
    "an unknown subject": _with("unknown_subject", subject="atlantis"),
    "the year 2199": _with("future", event_at=7_226_582_400_000),
    "the year 1970": _with("before_first_day", event_at=DAY_MS),
    "a time without a zone": _with("bad_type", event_at="2026-11-20T09:30:00"),
    "text for a flag": _with("bad_type", simulated="yes"),
    "no time of sending": _with("missing_field", sent_at=None),
}
OF_A_FIGURE = {
    "no value": _with("missing_field", value=None),
    "an unknown indicator": _with("unknown_indicator", indicator="happiness"),
    "text for a number": _with("not_a_number", value="rất nhiều"),
    "no time": _with("no_time", event_at=None),
}
OF_A_STEP = {
    "no case": _with("missing_field", case_id=None),
    "an unknown kind": _with("unknown_kind", kind="miracle"),
    "an unknown state": _with("unknown_state", state="lost"),
    "an unknown channel": _with("unknown_channel", channel="pigeon"),
    "an unknown mark": _with("unknown_attribute", attributes=["golden"]),
}
IN_ITS_PARTITION = {
    "an unknown feed": _with("unknown_feed", feed="nowhere"),
    "another feed": _with("wrong_partition", feed="petitions"),
}
NUMBERS = {"nan": b"NaN", "infinity": b"Infinity", "number_too_long": b"7" * 5_000}
WHOLE = {
    "not_json": b"{{",
    "empty": b"",
    "too_deep": b"[" * 10_000 + b"]" * 10_000,
}
IN_ARROW = ("an unknown unit", "a secret", "the year 2199", "no time of sending", "an unknown subject")


def single(good: Record, chance: Random) -> Poison:
    """One message of one record, bad in itself or as bytes, for the partition of the record's feed."""
    drawn = chance.random()
    if drawn < 0.15:
        reason, value = chance.choice(list(WHOLE.items()))
        return Poison(value, JSON, 1, {0: reason})
    if drawn < 0.2:
        return Poison(b"\xff\xff\xff\xff but no Arrow", ARROW, 1, {0: "not_arrow"})
    if drawn < 0.35 and "value" in good:
        reason, text = chance.choice(list(NUMBERS.items()))
        return Poison(as_json({**good, "value": SPOILT}).replace(b"1.25", text, 1), JSON, 1, {0: reason})
    spoilt, reason = chance.choice(list(_kinds(good, IN_ITS_PARTITION).values()))(good)
    return Poison(as_json(spoilt), JSON, 1, {0: reason})


def onward(good: Record, chance: Random) -> Poison:
    """One record for the inbox that its partition will refuse."""
    spoilt, reason = chance.choice(list(_kinds(good, {}).values()))(good)
    return Poison(as_json(spoilt), JSON, 1, {0: reason})


def at_the_inbox(good: Record, chance: Random) -> Poison:
    """What cannot be placed."""
    found: list[tuple[bytes, str]] = [(value, reason) for reason, value in WHOLE.items()]
    found += [(as_json({**good, "feed": "nowhere"}), "unknown_feed"), (b"[1]", "bad_type")]
    found.append((as_json({name: value for name, value in good.items() if name != "feed"}), "missing_field"))
    value, reason = chance.choice(found)
    return Poison(value, JSON, 1, {0: reason})


def listed(good: list[Record], chance: Random) -> Poison:
    """A list of JSON in which one record is bad."""
    row = chance.randrange(len(good))
    spoilt, reason = chance.choice(list(_kinds(good[row], IN_ITS_PARTITION).values()))(good[row])
    return Poison(as_json(*good[:row], spoilt, *good[row + 1 :]), JSON, len(good), {row: reason})


def in_a_batch(good: list[Record], kind: str, chance: Random) -> Poison:
    """An Arrow batch in which some rows are bad."""
    records, refused = list(good), {}
    for row in sorted(chance.sample(range(len(good)), max(1, len(good) // 5))):
        if kind == "figures" and chance.random() < 0.3:
            records[row], refused[row] = {**good[row], "value": float("nan")}, "nan"
        else:
            records[row], refused[row] = OF_A_RECORD[chance.choice(IN_ARROW)](good[row])
    return Poison(as_arrow(records, kind), ARROW, len(records), refused)


def all_bad(good: list[Record], kind: str, chance: Random) -> Poison:
    """Every row of a large batch, each for a reason of its own."""
    spoilt = [OF_A_RECORD[chance.choice(IN_ARROW)](record) for record in good]
    refused = {row: reason for row, (_, reason) in enumerate(spoilt)}
    return Poison(as_arrow([record for record, _ in spoilt], kind), ARROW, len(good), refused)


def _kinds(good: Record, more: dict[str, Any]) -> dict[str, Callable[[Record], tuple[Record, str]]]:
    return OF_A_RECORD | (OF_A_FIGURE if "indicator" in good else OF_A_STEP) | more
