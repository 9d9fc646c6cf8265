"""Every simulated feed: a past under coarse ticks and some live minutes, derived again from the raw rows, agree."""

from collections import defaultdict
from collections.abc import Mapping
from functools import cache

import numpy as np
import pytest

from catalogue.feeds import Feed
from contract.codec import Message
from contract.settings import Settings
from producers.history import DAY, Player, first_moment
from producers.publisher import Publisher
from producers.simulate import build_sources, is_simulated
from producers.ticks import Ticks, is_live
from streams.pipeline import run
from streams.shard import Shard
from streams.work import Output
from tests.builders import MINUTE
from tests.messages import NOON, catalogue
from tests.unit.test_rebuild import derived, fresh, rebuilt

SETTINGS = Settings()
PERIODIC, OTHERS = 70 * DAY, DAY // 2
FEEDS = sorted(id for id, feed in catalogue().feeds.items() if is_live(feed) and is_simulated(feed) and not feed.drill)
Logs = dict[tuple[str, int], list[Message]]


class Door:
    """Keeps what is sent, as Kafka would."""

    def __init__(self) -> None:
        self.logs: Logs = defaultdict(list)

    def send(
        self, topic: str, partition: int | None, value: bytes, headers: Mapping[str, bytes] | None = None
    ) -> None:
        log = self.logs[topic, partition or 0]
        log.append(Message(topic, partition or 0, len(log), 0, value, dict(headers or {})))

    def flush(self) -> None: ...


@cache
def logs() -> Logs:
    known = catalogue()
    feeds = [known.feeds[id] for id in FEEDS]
    start = {feed.id: max(first_moment(feed, NOON), NOON - _past(feed)) for feed in feeds}
    sources = build_sources(known, 1, 0.0002, min(start.values()))
    door = Door()
    publisher = Publisher(door, SETTINGS)
    quiet = [sources[feed.id] for feed in feeds]
    begin = {(feed.id, shard): start[feed.id] for feed in feeds for shard in range(feed.shards)}
    player = Player(quiet, publisher, begin)
    player.play(NOON, lambda end: None, lambda: None)
    live = Player(quiet, publisher, dict(player.positions))
    ticks = Ticks(known, publisher, 20_000)
    for at in range(NOON + 20_000, NOON + 12 * MINUTE, 20_000):
        ticks.send_if_due(at + 3)
        live.step(at, at)
    return door.logs


def _past(feed: Feed) -> int:
    return PERIODIC if feed.periodic else OTHERS


def in_turns(own: Shard, messages: list[Message], seed: int) -> list[Output]:
    """As a worker takes them: some at a time."""
    outputs: list[Output] = []
    random, start = np.random.default_rng(seed), 0
    while start < len(messages):
        end = start + int(random.integers(1, 30))
        outputs.append(run(own, messages[start:end]))
        start = end
    return outputs


@pytest.mark.parametrize("id", FEEDS)
def test_nothing_differs(id: str) -> None:
    feed = catalogue().feeds[id]
    for number in range(feed.shards):
        topic = SETTINGS.topics.of(feed.record)
        own = Shard(catalogue(), feed, number, topic)
        outputs = in_turns(own, logs()[topic, feed.partition + number], 1)
        found = in_turns(fresh(own), rebuilt(outputs, own), 2)
        assert derived(found) == derived(outputs)
        assert derived(outputs)["feed_states"]
