"""`python -m bench.live.sender RATE SECONDS FOLDER`: sends the phases, with ticks, and writes down how it went.

Each phase begins when the folder holds a file for it (`permit`); until then there are ticks only.

Two lines of its output are one phase: that it begins; then when it ended, how much was sent, and how far the sender
itself fell behind its own schedule, so that a slow sender is not taken for a slow pipeline.
"""

import sys
import time
from collections.abc import Callable
from pathlib import Path

import msgspec

from bench.live.phases import Phase, phases
from bench.live.records import Lane, counts, lanes
from catalogue.load import load
from contract.codec import encode
from contract.kafka import Producer
from contract.settings import Settings
from contract.settings import load as load_settings
from contract.topics import CONTENT_TYPE, JSON
from producers.publisher import Publisher
from producers.ticks import Ticks

LINGER_MS = 5
_JSON_HEADERS = {CONTENT_TYPE: JSON.encode()}
_encode_json = msgspec.json.Encoder().encode


class Begun(msgspec.Struct, tag="begun"):
    phase: str
    at_ms: int


class Sent(msgspec.Struct, tag="sent"):
    phase: str
    since_ms: int
    until_ms: int
    records: int
    messages: int
    behind_ms: float
    """The furthest that a hand-over was after its time."""
    cpu_s: float


class Sender:
    def __init__(self, settings: Settings) -> None:
        catalogue = load(settings.catalogue_dir)
        self._producer = Producer(settings, linger_ms=LINGER_MS)
        self._topics = settings.topics
        self._ticks = Ticks(catalogue, Publisher(self._producer, settings), round(settings.tick_s * 1000))
        self._lanes = lanes(catalogue, _now_ms())
        self._messages = 0

    def idle_until(self, permitted: Path) -> None:
        while not permitted.exists():
            self._ticks.send_if_due(_now_ms())
            time.sleep(0.02)

    def run(self, phase: Phase) -> Sent:
        give = self._singles if phase.per_message == 1 else self._batches
        self._messages = 0
        sent, behind, round_ = 0, 0.0, 0
        since, cpu, started = _now_ms(), time.process_time(), time.monotonic()
        while (due := round_ * phase.every_ms / 1000) < phase.seconds:
            wait = started + due - time.monotonic()
            if wait > 0:
                time.sleep(wait)
            behind = max(behind, -wait * 1000)
            self._ticks.send_if_due(_now_ms())
            wanted = round(phase.rate * (round_ + 1) * phase.every_ms / 1000) - sent
            give(phase, wanted, round_)
            sent += wanted
            round_ += 1
        self._producer.flush()
        spent = time.process_time() - cpu
        return Sent(phase.name, since, _now_ms(), sent, self._messages, behind, spent)

    def _batches(self, phase: Phase, wanted: int, round_: int) -> None:
        if not phase.per_message:
            shares = counts(self._lanes, wanted, round_)
            for lane, count in zip(self._lanes, shares, strict=True):
                self._batch(lane, count)
            return
        for nth in range(wanted // phase.per_message):
            self._batch(self._next(round_ + nth), phase.per_message)

    def _next(self, number: int) -> Lane:
        """Lanes take turns by their shares: the golden ratio spreads them evenly."""
        place = number * 0.6180339887 % 1.0 * sum(lane.share for lane in self._lanes)
        for lane in self._lanes:
            place -= lane.share
            if place < 0:
                return lane
        return self._lanes[-1]

    def _batch(self, lane: Lane, count: int) -> None:
        if count:
            value = encode(lane.batch(lane.take(count, _now_ms())))
            self._send(lane, value, {})

    def _singles(self, phase: Phase, wanted: int, round_: int) -> None:
        for nth in range(wanted):
            lane = self._next(round_ * 31 + nth)
            (record,) = lane.take(1, _now_ms())
            self._send(lane, _encode_json(record), _JSON_HEADERS)

    def _send(self, lane: Lane, value: bytes, headers: dict[str, bytes]) -> None:
        self._producer.send(self._topics.of(lane.feed.record), lane.partition, value, headers)
        self._messages += 1

    def close(self) -> None:
        self._producer.close()


def _now_ms() -> int:
    return time.time_ns() // 1_000_000


def permit(folder: Path, phase: int) -> Path:
    return folder / f"go-{phase}"


def main(say: Callable[[str], None]) -> None:
    rate, seconds, folder = int(sys.argv[1]), float(sys.argv[2]), Path(sys.argv[3])
    sender = Sender(load_settings())
    planned = phases(rate, seconds)
    for number, phase in enumerate(planned):
        sender.idle_until(permit(folder, number))
        say(msgspec.json.encode(Begun(phase.name, _now_ms())).decode())
        say(msgspec.json.encode(sender.run(phase)).decode())
    sender.idle_until(permit(folder, len(planned)))
    sender.close()


if __name__ == "__main__":
    main(lambda line: print(line, flush=True))
