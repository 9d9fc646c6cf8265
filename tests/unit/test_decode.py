"""Bytes to columns: either form gives the same, and nothing that a stranger sends is raised."""

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contract import topics
from contract.codec import Message, encode
from contract.reasons import Reason
from streams.decode import Decoded, decode
from tests.messages import NOON, SCHEMAS, arrow, figure, message, step

LIMIT = 6_000_000


def decoded(body: Any, record: str = "figures", **headers: Any) -> Decoded:
    return decode(message(body, record=record, **headers), record, LIMIT)


def reason(body: Any, record: str = "figures", **headers: Any) -> tuple[Reason, str]:
    """Of a message that is refused whole."""
    outcome = decoded(body, record, **headers)
    assert outcome.table is None
    assert outcome.records == 1
    (refusal,) = outcome.refusals
    assert refusal.row == 0
    return refusal.reason, refusal.field


def plain(outcome: Decoded) -> list[dict[str, Any]]:
    assert outcome.table is not None
    assert outcome.refusals == []
    records: list[dict[str, Any]] = outcome.table.to_pylist()
    return records


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
def test_either_form_becomes_the_same_columns_in_the_same_order_and_types(record: str) -> None:
    for records in (SCARCE[record], SCARCE[record][:1], SCARCE[record][1:]):
        as_json, as_arrow = decoded(records, record).table, decoded(arrow(records, record), record).table
        assert as_json is not None
        assert as_arrow is not None
        assert as_json.to_pylist() == as_arrow.to_pylist()
        assert as_json.schema == as_arrow.schema
        assert as_json.column_names == SCHEMAS[record].names


@pytest.mark.parametrize("record", ["figures", "cases"])
def test_tables_of_any_two_messages_can_be_joined(record: str) -> None:
    several = [decoded(records, record).table for records in (SCARCE[record][:1], SCARCE[record][1:])]
    several += [decoded(arrow(records, record), record).table for records in (SCARCE[record][:1], SCARCE[record][1:])]
    joined = pa.concat_tables(several)
    assert joined.num_rows == 4
    for name in ("unit", "classification"):
        joined.column(name).unify_dictionaries().combine_chunks()


def test_arrow_is_known_by_its_header_or_its_first_bytes() -> None:
    body = arrow([figure()])
    assert plain(decoded(body)) == plain(decoded(body, content_type=topics.ARROW.encode()))
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
    assert plain(decoded(encode(strange))) == plain(decoded(encode(usual)))


NUMBERS = (pa.int16(), pa.int32(), pa.uint8(), pa.int64(), pa.float32(), pa.float16())


@pytest.mark.parametrize("kind", NUMBERS, ids=str)
def test_a_value_may_be_any_whole_or_floating_number(kind: pa.DataType) -> None:
    number = np.float16(7) if kind == pa.float16() else 7
    assert plain(decoded(arrow([figure(value=number)], value=kind)))[0]["value"] == 7.0


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
        table = decoded(arrow([figure(event_at=value, sent_at=value)], event_at=kind, sent_at=kind)).table
        assert table is not None
        assert pc.cast(table.column("event_at"), pa.int64()).to_pylist() == [NOON]


@pytest.mark.parametrize("kind", [pa.timestamp("ms"), pa.int64(), pa.string(), pa.date32()], ids=str)
def test_a_time_without_its_zone_is_a_guess_and_refused(kind: pa.DataType) -> None:
    value = "2026-11-20" if kind == pa.string() else NOON if kind != pa.date32() else 20_000
    body = arrow([figure(event_at=value)], event_at=kind)
    assert reason(body) == (Reason.WRONG_SCHEMA, "event_at")


def test_a_column_of_nothing_is_a_column_that_is_missing() -> None:
    nothing = dict.fromkeys(("event_at", "period", "record_id", "subject"), None)
    rows = pa.RecordBatch.from_pylist([figure() | nothing])  # Arrow gives all of them the type null
    rows = rows.set_column(rows.schema.names.index("sent_at"), "sent_at", pa.array([NOON], pa.timestamp("ms", "UTC")))
    (read,) = plain(decoded(encode(rows)))
    assert all(read[name] is None for name in nothing)


def test_a_dictionary_that_holds_a_null_or_the_same_text_twice_reads_like_any_other() -> None:
    def with_units(dictionary: list[str | None], indices: list[int | None]) -> bytes:
        column = pa.DictionaryArray.from_arrays(pa.array(indices, pa.int32()), pa.array(dictionary))
        rows = pa.RecordBatch.from_pylist([figure() for _ in indices], schema=schema)
        return encode(rows.set_column(rows.schema.names.index("unit"), "unit", column))

    schema = pa.schema([SCHEMAS["figures"].field(name).with_nullable(True) for name in figure()])
    one = decoded(with_units(["H26", None, "H26", ""], [0, 1, 2, None, 3])).table
    other = decoded(with_units([None, "H17"], [1, 0])).table
    both = pa.concat_tables([one, other]).column("unit").unify_dictionaries().combine_chunks()
    assert both.to_pylist() == ["H26", None, "H26", None, "", "H17", None]


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
        outcome = decoded(encode(pa.RecordBatch.from_pydict(columns)), record)
        assert outcome.table is None or outcome.table.schema.names == SCHEMAS[record].names
        assert {refusal.reason for refusal in outcome.refusals} <= {Reason.WRONG_SCHEMA}


@given(st.binary(max_size=400), st.sampled_from(["figures", "cases"]), st.sampled_from([b"", b"\xff\xff\xff\xff"]))
@settings(max_examples=300, deadline=None)
def test_any_bytes_give_an_answer(body: bytes, record: str, start: bytes) -> None:
    outcome = decode(Message("t", 0, 0, 0, start + body), record, LIMIT)
    assert outcome.records == len(outcome.refusals) + (outcome.table.num_rows if outcome.table else 0)


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
    outcome = decode(Message("t", 0, 0, 0, bytes(body)), record, LIMIT)
    assert outcome.records >= 1
    if outcome.table is not None:
        outcome.table.validate(full=True)
