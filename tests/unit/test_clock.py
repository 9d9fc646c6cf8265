"""Time alone: a tick to every partition, and a lost one is not sent again."""

from collections.abc import Mapping
from threading import Event

from catalogue.load import load
from contract.kafka import NotAcknowledged
from contract.settings import Settings
from producers import clock
from producers.publisher import Publisher
from producers.ticks import Ticks


class Door:
    """Refuses what is flushed while `refuses` says so."""

    def __init__(self, stop: Event, rounds: int, refuses: frozenset[int] = frozenset()) -> None:
        self._stop, self._rounds, self._refuses = stop, rounds, refuses
        self.sent = 0
        self.flushed = 0

    def send(
        self, topic: str, partition: int | None, value: bytes, headers: Mapping[str, bytes] | None = None
    ) -> object:
        self.sent += 1
        return None

    def flush(self) -> None:
        self.flushed += 1
        if self.flushed >= self._rounds:
            self._stop.set()
        if self.flushed in self._refuses:
            raise NotAcknowledged("refused")


def beaten(door: Door, stop: Event) -> list[int]:
    settings = Settings()
    told: list[int] = []
    publisher = Publisher(door, settings, on_ticks=told.append)
    ticks = Ticks(load(), publisher, 2_000)
    moments = iter(range(1_795_253_400_000, 1_795_999_999_999, 2_000))
    clock.beat(ticks, publisher, stop, lambda: next(moments))
    return told


def test_every_round_reaches_every_partition() -> None:
    stop = Event()
    door = Door(stop, rounds=3)
    told = beaten(door, stop)
    assert len(told) == 3
    assert len(set(told)) == 1
    assert door.sent == sum(told) > 50


def test_a_tick_that_kafka_refused_is_told_of_and_the_next_is_sent() -> None:
    stop = Event()
    door = Door(stop, rounds=3, refuses=frozenset({2}))
    told = beaten(door, stop)
    assert len(told) == 2
    assert len(set(told)) == 1, "the refused ones are not counted with the next"
    assert door.flushed == 3
