"""What a partition needs before its first message is taken: the mark, its feed's state, and what stands above the mark.

Asked for all partitions that came together: a worker that is back has fifty of them, and people wait.
"""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Callable, Iterable

from catalogue.load import Catalogue
from clickhouse.sink import Mark, Present, Sink, Source, Where
from contract.errors import NhipError
from contract.settings import Settings
from streams.lanes import Lane
from streams.patience import Patience
from streams.shard import Shard
from streams.snapshots import Snapshots

log = logging.getLogger("nhip.worker")
TOGETHER = 20
"""Snapshots asked for at once."""


class Opening:
    def __init__(
        self,
        settings: Settings,
        catalogue: Catalogue,
        sink: Sink,
        snapshots: Snapshots,
        patience: Patience,
        generation: int,
    ) -> None:
        self._catalogue, self._sink, self._patience = catalogue, sink, patience
        self.work_in(generation, snapshots)
        self._records = {settings.topics.figures: "figures", settings.topics.cases: "cases"}

    def work_in(self, generation: int, snapshots: Snapshots) -> None:
        """For what is opened from now on."""
        self._generation, self._snapshots = generation, snapshots

    def lane(self, where: Where) -> Lane:
        """A partition's lane, not opened yet."""
        topic, partition = where
        found = self._catalogue.feed_at(self._records[topic], partition)
        if found is None:
            raise NhipError(f"{topic}/{partition} belongs to no feed of the catalogue; give the partition to a feed")
        return Lane(where, shard=Shard(self._catalogue, *found, topic, self._generation))

    async def open(self, lanes: list[Lane], opened: Callable[[Lane], None]) -> None:
        """Opens lanes, some at a time beside the others, and tells of each as soon as it is: one with much to load does
        not keep all waiting."""
        marks = await self._patience.until(lambda: self.marks(lane.where for lane in lanes))
        sources = [(self.source(lane), marks.get(lane.where, Mark())) for lane in lanes]
        above = asyncio.create_task(self._patience.until(lambda: self._sink.above(sources)))
        some = [lanes[first : first + TOGETHER] for first in range(0, len(lanes), TOGETHER)]
        try:
            await asyncio.gather(*(self._load(few, marks, above, opened) for few in some))
        finally:
            above.cancel()

    def marks(self, wheres: Iterable[Where]) -> dict[Where, Mark]:
        partitions: dict[str, list[int]] = defaultdict(list)
        for topic, partition in wheres:
            partitions[topic].append(partition)
        marks = {
            (topic, partition): mark
            for topic, numbers in partitions.items()
            for partition, mark in self._sink.marks(topic, numbers, self._generation).items()
        }
        if all(mark.generation == self._generation for mark in marks.values()):
            return marks
        # Another generation was in force until now: ours has come as far as the replay that made its snapshots.
        come = self._snapshots.offsets()
        return {
            where: mark if mark.generation == self._generation else Mark(come.get(where, -1))
            for where, mark in marks.items()
        }

    def source(self, lane: Lane) -> Source:
        feed = lane.shard.feed
        kinds = tuple(feed.kinds) if feed.record == "cases" else ()
        return Source(lane.where, feed.id, kinds, self._generation)

    async def _load(
        self,
        lanes: list[Lane],
        marks: dict[Where, Mark],
        above: "asyncio.Task[dict[Where, Present]]",
        opened: Callable[[Lane], None],
    ) -> None:
        wanted = [(lane.shard, lane.where[0]) for lane in lanes]
        offsets = await self._patience.until(lambda: self._snapshots.load_many(wanted))
        present = await asyncio.shield(above)
        for lane, snapshot in zip(lanes, offsets, strict=True):
            lane.opened(marks.get(lane.where, Mark()).offset, snapshot, present.get(lane.where, {}))
            log.info("%s/%s: %s, mark %s, snapshot %s", *lane.where, lane.shard.feed.id, lane.mark, snapshot)
            opened(lane)
