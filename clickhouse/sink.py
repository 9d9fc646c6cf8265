"""Rows into the store, exactly once in effect: raw and derived rows first, the ledger last.

What stands above a partition's mark was written by a life that ended before its ledger row. It is looked up by each
table's own key and left out, so that a repeat completes what is there and doubles nothing.
"""

from collections.abc import Collection, Iterable
from concurrent.futures import Executor, wait
from typing import Any

import msgspec
import pyarrow as pa

from clickhouse.client import Store
from clickhouse.tables import TABLES, pieces, schema

Present = dict[str, dict[tuple[Any, ...], int]]
"""Per table, the keys of rows above the mark, each with its row's offset."""
Where = tuple[str, int]
"""Topic and partition."""
WRITTEN = (
    *("figures", "case_steps", "finding_actions", "rejected"),
    *("ticks", "case_buckets", "findings", "feed_states"),
)
"""What messages lead to, in the order of writing; the ledger follows."""
DERIVED = ("case_buckets", "findings", "feed_states")
"""What a generation derives: with it, not the raw rows, begins whatever is derived anew."""
OF_ANY = ("rejected", "ledger")
OF_FIGURES = ("figures", "finding_actions", "ticks", "findings", "feed_states")
OF_CASES = ("case_steps", "finding_actions", "ticks", "case_buckets", "findings", "feed_states")
IN_ORDER = ("rejected", "ledger", "replay_ledger", "ticks", "feed_states", "findings", "finding_actions")
"""Tables whose key leads to the newest rows of a partition, or that are small."""


class Mark(msgspec.Struct, frozen=True):
    """How far a partition's ledger goes."""

    offset: int = -1
    """-1 where there is none."""
    clock: int = 0
    """The partition's clock after it, seconds UTC; what was written later belongs to a later clock."""
    generation: int = 0
    """Of the worker that wrote it."""


class Source(msgspec.Struct, frozen=True):
    """A partition with the feed in it: what its rows' keys begin with, so that they are found without a scan."""

    where: Where
    feed: str = ""
    """Empty for partitions whose records are sent on."""
    kinds: tuple[str, ...] = ()
    """Of a feed of cases."""
    generation: int = 1

    @property
    def tables(self) -> tuple[str, ...]:
        if not self.feed:
            return OF_ANY
        return (*(OF_CASES if self.kinds else OF_FIGURES), *OF_ANY)


class Sink:
    def __init__(self, store: Store, hands: Executor | None = None, replays: bool = False) -> None:
        """`hands` write tables of one turn at the same time; without them one is written after another.

        A worker that `replays` writes derived rows alone, and the ledger of replays.
        """
        self._store, self._hands = store, hands
        self._tables: tuple[str, ...] = DERIVED if replays else WRITTEN
        self._ledger = "replay_ledger" if replays else "ledger"

    def marks(self, topic: str, partitions: Iterable[int], generation: int = 0) -> dict[int, Mark]:
        """The end of each partition's ledger (of replays: the generation's). One question; it reads the last rows only,
        however long the ledger is."""
        own = f"generation = {generation:d} AND " if self._ledger == "replay_ledger" else ""
        asked = [
            f"(SELECT partition, toInt64(offset), toUnixTimestamp(clock), generation FROM {self._ledger} "
            f"WHERE {own}topic = {{t:String}} AND partition = {partition:d} "
            "ORDER BY topic DESC, partition DESC, offset DESC LIMIT 1)"
            for partition in sorted(set(partitions))
        ]
        found = self._store.query(" UNION ALL ".join(asked), t=topic) if asked else []
        return {int(p): Mark(int(offset), int(clock), int(whose)) for p, offset, clock, whose in found}

    def above(self, sources: Collection[tuple[Source, Mark]]) -> dict[Where, Present]:
        """What lives that ended early left above the marks; nearly always nothing. A question per table."""
        found: dict[Where, Present] = {}
        for table in (*self._tables, self._ledger):
            asked = [(source, mark) for source, mark in sources if table in (*source.tables, "replay_ledger")]
            if asked:
                self._above(table, asked, found)
        return found

    def _above(self, table: str, sources: list[tuple[Source, Mark]], found: dict[Where, Present]) -> None:
        given: dict[str, Any] = {}
        conditions = [_above(table, str(place), source, mark, given) for place, (source, mark) in enumerate(sources)]
        named = "topic AS of_topic, partition AS of_partition, toInt64(offset) AS log_offset"
        asked = f"SELECT {', '.join(_key(table))}, {named} FROM {table} WHERE "
        # One condition over all partitions is cheaper to plan; but an index on the offset alone needs a question each.
        questions = [" OR ".join(f"({one})" for one in conditions)] if table in IN_ORDER else conditions
        rows = self._store.arrow(" UNION ALL ".join(asked + one for one in questions), **given)
        if not rows.num_rows:
            return
        topics = rows.column("of_topic").cast(pa.string()).to_pylist()
        places = zip(topics, rows.column("of_partition").to_pylist(), strict=True)
        for where, key, offset in zip(places, _keys(table, rows), rows.column("log_offset").to_pylist(), strict=True):
            found.setdefault(where, {}).setdefault(table, {})[key] = offset

    def write(self, rows: dict[str, list[pa.Table]], ledger: list[pa.Table], present: list[Present]) -> dict[str, int]:
        """One insert per table and table-partition; when all are done, the ledger. Gives how many rows went where."""
        whole = {table: without(table, joined(rows[table]), present) for table in self._tables if rows.get(table)}
        self._insert([(table, piece) for table, given in whole.items() for piece in pieces(table, given)])
        entries = without(self._ledger, joined(ledger), present)
        self._insert([(self._ledger, piece) for piece in pieces(self._ledger, entries)])
        return {table: given.num_rows for table, given in whole.items()}

    def _insert(self, given: list[tuple[str, pa.Table]]) -> None:
        """Returns, or raises the first failure, when every one of them has ended: none may land afterwards."""
        if self._hands is None or len(given) < 2:
            for table, piece in given:
                self._store.insert(table, piece)
            return
        under_way = [self._hands.submit(self._store.insert, table, piece) for table, piece in given]
        wait(under_way)
        for one in under_way:
            one.result()


def _above(table: str, place: str, source: Source, mark: Mark, given: dict[str, Any]) -> str:
    """Rows of one partition above its mark, by what the table's key begins with."""
    topic, partition = source.where
    given[f"t{place}"] = topic
    conditions = [f"topic = {{t{place}:String}}", f"partition = {partition:d}", f"offset >= {mark.offset + 1:d}"]
    columns = schema(table).names
    if "generation" in columns:
        conditions.append(f"generation = {source.generation:d}")
    if source.feed and table not in (*OF_ANY, "replay_ledger", "ticks"):
        given[f"f{place}"] = source.feed
        conditions.append(f"feed = {{f{place}:String}}")
    if source.kinds and "kind" in columns and table not in (*OF_ANY, "replay_ledger"):
        given[f"k{place}"] = list(source.kinds)
        conditions.append(f"kind IN {{k{place}:Array(String)}}")
    if table == "ticks":
        conditions.append(f"at >= toDateTime64({mark.clock:d}, 3, 'UTC')")
    if table == "feed_states":
        conditions.append(f"clock >= toDateTime({mark.clock:d}, 'UTC')")
    return " AND ".join(conditions)


def joined(tables: list[pa.Table]) -> pa.Table:
    return tables[0] if len(tables) == 1 else pa.concat_tables(tables, promote_options="default").unify_dictionaries()


def without(table: str, rows: pa.Table, present: list[Present]) -> pa.Table:
    """The rows less those that are there already."""
    there = {key for found in present for key in found.get(table, ())}
    if not there:
        return rows
    return rows.filter(pa.array([key not in there for key in _keys(table, rows)]))


def beyond(present: Present, offset: int) -> Present:
    """What of it belongs to messages after this one, which are still to come."""
    rest = {table: {key: at for key, at in keys.items() if at > offset} for table, keys in present.items()}
    return {table: keys for table, keys in rest.items() if keys}


def _key(table: str) -> tuple[str, ...]:
    """What tells rows apart, revisions of one thing included."""
    revision = ("revision",) if "revision" in schema(table).names else ()
    return (*TABLES[table].key, *revision)


def _keys(table: str, rows: pa.Table) -> list[tuple[Any, ...]]:
    """The same values, whether the rows were made here or read from the store."""
    columns = [_plain(rows.column(name), schema(table).field(name).type) for name in _key(table)]
    return list(zip(*(column.to_pylist() for column in columns), strict=True))


def _plain(column: pa.ChunkedArray, kind: pa.DataType) -> pa.ChunkedArray:
    """Times as milliseconds, text as text."""
    if pa.types.is_timestamp(kind):
        if pa.types.is_integer(column.type):  # the store gives a DateTime as seconds
            column = column.cast(pa.int64()).cast(pa.timestamp("s", "UTC"))
        return column.cast(pa.timestamp("ms", "UTC")).cast(pa.int64())
    if kind == pa.string():
        # A FixedString comes as bytes.
        return column.cast(pa.binary()).cast(kind) if _is_bytes(column.type) else column.cast(kind)
    return column


def _is_bytes(kind: pa.DataType) -> bool:
    return bool(pa.types.is_fixed_size_binary(kind) or pa.types.is_binary(kind))
