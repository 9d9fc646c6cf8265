"""Messages as they lie in a partition's log, in either form, for tests of what is made of them.

The catalogue is the product's own; `shard()` is a fresh memory of one of its drill feeds.
"""

import json
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

import msgspec
import numpy as np
import pyarrow as pa

from catalogue.load import Catalogue, load
from contract import cases, figures
from contract.actions import Action, body, headers
from contract.codec import TICK_HEADERS, Message, encode, record_headers, tick_body
from streams.decode import Decoded, decode
from streams.pipeline import run
from streams.records import FORMS, NO_TIME, TIME, WORD, Vocabularies, vocabularies
from streams.shard import Shard
from streams.work import Output
from tests.builders import at

NOON = at("2026-11-20 12:00")
"""The whole minute at which the logs of these tests begin; a Friday."""
SCHEMAS = {"figures": figures.SCHEMA, "cases": cases.SCHEMA}


@cache
def catalogue() -> Catalogue:
    return load()


def shard(record: str = "figures", partition: int = 0) -> Shard:
    found = catalogue().feed_at(record, partition)
    assert found is not None
    return Shard(catalogue(), *found, f"nhip.{record}")


def figure(**rest: Any) -> dict[str, Any]:
    """A good figure; a field given as None is left out."""
    given = {
        "feed": "drill-figures",
        "unit": "H26",
        "indicator": "drill-value",
        "value": 50.0,
        "event_at": NOON,
        "sent_at": NOON,
        "simulated": True,
        **rest,
    }
    return {name: value for name, value in given.items() if value is not None}


def step(**rest: Any) -> dict[str, Any]:
    """A good step of a case; a field given as None is left out."""
    given = {
        "feed": "drill-cases",
        "unit": "H26",
        "kind": "dossier",
        "case_id": "H26-1",
        "state": "accepted",
        "event_at": NOON,
        "sent_at": NOON,
        "simulated": True,
        **rest,
    }
    return {name: value for name, value in given.items() if value is not None}


def arrow(records: Sequence[dict[str, Any]], record: str = "figures", **types: pa.DataType) -> bytes:
    """An Arrow stream of the columns that occur; `types` are those that a stranger chose otherwise."""
    names = [name for name in SCHEMAS[record].names if any(name in r for r in records)]
    names += sorted({name for r in records for name in r} - set(names))
    fields = [pa.field(name, types.get(name) or SCHEMAS[record].field(name).type) for name in names]
    return encode(pa.RecordBatch.from_pylist(list(records), schema=pa.schema(fields)))


def message(body: Any, offset: int = 0, record: str = "figures", **headers: Any) -> Message:
    """Bytes as they are; anything else as JSON."""
    value = body if isinstance(body, bytes) else json.dumps(body).encode()
    own = {name.replace("_", "-"): text for name, text in headers.items()}
    return Message(f"nhip.{record}", 0, offset, NOON + offset, value, own)


def batch(records: Sequence[dict[str, Any]], offset: int = 0, record: str = "figures") -> Message:
    headers = record_headers(records[0]["feed"], record, len(records))
    return Message(f"nhip.{record}", 0, offset, NOON + offset, arrow(records, record), headers)


def tick(moment: int, offset: int = 0, record: str = "figures", step_ms: int = 0) -> Message:
    return Message(f"nhip.{record}", 0, offset, NOON + offset, tick_body(moment, step_ms), TICK_HEADERS)


def an_action(number: int = 1, step: str = "taken", actor: str = "truc-ban-1", **rest: Any) -> Action:
    """On one finding of the drill's figures, unless said otherwise."""
    given = {"action_id": f"{number:032x}", "feed": "drill-figures", "finding_id": "f" * 32, "at": NOON, **rest}
    return Action(step=step, actor=actor, **given)


def control(*given: Action, offset: int = 0, record: str = "figures") -> Message:
    return Message(f"nhip.{record}", 0, offset, NOON + offset, body(*given), headers(given[0].feed))


def log(items: Iterable[int | Sequence[dict[str, Any]]], record: str = "figures") -> list[Message]:
    """Ticks (their instants) and batches (their records), one message each."""
    return [
        tick(item, offset, record) if isinstance(item, int) else batch(item, offset, record)
        for offset, item in enumerate(items)
    ]


def read(
    messages: Message | Sequence[Message], record: str = "figures", limit: int = 6_000_000
) -> tuple[Decoded, Vocabularies]:
    """What the reader of a topic makes of messages, with the words of a shard that has met no others."""
    words = vocabularies(record)
    return decode([messages] if isinstance(messages, Message) else messages, record, limit, words), words


def plain(decoded: Decoded, words: Vocabularies) -> list[dict[str, Any]]:
    """The records that were read, as plain values: times in ms, None for what is missing."""
    records = decoded.records
    columns: dict[str, list[Any]] = {}
    for name, form in FORMS[records.record].items():
        column = records.full(name)
        values = column.to_pylist() if isinstance(column, pa.Array) else column.tolist()
        if form == WORD:
            values = [words[name].words[code] if code >= 0 else None for code in values]
        elif form == TIME:
            values = [None if value == NO_TIME else value for value in values]
        for row in np.flatnonzero(records.lacking.get(name, [])).tolist():
            values[row] = None
        columns[name] = values
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def rows(outputs: Output | Iterable[Output], table: str, *without: str) -> list[dict[str, Any]]:
    """Rows of a table in the order written, less the columns `without`."""
    given = [outputs] if isinstance(outputs, Output) else outputs
    found = [row for output in given for part in output.rows.get(table, []) for row in part.to_pylist()]
    return [{name: value for name, value in row.items() if name not in without} for row in found]


def counts(output: Output) -> list[tuple[int, int, int, int]]:
    """(records, accepted, rejected, duplicates) of each message."""
    return [(e.records, e.accepted, e.rejected, e.duplicates) for e in output.entries.values()]


def taken(*messages: Message, record: str = "figures", clock: int | None = NOON) -> Output:
    """What messages lead to in a fresh shard whose clock stands at `clock`."""
    fresh = shard(record)
    if clock is not None:
        run(fresh, [tick(clock, 0, record)])
    return run(fresh, messages)


def with_a_unit_in_front() -> Catalogue:
    """The catalogue with one unit more, before all others."""
    units = catalogue().units
    first = msgspec.structs.replace(units.by_id["H26"], id="H99", name_vi="Mới", name_en="New", variants=(), portal="")
    return msgspec.structs.replace(catalogue(), units=type(units)((first, *units.all)))
