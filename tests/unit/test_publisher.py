"""Publishing, ticks, the played past, the live clock: with a door that keeps what it was given."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from threading import Event

import pyarrow as pa
import pytest

from catalogue.load import Catalogue, load
from contract import codec, topics
from contract.kafka import NotAcknowledged
from contract.settings import Settings
from producers import live
from producers.drill import FEED as DRILL
from producers.drill import LENGTH_S, Drill
from producers.history import MINUTE, Player, days_of_past, first_moment, span_ms
from producers.progress import Files, Progress
from producers.publisher import Publisher
from producers.simulate import build_sources
from producers.simulate.world import DAY, HOUR, to_ms
from producers.ticks import Ticks

NOW = to_ms(date(2026, 10, 13), 9.0)


class Door:
    """Keeps messages in order; fails when told to."""

    def __init__(self) -> None:
        self.messages: list[codec.Message] = []
        self.broken = False

    def send(
        self, topic: str, partition: int | None, value: bytes, headers: Mapping[str, bytes] | None = None
    ) -> object:
        self.messages.append(codec.Message(topic, partition or 0, len(self.messages), 0, value, dict(headers or {})))
        return None

    def flush(self) -> None:
        if self.broken:
            raise NotAcknowledged("away")

    def batches(self) -> list[tuple[codec.Message, pa.RecordBatch]]:
        return [(m, read(m)) for m in self.messages if m.kind == "records"]


def read(message: codec.Message) -> pa.RecordBatch:
    batches = pa.ipc.open_stream(message.value).read_all().combine_chunks().to_batches()
    return batches[0]


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load()


@pytest.fixture
def door() -> Door:
    return Door()


@pytest.fixture
def publisher(door: Door) -> Publisher:
    return Publisher(door, Settings())


def test_a_batch_goes_to_the_feeds_own_partition_with_its_headers(
    catalogue: Catalogue, door: Door, publisher: Publisher
) -> None:
    feed = catalogue.feeds["portal-dossiers"]
    batch = build_sources(catalogue, 3, 0.01, NOW - DAY)[feed.id].between(NOW - HOUR, NOW, 2)
    publisher.publish(feed, 2, batch, NOW + 5)
    [(message, arrived)] = door.batches()
    assert (message.topic, message.partition) == ("nhip.cases", feed.partition + 2)
    assert message.headers[topics.FEED] == b"portal-dossiers"
    assert int(message.headers[topics.ROWS]) == arrived.num_rows == batch.num_rows
    assert set(arrived["sent_at"].cast(pa.int64()).to_pylist()) == {NOW + 5}


def test_a_batch_above_the_limit_is_sent_in_parts(catalogue: Catalogue, door: Door) -> None:
    feed = catalogue.feeds["rain-rivers"]
    batch = build_sources(catalogue, 3, 0.01)[feed.id].between(NOW - 3 * DAY, NOW)
    Publisher(door, Settings(max_batch_bytes=20_000)).publish(feed, 0, batch)
    sizes = [len(message.value) for message in door.messages]
    assert len(sizes) > 1
    assert max(sizes) <= 20_000
    assert sum(arrived.num_rows for _, arrived in door.batches()) == batch.num_rows


def test_records_count_as_sent_only_when_they_are_acknowledged(
    catalogue: Catalogue, door: Door, publisher: Publisher
) -> None:
    feed = catalogue.feeds["power-load"]
    publisher.publish(feed, 0, build_sources(catalogue, 3)[feed.id].between(NOW - HOUR, NOW))
    door.broken = True
    with pytest.raises(NotAcknowledged):
        publisher.confirm()
    assert publisher.confirmed == 0
    door.broken = False
    publisher.confirm()
    assert publisher.confirmed == 8


def test_ticks_reach_every_partition_and_come_at_once_after_a_whole_minute(
    catalogue: Catalogue, door: Door, publisher: Publisher
) -> None:
    ticks = Ticks(catalogue, publisher, every_ms=2_000)
    minute = NOW // MINUTE * MINUTE
    assert ticks.send_if_due(minute + 59_000)
    assert not ticks.send_if_due(minute + 59_500)
    assert ticks.send_if_due(minute + 60_000)
    assert {m.kind for m in door.messages} == {"tick"}
    reached = {(m.topic, m.partition) for m in door.messages}
    live_feeds = [f for f in catalogue.feeds.values() if f.drill or f.system != "drill"]
    assert reached == {(f"nhip.{f.record}", p) for f in live_feeds for p in f.partitions}
    assert codec.read_tick(door.messages[-1].value) == codec.Tick(minute + 60_000)


def test_no_record_of_a_played_past_is_late_or_from_the_future(
    catalogue: Catalogue, door: Door, publisher: Publisher
) -> None:
    sources = build_sources(catalogue, 3, 0.01, NOW - DAY).values()
    positions = {(s.feed.id, shard): NOW - 6 * HOUR for s in sources for shard in range(s.feed.shards)}
    player = Player(sources, publisher, positions)
    expected = player.count(NOW)
    player.play(NOW, lambda end: None, lambda: None)
    clock: dict[tuple[str, int], tuple[int, int]] = {}
    seen = 0
    for message in door.messages:
        place = (message.topic, message.partition)
        if message.kind == "tick":
            tick = codec.read_tick(message.value)
            assert tick is not None
            assert tick.at >= clock.get(place, (0, 0))[0]
            clock[place] = (tick.at // MINUTE * MINUTE, tick.step)
            continue
        batch = read(message)
        seen += batch.num_rows
        feed = catalogue.feeds[batch["feed"][0].as_py()]
        if "event_at" not in batch.schema.names:  # periodic figures
            continue
        at, step = clock[place]
        for event_at in batch["event_at"].cast(pa.int64()).to_pylist():
            if event_at is not None:
                assert event_at >= at - step - feed.lateness_s * 1000
                assert event_at <= at + MINUTE
    assert seen == expected > 0
    assert player.at == NOW


def test_a_round_that_failed_is_sent_again_under_the_same_ids(
    catalogue: Catalogue, door: Door, publisher: Publisher
) -> None:
    source = build_sources(catalogue, 3, 0.05, NOW - DAY)["portal-dossiers"]
    positions = {(source.feed.id, shard): NOW for shard in range(4)}
    player = Player([source], publisher, positions)
    door.broken = True
    with pytest.raises(NotAcknowledged):
        player.step(NOW + MINUTE, NOW + MINUTE)
    first = [i for _, b in door.batches() for i in b["record_id"].to_pylist()]
    assert player.at == NOW
    player.forget_unconfirmed()
    door.broken, door.messages = False, []
    player.step(NOW + MINUTE, NOW + MINUTE)
    assert [i for _, b in door.batches() for i in b["record_id"].to_pylist()] == first
    assert player.at == NOW + MINUTE


def test_a_fast_clock_plays_spans_and_never_runs_backwards(
    catalogue: Catalogue, door: Door, publisher: Publisher
) -> None:
    wall = [NOW / 1000]
    clock = live.Clock(NOW, 600.0, lambda: wall[0])
    source = build_sources(catalogue, 3)["ndxp"]
    player = Player([source], publisher, {("ndxp", 0): NOW})
    stop = Event()

    def after_round() -> None:
        wall[0] += 1.0
        if clock.now() - NOW > 30 * MINUTE:
            stop.set()

    live.run(player, Ticks(catalogue, publisher, 2_000), clock, stop, 0.0, after_round, pytest.fail)
    wall[0] -= 100.0
    assert clock.now() >= player.at
    assert sum(b.num_rows for _, b in door.batches()) == source.count(NOW, player.at)
    stamps = [s for _, b in door.batches() for s in b["sent_at"].cast(pa.int64()).to_pylist()]
    assert stamps == sorted(stamps)
    assert stamps[-1] >= NOW + 20 * MINUTE


def test_the_past_is_as_long_as_the_kind_of_feed_asks(catalogue: Catalogue) -> None:
    assert days_of_past(catalogue.feeds["prices"]) == 400
    assert days_of_past(catalogue.feeds["ndxp"]) == 14
    assert days_of_past(catalogue.feeds["portal-dossiers"]) == 35
    assert days_of_past(catalogue.feeds[DRILL]) == 0
    assert first_moment(catalogue.feeds["ndxp"], NOW + 1_234) % MINUTE == 0
    assert span_ms(catalogue.feeds["portal-dossiers"]) == HOUR
    assert span_ms(catalogue.feeds["prices"]) == DAY


def test_progress_is_kept_whole_and_found_again(tmp_path: Path) -> None:
    files = Files(Settings(var=str(tmp_path)))
    assert files.progress() is None
    saved = Progress(7, 0.05, NOW, {}).moved({("portal-dossiers", 3): NOW})
    files.save(saved)
    assert files.progress() == saved
    assert saved.positions() == {("portal-dossiers", 3): NOW}
    (tmp_path / "run" / "feeds-progress.json").write_bytes(b"{")
    assert files.progress() is None


def test_a_drill_opens_and_is_over_within_45_seconds(catalogue: Catalogue) -> None:
    drill = Drill(catalogue.feeds[DRILL], NOW + 10, 3)
    high = catalogue.indicators["drill-value"].hard
    assert high is not None
    batch = drill.between(NOW, NOW + 10 * MINUTE)
    rows = zip(
        *(batch[c].to_pylist() for c in ("indicator", "value", "simulated")),
        batch["event_at"].cast(pa.int64()).to_pylist(),
        strict=True,
    )
    wrong = [at for name, value, simulated, at in rows if name == "drill-value" and value > high[1] and simulated]
    assert 0 < len(wrong) < 15
    assert max(wrong) < NOW + 30_000
    assert drill.between(NOW + (LENGTH_S + 2) * 1000, NOW + HOUR).num_rows == 0
