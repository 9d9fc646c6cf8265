"""The one door to prometheus_client: one function for each thing that happens.

Labels come from closed sets (feeds of the catalogue, reasons, tables, stops); anything else is counted as `other`,
because a label that takes ids makes a scrape time out long before memory ends.
"""

from collections.abc import Collection

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, start_http_server

from contract.errors import SetupError
from contract.reasons import Reason
from contract.settings import Settings

OTHER = "other"
STOPS = (
    *("decode", "admit", "identify", "fold", "detect", "count", "keep"),
    *("tick", "forget", "overdue", "buckets", "silence", "state", "act"),
)
"""Of the table in `streams/pipeline.py`."""
QUESTIONS = (
    *("lost", "late", "balance", "stored", "doubled", "buckets"),
    *("beat", "snapshots", "detached", "canary", "store", "kafka", "disks"),
)
"""Of the check that never stops."""
PLACES = ("var", "store", "kafka")
"""Disks: of what we write ourselves, of the store, and of the brokers."""
_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)


class Telemetry:
    """Counters of one process, in a registry of its own, so that two in one test don't meet."""

    def __init__(self, feeds: Collection[str] = (), tables: Collection[str] = ()) -> None:
        self.registry = CollectorRegistry()
        self._feeds = frozenset(feeds)
        self._tables = frozenset(tables)
        self._reasons = frozenset(Reason)
        own = self.registry
        self._messages = Counter("nhip_messages", "Kafka messages taken", ["feed"], registry=own)
        self._accepted = Counter("nhip_records_accepted", "Records accepted", ["feed"], registry=own)
        self._rejected = Counter("nhip_records_rejected", "Records refused", ["feed", "reason"], registry=own)
        self._duplicates = Counter("nhip_records_duplicate", "Records whose id was seen", ["feed"], registry=own)
        self._late = Counter("nhip_records_late", "Records later than allowed", ["feed"], registry=own)
        self._freshness = self._histogram("nhip_freshness_seconds", "From sent_at to a row to be queried", "feed")
        self._stage = self._histogram("nhip_stage_seconds", "Work of one stop on one batch", "stop")
        self._insert = self._histogram("nhip_insert_seconds", "One insert", "table")
        self._rows = Counter("nhip_rows_inserted", "Rows confirmed by the store", ["table"], registry=own)
        self._store_waits = Counter("nhip_store_waits", "Times that the store was waited for", registry=own)
        self._store_waiting = Gauge("nhip_store_waiting_seconds", "How long the store is away; 0: there", registry=own)
        self._kafka_waits = Counter("nhip_kafka_waits", "Times that Kafka was waited for", registry=own)
        self._snapshot = Gauge("nhip_snapshot_timestamp_seconds", "When the newest snapshot was stored", registry=own)
        self._ticks = Counter("nhip_ticks", "Ticks taken", registry=own)
        self._ticks_sent = Counter("nhip_ticks_sent", "Ticks that Kafka acknowledged", registry=own)
        self._check = Gauge("nhip_check_level", "0 well, 1 look, 2 bad, by question", ["question"], registry=own)
        self._checked = Gauge("nhip_check_timestamp_seconds", "When it was last looked at", ["question"], registry=own)
        self._refused = Gauge("nhip_checks_refused", "Questions of the last round that got no answer", registry=own)
        self._canary = Gauge("nhip_canary_seconds", "From sending the canary to its row in the store", registry=own)
        self._canaries = Gauge("nhip_canary_missing", "Canaries in a row that did not arrive in time", registry=own)
        self._unread = Gauge("nhip_unread_messages", "Messages in Kafka that are not in the ledger yet", registry=own)
        self._behind = Gauge("nhip_behind_partitions", "Partitions with unread messages and no progress", registry=own)
        self._lag = Gauge("nhip_lag_seconds", "Age of the newest tick of the slowest partition", registry=own)
        self._free = Gauge("nhip_disk_free_bytes", "Free room of a disk", ["place"], registry=own)
        self._floor = Gauge("nhip_disk_floor_bytes", "Below this the intake stops", ["place"], registry=own)
        self._started = Gauge("nhip_start_timestamp_seconds", "When this process began to serve", registry=own)
        self._sent = Counter("nhip_records_sent", "Records that Kafka acknowledged", ["feed"], registry=own)

    def message_taken(self, feed: str) -> None:
        self._messages.labels(self._feed(feed)).inc()

    def records_accepted(self, feed: str, count: int) -> None:
        self._accepted.labels(self._feed(feed)).inc(count)

    def records_rejected(self, feed: str, reason: str, count: int = 1) -> None:
        known = str(reason) if reason in self._reasons else OTHER
        self._rejected.labels(self._feed(feed), known).inc(count)

    def records_duplicate(self, feed: str, count: int) -> None:
        self._duplicates.labels(self._feed(feed)).inc(count)

    def records_late(self, feed: str, count: int) -> None:
        self._late.labels(self._feed(feed)).inc(count)

    def records_sent(self, feed: str, count: int) -> None:
        self._sent.labels(self._feed(feed)).inc(count)

    def batch_queryable(self, feed: str, seconds_since_sent: float) -> None:
        """Once a batch, with the age of its oldest record: the worst of the batch, not the mean."""
        self._freshness.labels(self._feed(feed)).observe(seconds_since_sent)

    def stage_done(self, stop: str, seconds: float) -> None:
        self._stage.labels(stop if stop in STOPS else OTHER).observe(seconds)

    def rows_inserted(self, table: str, rows: int, seconds: float) -> None:
        label = table if table in self._tables else OTHER
        self._insert.labels(label).observe(seconds)
        self._rows.labels(label).inc(rows)

    def store_away(self, seconds: float) -> None:
        """Called at each try while the store is away, with how long it has been."""
        self._store_waits.inc()
        self._store_waiting.set(seconds)

    def store_back(self) -> None:
        self._store_waiting.set(0)

    def kafka_away(self) -> None:
        self._kafka_waits.inc()

    def snapshot_stored(self, at_s: float) -> None:
        self._snapshot.set(at_s)

    def tick_taken(self) -> None:
        self._ticks.inc()

    def ticks_sent(self, count: int) -> None:
        self._ticks_sent.inc(count)

    def check_done(self, question: str, level: int, at_s: float) -> None:
        known = question if question in QUESTIONS else OTHER
        self._check.labels(known).set(level)
        self._checked.labels(known).set(at_s)

    def questions_refused(self, count: int) -> None:
        self._refused.set(count)

    def canary_seen(self, seconds: float | None, missing: int) -> None:
        """`seconds` None: it has not arrived; `missing`: how many in a row have not."""
        if seconds is not None:
            self._canary.set(seconds)
        self._canaries.set(missing)

    def unread_counted(self, messages: int, behind: int) -> None:
        """`behind`: partitions that have some and have not moved for a minute."""
        self._unread.set(messages)
        self._behind.set(behind)

    def lag_measured(self, seconds: float) -> None:
        self._lag.set(seconds)

    def disk_seen(self, place: str, free_bytes: int, floor_bytes: int) -> None:
        known = place if place in PLACES else OTHER
        self._free.labels(known).set(free_bytes)
        self._floor.labels(known).set(floor_bytes)

    def value(self, name: str, **labels: str) -> float:
        """What a sample stands at; 0.0 before the first."""
        return self.registry.get_sample_value(name, labels) or 0.0

    def serve(self, port: int, host: str = "127.0.0.1") -> int:
        """Answers scrapes; port 0 takes a free one. Returns the port."""
        self._started.set_to_current_time()
        server, _ = start_http_server(port, addr=host, registry=self.registry)
        return int(server.server_port)

    def serve_for(self, settings: Settings, name: str) -> None:
        """At the port of the setting `name`. Raises SetupError with what to set where another program has it."""
        port: int = getattr(settings, name)
        try:
            self.serve(port, settings.metrics_host)
        except OSError as error:
            raise SetupError(f"port {port} is taken: set NHIP_{name.upper()} to a free one ({error})") from error

    def _histogram(self, name: str, meaning: str, label: str) -> Histogram:
        return Histogram(name, meaning, [label], buckets=_SECONDS, registry=self.registry)

    def _feed(self, feed: str) -> str:
        return feed if feed in self._feeds else OTHER
