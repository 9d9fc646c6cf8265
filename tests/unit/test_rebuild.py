"""The log given back from the raw rows leads to the same derived rows and the same memory as the log itself."""

from collections.abc import Sequence
from typing import Any

import msgspec
import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clickhouse.tables import schema
from contract.codec import Message
from contract.errors import NhipError
from contract.topics import Topics
from streams import past
from streams.pipeline import run
from streams.rebuild import Place, in_order, stretches
from streams.shard import Shard
from streams.work import Output
from tests.logs import PERIODIC, TABLES, everything, logs, played, recut
from tests.messages import NOON, batch, catalogue, figure, log, plain, read, rows, shard, step, tick

MINUTE = 60_000
RAW = {"figures": "figures", "cases": "case_steps"}
DERIVED = ("case_buckets", "findings", "feed_states")
WHERE = ("topic", "partition", "offset")
PLAIN = {"record_id", "case_id", "approved_by", "document", "reason"}
"""Text that the engine gives as such; the rest comes as dictionaries."""
NAMES = past.Names(Topics("nhip-g2"), Topics("nhip"))
CUTS = st.sets(st.integers(1, 8))


def stored(outputs: Sequence[Output], record: str, seed: int = 0) -> tuple[pa.Table, pa.Table]:
    """Raw rows as the store gives them, in no order; and the ticks in theirs."""
    found = rows(outputs, RAW[record])
    table = pa.Table.from_pylist(
        [found[place] for place in np.random.default_rng(seed).permutation(len(found))], schema(RAW[record])
    )
    for place, field in enumerate(table.schema):
        if field.name == "offset":
            table = table.set_column(place, "offset", table.column(place).cast(pa.int64()))
        elif field.type == pa.string() and field.name not in PLAIN:
            table = table.set_column(place, field.name, table.column(place).dictionary_encode())
    ticks = pa.Table.from_pylist(rows(outputs, "ticks"), schema("ticks")).select(["offset", "at", "step"])
    beat = pa.table([column.cast(pa.int64()) for column in ticks.columns], names=["offset", "ms", "step"])
    return in_order(table, "offset", "row"), in_order(beat, "offset")


def rebuilt(outputs: Sequence[Output], own: Shard, seed: int = 0) -> list[Message]:
    """The messages of a replay, as its worker has them before it."""
    place = Place(own.feed.record, own.place.topic, own.place.partition, own.feed.id)
    read: list[Message] = []
    after = -1
    for stretch in stretches(*stored(outputs, place.record, seed), place):
        value, headers = past.written(stretch, place.feed, place.record, after)
        read.append(Message(NAMES.read.of(place.record), place.partition, len(read), 0, value, headers))
        after = stretch.offset
    return [NAMES.restored(message) for message in read]


def fresh(own: Shard) -> Shard:
    return Shard(catalogue(), own.feed, own.shard, own.place.topic)


def derived(outputs: Sequence[Output]) -> dict[str, list[str]]:
    found = everything(list(outputs), *WHERE)
    return {table: found[table] for table in DERIVED}


def test_what_is_not_a_record_of_a_stretch_is_an_error() -> None:
    ticks = np.array([[1, NOON, 0]], "<i8").tobytes()
    with pytest.raises(NhipError, match="too_large"):
        run(shard(), [msgspec.structs.replace(batch([figure()]), ticks=ticks)], max_bytes=10)


@pytest.mark.parametrize("record", ["figures", "cases"])
@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_the_log_given_back_leads_to_the_same_rows(record: str, data: st.DataObject) -> None:
    messages = recut(data, data.draw(logs(record)), record)
    own, outputs = played(record, messages, sorted(cut for cut in data.draw(CUTS) if cut < len(messages)))
    again = fresh(own)
    replayed = rebuilt(outputs, own, data.draw(st.integers(0, 9)))
    found = [run(again, [message]) for message in replayed]
    assert derived(found) == derived(outputs)
    assert [message.begins for message in replayed] == [0, *(message.offset + 1 for message in replayed)][:-1]
    assert all(entry.accepted == entry.records for output in found for entry in output.entries.values())


@pytest.mark.parametrize("record", ["figures", "cases"])
@settings(max_examples=100, deadline=None)
@given(data=st.data())
def test_who_goes_on_from_a_replay_gives_the_rows_that_the_live_run_gives(record: str, data: st.DataObject) -> None:
    messages = recut(data, data.draw(logs(record)) + data.draw(logs(record)), record)
    cut = data.draw(st.integers(0, len(messages)))
    own, (first, rest) = played(record, messages, [cut])
    again = fresh(own)
    for message in rebuilt([first], own):
        run(again, [message])
    live = fresh(own)
    live.load(again.dump())
    assert everything([run(live, messages[cut:])]) == everything([rest])


@settings(max_examples=50, deadline=None)
@given(items=st.lists(st.lists(PERIODIC, min_size=1, max_size=6), min_size=1, max_size=5), data=st.data())
def test_periodic_figures_keep_their_period_and_vintage(items: list[list[dict[str, Any]]], data: st.DataObject) -> None:
    partition = catalogue().feeds["investment-replay"].partition
    own, days = shard("figures", partition), data.draw(st.lists(st.integers(0, 40), min_size=5, max_size=5))
    messages: list[Message] = []
    for day, records in zip(days, items, strict=False):
        messages.append(tick(NOON + day * 86_400_000, len(messages), step_ms=86_400_000))
        messages.append(batch(records, len(messages)))
    outputs = [run(own, messages)]
    again = fresh(own)
    found = [run(again, [message]) for message in rebuilt(outputs, own)]
    assert derived(found) == derived(outputs)


def test_a_record_comes_back_as_it_was_sent() -> None:
    one = step(due_at=NOON + 5, channel="online", attributes=["paid_online"], document="12/BC", record_id="own")
    bare = step(case_id="2", state="registered")
    own = shard("cases")
    outputs = [run(own, [tick(NOON, 0, "cases"), batch([one, bare], 1, "cases")])]
    (message,) = rebuilt(outputs, own)
    given_back = [{n: v for n, v in row.items() if v not in (None, "", [])} for row in plain(*read(message, "cases"))]
    assert given_back == [one, {**bare, "record_id": given_back[1]["record_id"]}]


def test_a_long_stretch_is_cut_between_messages_and_a_long_silence_by_its_ticks() -> None:
    own = shard("cases")
    many = [[step(case_id=f"{n}-{k}") for k in range(3_000)] for n in range(5)]
    quiet = [NOON + n * MINUTE for n in range(2, 3_002)]
    messages = log([NOON, *many, NOON + MINUTE, *quiet], "cases")
    outputs = [run(own, messages)]
    place = Place("cases", own.place.topic, own.place.partition, own.feed.id)
    found = list(stretches(*stored(outputs, "cases"), place))
    assert [(one.records, len(one.ticks), one.offset) for one in found] == [
        (9_000, 1, 3),
        (6_000, 1_440, 1_445),
        (0, 1_440, 2_885),
        (0, 121, 3_006),
    ]


def test_more_records_than_a_stretch_holds_stay_together_in_their_message() -> None:
    own = shard("cases")
    messages = log([NOON, [step(case_id=str(k)) for k in range(12_000)], [step(case_id="last")]], "cases")
    outputs = [run(own, messages)]
    place = Place("cases", own.place.topic, own.place.partition, own.feed.id)
    assert [(one.records, one.offset) for one in stretches(*stored(outputs, "cases"), place)] == [(12_000, 1), (1, 2)]


def test_nothing_stored_gives_nothing_back() -> None:
    assert rebuilt([], shard("figures")) == [] == rebuilt([], shard("cases"))
    assert set(TABLES) >= set(DERIVED)
