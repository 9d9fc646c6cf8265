"""Bytes to columns: either form gives the same, and nothing that a stranger sends is raised."""

import struct
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contract import topics
from contract.codec import Message, encode
from contract.reasons import Reason
from tests.messages import NOON, SCHEMAS, arrow, figure, message, plain, read, step

LIMIT = 6_000_000


def reason(body: Any, record: str = "figures", **headers: Any) -> tuple[Reason, str]:
    """Of a message that is refused whole."""
    outcome, _ = read(message(body, record=record, **headers), record, LIMIT)
    assert len(outcome.records) == 0
    assert outcome.counts == [1]
    ((place, refusal),) = outcome.refusals
    assert (place, refusal.row) == (0, 0)
    return refusal.reason, refusal.field


def taken(body: Any, record: str = "figures", **headers: Any) -> list[dict[str, Any]]:
    """Of a message of which nothing is refused."""
    outcome, words = read(message(body, record=record, **headers), record, LIMIT)
    assert outcome.refusals == []
    assert outcome.counts == [len(outcome.records)]
    return plain(outcome, words)


FULL_FIGURE = figure(
    record_id="r1", subject="x", event_at=None, period="A-M2026-10", vintage="final", reason="đính chính",
    approved_by="UBND tỉnh", document="12/BC", classification="public",
)  # fmt: skip
FULL_STEP = step(
    record_id="r1", subject="x", due_at=NOON + 5, channel="online", attributes=["paid_online", "vneid"],
    approved_by="UBND tỉnh", document="12/BC", classification="public",
)  # fmt: skip
SCARCE = {"figures": [figure(), FULL_FIGURE], "cases": [step(), FULL_STEP]}


@pytest.mark.parametrize("record", ["figures", "cases"])
def test_either_form_becomes_the_same_records(record: str) -> None:
    for records in (SCARCE[record], SCARCE[record][:1], SCARCE[record][1:]):
        as_json, as_arrow = taken(records, record), taken(arrow(records, record), record)
        assert as_json == as_arrow
        assert [{name: value for name, value in row.items() if value is not None} for row in as_json] == records


@pytest.mark.parametrize("record", ["figures", "cases"])
@given(data=st.data())
@settings(max_examples=60, deadline=None)
def test_what_messages_are_read_together_does_not_show(record: str, data: st.DataObject) -> None:
    def drawn(offset: int) -> Message:
        records = data.draw(st.lists(st.sampled_from(SCARCE[record]), min_size=1, max_size=3))
        whole = arrow(records, record)
        bodies = [b"", b"[]", b"{", b"[5]", records, [*records, {"x": 1}], whole, whole, whole[:-99]]
        return message(data.draw(st.sampled_from(bodies)), offset, record)

    messages = [drawn(offset) for offset in range(data.draw(st.integers(0, 9)))]
    outcome, words = read(messages, record)
    apart = [read(one, record) for one in messages]
    assert plain(outcome, words) == [row for one in apart for row in plain(*one)]
    assert outcome.counts == [count for one, _ in apart for count in one.counts]
    assert outcome.refusals == [(n, refusal) for n, (one, _) in enumerate(apart) for _, refusal in one.refusals]
    places = [(n, row) for n, (one, _) in enumerate(apart) for row in one.records.row.tolist()]
    assert list(zip(outcome.records.message.tolist(), outcome.records.row.tolist(), strict=True)) == places


def test_a_value_that_cannot_be_is_its_own_messages_fault() -> None:
    """They have one schema: their columns are taken together, unless one of them will not do."""
    values = [7, 2**53 + 1, 8]
    outcome, words = read([message(arrow([figure(value=v)], value=pa.int64()), n) for n, v in enumerate(values)])
    assert [row["value"] for row in plain(outcome, words)] == [7.0, 8.0]
    ((place, refusal),) = outcome.refusals
    assert (place, refusal.reason, refusal.field) == (1, Reason.WRONG_SCHEMA, "value")


def test_arrow_is_known_by_its_header_or_its_first_bytes() -> None:
    body = arrow([figure()])
    assert taken(body) == taken(body, content_type=topics.ARROW.encode())
    assert reason(b'{"a": 1}', content_type=topics.ARROW.encode()) == (Reason.NOT_ARROW, "")
    assert reason(body, content_type=topics.JSON.encode()) == (Reason.NOT_JSON, "")


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"", Reason.EMPTY),
        (b"[]", Reason.EMPTY),
        (b"x" * (LIMIT + 1), Reason.TOO_LARGE),
        (b"not json", Reason.NOT_JSON),
        (b"\xff\xff\xff\xff nothing", Reason.NOT_ARROW),
        (b"[" * 10_000 + b"]" * 10_000, Reason.TOO_DEEP),
        (b'{"value": ' * 10_000 + b"1" + b"}" * 10_000, Reason.TOO_DEEP),
    ],
    ids=["nothing", "empty list", "too large", "no json", "no arrow", "deep list", "deep object"],
)
def test_a_message_that_is_no_batch_is_refused_whole(body: bytes, why: Reason) -> None:
    assert reason(body) == (why, "")


def test_an_empty_arrow_batch_is_refused() -> None:
    assert reason(encode(pa.RecordBatch.from_pylist([], schema=SCHEMAS["figures"]))) == (Reason.EMPTY, "")


def test_an_arrow_batch_with_a_field_off_the_list_names_it_unless_the_name_may_be_a_person() -> None:
    assert reason(arrow([figure(ho_ten="Trần Văn Cảnh")], ho_ten=pa.string())) == (Reason.UNKNOWN_FIELD, "ho_ten")
    for name in ("Nguyễn Văn A", "079301001234", "cccd_079301001234", "a b", "x" * 41):
        assert reason(arrow([figure(**{name: "1"})], **{name: pa.string()})) == (Reason.UNKNOWN_FIELD, "?")


def test_an_arrow_batch_without_a_required_column_or_with_one_twice_has_the_wrong_schema() -> None:
    assert reason(arrow([figure(value=None)])) == (Reason.WRONG_SCHEMA, "value")
    whole = pa.RecordBatch.from_pylist([figure()])
    twice = pa.RecordBatch.from_arrays([*whole.columns, whole["unit"]], names=[*whole.schema.names, "unit"])
    assert reason(encode(twice)) == (Reason.WRONG_SCHEMA, "")
    assert reason(encode(pa.RecordBatch.from_pylist([{"a": 1}]))) == (Reason.UNKNOWN_FIELD, "a")


TEXTS = (
    pa.large_string(), pa.string_view(), pa.dictionary(pa.int8(), pa.string()), pa.dictionary(pa.int32(), pa.string()),
    pa.dictionary(pa.int64(), pa.large_string()), pa.dictionary(pa.uint16(), pa.string(), ordered=True),
)  # fmt: skip


@pytest.mark.parametrize("kind", TEXTS, ids=str)
def test_text_may_come_in_any_of_arrows_forms(kind: pa.DataType) -> None:
    def as_kind(column: pa.Array) -> pa.Array:
        if not pa.types.is_dictionary(kind):
            return column.cast(kind)
        coded = column.cast(kind.value_type).dictionary_encode()
        return pa.DictionaryArray.from_arrays(
            coded.indices.cast(kind.index_type), coded.dictionary, ordered=kind.ordered
        )

    usual = pa.RecordBatch.from_pylist([figure(document="1"), figure(unit="H17")], schema=SCHEMAS["figures"])
    columns = [as_kind(c) if pa.types.is_string(c.type) else c for c in usual.columns]
    strange = pa.RecordBatch.from_arrays(columns, names=usual.schema.names)
    assert taken(encode(strange)) == taken(encode(usual))


NUMBERS = (pa.int16(), pa.int32(), pa.uint8(), pa.int64(), pa.float32(), pa.float16())


@pytest.mark.parametrize("kind", NUMBERS, ids=str)
def test_a_value_may_be_any_whole_or_floating_number(kind: pa.DataType) -> None:
    number = np.float16(7) if kind == pa.float16() else 7
    assert taken(arrow([figure(value=number)], value=kind))[0]["value"] == 7.0


@pytest.mark.parametrize("kind", [pa.string(), pa.bool_(), pa.binary(), pa.list_(pa.float64()), pa.null()], ids=str)
def test_a_value_of_another_type_is_a_wrong_schema(kind: pa.DataType) -> None:
    value = {"string": "7", "bool": True, "binary": b"7", "null": None}.get(str(kind), [7.0])
    rows = pa.RecordBatch.from_arrays(
        [pa.array([value], kind) if name == "value" else pa.array([given]) for name, given in figure().items()],
        names=list(figure()),
    )
    assert reason(encode(rows)) == (Reason.WRONG_SCHEMA, "value")


def test_a_whole_number_too_large_to_be_exact_is_not_rounded() -> None:
    assert reason(arrow([figure(value=2**53 + 1)], value=pa.int64())) == (Reason.WRONG_SCHEMA, "value")


def test_times_may_come_in_any_zone_and_unit_that_loses_nothing() -> None:
    for unit, zone, each in (("ms", "Asia/Ho_Chi_Minh", 1), ("us", "UTC", 1000), ("s", "+07:00", 1 / 1000)):
        value, kind = int(NOON * each), pa.timestamp(unit, zone)
        (row,) = taken(arrow([figure(event_at=value, sent_at=value)], event_at=kind, sent_at=kind))
        assert row["event_at"] == NOON


@pytest.mark.parametrize("kind", [pa.timestamp("ms"), pa.int64(), pa.string(), pa.date32()], ids=str)
def test_a_time_without_its_zone_is_a_guess_and_refused(kind: pa.DataType) -> None:
    value = "2026-11-20" if kind == pa.string() else NOON if kind != pa.date32() else 20_000
    body = arrow([figure(event_at=value)], event_at=kind)
    assert reason(body) == (Reason.WRONG_SCHEMA, "event_at")


def test_a_column_of_nothing_is_a_column_that_is_missing() -> None:
    nothing = dict.fromkeys(("event_at", "period", "record_id", "subject"), None)
    rows = pa.RecordBatch.from_pylist([figure() | nothing])  # Arrow gives all of them the type null
    rows = rows.set_column(rows.schema.names.index("sent_at"), "sent_at", pa.array([NOON], pa.timestamp("ms", "UTC")))
    (row,) = taken(encode(rows))
    assert all(row[name] is None for name in nothing)


def test_a_dictionary_that_holds_a_null_or_the_same_text_twice_reads_like_any_other() -> None:
    def with_units(dictionary: list[str | None], indices: list[int | None]) -> bytes:
        column = pa.DictionaryArray.from_arrays(pa.array(indices, pa.int32()), pa.array(dictionary))
        rows = pa.RecordBatch.from_pylist([figure() for _ in indices], schema=schema)
        return encode(rows.set_column(rows.schema.names.index("unit"), "unit", column))

    schema = pa.schema([SCHEMAS["figures"].field(name).with_nullable(True) for name in figure()])
    both = [with_units(["H26", None, "H26", ""], [0, 1, 2, None, 3]), with_units([None, "H17"], [1, 0])]
    found = plain(*read([message(body, n) for n, body in enumerate(both)]))
    assert [row["unit"] for row in found] == ["H26", None, "H26", None, None, "H17", None]


def test_more_words_than_the_senders_type_of_index_can_tell_are_all_told() -> None:
    messages = []
    for n in range(3):
        units = pa.array([f"{n}-{k}" for k in range(100)]).dictionary_encode()
        narrow = pa.DictionaryArray.from_arrays(units.indices.cast(pa.int8()), units.dictionary)
        rows = pa.RecordBatch.from_pylist([figure() for _ in range(100)])
        times = pa.array([NOON] * 100, pa.timestamp("ms", "UTC"))
        for name, column in (("unit", narrow), ("event_at", times), ("sent_at", times)):
            rows = rows.set_column(rows.schema.names.index(name), name, column)
        messages.append(message(encode(rows), n))
    assert [row["unit"] for row in plain(*read(messages))] == [f"{n}-{k}" for n in range(3) for k in range(100)]


ODD_TYPES = (
    pa.binary(), pa.list_(pa.string()), pa.struct([("a", pa.string())]), pa.map_(pa.string(), pa.int8()), pa.int32(),
    pa.decimal128(5), pa.time32("s"), pa.duration("ms"), pa.timestamp("ns"), pa.dictionary(pa.int8(), pa.float64()),
    pa.null(), pa.uuid(), pa.run_end_encoded(pa.int32(), pa.string()), pa.list_(pa.int8(), 2), pa.json_(),
)  # fmt: skip


@pytest.mark.parametrize("kind", ODD_TYPES, ids=str)
@pytest.mark.parametrize("record", ["figures", "cases"])
def test_a_column_of_any_type_gives_an_answer(kind: pa.DataType, record: str) -> None:
    good = figure() if record == "figures" else step()
    for name in SCHEMAS[record].names:
        columns = {field: pa.array([value]) for field, value in good.items()}
        columns["sent_at"] = columns["event_at"] = pa.array([NOON], pa.timestamp("ms", "UTC"))
        columns[name] = pa.nulls(1, kind)
        outcome, words = read(message(encode(pa.RecordBatch.from_pydict(columns)), record=record), record)
        assert len(plain(outcome, words)) == 1 - len(outcome.refusals)
        assert {refusal.reason for _, refusal in outcome.refusals} <= {Reason.WRONG_SCHEMA}


@given(st.binary(max_size=400), st.sampled_from(["figures", "cases"]), st.sampled_from([b"", b"\xff\xff\xff\xff"]))
@settings(max_examples=300, deadline=None)
def test_any_bytes_give_an_answer(body: bytes, record: str, start: bytes) -> None:
    outcome, _ = read(Message("t", 0, 0, 0, start + body), record, LIMIT)
    assert outcome.counts == [len(outcome.refusals) + len(outcome.records)]


def changed(records: list[dict[str, Any]], record: str, name: str, column: pa.Array) -> bytes:
    """A message with another column in a column's place, as it stands in memory."""
    with pa.ipc.open_stream(arrow(records, record)) as reader:
        (given,) = reader
    columns = {**{own: given.column(own) for own in given.schema.names}, name: column}
    return encode(pa.record_batch(list(columns.values()), names=list(columns)))


def half(kind: pa.DataType, *buffers: bytes, **children: Any) -> pa.Array:
    """Two values, of which the second is null whatever lies there."""
    return pa.Array.from_buffers(kind, 2, [pa.py_buffer(b"\x01"), *map(pa.py_buffer, buffers)], **children)


def test_what_lies_under_a_null_of_two_dictionaries_is_not_looked_up() -> None:
    indices = half(pa.int32(), struct.pack("<ii", 0, 0x7FFFFF00))
    columns = [pa.DictionaryArray.from_arrays(indices, pa.array([word]), safe=False) for word in ("G12", "G13")]
    bodies = [changed([figure()] * 2, "figures", "unit", column) for column in columns]
    outcome, words = read([Message("t", 0, n, 0, body) for n, body in enumerate(bodies)], "figures", LIMIT)
    assert [row.get("unit") for row in plain(outcome, words)] == ["G12", None, "G13", None]


def test_what_lies_under_a_null_of_a_column_of_views_is_not_looked_up() -> None:
    views = struct.pack("<i12s", 3, b"H26") + struct.pack("<i12s", -(2**31), b"")
    body = changed([figure()] * 2, "figures", "unit", half(pa.string_view(), views))
    outcome, words = read(Message("t", 0, 0, 0, body), "figures", LIMIT)
    assert [row.get("unit") for row in plain(outcome, words)] == ["H26", None]


def test_views_within_lists_have_the_wrong_schema() -> None:
    body = arrow([step(attributes=["vneid"])], "cases", attributes=pa.list_(pa.string_view()))
    assert reason(body, "cases") == (Reason.WRONG_SCHEMA, "attributes")


def test_a_time_zone_that_is_no_text_is_no_arrow() -> None:
    body = arrow(SCARCE["figures"], "figures")
    assert b"UTC" in body
    outcome, _ = read(Message("t", 0, 0, 0, body.replace(b"UTC", b"U\xfeC", 1)), "figures", LIMIT)
    assert [refusal.reason for _, refusal in outcome.refusals] == [Reason.NOT_ARROW]


ARROW_BODIES = {record: arrow(SCARCE[record] * 3, record) for record in SCARCE}


@given(st.sampled_from(["figures", "cases"]), st.data())
@settings(max_examples=300, deadline=None)
def test_arrow_bytes_cut_or_changed_anywhere_give_an_answer(record: str, data: st.DataObject) -> None:
    body = bytearray(ARROW_BODIES[record])
    if data.draw(st.booleans()):
        del body[data.draw(st.integers(0, len(body) - 1)) :]
    else:
        for place in data.draw(st.lists(st.integers(0, len(body) - 1), min_size=1, max_size=4)):
            body[place] = data.draw(st.integers(0, 255))
    outcome, words = read(Message("t", 0, 0, 0, bytes(body)), record, LIMIT)
    assert outcome.counts[0] >= 1
    plain(outcome, words)
