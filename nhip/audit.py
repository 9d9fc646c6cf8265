"""`nhip audit`: the check that never stops. Every minute, over what was written since the minute before:

is the ledger continuous, does every message add up, is every accepted record in the store once, do the buckets agree
with the steps, how old are ticks and snapshots, are parts broken, and does a canary come through the whole way? The
answers go to the table `checks` and to metrics. What a round read is not read again: a round costs what came in, not
what is stored. `nhip check` asks the same of everything.
"""

import logging
import signal
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa

from catalogue.load import load
from clickhouse.client import Store, StoreAway, StoreForbids, connect
from clickhouse.tables import schema
from contract.errors import NhipError, StoreError
from contract.settings import Settings
from contract.telemetry import Telemetry
from nhip.asking import Reader, ask, time_of_data
from nhip.audit_account import Account, Hole
from nhip.audit_metrics import look_at_disks, tell
from nhip.canary import FEED, Canary, sender
from nhip.check import kafka_offsets
from nhip.check_lines import (
    BAD,
    OK,
    Line,
    Offsets,
    away,
    balance,
    beat,
    buckets,
    continuity,
    detached,
    doubled,
    refused,
    snapshots,
    stored,
    times,
)

log = logging.getLogger("nhip.audit")

OVERLAP_MS = 120_000
"""Rows of two tables are stored one after the other, and clocks are set: each round looks back a little."""
BUCKETS_EVERY = 10
"""Rounds: comparing seven days of buckets with their steps is too much for every minute of a large store."""


def answered(question: str, look: Callable[[], Line]) -> Line:
    """The answer to one question, or that the store refused it; the others are asked all the same. Raises where nothing
    can be asked: the store is away, or does not know us."""
    try:
        return look()
    except StoreForbids:
        raise
    except StoreError as error:
        log.error("%s: %s", question, error)
        return refused(question, error)


class Audit:
    def __init__(
        self,
        store: Reader,
        settings: Settings,
        offsets: Callable[[Settings], Offsets] = kafka_offsets,
        again_s: float = 0.5,
    ) -> None:
        self._store, self._settings, self._offsets, self._again_s = store, settings, offsets, again_s
        self._account: Account | None = None
        self._since = 0
        self._rounds = 0

    def round(self, now_ms: int) -> list[Line]:
        """Raises where the store is away; then the next round looks back as far as this one would have, and so it does
        where the ledger was refused."""
        try:
            lines, followed = self._ledger(self._followed(now_ms)), True
        except StoreForbids:
            raise
        except StoreError as error:
            log.error("lost, balance: %s", error)
            lines, followed = [refused("lost", error), refused("balance", error)], False
        lately = ((self._since or now_ms - OVERLAP_MS, now_ms + OVERLAP_MS),)
        lines += [
            answered("stored", lambda: stored(self._store, self._again_s, lately)),
            answered("doubled", lambda: doubled(self._store, lately)),
            answered("detached", lambda: detached(self._store)),
        ]
        lines += self._derived()
        self._since = now_ms - OVERLAP_MS if followed else self._since
        self._rounds += 1
        return lines

    def _followed(self, now_ms: int) -> list[dict[str, Any]]:
        if self._account is None:
            self._account = Account(ask(self._store, "check_ledger"))
            self._since = now_ms - OVERLAP_MS
        else:
            self._account.follow(ask(self._store, "audit_ledger", since=self._since))
        self._look_again()
        return self._account.rows()

    def _ledger(self, rows: list[dict[str, Any]]) -> list[Line]:
        try:
            found = continuity(rows, self._offsets(self._settings))
        except (NhipError, OSError, RuntimeError) as error:  # the driver's errors are RuntimeErrors
            found = [*continuity(rows, {}), away("kafka", "Kafka không trả lời", "Kafka does not answer", error)]
        return [*found, balance(rows)]

    def _derived(self) -> list[Line]:
        time_comes = answered("beat", lambda: beat(self._store, self._settings))
        lines = [time_comes, answered("snapshots", lambda: snapshots(self._store, self._settings))]
        if self._rounds % BUCKETS_EVERY == 0:
            lines.append(answered("buckets", lambda: self._buckets(time_comes.level == OK)))
        return lines

    def _buckets(self, steady: bool) -> Line:
        now, clock, _ = times(self._store)
        return buckets(self._store, time_of_data(now, clock), steady, self._again_s)

    def _look_again(self) -> None:
        """A hole may be filled by a row that was stored a moment later."""
        account = self._account
        if account is None or not account.holes:
            return
        time.sleep(self._again_s)
        for hole in list(account.holes):
            account.settle(hole, self._there(hole))

    def _there(self, hole: Hole) -> int:
        names = {"topic": hole.topic, "partition": hole.partition, "first": hole.first, "last": hole.last}
        return int(ask(self._store, "audit_hole", **names)[0]["there"])


def rows_of(at_ms: int, lines: Sequence[Line]) -> pa.Table:
    """Rows of the table `checks`; of the numbers behind an answer those that are numbers."""
    numbers = [
        [(name, float(value)) for name, value in line.numbers.items() if isinstance(value, int | float)]
        for line in lines
    ]
    columns = {
        "at": [datetime.fromtimestamp(at_ms / 1000, UTC)] * len(lines),
        "question": [line.question for line in lines],
        "level": [line.level for line in lines],
        "numbers": numbers,
        "vi": [line.vi for line in lines],
        "en": [line.en for line in lines],
    }
    return pa.table({field.name: pa.array(columns[field.name], field.type) for field in schema("checks")})


class Rounds:
    """Runs until it is told to stop; the store or Kafka away, or a question that the store refuses, is an answer and
    not an end."""

    def __init__(self, settings: Settings, telemetry: Telemetry) -> None:
        self._settings, self._telemetry = settings, telemetry
        self._reader: Store = connect(settings, "reader")
        self._writer: Store = connect(settings, "writer")
        self._audit = Audit(self._reader, settings)
        self._canary = Canary(self._reader, sender(settings, load(settings.catalogue_dir).feeds[FEED]))
        self._stopping = False

    def stop(self, *_: object) -> None:
        self._stopping = True

    def run(self) -> None:
        while not self._stopping:
            started = time.monotonic()
            self._round()
            while not self._stopping and time.monotonic() - started < self._settings.audit_s:
                time.sleep(0.1)

    def _round(self) -> None:
        at_ms = round(time.time() * 1000)
        lines = self._lines(at_ms)
        tell(self._telemetry, lines, time.time())
        for line in lines:
            if line.level == BAD:
                log.error("%s", line.vi)
        try:
            self._writer.insert("checks", rows_of(at_ms, lines))
        except (StoreAway, StoreError) as error:
            log.warning("checks: %s", error)

    def _lines(self, at_ms: int) -> list[Line]:
        lines: list[Line] = []
        try:
            lines.append(answered("canary", lambda: self._canary.round(lambda: self._stopping)))
            self._telemetry.canary_seen(self._canary.seconds, self._canary.missing)
            lines += self._audit.round(at_ms)
            lines += self._disks()
        except (StoreAway, StoreForbids) as error:
            lines.append(away("store", "Kho số liệu không trả lời", "The store does not answer", error))
        except ConnectionError as error:
            lines.append(away("kafka", "Kafka không trả lời", "Kafka does not answer", error))
        return lines


    def _disks(self) -> list[Line]:
        """They have metrics of their own, and a line only where they cannot be seen."""
        try:
            look_at_disks(self._telemetry, self._reader, self._settings)
        except StoreForbids:
            raise
        except StoreError as error:
            log.error("disks: %s", error)
            return [refused("disks", error)]
        return []


def run(settings: Settings) -> int:
    catalogue = load(settings.catalogue_dir)
    telemetry = Telemetry(catalogue.feeds)
    telemetry.serve_for(settings, "audit_metrics_port")
    rounds = Rounds(settings, telemetry)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, rounds.stop)  # it only sets a flag
    rounds.run()
    return 0
