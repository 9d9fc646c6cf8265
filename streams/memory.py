"""The same table over batches in memory: no Kafka, no store. The test harness, the reference, and an analyst's tool."""

from collections.abc import Iterable

import msgspec
import numpy as np
import pyarrow as pa

from catalogue.load import Catalogue
from clickhouse.tables import TABLES, schema
from contract.codec import TICK_HEADERS, Message, encode, record_headers, tick_body
from contract.topics import Topics
from streams.ledger import ledger_rows
from streams.pipeline import MAX_BYTES
from streams.pipeline import run as run_pipeline
from streams.shard import Shard
from streams.work import Output

Item = tuple[str, int | pa.RecordBatch]
"""("tick", ms UTC) for every partition, or ("batch", records of one feed)."""


class Result(msgspec.Struct):
    rows: dict[str, pa.Table]
    """All that was written, per table; of a row that was written again, each revision."""

    def count(self, table: str) -> int:
        return int(self.rows[table].num_rows)

    def newest(self, table: str) -> list[dict[str, object]]:
        """Rows as readers see them: of those with one key the last written."""
        key = TABLES[table].key
        kept = {tuple(row[name] for name in key): row for row in self.rows[table].to_pylist()}
        return list(kept.values())


class Memory:
    """All shards of a catalogue over a log in memory."""

    def __init__(self, catalogue: Catalogue, topics: Topics | None = None) -> None:
        self._catalogue, self._topics = catalogue, topics or Topics()
        self.shards: dict[tuple[str, int], Shard] = {}
        self._offsets: dict[tuple[str, int], int] = {}
        self._rows: dict[str, list[pa.Table]] = {name: [] for name in TABLES}

    def feed(self, items: Iterable[Item]) -> None:
        for _, body in items:
            if isinstance(body, pa.RecordBatch):
                for record, partition, batch in self._placed(body):
                    headers = record_headers(self._feed_of(record, partition), record, batch.num_rows)
                    self.message(record, partition, encode(batch), headers)
            else:
                for record, partition in list(self.shards):
                    self.message(record, partition, tick_body(body), TICK_HEADERS)

    def message(
        self, record: str, partition: int, value: bytes, headers: dict[str, bytes] | None = None, at: int = 0
    ) -> None:
        """One message in a partition of the topic of `record` ("figures" or "cases"), as Kafka would deliver it."""
        offset = self._offsets.get((record, partition), 0)
        self._offsets[record, partition] = offset + 1
        message = Message(self._topics.of(record), partition, offset, at, value, headers or {})
        self.run([message], record)

    def run(self, messages: list[Message], record: str) -> None:
        """Messages of one partition as they lie in its log."""
        shard = self.shard(record, messages[0].partition)
        self._take(shard, run_pipeline(shard, messages, MAX_BYTES))

    def shard(self, record: str, partition: int) -> Shard:
        shard = self.shards.get((record, partition))
        if shard is None:
            found = self._catalogue.feed_at(record, partition)
            if found is None:
                raise ValueError(f"partition {partition} of {record} belongs to no feed")
            shard = self.shards[record, partition] = Shard(self._catalogue, *found, self._topics.of(record))
        return shard

    def result(self) -> Result:
        joined = {}
        for name, tables in self._rows.items():
            plain = [table.cast(schema(name)) for table in tables]
            joined[name] = pa.concat_tables(plain) if plain else schema(name).empty_table()
        return Result(joined)

    def _take(self, shard: Shard, output: Output) -> None:
        for name, tables in output.rows.items():
            self._rows[name] += tables
        self._rows["ledger"].append(ledger_rows(shard, output.entries))

    def _feed_of(self, record: str, partition: int) -> str:
        found = self._catalogue.feed_at(record, partition)
        return found[0].id if found else ""

    def _placed(self, batch: pa.RecordBatch) -> Iterable[tuple[str, int, pa.RecordBatch]]:
        """A batch in the partitions of its feed's shards; the feed is one of the catalogue's."""
        feed = self._catalogue.feeds[batch.column("feed")[0].as_py()]
        if feed.shards == 1:
            yield feed.record, feed.partition, batch
            return
        units = batch.column("unit").to_pylist()
        partitions = np.array([self._catalogue.partition_of(feed, unit) for unit in units])
        for partition in np.unique(partitions).tolist():
            yield feed.record, partition, batch.filter(pa.array(partitions == partition))


def run(catalogue: Catalogue, items: Iterable[Item]) -> Result:
    memory = Memory(catalogue)
    memory.feed(items)
    return memory.result()
