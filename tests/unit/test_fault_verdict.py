"""The verifier of the fault programme is itself seen to fail: what is lost, doubled, invented, misplaced, refused for
another reason, altered or different is found, and nothing is found where all is as it must be."""

from collections.abc import Callable
from typing import Any

import msgspec
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from bench.faults import claims, mix, reference, rows, verify
from bench.faults.claims import Books, Claims
from bench.faults.intents import HEADER, Account, Ack, Intent, mark
from bench.faults.mix import Moment, Sent
from bench.faults.verify import Verdict, columns_of, records_of, signed
from clickhouse.tables import TABLES
from contract import topics
from contract.codec import TICK_HEADERS, Message, tick_body
from contract.settings import Settings
from streams.inbox import place
from streams.memory import Result
from tests.messages import NOON, catalogue

STEPS = 60
Log = dict[str, dict[int, list[Message]]]


class Sending:
    """What three senders send in some seconds, as Kafka would keep it; the inbox's placed as the worker does."""

    def __init__(self) -> None:
        self.log: Log = {"figures": {}, "cases": {}, "inbox": {}}
        self.accounts = []
        sent: dict[str, list[tuple[Intent, Ack]]] = {}
        for name in ("figures", "cases", "inbox"):
            role = mix.role(name, catalogue(), "1", NOON, NOON)
            self._ticks(role, NOON)
            sent[name] = self._steps(name, role)
        for name, pairs in sent.items():
            self.accounts.append(Account(name, [intent for intent, _ in pairs], [ack for _, ack in pairs]))
        for message in self.log["inbox"].get(0, []):
            for onward in place(message, catalogue(), 6_000_000).onward:
                self.add(onward.record, onward.partition, onward.value, onward.headers)

    def add(self, kind: str, partition: int, value: bytes, headers: dict[str, bytes]) -> int:
        found = self.log[kind].setdefault(partition, [])
        found.append(Message(Settings().topics.of(kind), partition, len(found), NOON + len(found), value, headers))
        return len(found) - 1

    def _ticks(self, role: mix.Role, at: int) -> None:
        for kind, partition in role.ticks:
            self.add(kind, partition, tick_body(at), TICK_HEADERS)

    def _steps(self, name: str, role: mix.Role) -> list[tuple[Intent, Ack]]:
        pairs: list[tuple[Intent, Ack]] = []
        known, number = Sent(), 0
        for step in range(STEPS):
            at = NOON + (step + 1) * 30_000
            self._ticks(role, at)
            for intent in role.step(Moment(at, at), number, known):
                partition = max(intent.partition, 0)
                headers = {topics.CONTENT_TYPE: intent.content_type.encode(), HEADER: mark(name, intent.number)}
                offset = self.add(intent.topic, partition, intent.value, headers)
                pairs.append((intent, Ack(intent.number, partition, offset)))
                number = intent.number + 1
                known.note(intent)
        return pairs


class Stored:
    """A store that gives the rows it was made with."""

    def __init__(self, result: Result) -> None:
        self.tables = {name: newest(result, name) for name in TABLES}

    def arrow(self, sql: str, **_: Any) -> pa.Table:
        return self.tables[sql.split(" FROM ")[1].split()[0]]


def newest(result: Result, name: str) -> pa.Table:
    table = result.rows[name]
    if not len(table):
        return table
    (number,) = rows.numbered(TABLES[name].key, table)
    last = {key: row for row, key in enumerate(number.tolist())}
    return table.take(pa.array(sorted(last.values())))


@pytest.fixture(scope="module")
def sending() -> Sending:
    return Sending()


@pytest.fixture(scope="module")
def result(sending: Sending) -> Result:
    return reference.result_of({kind: sending.log[kind] for kind in ("figures", "cases")}, catalogue(), Settings())


@pytest.fixture(scope="module")
def claimed(sending: Sending) -> Claims:
    return claims.claims(Books(sending.accounts, Settings().topics), sending.log, catalogue())


@pytest.fixture
def store(result: Result) -> Stored:
    return Stored(result)


def judged(claimed: Claims, store: Stored, result: Result) -> Verdict:
    found = Verdict()
    raw = {kind: records_of(kind, store.tables[table].select(columns_of(kind))) for kind, table in verify.TABLE.items()}
    verify.judge_records(found, claimed, raw)
    # What the forwarder writes of the inbox is not in the memory's tables.
    here = claimed.refusals.filter(pc.not_equal(claimed.refusals.column("topic"), "nhip.inbox"))
    told = claimed.messages.filter(pc.not_equal(claimed.messages.column("topic"), "nhip.inbox"))
    own = msgspec.structs.replace(claimed, refusals=here, messages=told)
    verify.judge_refusals(found, own, signed(store.tables["rejected"], "rejected", verify.REFUSAL))
    verify.judge_ledger(found, own, signed(store.tables["ledger"], "ledger", verify.ENTRY))
    for table, difference in reference.differences(store, Settings(), result).items():  # type: ignore[arg-type]
        if difference.count:
            found.different[table] = difference.count
    return found


def test_nothing_is_found_where_all_is_as_it_must_be(claimed: Claims, store: Stored, result: Result) -> None:
    found = judged(claimed, store, result)
    assert found.good, (found.why(), found.told())
    assert len(claimed.refusals) > 10
    assert all(len(table) > 30 for table in claimed.records.values())
    assert not claimed.strangers
    assert not claimed.gone


def without(table: str, row: int = 3) -> Callable[[Stored], None]:
    def change(store: Stored) -> None:
        whole = store.tables[table]
        store.tables[table] = pa.concat_tables([whole.slice(0, row), whole.slice(row + 1)])

    return change


def twice(table: str, row: int = 3) -> Callable[[Stored], None]:
    def change(store: Stored) -> None:
        whole = store.tables[table]
        store.tables[table] = pa.concat_tables([whole, whole.slice(row, 1)])

    return change


def other(table: str, column: str, value: Any, more: bool = False) -> Callable[[Stored], None]:
    """A row with another value in a column: in the place of the one that was there, or besides it."""

    def change(store: Stored) -> None:
        whole = store.tables[table]
        plain = whole.cast(pa.schema([(f.name, _decoded(f.type)) for f in whole.schema]))
        place = plain.column_names.index(column)
        row = plain.slice(3, 1)
        row = row.set_column(place, plain.schema.field(column), pa.array([value], plain.schema.field(column).type))
        kept = plain if more else pa.concat_tables([plain.slice(0, 3), plain.slice(4)])
        store.tables[table] = pa.concat_tables([kept, row])

    return change


def _decoded(kind: pa.DataType) -> pa.DataType:
    return kind.value_type if pa.types.is_dictionary(kind) else kind


def into_the_other_table(store: Stored) -> None:
    """A figure's id among the steps of cases, and no longer among the figures."""
    ident = next(text for text in store.tables["figures"].column("record_id").to_pylist() if text.startswith("~"))
    row = store.tables["figures"].column("record_id").to_pylist().index(ident)
    without("figures", row)(store)
    other("case_steps", "record_id", ident, more=True)(store)


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (without("figures"), "lost"),
        (without("case_steps"), "lost"),
        (without("rejected"), "lost"),
        (without("ledger"), "lost"),
        (twice("figures"), "doubled"),
        (twice("case_steps"), "doubled"),
        (twice("rejected"), "doubled"),
        (twice("ledger"), "doubled"),
        (other("case_steps", "record_id", "a stranger's", more=True), "invented"),
        (other("case_steps", "record_id", "~cases-999999-0", more=True), "misplaced"),
        (other("rejected", "row", 77, more=True), "reasons"),
        (other("rejected", "reason", "future"), "reasons"),
        (other("figures", "value", 1.0), "altered"),
        (other("case_steps", "state", "lost"), "altered"),
        (other("ledger", "records", 999), "altered"),
        (into_the_other_table, "misplaced"),
    ],
)
def test_what_is_not_as_it_must_be_is_found_under_its_name(
    change: Callable[[Stored], None], found: str, claimed: Claims, store: Stored, result: Result
) -> None:
    change(store)
    verdict = judged(claimed, store, result)
    assert verdict.numbers[found] >= 1, verdict.why()
    assert not verdict.good


@pytest.mark.parametrize("table", ["case_buckets", "findings", "feed_states", "ticks", "ledger"])
def test_a_row_that_the_log_does_not_lead_to_is_different(
    table: str, claimed: Claims, store: Stored, result: Result
) -> None:
    other(table, "offset", 999_999)(store)
    assert judged(claimed, store, result).different[table] >= 1


def test_what_nobody_sent_is_a_stranger_in_the_log(sending: Sending) -> None:
    log: Log = {**sending.log, "figures": {0: [*sending.log["figures"][0]]}}
    log["figures"][0].append(Message("nhip.figures", 0, 10_000, NOON, b"{}", {}))
    found = claims.claims(Books(sending.accounts, Settings().topics), log, catalogue())
    assert found.strangers == ["nhip.figures/0@10000"]


def test_what_was_acknowledged_and_is_not_in_the_log_is_gone(sending: Sending) -> None:
    kept = sending.log["figures"][0]
    last = max(place for place, message in enumerate(kept) if HEADER in message.headers)
    log: Log = {**sending.log, "figures": {**sending.log["figures"], 0: [*kept[:last], *kept[last + 1 :]]}}
    found = claims.claims(Books(sending.accounts, Settings().topics), log, catalogue())
    assert len(found.gone) == 1


def test_an_intent_without_an_acknowledgement_is_named(sending: Sending) -> None:
    first, *others = sending.accounts
    unsure = msgspec.structs.replace(first, acks=first.acks[:-1])
    assert Books([unsure, *others], Settings().topics).unacknowledged == [(first.name, first.intents[-1].number)]
