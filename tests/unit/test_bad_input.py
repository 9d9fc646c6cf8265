"""Bad input among good records: each in `rejected` with its own reason, the good ones arrive, and nothing of what was
refused is kept."""

import json
from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pytest

from contract import cases, figures
from contract.codec import Message, encode
from contract.reasons import Reason
from streams.pipeline import run
from streams.work import Output
from tests.messages import NOON, arrow, batch, catalogue, figure, message, rows, shard, step, tick

NAME, NUMBER, PHONE = "Trần Thị Bích Canary", "079301001234", "0912345678"
CANARIES = (NAME, NUMBER, PHONE)
DAY_1970 = 86_400_000
YEAR_2199 = 7_230_000_000_000
DEEP = b'{"value":' * 10_000 + b"1" + b"}" * 10_000


def number(field: str, digits: str) -> bytes:
    """Good records around one with a number that Python would not write."""
    text = json.dumps([figure(unit="H13"), figure(unit="H17", **{field: 0}), figure(unit="H29")])
    return text.replace(f'"{field}": 0', f'"{field}": {digits}').encode()


WHOLE: dict[str, tuple[bytes, Reason]] = {
    "not JSON": (f"{NAME} {NUMBER}".encode(), Reason.NOT_JSON),
    "not Arrow": (b"\xff\xff\xff\xff" + f"{NAME} {NUMBER}".encode(), Reason.NOT_ARROW),
    "Arrow cut short": (arrow([figure(document=NAME)])[:-200], Reason.NOT_ARROW),
    "wrong schema": (arrow([figure(value=NAME)], value=pa.string()), Reason.WRONG_SCHEMA),
    "a column is missing": (arrow([figure(unit=None, document=NAME)]), Reason.WRONG_SCHEMA),
    "JSON nested 10,000 deep": (DEEP, Reason.TOO_DEEP),
    "a 7 MB message": (json.dumps([figure(document=NAME)] * 40_000).encode().ljust(7_000_000), Reason.TOO_LARGE),
    "more records than a message may hold": (b"[" + b"1," * 100_000 + b"1]", Reason.TOO_LARGE),
    "nothing": (b"", Reason.EMPTY),
    "an empty list": (b"[]", Reason.EMPTY),
    "an empty batch": (encode(pa.RecordBatch.from_pylist([], figures.SCHEMA)), Reason.EMPTY),
    "a column off the list": (arrow([figure(ho_ten=NAME)], ho_ten=pa.string()), Reason.UNKNOWN_FIELD),
    "a column named like a person": (arrow([figure(**{NAME: NUMBER})], **{NAME: pa.string()}), Reason.UNKNOWN_FIELD),
}
ONE: dict[str, tuple[dict[str, Any], Reason]] = {
    "unknown feed": ({"feed": NAME}, Reason.UNKNOWN_FEED),
    "another feed's partition": ({"feed": "power-load"}, Reason.WRONG_PARTITION),
    "unknown unit": ({"unit": NAME}, Reason.UNKNOWN_UNIT),
    "a unit not valid at that date": ({"unit": "H38.63"}, Reason.UNIT_NOT_VALID),
    "unknown indicator": ({"indicator": NAME}, Reason.UNKNOWN_INDICATOR),
    "unknown subject": ({"subject": NAME}, Reason.UNKNOWN_SUBJECT),
    "unknown vintage": ({"vintage": NAME}, Reason.UNKNOWN_VINTAGE),
    "an event in 2199": ({"event_at": YEAR_2199}, Reason.FUTURE),
    "one in 1970": ({"event_at": DAY_1970}, Reason.BEFORE_FIRST_DAY),
    "no time at all": ({"event_at": None}, Reason.NO_TIME),
    "both times": ({"period": "C-M2026-10"}, Reason.NO_TIME),
    "a period for an instantaneous figure": ({"event_at": None, "period": NAME}, Reason.NO_TIME),
    "marked mật": ({"classification": "mật", "document": NAME}, Reason.CLASSIFIED),
    "marked tuyệt mật": ({"classification": "Tuyệt mật"}, Reason.CLASSIFIED),
    "a document number that is a novel": ({"document": NAME * 100}, Reason.TEXT_TOO_LONG),
    "an id that is a novel": ({"record_id": NAME * 100}, Reason.TEXT_TOO_LONG),
    "empty text": ({"unit": ""}, Reason.MISSING_FIELD),
    "a sender's clock that no calendar has": ({"sent_at": 2**52}, Reason.BAD_TYPE),
}
IN_JSON: dict[str, tuple[dict[str, Any], Reason]] = {
    "text for a number": ({"value": NAME}, Reason.NOT_A_NUMBER),
    "a field off the list": ({"ho_ten": NAME}, Reason.UNKNOWN_FIELD),
    "a field named like a person": ({NUMBER: NAME}, Reason.UNKNOWN_FIELD),
    "a unit that is a number": ({"unit": 26}, Reason.BAD_TYPE),
    "a text that is too long": ({"subject": NAME * 100}, Reason.TEXT_TOO_LONG),
    "a field is missing": ({"unit": None, "document": NAME}, Reason.MISSING_FIELD),
    "a time without its zone": ({"event_at": "2026-11-20T12:00:00"}, Reason.BAD_TYPE),
}
NUMBERS = {
    "NaN": Reason.NAN,
    "Infinity": Reason.INFINITY,
    "-Infinity": Reason.INFINITY,
    "1" * 5_000: Reason.NUMBER_TOO_LONG,
}
OF_CASES: dict[str, tuple[dict[str, Any], Reason]] = {
    "unknown kind": ({"kind": NAME}, Reason.UNKNOWN_KIND),
    "another feed's kind": ({"kind": "petition"}, Reason.UNKNOWN_KIND),
    "unknown state": ({"state": NAME}, Reason.UNKNOWN_STATE),
    "unknown channel": ({"channel": NAME}, Reason.UNKNOWN_CHANNEL),
    "unknown mark": ({"attributes": ["vneid", NAME]}, Reason.UNKNOWN_ATTRIBUTE),
    "unknown subject": ({"subject": PHONE}, Reason.UNKNOWN_SUBJECT),
    "no number": ({"case_id": ""}, Reason.MISSING_FIELD),
    "a number that is a novel": ({"case_id": NUMBER * 50}, Reason.TEXT_TOO_LONG),
    "a due time that no calendar has": ({"due_at": -(2**52)}, Reason.BAD_TYPE),
    "marked secret": ({"classification": "secret", "case_id": NUMBER}, Reason.CLASSIFIED),
}


def among_good(bad: list[Message], record: str = "figures") -> Output:
    """Good messages before and after; the shard's clock stands at NOON."""
    good = {"figures": figure, "cases": step}[record]
    fresh = shard(record)
    run(fresh, [tick(NOON, 0, record)])
    first, last = (
        batch([good(document="before")], 1, record),
        batch([good(event_at=NOON + 1, document="after")], 99, record),
    )
    output = run(fresh, [first, *bad, last])
    table = "figures" if record == "figures" else "case_steps"
    assert [row["document"] for row in rows(output, table) if row["offset"] in (1, 99)] == ["before", "after"]
    assert all(entry.records == entry.accepted + entry.rejected + entry.duplicates for entry in output.entries.values())
    nothing_of_it_is_kept(output)
    return output


def nothing_of_it_is_kept(output: Output) -> None:
    kept = json.dumps([rows(output, "rejected"), rows(output, "findings"), rows(output, "feed_states")], default=str)
    kept += json.dumps([[entry.kind, entry.written] for entry in output.entries.values()])
    for canary in CANARIES:
        assert canary not in kept
        assert json.dumps(canary)[1:-1] not in kept


def refused(output: Output) -> list[tuple[int, int, str]]:
    return [(row["offset"], row["row"], row["reason"]) for row in rows(output, "rejected")]


@pytest.mark.parametrize("name", WHOLE)
def test_a_message_that_cannot_be_read_is_one_rejected_record(name: str) -> None:
    body, reason = WHOLE[name]
    assert refused(among_good([message(body, 2)])) == [(2, 0, reason)]


def three(record: str, bad: dict[str, Any], form: Callable[..., Message]) -> Output:
    """The bad record between two good ones of one message."""
    good = {"figures": figure, "cases": step}[record]
    others = [{"unit": unit, **({"case_id": unit} if record == "cases" else {})} for unit in ("H17", "H29")]
    records = [good(**others[0]), good(**bad), good(**others[1])]
    return among_good([form(records, 2, record)], record)


@pytest.mark.parametrize("form", [batch, message], ids=["Arrow", "JSON"])
@pytest.mark.parametrize("name", ONE)
def test_a_bad_figure_is_rejected_alone_in_either_form(name: str, form: Callable[..., Message]) -> None:
    bad, reason = ONE[name]
    output = three("figures", bad, form)
    assert refused(output) == [(2, 1, reason)]
    assert output.entries[2].accepted == 2


@pytest.mark.parametrize("form", [batch, message], ids=["Arrow", "JSON"])
@pytest.mark.parametrize("name", OF_CASES)
def test_a_bad_step_is_rejected_alone_in_either_form(name: str, form: Callable[..., Message]) -> None:
    bad, reason = OF_CASES[name]
    output = three("cases", bad, form)
    assert refused(output) == [(2, 1, reason)]
    assert output.entries[2].accepted == 2


@pytest.mark.parametrize("name", IN_JSON)
def test_what_only_json_can_say_is_rejected_alone(name: str) -> None:
    bad, reason = IN_JSON[name]
    assert refused(three("figures", bad, message)) == [(2, 1, reason)]


@pytest.mark.parametrize("digits", NUMBERS, ids=lambda digits: digits[:10])
def test_numbers_that_are_none_are_rejected_alone(digits: str) -> None:
    output = among_good([message(number("value", digits), 2)])
    assert refused(output) == [(2, 1, NUMBERS[digits])]
    assert output.entries[2].accepted == 2


@pytest.mark.parametrize(("value", "reason"), [(float("nan"), Reason.NAN), (float("-inf"), Reason.INFINITY)])
def test_numbers_that_are_none_are_rejected_in_arrow_too(value: float, reason: Reason) -> None:
    assert refused(three("figures", {"value": value}, batch)) == [(2, 1, reason)]


@pytest.mark.parametrize("field", ["unit", "value", "sent_at", "simulated", "feed", "indicator"])
def test_a_hole_in_a_required_column_of_arrow_is_rejected_alone(field: str) -> None:
    assert refused(three("figures", {field: None}, batch)) == [(2, 1, Reason.MISSING_FIELD)]


def test_all_of_it_at_once_in_one_run() -> None:
    bad = [message(body, 2 + n) for n, (body, _) in enumerate(WHOLE.values())]
    bad += [message([figure(**given)], 20 + n) for n, (given, _) in enumerate([*ONE.values(), *IN_JSON.values()])]
    bad += [message(number("value", digits), 60 + n) for n, digits in enumerate(NUMBERS)]
    output = among_good(bad)
    expected = [reason for _, reason in [*WHOLE.values(), *ONE.values(), *IN_JSON.values()]] + list(NUMBERS.values())
    found = {offset: reason for offset, _, reason in refused(output)}
    assert [found[m.offset] for m in bad] == expected


TEXTS = {"figures": [c.name for c in figures.COLUMNS if pa.types.is_string(c.type)],
         "cases": [c.name for c in cases.COLUMNS if pa.types.is_string(c.type)]}  # fmt: skip
REFUSING: dict[str, list[dict[str, Any]]] = {
    "figures": [{"event_at": YEAR_2199}, {"value": float("nan")}, {"indicator": "other"}],
    "cases": [{"event_at": YEAR_2199}, {"state": "nowhere"}, {"kind": "other"}, {"attributes": ["other"]}],
}


@pytest.mark.parametrize("record", ["figures", "cases"])
@pytest.mark.parametrize("canary", CANARIES)
def test_no_text_of_a_refused_record_is_kept_whatever_field_it_stood_in(record: str, canary: str) -> None:
    good = figure if record == "figures" else step
    forms: list[Callable[..., Message]] = [batch, message]
    offset, bad = 2, []
    for field in TEXTS[record]:
        for why in REFUSING[record]:
            bad += [form([good(**{**why, field: canary})], offset + n, record) for n, form in enumerate(forms)]
            offset += 2
    output = among_good(bad, record) if offset < 99 else pytest.fail("too many messages")
    assert all(output.entries[m.offset].rejected == 1 for m in bad)


def test_of_a_secret_record_not_even_what_the_catalogue_knows_is_kept() -> None:
    (row,) = rows(three("figures", {"classification": "mật"}, batch), "rejected")
    assert row["fields"] == []
    (row,) = rows(three("figures", {"event_at": YEAR_2199}, batch), "rejected")
    assert dict(row["fields"]) == {"indicator": "drill-value", "at_ms": str(YEAR_2199)}


OF_ACTIONS = {Reason.UNKNOWN_STEP, Reason.BAD_DUE, Reason.PERSONAL}


def test_every_reason_can_be_met() -> None:
    """But for those that need a feed of periods, an id that was seen, or a control record (test_actions.py)."""
    met = {reason for table in (WHOLE, ONE, IN_JSON, OF_CASES) for _, reason in table.values()} | set(NUMBERS.values())
    assert set(Reason) - met == {Reason.BAD_PERIOD, Reason.CONFLICT} | OF_ACTIONS


def test_a_period_of_another_kind_is_rejected() -> None:
    feed = catalogue().feeds["investment-replay"]
    fresh = shard("figures", feed.partition)
    given = {"feed": feed.id, "unit": "VN", "indicator": feed.indicators[0], "event_at": None, "vintage": "final"}
    periods = ["C-M2026-09", "C-Q2026-3", "C-M2026-13", NAME]
    output = run(fresh, [message([figure(**given, period=period) for period in periods])])
    assert [(row["row"], row["reason"]) for row in rows(output, "rejected")] == [
        (n, Reason.BAD_PERIOD) for n in (1, 2, 3)
    ]
    nothing_of_it_is_kept(output)


def test_marks_under_a_null_are_nobodys() -> None:
    """A list's texts may be there though the list is not: Arrow counts them in one place and not in another."""
    with pa.ipc.open_stream(arrow([step(case_id=f"c{n}", attributes=["vneid"]) for n in range(3)], "cases")) as reader:
        (given,) = reader
    texts = pa.array(["vneid", NAME, NAME])
    edges = pa.array([0, 1, 2, 3], pa.int32()).buffers()[1]
    marks = pa.Array.from_buffers(pa.list_(pa.string()), 3, [pa.py_buffer(b"\x05"), edges], children=[texts])
    columns = {**{name: given.column(name) for name in given.schema.names}, "attributes": marks}
    body = encode(pa.record_batch(list(columns.values()), names=list(columns)))
    output = run(shard("cases"), [message(body, 0, "cases")])
    assert [row["reason"] for row in rows(output, "rejected")] == [Reason.UNKNOWN_ATTRIBUTE]
    assert len(rows(output, "case_steps")) == 2
