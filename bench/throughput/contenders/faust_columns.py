"""The columns of `aiokafka_columns.py` in an agent of our Faust: the app and the consumer of `streams/worker.py`."""

import asyncio
import sys
from typing import Any

import faust
import uvloop

from bench.throughput.columns import Columns
from bench.throughput.job import asked
from contract.settings import load
from streams.worker import app_of

asyncio.set_event_loop_policy(uvloop.EventLoopPolicy())
job = asked()
columns = Columns(job)
app = app_of(load())
topic = app.topic(job.topic, value_type=bytes, value_serializer="raw", key_serializer="raw")


@app.agent(topic)
async def fold(stream: Any) -> None:
    waiting = []
    async for event in stream.noack().events():
        message = event.message
        columns.take(event.value, message.partition, message.offset, round(message.timestamp * 1000))
        waiting.append(event)
        if columns.full:
            await asyncio.get_running_loop().run_in_executor(columns.pool, columns.write)
            for done in waiting:
                done.ack()
            waiting = []
        if columns.over:
            columns.leave()


worker = faust.Worker(app, loglevel="WARNING", redirect_stdouts=False, stdout=sys.stdout, stderr=sys.stderr)
worker.spinner = None
worker.execute_from_commandline()
