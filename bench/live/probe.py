"""The truth beside the ledger: one record a second is sent, and a reader asks until it sees it."""

import threading
import time
from datetime import UTC, datetime

import msgspec

from catalogue.load import Catalogue
from clickhouse.client import Store
from contract.kafka import Producer
from contract.settings import Settings

FEED, KIND, STATE = "petitions", "petition", "received"
EVERY_S = 1.0
FIRST_MS, POLL_MS = 60.0, 20.0
"""Polled no faster: on two cores a hundred questions a second would be measured, not the pipeline."""
GIVE_UP_S = 20.0
SEEN = """
SELECT count() FROM case_steps
WHERE feed = {feed:String} AND kind = {kind:String} AND unit = {unit:String}
    AND event_at = fromUnixTimestamp64Milli({at:Int64}) AND record_id = {id:String}
"""


class Probe:
    def __init__(self, settings: Settings, catalogue: Catalogue, store: Store, run: str) -> None:
        feed = catalogue.feeds[FEED]
        self._unit = catalogue.expected_units(feed, datetime.now(UTC).date())[0]
        self._where = settings.topics.cases, catalogue.partition_of(feed, self._unit)
        self._producer = Producer(settings, linger_ms=0)
        self._store, self._run_id = store, run
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self.sent: list[int] = []
        """When each was sent, ms UTC."""
        self.seen: list[tuple[float, float]] = []
        """When each was sent (seconds of the epoch), and the milliseconds until it was seen."""

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        if self._thread.ident:
            self._thread.join()
        self._producer.close()
        self._store.close()

    def _run(self) -> None:
        number = 0
        while not self._stopping.wait(EVERY_S):
            number += 1
            self._one(f"probe-{self._run_id}-{number}")

    def _one(self, id: str) -> None:
        sent = time.time()
        at = int(sent * 1000)
        record = {"record_id": id, "feed": FEED, "unit": self._unit, "kind": KIND, "case_id": id, "state": STATE}
        record_json = msgspec.json.encode({**record, "event_at": at, "sent_at": at, "simulated": True})
        self._producer.send(*self._where, record_json)
        self.sent.append(at)
        wait = FIRST_MS
        while time.time() - sent < GIVE_UP_S and not self._stopping.wait(wait / 1000):
            asked = time.time()
            ((count,),) = self._store.query(SEEN, feed=FEED, kind=KIND, unit=self._unit, at=at, id=id)
            if count:
                self.seen.append((sent, (time.time() - sent) * 1000))
                return
            wait = max(POLL_MS - (time.time() - asked) * 1000, 1.0)
