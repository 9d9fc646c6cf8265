"""Faust as its documentation shows it: `take()` gathers events, its own acknowledgement, nothing patched.

State is a dictionary: a Table would add a changelog message to every change. uvloop, as the documentation advises.
"""

import asyncio
from typing import Any

import faust
import uvloop

from bench.throughput.job import asked
from bench.throughput.work import Work, records_of

asyncio.set_event_loop_policy(uvloop.EventLoopPolicy())
job = asked()
work = Work(job)
app = faust.App(
    job.group,
    broker=f"kafka://{job.broker}",
    store="memory://",
    datadir=job.folder,
    web_enabled=False,
    topic_disable_leader=True,
    consumer_auto_offset_reset="earliest",
    consumer_max_fetch_size=8_388_608,
    stream_buffer_maxsize=16_384,
)
topic = app.topic(job.topic, value_type=bytes, value_serializer="raw", key_serializer="raw")
TAKE = 1_000


@app.agent(topic)
async def fold(stream: Any) -> None:
    async for events in stream.take_events(TAKE, within=0.25):
        for event in events:
            message = event.message
            for record in records_of(event.value):
                work.take(record, message.partition, message.offset, round(message.timestamp * 1000))
        if work.full:
            await asyncio.get_running_loop().run_in_executor(work.pool, work.write)
        if work.over:
            work.leave()


faust.Worker(app, loglevel="ERROR", redirect_stdouts=False).execute_from_commandline()
