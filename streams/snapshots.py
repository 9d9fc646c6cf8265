"""What shards remember, kept in the store as of an offset, so that any worker can go on from there."""

import logging

import pyarrow as pa

from clickhouse.client import Store
from clickhouse.tables import schema
from contract.errors import NhipError
from streams.shard import Shard
from streams.state import FORMAT

log = logging.getLogger("nhip.worker")


class Snapshots:
    def __init__(self, store: Store, generation: int) -> None:
        self._store, self._generation = store, generation

    def save(self, shards: list[tuple[Shard, int]]) -> None:
        """Each shard's state after the offset beside it. Its rows and its ledger are in the store already."""
        bodies = [shard.dump() for shard, _ in shards]
        columns = {
            "topic": [shard.place.topic for shard, _ in shards],
            "feed": [shard.feed.id for shard, _ in shards],
            "shard": [shard.shard for shard, _ in shards],
            "partition": [shard.place.partition for shard, _ in shards],
            "offset": [offset for _, offset in shards],
            "generation": [self._generation] * len(shards),
            "format": [FORMAT] * len(shards),
            "size": [len(body) for body in bodies],
            "body": bodies,
        }
        arrays = [pa.array(columns[field.name], field.type) for field in schema("snapshots")]
        self._store.insert("snapshots", pa.Table.from_arrays(arrays, schema=schema("snapshots")))

    def load(self, shard: Shard, topic: str) -> int:
        """Brings the shard to its newest snapshot and gives its offset, -1 where there is none."""
        found = self._store.arrow(
            "SELECT offset, format, body FROM snapshots WHERE topic = {t:String} AND feed = {f:String} "
            "AND shard = {s:UInt8} AND generation = {g:UInt32} ORDER BY offset DESC LIMIT 1",
            t=topic,
            f=shard.feed.id,
            s=shard.shard,
            g=self._generation,
        )
        if not found.num_rows:
            return -1
        if found.column("format")[0].as_py() != FORMAT:
            raise NhipError(
                f"the snapshot of {shard.feed.id} has format {found.column('format')[0]}, this version reads {FORMAT}; "
                "start the version that wrote it, or replay the feed into a new generation"
            )
        body = found.column("body").cast(pa.binary())  # the store calls every String text, whatever is in it
        shard.load(body[0].as_py())
        return int(found.column("offset")[0].as_py())
