"""`nhip ticks`: time alone, for an installation whose connections send by themselves. Simulated feeds bring their own
time with them (`nhip produce`): beside this their played past would all be late."""

import sys
import time
from collections.abc import Callable
from threading import Event

from catalogue.load import load
from contract.kafka import NotAcknowledged, Producer
from contract.settings import Settings
from contract.telemetry import Telemetry
from producers.publisher import Publisher
from producers.signals import stop_on_signals
from producers.ticks import Ticks

LOOK_S = 0.1
AGAIN_S = 1.0


class Stopping(Exception):
    """The stop was asked for while Kafka was waited for."""


def run(settings: Settings) -> int:
    """Returns 0 after SIGINT or SIGTERM."""
    stop = Event()
    stop_on_signals(stop)
    metrics = Telemetry()
    metrics.serve_for(settings, "feeds_metrics_port")

    def waiting(seconds: float) -> None:
        if stop.is_set():
            raise Stopping
        if int(seconds) % 10 <= 1:
            _say(f"đang chờ Kafka tại {settings.kafka_address} ({seconds:.0f} s) · waiting for Kafka")

    try:
        door = Producer(settings, on_wait=waiting)
        try:
            publisher = Publisher(door, settings, on_ticks=metrics.ticks_sent)
            ticks = Ticks(load(settings.catalogue_dir), publisher, round(settings.tick_s * 1000))
            beat(ticks, publisher, stop)
        finally:
            door.close(limit_s=1.0)
    except Stopping:
        pass
    return 0


def beat(
    ticks: Ticks,
    publisher: Publisher,
    stop: Event,
    now_ms: Callable[[], int] = lambda: round(time.time() * 1000),
) -> None:
    """A tick that Kafka did not take is not sent again: the next one says more."""
    while not stop.is_set():
        try:
            if ticks.send_if_due(now_ms()):
                publisher.confirm()
        except NotAcknowledged as error:
            _say(f"nhịp bị mất · a tick was lost: {error}")
            stop.wait(AGAIN_S)
        stop.wait(LOOK_S)


def _say(text: str) -> None:
    print(f"ticks: {text}", file=sys.stderr, flush=True)
