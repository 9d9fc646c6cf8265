"""By hand with aiokafka, in columns: the best that one does without a framework."""

import asyncio

import uvloop
from aiokafka import AIOKafkaConsumer

from bench.throughput.columns import Columns
from bench.throughput.job import asked


async def main() -> None:
    job = asked()
    columns = Columns(job)
    consumer = AIOKafkaConsumer(
        job.topic,
        bootstrap_servers=job.broker,
        group_id=job.group,
        auto_offset_reset="earliest",
        enable_auto_commit=False,
        max_partition_fetch_bytes=8_388_608,
        fetch_max_wait_ms=50,
    )
    await consumer.start()
    while not columns.over:
        for batch in (await consumer.getmany(timeout_ms=1000, max_records=columns.room)).values():
            for message in batch:
                columns.take(message.value, message.partition, message.offset, message.timestamp)
        if columns.full:
            await asyncio.get_running_loop().run_in_executor(columns.pool, columns.write)
            await consumer.commit()
    await consumer.stop()
    columns.leave()


uvloop.run(main())
