"""By hand with aiokafka, record by record: the least that a Python consumer can be."""

import asyncio

import uvloop
from aiokafka import AIOKafkaConsumer

from bench.throughput.job import asked
from bench.throughput.work import Work, records_of


async def main() -> None:
    job = asked()
    work = Work(job)
    consumer = AIOKafkaConsumer(
        job.topic,
        bootstrap_servers=job.broker,
        group_id=job.group,
        auto_offset_reset="earliest",
        enable_auto_commit=False,
        max_partition_fetch_bytes=8_388_608,
    )
    await consumer.start()
    while not work.over:
        for batch in (await consumer.getmany(timeout_ms=1000, max_records=work.room)).values():
            for message in batch:
                for record in records_of(message.value):
                    work.take(record, message.partition, message.offset, message.timestamp)
        if work.full:
            await asyncio.get_running_loop().run_in_executor(work.pool, work.write)
            await consumer.commit()
    await consumer.stop()
    work.leave()


uvloop.run(main())
