"""What shards remember, kept in the store as of an offset, so that any worker can go on from there.

A snapshot is what changed since the one before and a stretch of all the rest, so that keeping it costs as much as
changed and never stops a large shard for long. Small shards are kept whole whenever that is hardly more.
"""

import logging
import threading
import time
from collections.abc import Iterator, Sequence
from weakref import WeakKeyDictionary

import msgspec
import pyarrow as pa
import zstandard

from clickhouse.client import Store, StoreAway
from clickhouse.generations import remembered
from clickhouse.tables import schema
from contract.errors import StoreError
from streams import format1
from streams.chains import Chain, Link, hash_of, whole
from streams.parts import Incomplete, everything, taken
from streams.shard import Shard
from streams.state import FORMAT

log = logging.getLogger("nhip.worker")

READS = (FORMAT, 1)
"""Formats that this version can load."""
PIECE_BYTES = 16_000_000
"""Of all rows, swept with one snapshot, before they are packed."""
MOST_BYTES = 32_000_000
"""Of one insert, or one answer; more only where a single row has more."""
LONGEST = 60
"""Rows to be read for one shard, after which it is swept again."""
CLEAN_S = 600.0
_ABOUT = "topic, feed, shard, toInt64(offset) AS offset, format, hash, previous, back, ends, size"
_OF = "FROM snapshots WHERE generation = {g:UInt32} AND topic IN {t:Array(String)} AND feed IN {f:Array(String)}"

Key = tuple[str, str, int]
"""Topic, feed, shard."""
Row = tuple[Shard, str, Link, bytes]
Offsets = dict[tuple[str, int], int]


class Snapshots:
    """May be used by several threads, each shard by one at a time."""

    def __init__(self, store: Store, generation: int) -> None:
        self._store, self._generation = store, generation
        self._chains: WeakKeyDictionary[Shard, Chain] = WeakKeyDictionary()
        self._lock = threading.Lock()
        """Of the chains, while one is entered or all are read."""
        self._clean_at = time.monotonic() + CLEAN_S / 10

    def save(self, shards: list[tuple[Shard, int]], topic: str = "") -> None:
        """Each shard's state after the offset beside it. Its rows and its ledger are in the store already.

        When it fails it can be called again. With a topic the states are kept whole as those of the same partitions of
        that topic, for workers there to go on from; what is kept of these shards in their own place stays as it is.
        """
        chains = [Chain() if topic else msgspec.structs.replace(self._chains.get(one, Chain())) for one, _ in shards]
        waiting: list[Row] = []
        for (shard, offset), chain in zip(shards, chains, strict=True):
            for link, body in _rows(shard, offset, chain):
                if sum(len(body) for *_, body in waiting) + len(body) > MOST_BYTES:
                    self._insert(waiting)
                    waiting = []
                waiting.append((shard, topic or shard.place.topic, link, body))
        self._insert(waiting)
        if not topic:
            for (shard, _), chain in zip(shards, chains, strict=True):
                self._note(shard, chain)
                for rows in shard.tables.values():
                    rows.settled()
            self._clean()

    def load(self, shard: Shard, topic: str) -> int:
        """Brings the shard to its newest snapshot and gives its offset, -1 where there is none."""
        return self.load_many([(shard, topic)])[0]

    def load_many(self, shards: Sequence[tuple[Shard, str]]) -> list[int]:
        """The same for many, with two questions to the store for all of them where they are small."""
        links = self._links(shards)
        states = [whole(links.get((topic, one.feed.id, one.shard), [])) for one, topic in shards]
        offsets: list[int] = []
        for start, end in _together(states):
            some = shards[start:end]
            bodies = self._bodies(some, [link for state in states[start:end] if state for link in state[0]])
            for (shard, topic), of_shard in zip(some, states[start:end], strict=True):
                offsets.append(self._load(shard, topic, of_shard, bodies))
        return offsets

    def offsets(self) -> Offsets:
        """Up to where the newest snapshots of this generation reach, by topic and partition."""
        return remembered(self._store, self._generation)

    def _load(self, shard: Shard, topic: str, states: list[list[Link]], bodies: dict[int, bytes]) -> int:
        for number, state in enumerate(states):
            offset = state[-1].offset
            try:
                shard.load(*self._checked(shard, topic, state, bodies))
            except (Incomplete, zstandard.ZstdError, msgspec.MsgspecError) as error:
                log.warning("snapshot of %s/%s after %s is damaged: %s", shard.feed.id, shard.shard, offset, error)
            else:
                self._note(shard, Chain.of(states[number:]) if state[-1].format == FORMAT else Chain())
                return offset
        return -1

    def _note(self, shard: Shard, chain: Chain) -> None:
        with self._lock:
            self._chains[shard] = chain

    def _checked(self, shard: Shard, topic: str, state: list[Link], bodies: dict[int, bytes]) -> list[bytes]:
        """The rows' bodies; one that came damaged is asked for once more, for it may have been on the way."""
        again = [link for link in state if not _good(link, bodies)]
        if again:
            bodies |= self._bodies([(shard, topic)], again)
        for link in again:
            if not _good(link, bodies):
                raise Incomplete(f"the row of offset {link.offset} is not what was stored")
        if state[-1].format == 1:
            return [format1.part_of(bodies[state[-1].hash])]
        return [bodies[link.hash] for link in state]

    def _links(self, shards: Sequence[tuple[Shard, str]]) -> dict[Key, list[Link]]:
        found = self._store.arrow(f"SELECT {_ABOUT} {_OF}", **self._asked(shards))
        links: dict[Key, list[Link]] = {}
        unread: dict[Key, int] = {}
        for row in found.to_pylist():
            key = (str(row.pop("topic")), str(row.pop("feed")), int(row.pop("shard")))
            if row["format"] in READS:
                row["hash"] = row["hash"] or _of_format_1(row["offset"])
                links.setdefault(key, []).append(Link(**row | {"ends": bool(row["ends"])}))
            else:
                unread[key] = max(row["offset"], unread.get(key, -1))
        for (_, feed, shard), offset in unread.items():
            log.info("%s/%s has a snapshot of another version after offset %s; it is left to that", feed, shard, offset)
        return links

    def _bodies(self, shards: Sequence[tuple[Shard, str]], links: list[Link]) -> dict[int, bytes]:
        if not links:
            return {}
        hashes = ", ".join(str(max(link.hash, 0)) for link in links)
        sql = f"SELECT toInt64(offset) AS offset, hash, body {_OF} AND hash IN ({hashes})"
        found = self._store.arrow(sql, **self._asked(shards))
        bodies = found.column("body").cast(pa.binary()).to_pylist()  # the store calls every String text
        about = zip(found.column("hash").to_pylist(), found.column("offset").to_pylist(), strict=True)
        return {hash_ or _of_format_1(offset): body for (hash_, offset), body in zip(about, bodies, strict=True)}

    def _asked(self, shards: Sequence[tuple[Shard, str]]) -> dict[str, object]:
        return {
            "g": self._generation,
            "t": sorted({topic for _, topic in shards}),
            "f": sorted({shard.feed.id for shard, _ in shards}),
        }

    def _insert(self, rows: list[Row]) -> None:
        if not rows:
            return
        columns = {
            "topic": [topic for _, topic, _, _ in rows],
            "feed": [shard.feed.id for shard, _, _, _ in rows],
            "shard": [shard.shard for shard, _, _, _ in rows],
            "partition": [shard.place.partition for shard, _, _, _ in rows],
            "generation": [self._generation] * len(rows),
            "body": [body for _, _, _, body in rows],
            **{name: [getattr(link, name) for _, _, link, _ in rows] for name in Link.__struct_fields__},
        }
        arrays = [pa.array(columns[field.name], field.type) for field in schema("snapshots")]
        self._store.insert("snapshots", pa.Table.from_arrays(arrays, schema=schema("snapshots")))

    def _clean(self) -> None:
        """Takes out what the last two sweeps do not need, now and then. Other formats' rows stay: a version that reads
        them may come back."""
        if time.monotonic() < self._clean_at:
            return
        self._clean_at = time.monotonic() + CLEAN_S
        with self._lock:
            chains = list(self._chains.items())
        old = [
            f"(topic = '{shard.place.topic}' AND feed = '{shard.feed.id}' AND shard = {shard.shard} "
            f"AND offset < {chain.firsts[0]})"
            for shard, chain in chains
            if len(chain.firsts) > 1
        ]
        try:
            if old:
                self._store.command(
                    f"DELETE FROM snapshots WHERE generation = {self._generation} AND format = {FORMAT} "
                    f"AND ({' OR '.join(old)}) SETTINGS lightweight_deletes_sync = 0"
                )
        except (StoreAway, StoreError) as error:  # nothing depends on it
            log.warning("old snapshots could not be taken out: %s", error)


def _rows(shard: Shard, offset: int, chain: Chain) -> Iterator[tuple[Link, bytes]]:
    """The rows of one snapshot, the chain moved on past each. Only a shard's first needs more than one."""
    tables, alone = shard.tables, not chain.length
    if not chain.sweep and (alone or chain.since_bytes >= chain.whole_bytes // 2 or chain.length >= LONGEST):
        chain.begin(everything(tables), offset)
    while True:
        now, left = taken(chain.sweep, tables, PIECE_BYTES)
        sweeps_all = alone or (bool(now) and not left and not chain.swept)
        ends = not (alone and left)
        body = shard.dump(now, changed=not sweeps_all, ends=ends)
        back = chain.swept if chain.sweep and not left else chain.length
        previous = chain.last if back else 0
        hash_ = hash_of(body, offset, FORMAT, previous, back, ends)
        chain.add(hash_, len(body), left)
        yield Link(offset, FORMAT, hash_, previous, back, ends, len(body)), body
        if ends:
            return


def _good(link: Link, bodies: dict[int, bytes]) -> bool:
    body = bodies.get(link.hash)
    if body is None or link.format == 1:
        return body is not None
    return hash_of(body, link.offset, link.format, link.previous, link.back, link.ends) == link.hash


def _of_format_1(offset: int) -> int:
    """In the place of a hash: format 1 had none."""
    return -1 - offset


def _together(states: list[list[list[Link]]]) -> Iterator[tuple[int, int]]:
    """Ranges of shards whose newest states are asked for at once."""
    start = size = 0
    for place, of_shard in enumerate(states):
        more = sum(link.size for link in of_shard[0]) if of_shard else 0
        if size + more > MOST_BYTES and place > start:
            yield start, place
            start, size = place, 0
        size += more
    if start < len(states):
        yield start, len(states)
