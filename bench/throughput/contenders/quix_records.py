"""Quix Streams, after its documentation: a StreamingDataFrame with an update for each record, and a sink of one's own.

State is a dictionary of the process: Quix's own (RocksDB and a changelog topic) would cost it several times as much.
"""

from typing import Any

from quixstreams import Application
from quixstreams.sinks import BaseSink

from bench.throughput.job import asked
from bench.throughput.work import Work, records_of

job = asked()
work = Work(job)


class Rows(BaseSink):  # type: ignore[misc]
    """Writes when it has enough rows, and at each checkpoint what is left."""

    def add(self, value: Any, key: Any, timestamp: int, headers: Any, topic: str, partition: int, offset: int) -> None:
        work.gather(value, partition, offset, timestamp)
        if work.full:
            work.write()
        if work.over:
            work.leave()

    def flush(self) -> None:
        work.write()


app = Application(
    broker_address=job.broker,
    consumer_group=job.group,
    auto_offset_reset="earliest",
    state_dir=job.folder,
    loglevel="ERROR",
    commit_interval=10.0,
    consumer_extra_config={"max.partition.fetch.bytes": 8_388_608},
)
stream = app.dataframe(app.topic(job.topic, value_deserializer="bytes", key_deserializer="bytes"))
stream = stream.apply(records_of, expand=True)
stream = stream.update(work.fold.take)
stream.sink(Rows())
app.run()
