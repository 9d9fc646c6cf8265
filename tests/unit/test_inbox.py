"""The inbox: each record is sent on to its partition, or refused; whatever it holds, nothing is raised or lost."""

import json
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contract.codec import Message, encode
from contract.reasons import Reason
from streams.inbox import Placed, place
from tests.messages import NOON, arrow, catalogue, figure, plain, read, step

PORTAL = catalogue().feeds["portal-dossiers"]
LIMIT = 6_000_000


def placed(body: Any) -> Placed:
    value = body if isinstance(body, bytes) else json.dumps(body).encode()
    outcome = place(Message("nhip.inbox", 0, 7, NOON, value), catalogue(), LIMIT)
    assert outcome.entry.records == outcome.entry.accepted + len(outcome.refused)
    assert all(refusal.offset == 7 for refusal in outcome.refused)
    return outcome


def sent_on(outcome: Placed) -> dict[tuple[str, int], list[Any]]:
    """What each partition's own reader makes of what it gets."""
    found: dict[tuple[str, int], list[Any]] = {}
    for onward in outcome.onward:
        decoded, words = read(Message("t", 0, 0, 0, onward.value, onward.headers), onward.record, LIMIT)
        refused: list[Any] = [refusal for _, refusal in decoded.refusals]
        found[onward.record, onward.partition] = plain(decoded, words) or refused
    return found


def reasons(outcome: Placed) -> list[tuple[int, Reason]]:
    return [(refusal.row, refusal.reason) for refusal in outcome.refused]


def dossier(unit: str, **rest: Any) -> dict[str, Any]:
    return step(feed=PORTAL.id, unit=unit, **rest)


MIXED = [figure(), dossier("H26"), step(), dossier("H29"), figure(unit="H17")]


def test_json_records_go_to_their_feeds_partitions_in_their_order() -> None:
    found = sent_on(placed(MIXED))
    assert [row["unit"] for row in found["figures", 0]] == ["H26", "H17"]
    assert [row["unit"] for row in found["cases", 0]] == ["H26"]
    for unit in ("H26", "H29"):
        where = PORTAL.partition + catalogue().shard_of(PORTAL, unit)
        assert unit in [row["unit"] for row in found["cases", where]]
    assert sum(len(rows) for rows in found.values()) == len(MIXED)


def test_an_arrow_batch_of_several_feeds_is_taken_apart() -> None:
    found = sent_on(placed(arrow([dossier("H26"), dossier("H29"), step()], "cases")))
    assert sum(len(rows) for rows in found.values()) == 3
    assert [row["unit"] for row in found["cases", 0]] == ["H26"]


@pytest.mark.parametrize("unit", ["Hà Nội", "ha noi", "gso:01", "H26"])
@pytest.mark.parametrize("moment", [NOON, "2026-11-20T12:00:00+07:00"])
def test_a_unit_in_any_spelling_finds_its_shard(unit: str, moment: Any) -> None:
    where = PORTAL.partition + catalogue().shard_of(PORTAL, "H26")
    assert list(sent_on(placed([dossier(unit, event_at=moment)]))) == [("cases", where)]


@pytest.mark.parametrize(
    ("body", "found"),
    [
        (b"", [(0, Reason.EMPTY)]),
        (b"[]", [(0, Reason.EMPTY)]),
        (b"x" * (LIMIT + 1), [(0, Reason.TOO_LARGE)]),
        (b"{", [(0, Reason.NOT_JSON)]),
        (b"\xff\xff\xff\xff1", [(0, Reason.NOT_ARROW)]),
        (b"[" * 10_000 + b"]" * 10_000, [(0, Reason.TOO_DEEP)]),
        (b"[1, null, [], {}]", [(n, Reason.BAD_TYPE) for n in range(3)] + [(3, Reason.MISSING_FIELD)]),
        (encode(pa.RecordBatch.from_pydict({"a": [1]})), [(0, Reason.NOT_ARROW)]),
        (encode(pa.RecordBatch.from_pydict({"feed": [[1]], "unit": ["H26"]})), [(0, Reason.NOT_ARROW)]),
        (arrow([figure(), figure(feed="drill-figure")]), [(1, Reason.UNKNOWN_FEED)]),
        ([figure(), figure(feed="drill-figure"), figure(feed=5)], [(1, Reason.UNKNOWN_FEED), (2, Reason.UNKNOWN_FEED)]),
    ],
    ids=lambda given: None if isinstance(given, list) else str(given)[:20],
)
def test_what_cannot_be_placed_is_refused(body: Any, found: list[tuple[int, Reason]]) -> None:
    assert reasons(placed(body)) == found


def test_numbers_and_texts_go_on_as_they_were_written() -> None:
    text = json.dumps(figure(value=0, document='Số 12\u2028😀"\\')).replace(
        '"value": 0', '"value": 0.10000000000000000001'
    )
    (onward,) = placed(text.encode()).onward
    assert b"0.10000000000000000001" in onward.value
    assert json.loads(onward.value)[0]["document"] == 'Số 12\u2028😀"\\'


@pytest.mark.parametrize(
    "digits", ["1" * 5_000, "NaN", "-Infinity", "1e999", "-5", "0.5", '"' + "x" * 600 + '"', "null"]
)
@pytest.mark.parametrize("field", ["value", "event_at"])
def test_a_faulty_field_is_for_the_partition_to_judge(field: str, digits: str) -> None:
    bad = json.dumps(dossier("H26", **{field: 0})).replace(f'"{field}": 0', f'"{field}": {digits}')
    outcome = placed(f"[{bad}, {json.dumps(figure())}]".encode())
    assert outcome.entry.accepted == 2
    assert len(sent_on(outcome)) == 2


@pytest.mark.parametrize("depth", [100, 300, 450, 600, 800, 900, 980])
def test_what_lies_too_deep_is_its_own_records_fault_or_the_whole_messages(depth: int) -> None:
    body = f'[{json.dumps(figure())}, {{"feed": "drill-figures", "x": {"[" * depth}{"]" * depth}}}]'
    outcome = placed(body.encode())
    assert reasons(outcome) in ([], [(1, Reason.TOO_DEEP)], [(0, Reason.TOO_DEEP)])
    assert outcome.entry.accepted + len(outcome.refused) == outcome.entry.records


def test_a_dictionary_with_a_hole_is_no_end_of_the_worker() -> None:
    units = pa.DictionaryArray.from_arrays(pa.array([0, 1], pa.int32()), pa.array(["H26", None]))
    batch = pa.RecordBatch.from_pydict({"feed": ["drill-figures", "drill-cases"], "unit": units})
    placed(encode(batch))


ITEMS = st.dictionaries(
    st.sampled_from(["feed", "unit", "event_at", "x"]),
    st.sampled_from([PORTAL.id, "drill-figures", "H26", "H99", NOON, 2**70, "2026-01-01T00:00:00Z"])
    | st.none() | st.floats() | st.text(max_size=3) | st.lists(st.integers(), max_size=2),
)  # fmt: skip


@given(st.lists(ITEMS | st.integers() | st.none(), max_size=5) | ITEMS)
@settings(max_examples=150, deadline=None)
def test_any_json_is_placed_or_refused_record_by_record(body: Any) -> None:
    outcome = placed(body)
    onward = sum(len(json.loads(one.value)) for one in outcome.onward)
    assert onward == outcome.entry.accepted


@given(st.binary(max_size=200))
@settings(max_examples=100, deadline=None)
def test_any_bytes_are_placed_or_refused(body: bytes) -> None:
    placed(body)
    placed(b"\xff\xff\xff\xff" + body)


def test_vietnamese_text_takes_no_more_room_on_its_way_than_it_came_in() -> None:
    record = figure(document="ệ" * 400)
    outcome = placed(json.dumps([record] * 10, ensure_ascii=False).encode())
    assert len(outcome.onward[0].value) <= len(json.dumps([record] * 10, ensure_ascii=False).encode())


def test_what_would_grow_beyond_the_limit_on_its_way_is_refused_and_the_rest_goes_on() -> None:
    document = b'"document":"' + b"\xed\xa0\x80" * 1_900_000 + b'"'
    grown = json.dumps(dossier("H26")).encode().replace(b'"H26"', b'"H26",' + document)
    outcome = placed(b"[" + json.dumps(figure()).encode() + b"," + grown + b"]")
    assert reasons(outcome) == [(1, Reason.TOO_LARGE)]
    assert list(sent_on(outcome)) == [("figures", 0)]
