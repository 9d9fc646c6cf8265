"""A stretch of the past as one message: records with the ticks that lay between them, for a worker that derives anew.

Only a worker of a replay reads this form: for any other the headers below mean nothing, so no stranger's message can
bring ticks of its own. The message stands for its originals: it takes the topic of theirs and the highest offset.
"""

import msgspec
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from contract import topics
from contract.codec import Message, Tick, encode, record_headers
from contract.errors import NhipError
from contract.settings import Settings
from contract.topics import Topics
from streams.conform import Refusal

FIRST, ORIGIN = "nhip-first", "nhip-origin"
"""Headers: the first and the last of the offsets, in the partition whose past this is, that a message stands for."""
TICKS = "nhip-ticks"
"""Header: the ticks, packed."""

Ticks = npt.NDArray[np.int64]
"""One row a tick: how many of the message's records lie before it, its time and its step, both ms."""


Where = tuple[str, int]
"""Topic and partition."""


class Stretch(msgspec.Struct, frozen=True):
    batch: pa.RecordBatch | None
    """Records in the order of the log, offsets ascending; None where there are only ticks."""
    ticks: Ticks
    offset: int
    """The last original offset among records and ticks."""

    @property
    def records(self) -> int:
        return self.batch.num_rows if self.batch is not None else 0


def written(stretch: Stretch, feed: str, record: str, after: int) -> tuple[bytes, dict[str, bytes]]:
    """Value and headers of the message, which stands for all that came after an offset."""
    value = encode(stretch.batch) if stretch.batch is not None else b""
    headers = record_headers(feed, record, stretch.records) | _reach(after, stretch.offset)
    return value, {**headers, TICKS: stretch.ticks.astype("<i8").tobytes()}


def mark(after: int, offset: int) -> dict[str, bytes]:
    """Headers of a message that says only how far the past reaches: what came there was refused or a repeat."""
    return {topics.KIND: b"control"} | _reach(after, offset)


def _reach(after: int, offset: int) -> dict[str, bytes]:
    return {FIRST: str(after + 1).encode(), ORIGIN: str(offset).encode()}


class Names(msgspec.Struct, frozen=True):
    """A worker's topics: as it reads them, and those whose log that is. They differ where it replays."""

    read: Topics
    live: Topics

    @property
    def replays(self) -> bool:
        return self.read != self.live

    def as_read(self, where: Where) -> Where:
        return self._other(where, self.live, self.read)

    def as_live(self, where: Where) -> Where:
        return self._other(where, self.read, self.live)

    def restored(self, message: Message) -> Message:
        """A message of a replay in the place of its originals; any other as it came."""
        if not self.replays:
            return message
        topic, _ = self.as_live((message.topic, message.partition))
        first, offset = int(message.headers[FIRST]), int(message.headers[ORIGIN])
        ticks = message.headers.get(TICKS, b"")
        return msgspec.structs.replace(message, topic=topic, offset=offset, first=first, ticks=ticks)

    def _other(self, where: Where, known: Topics, wanted: Topics) -> Where:
        topic, partition = where
        return wanted.of("figures" if topic == known.figures else "cases") if self.replays else topic, partition


def names_of(settings: Settings) -> Names:
    return Names(Topics(settings.replay_from or settings.topic_prefix), settings.topics)


def ticks_of(message: Message) -> list[tuple[int, Tick]]:
    """The ticks between its records: each with how many of the message's records lie before it."""
    if not message.ticks:
        return []
    packed = np.frombuffer(message.ticks, "<i8").reshape(-1, 3)
    return [(before, Tick(at, step)) for before, at, step in packed.tolist()]


def check(message: Message, refusal: Refusal) -> None:
    """Of the past nothing may be left out: what was accepted once must be so again."""
    if message.ticks:
        raise NhipError(f"a message of the replay was refused ({refusal.reason} {refusal.field}), and may not be")
