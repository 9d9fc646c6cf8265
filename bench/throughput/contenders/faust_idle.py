"""An agent of our Faust that does nothing but acknowledge: what Faust itself costs a message."""

import asyncio
import os
import sys
from typing import Any

import faust
import uvloop

from bench.throughput.job import asked, tell
from contract.settings import load
from streams.worker import app_of

asyncio.set_event_loop_policy(uvloop.EventLoopPolicy())
job = asked()
app = app_of(load())
topic = app.topic(job.topic, value_type=bytes, value_serializer="raw", key_serializer="raw")


@app.agent(topic)
async def take(stream: Any) -> None:
    taken = 0
    async for event in stream.noack().events():
        if not taken:
            tell(job, "first")
        taken += 1
        event.ack()
        if taken == job.log_messages:
            tell(job, "done")
            os._exit(0)


worker = faust.Worker(app, loglevel="WARNING", redirect_stdouts=False, stdout=sys.stdout, stderr=sys.stderr)
worker.spinner = None
worker.execute_from_commandline()
