"""The canary: one record a round through the whole way, sent as any sender would and looked for where readers look."""

import time
from collections.abc import Callable

import pyarrow as pa

from catalogue.feeds import Feed
from contract import figures, text
from contract.codec import encode, record_headers
from contract.column import TIME
from contract.kafka import Producer
from contract.settings import Settings
from nhip.asking import Reader, ask
from nhip.check_lines import BAD, LOOK, OK, Line

FEED = "canary"
PATIENCE_S = 20.0
"""A canary that is not there by then is missing."""
MISSING_IS_BAD = 3
"""So many missing in a row: the way is broken, not slow."""

Send = Callable[[bytes, dict[str, bytes]], None]


class Canary:
    def __init__(self, store: Reader, send: Send) -> None:
        self._store, self._send = store, send
        self._count = 0
        self.missing = 0
        self.seconds: float | None = None

    def round(self, stop: Callable[[], bool] = lambda: False) -> Line:
        sent = time.time()
        self._count += 1
        record_id = f"canary-{round(sent * 1000)}"
        batch = record(record_id, round(sent * 1000), self._count % 2)
        self._send(encode(batch), record_headers(FEED, "figures", 1))
        self.seconds = self._wait(record_id, stop)
        self.missing = 0 if self.seconds is not None else self.missing + 1
        return line(self.seconds, self.missing)

    def _wait(self, record_id: str, stop: Callable[[], bool]) -> float | None:
        deadline = time.monotonic() + PATIENCE_S
        while True:
            rows = ask(self._store, "audit_canary", record_id=record_id)
            if rows:
                return float(rows[0]["seconds"])
            if time.monotonic() > deadline or stop():
                return None
            time.sleep(0.2)


def record(record_id: str, at_ms: int, value: int) -> pa.RecordBatch:
    """It is no figure of anybody's, so it says that it is simulated."""
    given = {
        "record_id": record_id,
        "feed": FEED,
        "unit": "VN",
        "indicator": "canary",
        "value": float(value),
        "event_at": at_ms,
        "sent_at": at_ms,
        "simulated": True,
        "classification": "public",
    }
    columns = [_one(given.get(field.name), field) for field in figures.SCHEMA]
    return pa.RecordBatch.from_arrays(columns, schema=figures.SCHEMA)


def _one(value: object, field: pa.Field) -> pa.Array:
    if value is not None and field.type == TIME:
        return pa.array([value], pa.int64()).cast(TIME)
    return pa.array([value], field.type)


def sender(settings: Settings, feed: Feed) -> Send:
    """Sends to the canary's partition and waits for the acknowledgement; ConnectionError where none comes."""
    producer: list[Producer] = []

    def limited(waited_s: float) -> None:
        if waited_s > PATIENCE_S:
            raise ConnectionError(f"Kafka at {settings.kafka_address} has not acknowledged for {waited_s:.0f} s")

    def send(value: bytes, headers: dict[str, bytes]) -> None:
        if not producer:
            producer.append(Producer(settings, limited, linger_ms=0))
        producer[0].send(settings.topics.of(feed.record), feed.partition, value, headers)
        producer[0].flush()

    return send


def line(seconds: float | None, missing: int) -> Line:
    numbers = {"seconds": seconds, "missing": missing}
    if seconds is None:
        level = BAD if missing >= MISSING_IS_BAD else LOOK
        vi = f"Bản ghi thử chưa tới kho sau {PATIENCE_S:.0f} giây ({missing} lần liền)."
        en = f"The canary has not reached the store after {PATIENCE_S:.0f} s ({missing} in a row)."
        return Line("canary", level, vi, en, numbers)
    vi = f"Bản ghi thử tới kho sau {text.number(seconds, 2)} giây."
    return Line("canary", OK, vi, f"The canary reached the store after {seconds:.2f} s.", numbers)
