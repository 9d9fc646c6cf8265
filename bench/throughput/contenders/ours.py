"""The product's worker as it is, everything on. It is watched from outside: nothing of it is changed or left out."""

from typing import Any

from bench.throughput.job import asked, tell
from contract.settings import load
from streams import worker
from streams.carrier import Carrier

job = asked()
taken = written = 0


def watched(carrier: type[Carrier]) -> None:
    take, told = carrier.take, carrier._tell

    async def take_watched(self: Carrier, message: Any, done: Any) -> None:
        global taken
        if not taken and message.kind == "records":
            tell(job, "first")
            taken += 1
        await take(self, message, done)

    def tell_watched(self: Carrier, feed: str, output: Any) -> None:
        global written
        told(self, feed, output)
        written += len(output.entries)
        if written == job.log_messages:
            tell(job, "done")

    carrier.take, carrier._tell = take_watched, tell_watched  # type: ignore[method-assign]


watched(Carrier)
worker.run(load())
