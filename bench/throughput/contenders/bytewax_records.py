"""Bytewax, after its documentation: a dataflow of one worker from Kafka through flat_map and map into a sink.

State is a dictionary of the process: `stateful_map` would hash every record's key besides.
"""

from typing import Any

import bytewax.operators as op
from bytewax.connectors.kafka import KafkaSource, KafkaSourceMessage
from bytewax.dataflow import Dataflow
from bytewax.outputs import DynamicSink, StatelessSinkPartition
from bytewax.run import cli_main
from confluent_kafka import OFFSET_BEGINNING

from bench.throughput.fold import Record
from bench.throughput.job import asked
from bench.throughput.work import Work, records_of

Placed = tuple[Record, int, int, int]
job = asked()
work = Work(job)


class Rows(StatelessSinkPartition[Placed]):  # type: ignore[misc]
    def write_batch(self, items: list[Placed]) -> None:
        for item in items:
            work.gather(*item)
        if work.full:
            work.write()
        if work.over:
            work.leave()


class Engine(DynamicSink[Placed]):  # type: ignore[misc]
    def build(self, step_id: str, worker_index: int, worker_count: int) -> Rows:
        return Rows()


def unpack(message: KafkaSourceMessage[Any, Any]) -> list[Placed]:
    work.begin()
    arrived = message.timestamp[1]
    return [(record, message.partition, message.offset, arrived) for record in records_of(message.value)]


def fold(placed: Placed) -> Placed:
    work.fold.take(placed[0])
    return placed


flow = Dataflow("job")
source = KafkaSource([job.broker], [job.topic], starting_offset=OFFSET_BEGINNING, batch_size=1_000)
messages = op.input("kafka", flow, source)
records = op.flat_map("records", messages, unpack)
folded = op.map("fold", records, fold)
op.output("engine", folded, Engine())
cli_main(flow)
