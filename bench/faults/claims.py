"""What the senders' ledger and the log say must stand in the store: which records, which refusals, which ledger rows.

Nothing here asks the product what a message means: the senders wrote down what they meant, and the log tells where it
came to lie.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
import pyarrow as pa
import pyarrow.compute as pc

from bench.faults import rows
from bench.faults.intents import HEADER, Account, Intent, marked
from bench.faults.records import SCHEMAS
from catalogue.load import Catalogue
from contract.codec import Message
from contract.topics import ARROW, Topics

OWN = "~"
"""Our record ids begin so; a record of ours without one is known by what it says."""
COMPARED = {
    "figures": ("feed", "unit", "subject", "indicator", "value", "period", "vintage", "sent_at", "simulated"),
    "cases": ("feed", "unit", "kind", "case_id", "state", "event_at", "due_at", "channel", "sent_at", "simulated"),
}
SAID = {"figures": ("feed", "indicator", "unit", "subject", "event_at", "value"), "cases": COMPARED["cases"][:6]}
"""What a record without an id is known by."""
Id = tuple[str, int]
Address = tuple[str, int, int]


class Books:
    """All senders' intents, and where each was acknowledged."""

    def __init__(self, accounts: Iterable[Account], topics: Topics) -> None:
        self.intents: dict[Id, Intent] = {}
        self.acks: dict[Address, Id] = {}
        acknowledged: set[Id] = set()
        for account in accounts:
            self.intents |= {(account.name, intent.number): intent for intent in account.intents}
            for ack in account.acks:
                id = (account.name, ack.number)
                acknowledged.add(id)
                self.acks[topics.of(self.intents[id].topic), ack.partition, ack.offset] = id
        self.unacknowledged = [id for id in self.intents if id not in acknowledged]


class Claims(msgspec.Struct):
    """What must be there."""

    records: dict[str, pa.Table]
    """Per kind of record: those that must be taken, each once, in plain form with their `ident`."""
    refusals: pa.Table
    """topic, partition, offset, row, reason."""
    messages: pa.Table
    """topic, partition, offset, records, rejected: of every message but ticks."""
    ticks: int
    strangers: list[str]
    """Messages in the log that nobody of ours sent."""
    gone: list[str]
    """Acknowledged, and not where Kafka said."""


def claims(books: Books, log: dict[str, dict[int, list[Message]]], catalogue: Catalogue) -> Claims:
    refusals, messages, strangers = [], [], []
    there: dict[Address, Id] = {}
    ticks = 0
    for kind, partitions in log.items():
        for message in (one for found in partitions.values() for one in found):
            if message.kind == "tick":
                ticks += 1
                continue
            address = (message.topic, message.partition, message.offset)
            refused, records, id = _of(message, kind, books)
            if refused is None:
                strangers.append(f"{message.topic}/{message.partition}@{message.offset}")
                continue
            if id is not None:
                there[address] = id
            refusals += [(*address, row, reason) for row, reason in refused.items()]
            messages.append((*address, records, len(refused)))
    gone = [f"{id[0]}/{id[1]} at {address}" for address, id in books.acks.items() if there.get(address) != id]
    return Claims(
        records=_records(books.intents.values(), catalogue),
        refusals=_table(refusals, ("topic", "partition", "offset", "row", "reason")),
        messages=_table(messages, ("topic", "partition", "offset", "records", "rejected")),
        ticks=ticks,
        strangers=strangers,
        gone=gone,
    )


def with_ident(kind: str, table: pa.Table) -> pa.Table:
    """What a record is known by: our id, else what it says."""
    said = [table.column(name).cast(pa.string()) for name in SAID[kind]]
    told = pc.binary_join_element_wise(*said, "|", null_handling="replace", null_replacement="")
    given = table.column("record_id")
    ours = pc.fill_null(pc.starts_with(given, OWN), False)
    return table.append_column("ident", pc.if_else(ours, given, told))


def _of(message: Message, kind: str, books: Books) -> tuple[dict[int, str] | None, int, Id | None]:
    """Which rows of a message must be refused where it lies; None of them where it is a stranger's."""
    header = message.headers.get(HEADER)
    if header is not None:
        id = marked(header)
        intent = books.intents.get(id)
        if intent is None or intent.value != message.value:
            return None, 0, None
        return intent.refused, intent.records, id
    return (*_forwarded(message.value, books), None) if kind != "inbox" else (None, 0, None)


def _forwarded(value: bytes, books: Books) -> tuple[dict[int, str] | None, int]:
    """Of a message that the inbox's forwarder wrote: records of ours, by their ids."""
    try:
        found = json.loads(value)
        records: list[dict[str, Any]] = found if isinstance(found, list) else [found]
        ids = [str(record["record_id"]) for record in records]
    except (ValueError, TypeError, KeyError):
        return None, 0
    refused = {}
    for row, id in enumerate(ids):
        name, number, place = id.removeprefix(OWN).rsplit("-", 2)
        intent = books.intents.get((name, int(number)))
        if intent is None and name != "life":
            return None, 0
        if intent is not None and int(place) in intent.onward:
            refused[row] = intent.onward[int(place)]
    return refused, len(records)


def _records(intents: Iterable[Intent], catalogue: Catalogue) -> dict[str, pa.Table]:
    """Every record that must be taken, once, however often it was sent."""
    dicts: dict[str, list[dict[str, Any]]] = {kind: [] for kind in SCHEMAS}
    tables: dict[str, list[pa.Table]] = defaultdict(list)
    for intent in intents:
        bad = {*intent.refused, *intent.onward}
        if len(bad) == intent.records:
            continue
        if intent.content_type == ARROW:
            table = pa.ipc.open_stream(intent.value).read_all()
            good = [row for row in range(len(table)) if row not in bad]
            tables[intent.topic].append(table.take(pa.array(good)) if bad else table)
            continue
        found = json.loads(intent.value)
        for row, record in enumerate(found if isinstance(found, list) else [found]):
            if row not in bad:
                dicts[catalogue.feeds[record["feed"]].record].append(record)
    return {kind: _plain(kind, [*tables[kind], _of_dicts(kind, dicts[kind])]) for kind in SCHEMAS}


def _plain(kind: str, tables: list[pa.Table]) -> pa.Table:
    schema = _wire(kind)
    whole = pa.concat_tables([_filled(table, schema) for table in tables])
    return rows.newest(with_ident(kind, _texts_filled(rows.plain(whole, schema))), ("feed", "ident"))


def _of_dicts(kind: str, records: list[dict[str, Any]]) -> pa.Table:
    return pa.Table.from_pylist(records, schema=_wire(kind))


def _wire(kind: str) -> pa.Schema:
    return pa.schema([field.with_nullable(True) for field in SCHEMAS[kind]])


def _filled(table: pa.Table, schema: pa.Schema) -> pa.Table:
    """All columns of the wire; one that the sender left out is empty."""
    arrays = [
        table.column(field.name).cast(field.type)
        if field.name in table.column_names
        else pa.chunked_array([pa.nulls(len(table), field.type)])
        for field in schema
    ]
    return pa.Table.from_arrays(arrays, schema=schema)


def _texts_filled(table: pa.Table) -> pa.Table:
    """A text that is missing is an empty one, as it will be in the store; ids excepted."""
    for place, field in enumerate(table.schema):
        if field.type == pa.string() and field.name != "record_id":
            table = table.set_column(place, field, pc.fill_null(table.column(place), ""))
    return table


def _table(found: list[tuple[Any, ...]], names: tuple[str, ...]) -> pa.Table:
    columns: list[Sequence[Any]] = list(zip(*found, strict=True)) if found else [()] * len(names)
    types = [pa.string() if name in ("topic", "reason") else pa.int64() for name in names]
    return pa.table({name: pa.array(column, kind) for name, column, kind in zip(names, columns, types, strict=True)})
