"""The table of stops: the same log gives the same rows, however records lie in messages and messages in runs."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contract.reasons import Reason
from streams.ledger import ledger_rows
from streams.pipeline import CASES, FIGURES, MINUTE, run
from tests.builders import DAY, HOUR
from tests.logs import MINUTE_MS, PERIODIC, STRANGE, STRANGE_STEP, TABLES, Item, everything, logs, played, recut
from tests.messages import NOON, batch, catalogue, counts, figure, log, message, rows, shard, step, taken, tick

OF_THE_MESSAGE = ("offset", "row", "hash", "size", "arrived_at", "fields", "evidence")

QUICK = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


@pytest.mark.parametrize("record", ["figures", "cases"])
@given(data=st.data())
@QUICK
def test_how_messages_were_grouped_into_runs_does_not_show(record: str, data: st.DataObject) -> None:
    messages = log(data.draw(logs(record)), record)
    cuts = sorted(data.draw(st.sets(st.integers(0, len(messages)), max_size=4)))
    whole_shard, whole = played(record, messages, [])
    parts_shard, parts = played(record, messages, cuts, dumps=data.draw(st.booleans()))
    assert everything(whole) == everything(parts)
    ledgers = [
        [row for output in outputs for row in ledger_rows(own, output.entries).to_pylist()]
        for own, outputs in ((whole_shard, whole), (parts_shard, parts))
    ]
    assert ledgers[0] == ledgers[1]


@pytest.mark.parametrize("record", ["figures", "cases"])
@given(data=st.data())
@QUICK
def test_how_records_were_cut_into_messages_and_in_which_form_does_not_show(record: str, data: st.DataObject) -> None:
    items = data.draw(logs(record))
    _, usual = played(record, log(items, record), [])
    _, other = played(record, recut(data, items, record), [])
    assert everything(usual, *OF_THE_MESSAGE) == everything(other, *OF_THE_MESSAGE)


@pytest.mark.parametrize("record", ["figures", "cases"])
@given(data=st.data())
@QUICK
def test_every_record_is_accepted_rejected_or_a_duplicate(record: str, data: st.DataObject) -> None:
    items = data.draw(logs(record))
    own, (output,) = played(record, log(items, record), [])
    table = "figures" if record == "figures" else "case_steps"
    accepted = {offset: entry.accepted for offset, entry in output.entries.items() if entry.accepted}
    stored = [row["offset"] for row in rows(output, table)]
    refused = [row["offset"] for row in rows(output, "rejected")]
    assert {offset: stored.count(offset) for offset in stored} == accepted
    for offset, entry in output.entries.items():
        assert entry.records == entry.accepted + entry.rejected + entry.duplicates
        assert entry.rejected == refused.count(offset)
        item = items[offset]
        assert entry.records == (len(item) if isinstance(item, list) else 0)
    for name in TABLES:
        written = [row["offset"] for row in rows(output, name)]
        assert all(entry.written.get(name, 0) == written.count(o) for o, entry in output.entries.items())
    assert sum(output.refused.values()) == len(refused)
    assert own.clock is None or own.clock % MINUTE_MS == 0


@pytest.mark.parametrize("record", ["figures", "cases"])
@given(data=st.data())
@QUICK
def test_the_ends_of_time_and_empty_texts_are_rows_and_never_exceptions(record: str, data: st.DataObject) -> None:
    strange = STRANGE if record == "figures" else STRANGE_STEP
    batches = data.draw(st.lists(st.lists(strange, min_size=1, max_size=4), max_size=3))
    items: list[Item] = [*batches]
    if data.draw(st.booleans()):
        items += [NOON, *batches, NOON + HOUR]
    messages = recut(data, items, record)
    _, (output,) = played(record, messages, [])
    assert all(r == a + b + d for r, a, b, d in counts(output))
    everything([output])


@given(st.lists(PERIODIC, min_size=1, max_size=8), st.booleans())
@QUICK
def test_periods_of_any_kind_are_rows_and_never_exceptions(records: list[dict[str, Any]], ticked: bool) -> None:
    own = shard("figures", catalogue().feeds["investment-replay"].partition)
    if ticked:
        run(own, [tick(NOON)])
    output = run(own, [batch(records, 1), tick(NOON + HOUR, 2)])
    assert all(r == a + b + d for r, a, b, d in counts(output))
    now = {"C-M2026-09", "C-M2026-10", "C-M2026-11"}
    assert {row["period"] for row in rows(output, "figures")} <= now | (set() if ticked else {"C-M2026-12"})


def test_a_bad_record_among_good_ones_is_a_row_with_its_place_and_reason() -> None:
    output = taken(batch([figure(), figure(unit="H99"), figure(unit="H17")], 4))
    assert counts(output) == [(3, 2, 1, 0)]
    (bad,) = rows(output, "rejected")
    assert (bad["offset"], bad["row"], bad["reason"], bad["field"]) == (4, 1, "unknown_unit", "unit")
    assert [row["unit"] for row in rows(output, "figures")] == ["H26", "H17"]


def test_a_batch_sent_again_under_a_new_offset_changes_nothing() -> None:
    own = shard("cases")
    good = [step(due_at=NOON + HOUR), step(state="processing", event_at=NOON + 1)]
    run(own, [tick(NOON, 0, "cases")])
    first = run(own, [batch(good, 1, "cases"), tick(NOON + MINUTE_MS, 2, "cases")])
    again = run(own, [batch(good, 3, "cases"), tick(NOON + 2 * MINUTE_MS, 4, "cases")])
    assert counts(first)[0] == (2, 2, 0, 0)
    assert counts(again)[0] == (2, 0, 0, 2)
    assert [rows(again, table) for table in ("case_steps", "case_buckets", "rejected")] == [[], [], []]


def test_another_body_under_a_known_id_is_a_conflict() -> None:
    output = taken(batch([figure(record_id="a"), figure(record_id="a", value=51.0)], 1))
    assert counts(output) == [(2, 1, 1, 0)]
    assert output.refused == {Reason.CONFLICT: 1}


def test_a_late_record_is_counted_where_it_belongs_and_marked() -> None:
    output = taken(batch([step(event_at=NOON - HOUR), step(case_id="2")], 1, "cases"), record="cases")
    assert [row["late"] for row in rows(output, "case_steps")] == [True, False]
    assert output.entries[1].late == 1


def test_a_step_beyond_the_memory_of_buckets_is_a_delta_row_of_its_own() -> None:
    output = taken(batch([step(event_at=NOON - 50 * DAY)], 1, "cases"), record="cases")
    assert sorted((row["width"], row["delta"] > 0, row["received"]) for row in rows(output, "case_buckets")) == [
        ("5m", True, 1), ("day", True, 1)
    ]  # fmt: skip


def test_a_record_from_the_future_moves_no_watermark() -> None:
    own = shard()
    run(own, [tick(NOON)])
    assert run(own, [batch([figure(event_at=NOON + HOUR)], 1)]).refused == {Reason.FUTURE: 1}
    assert own.reporting == {}
    assert own.clock == NOON


@pytest.mark.parametrize("body", [b"", b"{}", b"[1]", b'{"at": "noon"}', b'{"at": -5}', b'{"at": 9e99}', b"\xff",
    b'{"at": 7258118400000}', b'{"at": 5, "step": -1}', b'{"at":1,"x":' + b"[" * 20_000 + b"]" * 20_000 + b"}"],
    ids=lambda body: str(body[:25]))  # fmt: skip
def test_a_tick_that_is_no_tick_is_refused_and_moves_nothing(body: bytes) -> None:
    own = shard()
    run(own, [tick(NOON)])
    output = run(own, [message(body, 1, nhip_kind=b"tick"), batch([figure()], 2)])
    assert counts(output) == [(1, 0, 1, 0), (1, 1, 0, 0)]
    assert own.clock == NOON


def test_ticks_that_turn_no_minute_or_go_back_leave_no_row() -> None:
    own = shard()
    output = run(
        own, [tick(moment, n) for n, moment in enumerate((NOON + 5, NOON + 59_999, NOON - HOUR, NOON + 60_001))]
    )
    assert [row["at"].timestamp() * 1000 for row in rows(output, "ticks")] == [NOON + 5, NOON + 60_001]
    assert own.clock == NOON + MINUTE_MS
    assert len(output.entries) == 4


def test_where_in_the_minute_a_tick_lies_does_not_show() -> None:
    found = []
    for seconds in (0, 59):
        moments = [NOON + n * MINUTE_MS + seconds * 1000 for n in range(4)]
        items: list[Item] = [moments[0], [step(due_at=NOON + MINUTE_MS)], *moments[1:]]
        found.append(everything(played("cases", log(items, "cases"), [])[1], "at"))
    assert found[0] == found[1]


@pytest.mark.parametrize("kind", [b"Nguyen Van An", b"\xff", b"", b"RECORDS"])
def test_a_message_of_a_kind_that_nobody_knows_is_refused_and_its_header_not_kept(kind: bytes) -> None:
    own = shard()
    output = run(own, [message([figure()], 0, nhip_kind=kind)])
    assert counts(output) == [(1, 0, 1, 0)]
    assert ledger_rows(own, output.entries)["kind"].to_pylist() == ["records"]


def test_a_message_with_nothing_but_refused_records_has_its_row_in_the_ledger() -> None:
    output = taken(batch([figure(unit="H99")], 1), message(b"{", 2), message([], 3))
    assert counts(output) == [(1, 0, 1, 0), (1, 0, 1, 0), (1, 0, 1, 0)]


def test_each_stop_has_its_name_once_and_says_what_it_does() -> None:
    for table in (FIGURES, CASES, MINUTE):
        assert len({stop.name for stop in table}) == len(table)
    assert all(stop.does for stop in (*FIGURES, *CASES, *MINUTE))
    assert {stop.name for stop in MINUTE}.isdisjoint({stop.name for stop in (*FIGURES, *CASES)})
