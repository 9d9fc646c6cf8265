"""Which hands a message comes into: its feed's, or those that place what belongs to no feed."""

import asyncio
from collections.abc import AsyncIterator, Callable
from types import SimpleNamespace
from typing import Any, cast

from catalogue.load import load
from contract.codec import Message
from contract.settings import Settings
from streams.agents import Agents, at_hand


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


class Queue:
    """As an agent's own in Faust."""

    def __init__(self, *events: Any) -> None:
        self._events = list(events)

    def empty(self) -> bool:
        return not self._events

    def get_nowait(self) -> Any:
        return self._events.pop(0)


class Stream:
    """Gives one event at each turn, as Faust's does, from the queue it shares."""

    def __init__(self, queue: Queue) -> None:
        self.channel = SimpleNamespace(queue=queue)
        self.turns = 0

    def noack(self) -> "Stream":
        return self

    async def events(self) -> AsyncIterator[Any]:
        while not self.channel.queue.empty():
            self.turns += 1
            yield self.channel.queue.get_nowait()


def event(offset: int, generation: int = 1) -> Any:
    message = SimpleNamespace(
        topic="nhip.figures", partition=0, offset=offset, timestamp=0.0, headers=[], generation_id=generation
    )
    return SimpleNamespace(message=message, value=b"{}")


def agents_over(active: bool = True) -> tuple[Agents, list[int]]:
    flow = SimpleNamespace(is_active=lambda: active)
    acknowledged: list[int] = []
    consumer = SimpleNamespace(acknowledge=lambda where, offset: acknowledged.append(offset))
    app: Any = SimpleNamespace(flow_control=flow, consumer_generation_id=1, consumer=consumer)
    unused: Any = None
    return Agents(app, Settings(), load(), unused, unused), acknowledged


def test_what_lies_in_an_agents_queue_is_taken_at_one_turn_of_the_event_loop() -> None:
    agents, acknowledged = agents_over()
    stream, taken = Stream(Queue(*(event(n) for n in range(50)))), []

    async def take(message: Message, done: Callable[[], object]) -> None:
        taken.append(message.offset)
        done()

    asyncio.run(agents._each(stream, take))
    assert taken == acknowledged == list(range(50))
    assert stream.turns == 1


def test_what_came_before_a_rebalance_is_left_out_and_not_acknowledged() -> None:
    agents, acknowledged = agents_over()
    queue = Queue(event(1), event(2, generation=0), event(3))
    assert [one.message.offset for one in at_hand(agents._app, Stream(queue))] == [1, 3]
    agents, acknowledged = agents_over(active=False)
    queue = Queue(event(1))
    assert list(at_hand(agents._app, Stream(queue))) == []
    assert queue.empty()
    assert acknowledged == []
