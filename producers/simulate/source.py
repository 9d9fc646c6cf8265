"""What a producer needs of a source, simulated or real."""

from typing import Protocol

import pyarrow as pa

from catalogue.feeds import Feed


class Source(Protocol):
    """A feed's records as a function of time. However a span is cut, it gives the same records."""

    @property
    def feed(self) -> Feed: ...

    def between(self, t0_ms: int, t1_ms: int, shard: int = 0) -> pa.RecordBatch:
        """The records that fall due in t0 <= t < t1, in that order; sent_at is the time at which each falls due."""
        ...

    def count(self, t0_ms: int, t1_ms: int) -> int:
        """How many records all shards have in the span."""
        ...

    def forget(self, before_ms: int) -> None:
        """Nothing before will be asked for again: memory may be let go."""
        ...
