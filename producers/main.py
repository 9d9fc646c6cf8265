"""`nhip produce`: plays the simulated past once, then goes on live, and goes on where it stopped."""

import sys
import time
from pathlib import Path
from threading import Event

from catalogue.load import Catalogue, load
from contract.kafka import Producer
from contract.settings import Settings
from contract.telemetry import Telemetry
from producers import live
from producers.drill import FEED as DRILL_FEED
from producers.drill import Drill
from producers.history import Place, Player, first_moment
from producers.progress import Files, Progress, Report
from producers.publisher import Publisher
from producers.signals import stop_on_signals
from producers.simulate import build_sources, is_simulated
from producers.ticks import Ticks, is_live

REPORT_EVERY_S = 0.5


class Stopping(Exception):
    """The stop was asked for while something was waited for."""


def run(
    settings: Settings, *, clock: float, scale: float, drill: bool, history: bool, seed: int, hold: Path | None = None
) -> int:
    """Returns 0 after SIGINT or SIGTERM, with everything acknowledged that was handed over.

    With `hold` the feeds wait between the past and the present until that file is there: whoever starts them says when
    the past is stored and somebody looks.
    """
    stop = Event()
    stop_on_signals(stop)
    catalogue = load(settings.catalogue_dir)
    metrics = Telemetry(feeds=catalogue.feeds)
    metrics.serve_for(settings, "feeds_metrics_port")
    station = Station(settings, stop, clock, hold)
    try:
        door = Producer(settings, on_wait=station.waiting)
        try:
            publisher = Publisher(door, settings, metrics.records_sent, metrics.ticks_sent)
            Feeds(station, catalogue, publisher, seed, scale).run(drill=drill and clock == 1.0, history=history)
        finally:
            door.close(limit_s=1.0)
    except Stopping:
        station.say("stopped")
    station.report("stopped")
    return 0


class Station:
    """What the process says about itself, and its one way out of any wait."""

    def __init__(self, settings: Settings, stop: Event, factor: float, hold: Path | None) -> None:
        self.settings, self.stop, self.factor, self._hold = settings, stop, factor, hold
        self.files = Files(settings)
        self._report = Report("history", clock=factor)
        self._reported = 0.0

    def say(self, text: str) -> None:
        print(f"feeds: {text}", file=sys.stderr, flush=True)

    def waiting(self, seconds: float) -> None:
        """Kafka is away: said every ten seconds or so, for as long as it takes."""
        if self.stop.is_set():
            raise Stopping
        if int(seconds) % 10 <= 1:
            self.say(f"đang chờ Kafka tại {self.settings.kafka_address} ({seconds:.0f} s) · waiting for Kafka")
        self.report("waiting")

    def held(self) -> None:
        """Returns when the present may begin."""
        while self._hold is not None and not self._hold.exists():
            self.report("played")
            if self.stop.wait(0.05):
                raise Stopping

    def report(self, phase: str, sent: int | None = None, total: int | None = None, until: int | None = None) -> None:
        """What is not given stays as it was."""
        old = self._report
        self._report = Report(
            phase,
            old.sent if sent is None else sent,
            old.total if total is None else total,
            old.until if until is None else until,
            self.factor,
        )
        now = time.monotonic()
        if phase != old.phase or now - self._reported >= REPORT_EVERY_S:
            self._reported = now
            self.files.report(self._report)


class Feeds:
    """One run: where it begins, the past, then the present."""

    def __init__(self, station: Station, catalogue: Catalogue, publisher: Publisher, seed: int, scale: float) -> None:
        self._station, self._catalogue, self._publisher = station, catalogue, publisher
        self._seed, self._scale = seed, scale
        self._saved = time.monotonic()

    def run(self, *, drill: bool, history: bool) -> None:
        now = round(time.time() * 1000)
        self._progress, positions = self._begin(now, history)
        sources = build_sources(self._catalogue, self._seed, self._scale, self._progress.since)
        quiet = [s for s in sources.values() if not s.feed.drill]
        past = {place: at for place, at in positions.items() if not self._catalogue.feeds[place[0]].drill}
        player = Player(quiet, self._publisher, past)
        self._play_past(player, now)
        self._station.held()
        now = max(now, round(time.time() * 1000))
        player.play(now, lambda end: None, lambda: None)
        self._reached = player.positions
        clock = live.Clock(max([now, *positions.values()]), self._station.factor)
        start = clock.now()
        if drill and DRILL_FEED in sources:
            sources[DRILL_FEED] = Drill(self._catalogue.feeds[DRILL_FEED], start, self._seed)
        present = {place: max(past.get(place, start), self._reached.get(place, start)) for place in positions}
        self._go_live(Player(sources.values(), self._publisher, present), clock)

    def _begin(self, now: int, history: bool) -> tuple[Progress, dict[Place, int]]:
        """From the last run's progress, else from the first moment of the past."""
        feeds = [f for f in self._catalogue.feeds.values() if is_live(f) and is_simulated(f)]
        earliest = {f.id: first_moment(f, now) if history else now for f in feeds}
        saved = self._station.files.progress()
        known = saved.positions() if saved else {}
        positions = {
            (f.id, shard): max(known.get((f.id, shard), 0), earliest[f.id]) for f in feeds for shard in range(f.shards)
        }
        if saved and (saved.seed, saved.scale) == (self._seed, self._scale):
            return saved, positions
        begin = [positions[f.id, 0] for f in feeds if f.record == "cases" and not f.drill]
        # Another seed or scale is another world: its cases begin where it takes over.
        return Progress(self._seed, self._scale, min(begin, default=now), {}), positions

    def _play_past(self, player: Player, now: int) -> None:
        station = self._station
        total = player.count(now)
        station.report("history", 0, total)
        station.say(f"quá khứ mô phỏng: {total:,} bản ghi · simulated past".replace(",", "."))

        def told() -> None:
            self._save(player)
            station.report("history", self._publisher.confirmed, total, player.at)
            if station.stop.is_set():
                raise Stopping

        player.play(now, lambda end: None, told)
        self._reached = player.positions

    def _go_live(self, player: Player, clock: live.Clock) -> None:
        station, settings = self._station, self._station.settings
        station.say("trực tiếp · live")
        ticks = Ticks(self._catalogue, self._publisher, round(settings.tick_s * 1000))

        def after_round() -> None:
            if time.monotonic() - self._saved >= REPORT_EVERY_S:
                self._save(player)
            station.report("live", self._publisher.confirmed, 0, player.at)

        def failed(why: str) -> None:
            station.say(f"gửi lại · sending again: {why}")
            station.report("waiting")

        try:
            live.run(player, ticks, clock, station.stop, settings.batch_ms / 1000, after_round, failed)
        finally:
            self._save(player)

    def _save(self, player: Player) -> None:
        """Drills leave no trace: each start has its own."""
        self._saved = time.monotonic()
        self._progress = self._progress.moved(
            {place: at for place, at in player.positions.items() if not self._catalogue.feeds[place[0]].drill}
        )
        self._station.files.save(self._progress)
