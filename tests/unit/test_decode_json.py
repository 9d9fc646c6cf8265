"""JSON from any client: each record is checked by itself, and is refused for its own fault."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contract import cases, figures
from contract.reasons import Reason
from streams.decode_json import clean_name, decode_json, read_time
from tests.messages import NOON, figure, step

HUGE = "1" * 5_000


def faults(body: str | list[Any] | dict[str, Any], record: str = "figures") -> list[tuple[int, Reason, str]]:
    text = body if isinstance(body, str) else json.dumps(body)
    outcome = decode_json(text.encode("utf-8", "surrogatepass"), record)
    assert not isinstance(outcome, Reason)
    good, rows, bad, count = outcome
    assert sorted([*rows, *(row for row, _, _ in bad)]) == list(range(count))
    assert len(good) == len(rows)
    return bad


@pytest.mark.parametrize(
    ("record", "why", "field"),
    [
        (figure(ho_ten="Trần Văn Cảnh"), Reason.UNKNOWN_FIELD, "ho_ten"),
        (figure(**{"Nguyễn Văn A": 1}), Reason.UNKNOWN_FIELD, "?"),
        (figure(**{"079301001234": 1}), Reason.UNKNOWN_FIELD, "?"),
        (figure(unit=None), Reason.MISSING_FIELD, "unit"),
        ({**figure(), "value": None}, Reason.MISSING_FIELD, "value"),
        ("text", Reason.BAD_TYPE, ""),
        (7, Reason.BAD_TYPE, ""),
        (None, Reason.BAD_TYPE, ""),
        ([figure()], Reason.BAD_TYPE, ""),
        (figure(unit=26), Reason.BAD_TYPE, "unit"),
        (figure(unit="x" * 501), Reason.TEXT_TOO_LONG, "unit"),
        (figure(unit="\ud800"), Reason.BAD_TYPE, "unit"),
        (figure(simulated="true"), Reason.BAD_TYPE, "simulated"),
        (figure(simulated=1), Reason.BAD_TYPE, "simulated"),
        (figure(value="12,5"), Reason.NOT_A_NUMBER, "value"),
        (figure(value=True), Reason.NOT_A_NUMBER, "value"),
        (figure(value=[1]), Reason.NOT_A_NUMBER, "value"),
        (figure(value=float("nan")), Reason.NAN, "value"),
        (figure(value=float("inf")), Reason.INFINITY, "value"),
        (figure(value=float("-inf")), Reason.INFINITY, "value"),
        (figure(value=10**40), Reason.NUMBER_TOO_LONG, "value"),
        (figure(event_at="2026-11-20T12:00:00"), Reason.BAD_TYPE, "event_at"),
        (figure(event_at="yesterday"), Reason.BAD_TYPE, "event_at"),
        (figure(event_at=True), Reason.BAD_TYPE, "event_at"),
        (figure(event_at=1.5), Reason.BAD_TYPE, "event_at"),
        (figure(event_at=2**53), Reason.BAD_TYPE, "event_at"),
    ],
)
def test_each_fault_has_its_reason_and_the_records_beside_it_are_good(record: Any, why: Reason, field: str) -> None:
    assert faults([figure(), record, figure()]) == [(1, why, field)]


@pytest.mark.parametrize(
    ("attributes", "why"),
    [("vneid", Reason.BAD_TYPE), ([1], Reason.BAD_TYPE), (["x"] * 21, Reason.BAD_TYPE), (["x" * 501], Reason.BAD_TYPE)],
)
def test_marks_of_a_case_are_a_short_list_of_texts(attributes: Any, why: Reason) -> None:
    assert faults([step(), step(attributes=attributes)], "cases") == [(1, why, "attributes")]


@pytest.mark.parametrize(
    ("digits", "field", "why"),
    [
        (HUGE, "value", Reason.NUMBER_TOO_LONG),
        (f"-{HUGE}", "value", Reason.NUMBER_TOO_LONG),
        ("1" * 41, "value", Reason.NUMBER_TOO_LONG),
        (f"{HUGE}.5", "value", Reason.INFINITY),
        (f"{HUGE}e5", "value", Reason.INFINITY),
        (HUGE, "event_at", Reason.NUMBER_TOO_LONG),
        ("1" * 41, "event_at", Reason.NUMBER_TOO_LONG),
        ("1" * 20, "event_at", Reason.BAD_TYPE),
        (HUGE, "unit", Reason.BAD_TYPE),
        (HUGE, "simulated", Reason.BAD_TYPE),
    ],
)
def test_a_number_of_5000_digits_is_its_own_records_fault(digits: str, field: str, why: Reason) -> None:
    bad = json.dumps(figure(**{field: 0})).replace(f'"{field}": 0', f'"{field}": {digits}')
    assert faults(f"[{json.dumps(figure())}, {bad}]") == [(1, why, field)]
    # Its neighbours may make the reader a slower one; they don't make it another.
    slow = json.dumps(figure(value=float("nan")))
    assert faults(f"[{slow}, {bad}]") == [(0, Reason.NAN, "value"), (1, why, field)]


def test_many_decimals_are_no_fault() -> None:
    good = json.dumps(figure(value=0)).replace('"value": 0', f'"value": 1.{HUGE}')
    assert faults(f"[{good}]") == []
    assert faults(f"[{good}, {json.dumps(figure(value=float('nan')))}]") == [(1, Reason.NAN, "value")]


def test_a_number_beyond_every_float_is_infinite() -> None:
    text = json.dumps([figure(), figure(value=0)]).replace('"value": 0', '"value": 1e999')
    assert faults(text) == [(1, Reason.INFINITY, "value")]


def test_one_record_needs_no_list() -> None:
    assert faults(figure()) == []


@pytest.mark.parametrize("text", ["[", "{'a': 1}", "[1] [2]", "\ufeff[]x", '{"a": 1, }', "\x00"])
def test_what_is_no_json_is_refused_whole(text: str) -> None:
    assert decode_json(text.encode(), "figures") is Reason.NOT_JSON


def test_text_that_is_no_utf8_is_no_json() -> None:
    assert decode_json(b'{"unit": "\xff\xfe"}', "figures") is Reason.NOT_JSON


@pytest.mark.parametrize(
    ("text", "ms"),
    [
        ("2026-11-20T05:00:00Z", NOON),
        ("2026-11-20T12:00:00+07:00", NOON),
        ("2026-11-20 12:00:00.250+07:00", NOON + 250),
        ("1969-12-31T23:59:59.999Z", -1),
        (NOON, NOON),
        (-5, -5),
    ],
)
def test_times_are_read_with_their_zone_or_as_milliseconds(text: str | int, ms: int) -> None:
    assert read_time(text) == ms


@given(st.text(max_size=45) | st.integers() | st.floats() | st.booleans() | st.none() | st.datetimes().map(str))
@settings(max_examples=200, deadline=None)
def test_any_time_is_a_number_or_a_reason(value: Any) -> None:
    assert isinstance(read_time(value), int | Reason)


@pytest.mark.parametrize("text", ["0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59"])
def test_the_ends_of_the_calendar_do_not_raise(text: str) -> None:
    assert isinstance(read_time(text), int)


@pytest.mark.parametrize(("name", "shown"), [("so_tien", "so_tien"), ("field12", "field12"), ("f1234", "?"), ("", "?")])
def test_a_strangers_key_is_shown_only_where_it_can_be_no_ones_number(name: str, shown: str) -> None:
    assert clean_name(name) == shown


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner),
    max_leaves=4,
)
NAMES = {"figures": [c.name for c in figures.COLUMNS], "cases": [c.name for c in cases.COLUMNS]}


@given(st.sampled_from(["figures", "cases"]), st.data())
@settings(max_examples=200, deadline=None)
def test_any_values_in_any_fields_give_an_answer(record: str, data: st.DataObject) -> None:
    names = st.sampled_from(NAMES[record]) | st.text(max_size=5)
    items = st.lists(st.dictionaries(names, VALUES, max_size=6) | VALUES, max_size=4)
    body = json.dumps(data.draw(items)).encode()
    outcome = decode_json(body, record)
    assert outcome is Reason.EMPTY or len(outcome) == 4
