"""Plays a scenario live: its batches go out on the drill feeds, each at its own second."""

import time
from collections.abc import Callable
from threading import Event as Stop

from catalogue.load import Catalogue
from producers.publisher import Publisher
from producers.simulate.drill_stream import Event
from producers.simulate.scenarios import Fault, stream

Wall = Callable[[], float]


def perform(
    catalogue: Catalogue,
    publisher: Publisher,
    name: str,
    seed: int,
    *,
    calm_s: int = 30,
    after_s: int = 30,
    ticks: bool = False,
    stop: Stop | None = None,
    wall: Wall = time.time,
) -> list[Fault]:
    """Returns the manifest when the scenario is over. `ticks`: also sends the drill feeds' ticks, where no live loop
    of the feeds runs that does."""
    events, faults = stream(catalogue, name, seed, round(wall() * 1000), calm_s, after_s)
    stop = stop or Stop()
    for event in events:
        if stop.wait(max(event.at / 1000 - wall(), 0.0)):
            break
        _send(catalogue, publisher, event, round(wall() * 1000), ticks)
    return faults


def _send(catalogue: Catalogue, publisher: Publisher, event: Event, now: int, ticks: bool) -> None:
    if event.batch is not None:
        publisher.publish(catalogue.feeds[event.feed], 0, event.batch, now)
    elif ticks:
        for feed in catalogue.feeds.values():
            if feed.drill:
                publisher.tick(feed.record, feed.partition, event.at)
    publisher.confirm()
