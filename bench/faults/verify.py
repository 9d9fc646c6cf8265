"""The verdict on a round: senders' ledger, log, our ledger and tables against one another, row by row.

lost        intended and acknowledged, and neither in its table nor refused
doubled     what readers' views return twice; physical copies that the next merge takes away are listed apart
invented    in a table or among the refused, and nobody sent it
misplaced   in the other table, or taken though it must be refused
reasons     refused though it is good, or for another reason
altered     in its table with other content than was sent
different   rows of a table that are not those that the in-memory table over the same log gives
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec
import pyarrow as pa
import pyarrow.compute as pc

from bench.faults import claims, reference, rows
from bench.faults.claims import COMPARED, Books, Claims
from bench.faults.intents import accounts
from bench.faults.rows import Difference
from catalogue.load import Catalogue
from clickhouse.client import Store
from clickhouse.tables import schema
from contract.codec import Message
from contract.kafka import Log
from contract.settings import Settings
from nhip import check
from nhip.check_lines import BAD

KINDS = ("figures", "cases", "inbox")
TABLE = {"figures": "figures", "cases": "case_steps"}
ADDRESS = ("topic", "partition", "offset")
REFUSAL = (*ADDRESS, "row", "reason")
ENTRY = (*ADDRESS, "kind", "records", "accepted", "rejected", "duplicates")
ONCE_TO_READERS = {
    "case_buckets_in_force": "feed, kind, unit, width, bucket",
    "findings_in_force": "finding_id",
    "feed_states_now": "feed",
}
EXAMPLES = 5


class Verdict(msgspec.Struct):
    intended: int = 0
    """Records in intents, repeats and the bad included."""
    messages: int = 0
    ticks: int = 0
    refused: int = 0
    lost: list[str] = []
    doubled: list[str] = []
    invented: list[str] = []
    misplaced: list[str] = []
    reasons: list[str] = []
    altered: list[str] = []
    different: dict[str, int] = {}
    examples: dict[str, list[str]] = {}
    extras: dict[str, int] = {}
    """Physical copies."""
    said: list[str] = []
    """What `nhip check` finds lost or doubled."""

    @property
    def numbers(self) -> dict[str, int]:
        found = {name: len(getattr(self, name)) for name in FAULTS if name != "different"}
        return {**found, "different": sum(self.different.values())}

    @property
    def good(self) -> bool:
        return not any(self.numbers.values()) and not self.said

    def told(self) -> dict[str, list[str]]:
        """Some of each."""
        found = {name: getattr(self, name)[:EXAMPLES] for name in FAULTS if name != "different"}
        return {name: some for name, some in found.items() if some} | self.examples

    def why(self) -> str:
        return ", ".join([*(f"{name} {count:,}" for name, count in self.numbers.items() if count), *self.said])


FAULTS = ("lost", "doubled", "invented", "misplaced", "reasons", "altered", "different")


def verdict(store: Store, settings: Settings, catalogue: Catalogue, folder: Path) -> Verdict:
    with Log(settings) as log:
        messages = reference.read(log, settings, KINDS)
    books = Books(accounts(folder), settings.topics)
    claimed = claims.claims(books, messages, catalogue)
    found = Verdict(
        intended=sum(intent.records for intent in books.intents.values()),
        messages=len(claimed.messages),
        ticks=claimed.ticks,
        refused=len(claimed.refusals),
    )
    found.lost += [f"never acknowledged: {name}/{number}" for name, number in books.unacknowledged]
    found.lost += [f"acknowledged, not in the log: {gone}" for gone in claimed.gone]
    found.invented += [f"in the log, sent by nobody: {stranger}" for stranger in claimed.strangers]
    raw = {kind: records_of(kind, stored(store, table, columns_of(kind))) for kind, table in TABLE.items()}
    judge_records(found, claimed, raw)
    judge_refusals(found, claimed, signed(stored(store, "rejected", REFUSAL), "rejected", REFUSAL))
    judge_ledger(found, claimed, signed(stored(store, "ledger", ENTRY), "ledger", ENTRY))
    judge_views(found, store)
    judge_reference(found, store, settings, catalogue, messages)
    found.extras = {name: count for name, count in reference.doubled(store).items() if count}
    lines = check.verdict(store, settings).lines
    found.said = [line.en for line in lines if line.level >= BAD]
    return found


def judge_records(found: Verdict, claimed: Claims, raw: Mapping[str, pa.Table]) -> None:
    """Each record in its own table, once, as it was sent, and nothing else."""
    key = ("feed", "ident")
    for kind, table in raw.items():
        found.doubled += [f"{TABLE[kind]}: {' '.join(one)}" for one in rows.repeated(table, key)]
        wanted = claimed.records[kind]
        plain = rows.difference(wanted, table, key, COMPARED[kind])
        found.altered += [f"{one[1]}: {name} {does!r}, sent {should!r}" for one, name, should, does in plain.other]
        found.altered += _moved(wanted, table, kind)
        elsewhere = _idents(*(other for name, other in raw.items() if name != kind))
        for _, ident in plain.missing:
            (found.misplaced if ident in elsewhere else found.lost).append(f"{TABLE[kind]}: {ident}")
        for feed, ident in plain.extra:
            if ident.startswith(claims.OWN) and not ident.startswith(f"{claims.OWN}life"):
                found.misplaced.append(f"{TABLE[kind]}: {feed} {ident} is there and must not be")
            else:
                found.invented.append(f"{TABLE[kind]}: {feed} {ident}")


def _moved(wanted: pa.Table, there: pa.Table, kind: str) -> list[str]:
    """Figures whose instant is another; one that is given by its period alone has none to compare."""
    if "event_at" in COMPARED[kind]:
        return []
    timed = wanted.filter(pc.is_valid(wanted.column("event_at")))
    other = rows.difference(timed, there, ("feed", "ident"), ("event_at",)).other
    return [f"{one[1]}: time {does}, sent {should}" for one, _, should, does in other]


def _idents(*tables: pa.Table) -> set[str]:
    return {ident for table in tables for ident in table.column("ident").to_pylist()}


def judge_refusals(found: Verdict, claimed: Claims, there: pa.Table) -> None:
    key = REFUSAL[:-1]
    told = rows.difference(claimed.refusals, there, key, ("reason",))
    found.lost += [f"refused without a row: {place}" for place in told.missing]
    found.reasons += [f"{place} is refused and must not be" for place in told.extra]
    found.reasons += [f"{place}: {does}, must be {should}" for place, _, should, does in told.other]
    found.doubled += [f"rejected: {place}" for place in rows.repeated(there, key)]


def judge_ledger(found: Verdict, claimed: Claims, there: pa.Table) -> None:
    """One row a message; its records add up; what was accepted stands in the tables."""
    told = there.filter(pc.not_equal(there.column("kind"), "tick"))
    differs = rows.difference(claimed.messages, told, ADDRESS, ("records", "rejected"))
    found.lost += [f"without a ledger row: {place}" for place in differs.missing]
    found.invented += [f"a ledger row of no message: {place}" for place in differs.extra]
    found.altered += [f"ledger {place}: {name} {does}, must be {should}" for place, name, should, does in differs.other]
    found.doubled += [f"ledger: {place}" for place in rows.repeated(there, ADDRESS)]
    parts = pc.add(pc.add(told.column("accepted"), told.column("rejected")), told.column("duplicates"))
    uneven = told.filter(pc.not_equal(told.column("records"), parts))
    found.altered += [f"ledger {place} does not add up" for place in rows.keys(uneven, ADDRESS)]
    ticks = len(there) - len(told)
    if ticks < claimed.ticks:
        found.lost.append(f"{claimed.ticks - ticks} ticks without a ledger row")


def judge_views(found: Verdict, store: Store) -> None:
    """What readers' views return twice, and sums that readers make of them."""
    for view, key in ONCE_TO_READERS.items():
        ((count,),) = store.query(f"SELECT count() - uniqExact({key}) FROM {view}")
        found.doubled += [f"{view}: {count} rows of one key"] if count else []
    ((accepted, there),) = store.query(
        "SELECT (SELECT sumIf(accepted, disposition = 'stored') FROM ledger FINAL), "
        "(SELECT count() FROM figures FINAL) + (SELECT count() FROM case_steps FINAL) "
        "+ (SELECT count() FROM finding_actions FINAL)"
    )
    ((steps, counted),) = store.query(
        "SELECT (SELECT count() FROM case_steps FINAL), "
        "(SELECT sum(steps) FROM case_buckets_in_force WHERE width = 'day')"
    )
    for what, is_, must in (("accepted", accepted, there), ("steps in days", counted, steps)):
        if int(is_ or 0) != int(must or 0):
            found.altered.append(f"{what}: {is_:,}, and {must:,} rows")


def judge_reference(
    found: Verdict, store: Store, settings: Settings, catalogue: Catalogue, log: dict[str, dict[int, list[Message]]]
) -> None:
    result = reference.result_of({kind: log[kind] for kind in TABLE}, catalogue, settings)
    for table, differs in reference.differences(store, settings, result).items():
        if differs.count:
            found.different[table] = differs.count
            found.examples[table] = examples(differs)


def examples(differs: Difference) -> list[str]:
    return [
        *(f"missing {key}" for key in differs.missing[:EXAMPLES]),
        *(f"extra {key}" for key in differs.extra[:EXAMPLES]),
        *(f"{key} {name}: {does!r}, not {should!r}" for key, name, should, does in differs.other[:EXAMPLES]),
    ]


def stored(store: Store, table: str, names: Sequence[str]) -> pa.Table:
    return store.arrow(f"SELECT {', '.join(names)} FROM {table} FINAL")


def records_of(kind: str, found: pa.Table) -> pa.Table:
    """Rows of a raw table under the names of the wire, each with what it is known by."""
    names = columns_of(kind)
    plain = rows.plain(found, pa.schema([schema(TABLE[kind]).field(name) for name in names]))
    return claims.with_ident(kind, plain.rename_columns(["event_at" if name == "at" else name for name in names]))


def columns_of(kind: str) -> list[str]:
    return [*COMPARED[kind], "record_id", *(["at"] if kind == "figures" else [])]


def signed(found: pa.Table, table: str, names: Sequence[str]) -> pa.Table:
    """Numbers of either side as numbers of one kind."""
    plain = rows.plain(found, pa.schema([schema(table).field(name) for name in names]))
    signed = [pa.int64() if pa.types.is_integer(field.type) else field.type for field in plain.schema]
    return plain.cast(pa.schema(list(zip(names, signed, strict=True))))
