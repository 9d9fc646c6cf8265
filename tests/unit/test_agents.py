"""Which hands a message comes into: its feed's, or those that place what belongs to no feed."""

import asyncio
from collections.abc import Callable
from typing import Any, cast

from catalogue.load import load
from contract.codec import Message
from contract.settings import Settings
from streams.agents import Agents


class Hands:
    def __init__(self) -> None:
        self.taken: list[tuple[str, int]] = []

    async def take(self, message: Message, done: Callable[[], object]) -> None:
        self.taken.append((message.topic, message.partition))


def test_what_stands_in_a_partition_of_no_feed_is_placed_and_does_not_end_the_worker() -> None:
    catalogue, carrier, forwarder = load(), Hands(), Hands()
    unused: Any = None
    agents = Agents(unused, Settings(), catalogue, cast(Any, carrier), cast(Any, forwarder))
    feed = catalogue.feeds["drill-figures"]
    spare = next(n for n in range(catalogue.partitions("figures")) if catalogue.feed_at("figures", n) is None)
    for partition in (feed.partition, spare):
        asyncio.run(agents._take(Message("nhip.figures", partition, 0, 0, b"{}"), lambda: None))
    assert carrier.taken == [("nhip.figures", feed.partition)]
    assert forwarder.taken == [("nhip.figures", spare)]
