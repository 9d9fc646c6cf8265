"""The real worker process between the real Kafka and the real engine."""

import asyncio
import signal
import time
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pyarrow as pa
import pytest

from bench.faults.reference import differences, doubled, expected
from catalogue.load import load
from contract import topics
from contract.codec import TICK_HEADERS, encode, record_headers, tick_body
from contract.kafka import MessageTooLarge, Producer
from contract.settings import Settings
from nhip.check import verdict
from producers.publisher import Publisher
from producers.simulate.drill_stream import Event, cases_at, figures_between, steps
from producers.simulate.scenarios import stream
from streams import sturdy, worker
from tests.integration.installation import Installation, installed

NOW = datetime.now(UTC).replace(microsecond=0)
NOW_MS = int(NOW.timestamp() * 1000)
JSON = topics.JSON.encode()
ARROW = topics.ARROW.encode()
FIGURES, CASES = load().feeds["drill-figures"], load().feeds["drill-cases"]


@pytest.fixture(scope="module")
def installation(kafka: Settings, engine: Settings) -> Iterator[Installation]:
    """With a worker that runs and knows the time."""
    with installed(engine, "worker", snapshot_s=1.0) as one:
        one.start()
        for topic in (one.settings.topics.figures, one.settings.topics.cases):
            one.send(topic, 0, tick_body(NOW_MS), **TICK_HEADERS)
        one.caught_up()
        yield one


def figures_at(seed: int, at: int) -> pa.RecordBatch:
    return figures_between(FIGURES, seed, np.array([at]))


def figure(**different: Any) -> dict[str, Any]:
    at = (NOW - timedelta(seconds=1)).isoformat()
    plain = {"feed": FIGURES.id, "unit": "H26", "indicator": "drill-value", "value": 500.0, "event_at": at}
    return {**plain, "sent_at": at, "simulated": True, **different}


def as_json(*records: dict[str, Any]) -> bytes:
    return msgspec.json.encode(records[0] if len(records) == 1 else records)


def arrow(columns: dict[str, Any]) -> bytes:
    return encode(pa.RecordBatch.from_pydict(columns))


BAD: dict[str, tuple[bytes, bytes, str]] = {
    "no JSON": (b"{{", JSON, "not_json"),
    "no Arrow": (b"\xff\xff\xff\xff but no Arrow", ARROW, "not_arrow"),
    "another schema": (arrow({"feed": [FIGURES.id], "amount": [1]}), ARROW, "unknown_field"),
    "a schema without the value": (arrow({"feed": [FIGURES.id], "unit": ["H26"]}), ARROW, "wrong_schema"),
    "an unknown feed": (as_json(figure(feed="nowhere")), JSON, "unknown_feed"),
    "an unknown unit": (as_json(figure(unit="Atlantis")), JSON, "unknown_unit"),
    "a unit of before the merger": (as_json(figure(unit="H38.63")), JSON, "unit_not_valid"),
    "NaN": (as_json(figure(value=1.25)).replace(b"1.25", b"NaN"), JSON, "nan"),
    "infinity": (as_json(figure(value=1.25)).replace(b"1.25", b"Infinity"), JSON, "infinity"),
    "text for a number": (as_json(figure(value="rất nhiều")), JSON, "not_a_number"),
    "5,000 digits": (as_json(figure(value=1.25)).replace(b"1.25", b"7" * 5_000), JSON, "number_too_long"),
    "2199": (as_json(figure(event_at="2199-01-01T00:00:00Z")), JSON, "future"),
    "1970": (as_json(figure(event_at="1970-01-01T00:00:00Z")), JSON, "before_first_day"),
    "10,000 deep": (b"[" * 10_000 + b"]" * 10_000, JSON, "too_deep"),
    "7 MB": (b"[" + b" " * 7_000_000 + b"]", JSON, "too_large"),
    "nothing": (b"", JSON, "empty"),
    "an empty list": (b"[]", JSON, "empty"),
    "an empty batch": (encode(figures_at(1, NOW_MS).slice(0, 0)), ARROW, "empty"),
    "a secret": (as_json(figure(classification="mật")), JSON, "classified"),
    "a field that is not on the list": (as_json(figure(citizen="Nguyễn Văn A")), JSON, "unknown_field"),
}


def test_records_arrive_in_their_tables_with_a_ledger_row_each(installation: Installation) -> None:
    figures, dossiers = figures_at(1, NOW_MS), cases_at(CASES, load().kinds["dossier"], 1, 0, NOW_MS)
    with Producer(installation.settings) as door:
        publisher = Publisher(door, installation.settings)
        publisher.publish(FIGURES, 0, figures)
        publisher.publish(CASES, 0, dossiers)
        publisher.confirm()
    installation.caught_up()
    count = "SELECT count(), countIf(simulated) FROM {table:Identifier} WHERE feed = {feed:String}"
    assert installation.one(count, table="figures", feed=FIGURES.id) == (figures.num_rows, figures.num_rows)
    assert installation.one(count, table="case_steps", feed=CASES.id) == (dossiers.num_rows, dossiers.num_rows)
    ledger = (
        "SELECT records, accepted, rejected + duplicates, written FROM ledger WHERE feed = {feed:String} AND records"
    )
    records, accepted, others, written = installation.one(ledger, feed=FIGURES.id)
    assert (records, accepted, others, written["figures"]) == (figures.num_rows, figures.num_rows, 0, figures.num_rows)
    assert installation.one(ledger, feed=CASES.id)[:3] == (dossiers.num_rows, dossiers.num_rows, 0)


def test_every_bad_input_is_refused_with_its_own_reason_and_the_good_ones_beside_it_arrive(
    installation: Installation,
) -> None:
    topic = installation.settings.topics.figures
    offsets, good = {}, []
    for place, (name, (value, content_type, _)) in enumerate(BAD.items()):
        (offsets[name],) = installation.send(topic, 0, value, content_type=content_type)
        at = (NOW - timedelta(seconds=2, milliseconds=place)).isoformat()
        good += installation.send(topic, 0, as_json(figure(event_at=at, unit="H17")), content_type=JSON)
    installation.caught_up()
    sql = "SELECT offset, reason, concat(field, toString(fields)) FROM rejected WHERE topic = {t:String}"
    rejected = {offset: (reason, kept) for offset, reason, kept in installation.store.query(sql, t=topic)}
    assert {name: rejected[offset][0] for name, offset in offsets.items()} == {n: bad[2] for n, bad in BAD.items()}
    assert "Nguyễn" not in str(rejected)
    stored = installation.store.query("SELECT offset FROM figures WHERE topic = {t:String} AND unit = 'H17'", t=topic)
    assert set(good) <= {offset for (offset,) in stored}
    unbalanced = "SELECT count() FROM ledger WHERE records != accepted + rejected + duplicates"
    assert installation.one(unbalanced) == (0,)


def test_one_bad_record_of_a_list_is_refused_and_its_neighbours_are_taken(installation: Installation) -> None:
    at = [(NOW - timedelta(seconds=3, milliseconds=n)).isoformat() for n in range(3)]
    value = as_json(figure(event_at=at[0]), figure(event_at=at[1], unit="Atlantis"), figure(event_at=at[2]))
    (offset,) = installation.send(installation.settings.topics.figures, 0, value, content_type=JSON)
    installation.caught_up()
    ledger = "SELECT records, accepted, rejected FROM ledger WHERE topic = {t:String} AND offset = {o:UInt64}"
    assert installation.one(ledger, t=installation.settings.topics.figures, o=offset) == (3, 2, 1)


def test_nine_megabytes_are_refused_at_the_sender_with_a_clear_word(installation: Installation) -> None:
    with pytest.raises(MessageTooLarge, match="fewer records"):
        installation.send(installation.settings.topics.figures, 0, bytes(9_000_000))


def test_a_record_sent_again_under_a_new_offset_is_a_duplicate(installation: Installation) -> None:
    batch = figures_at(2, NOW_MS - 7_000)
    headers = {n.replace("-", "_"): v for n, v in record_headers(FIGURES.id, "figures", batch.num_rows).items()}
    topic = installation.settings.topics.figures
    first, again = installation.send(topic, 0, encode(batch), encode(batch), **headers)
    installation.caught_up()
    ledger = "SELECT accepted, duplicates FROM ledger WHERE topic = {t:String} AND offset = {o:UInt64}"
    assert installation.one(ledger, t=topic, o=first) == (batch.num_rows, 0)
    assert installation.one(ledger, t=topic, o=again) == (0, batch.num_rows)
    stored = "SELECT count() FROM figures WHERE topic = {t:String} AND offset IN ({a:UInt64}, {b:UInt64})"
    assert installation.one(stored, t=topic, a=first, b=again) == (batch.num_rows,)


def test_the_inbox_places_records_whose_sender_knows_no_partition(installation: Installation) -> None:
    inbox = installation.settings.topics.inbox
    began = NOW_MS - 60_000
    case = steps(CASES, load().kinds["dossier"], [("H26", began, 1, "accepted", began)])
    values = (as_json(figure(event_at=(NOW - timedelta(seconds=9)).isoformat(), record_id="by-inbox")), encode(case))
    offsets = installation.send(inbox, None, *values, as_json(figure(feed="nowhere")))
    installation.caught_up()
    sql = "SELECT disposition, accepted, rejected FROM ledger WHERE topic = {t:String} ORDER BY offset"
    assert installation.store.query(sql, t=inbox) == [("forwarded", 1, 0), ("forwarded", 1, 0), ("forwarded", 0, 1)]
    assert installation.one("SELECT count() FROM figures WHERE record_id = 'by-inbox'") == (1,)
    case_id = str(case.column("case_id")[0])
    assert installation.one("SELECT count() FROM case_steps WHERE case_id = {c:String}", c=case_id) == (1,)
    rejected = "SELECT reason FROM rejected WHERE topic = {t:String} AND offset = {o:UInt64}"
    assert installation.one(rejected, t=inbox, o=offsets[2]) == ("unknown_feed",)


def test_a_record_is_queryable_within_a_second_of_being_sent(installation: Installation) -> None:
    """Its partition busy, over sixty beside it idle: what Faust's own fetch wait made slow."""
    feed, first, since = FIGURES.id, NOW_MS - 100_000, int(time.time() * 1000)
    with Producer(installation.settings) as door:
        publisher = Publisher(door, installation.settings)
        for nth in range(40):
            publisher.publish(FIGURES, 0, figures_at(3, first + nth * 1_000), sent_at=int(time.time() * 1000))
            publisher.confirm()
            time.sleep(0.1)
    installation.caught_up()
    ages = (
        "SELECT quantiles(0.5, 0.9)(toUnixTimestamp64Milli(stored_at) - toUnixTimestamp64Milli(sent_at)), count() "
        "FROM ledger WHERE feed = {f:String} AND records AND toUnixTimestamp64Milli(sent_at) >= {since:Int64}"
    )
    (half, most), messages = installation.one(ages, f=feed, since=since)
    assert messages == 40
    assert half < most < 1_000  # a tenth is left to whatever else this machine does
    address = f"http://127.0.0.1:{installation.settings.worker_metrics_port}/metrics"
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(address, timeout=5) as answer:
        metrics = answer.read().decode()
    assert f'nhip_freshness_seconds_bucket{{feed="{feed}",le="1.0"}}' in metrics


def test_the_consumer_waits_no_longer_than_we_say_for_idle_partitions() -> None:
    async def wait_of(faust_s_own: int) -> int:
        driver = vars(worker)["driver"]
        consumer = vars(driver)["aiokafka"].AIOKafkaConsumer("t", fetch_max_wait_ms=faust_s_own)
        await consumer.stop()
        return int(consumer._fetch_max_wait_ms)

    assert asyncio.run(wait_of(1_500)) == sturdy.FETCH_WAIT_MS


def test_offsets_are_committed_once_a_snapshot_covers_them(installation: Installation) -> None:
    topic = installation.settings.topics.figures
    (offset,) = installation.send(topic, 0, tick_body(NOW_MS + 60_000), **TICK_HEADERS)
    installation.until(lambda: installation.committed(topic).get(0) == offset + 1, "the commit")
    snapshot = "SELECT max(offset) FROM snapshots WHERE topic = {t:String} AND feed = {f:String}"
    assert installation.one(snapshot, t=topic, f=FIGURES.id) == (offset,)


def test_the_worker_listens_on_loopback_for_its_metrics_and_nowhere_else(installation: Installation) -> None:
    assert installation.worker is not None
    if not Path("/proc/net/tcp").exists():
        pytest.skip("this system has no /proc")
    port = f"0100007F:{installation.settings.worker_metrics_port:04X}"
    assert _listening(installation.worker.pid) == [port]


def _listening(pid: int) -> list[str]:
    """Local addresses, as the kernel writes them, of the sockets on which a process listens."""
    links = [link.readlink().name for link in Path(f"/proc/{pid}/fd").iterdir() if link.is_symlink()]
    own = {link.removeprefix("socket:[").removesuffix("]") for link in links if link.startswith("socket:")}
    lines = [line.split() for table in ("tcp", "tcp6") for line in Path(f"/proc/net/{table}").read_text().splitlines()]
    return [fields[1] for fields in lines if fields[3] == "0A" and fields[9] in own]


SCENARIOS = ("times_1000", "status_backwards", "sum_mismatch", "batch_sent_twice", "late_batch", "future_time")


def test_the_rows_are_those_of_the_log_however_often_the_worker_is_stopped(kafka: Settings, engine: Settings) -> None:
    with installed(engine, "killed", snapshot_s=2.0) as installation:
        installation.start()
        with sending(installation, 18.0):
            for stop in (installation.kill, installation.kill, installation.terminate, installation.kill):
                time.sleep(4.0)
                assert stop() in (None, 0)
                installation.start()
        _the_same_as_the_log_gives(installation)


def test_the_rows_are_those_of_the_log_while_a_second_worker_comes_and_goes(kafka: Settings, engine: Settings) -> None:
    with installed(engine, "shared", snapshot_s=2.0) as installation:
        installation.start()
        with sending(installation, 9.0):
            time.sleep(2.0)
            second = installation.another()
            time.sleep(5.0)
            second.terminate()
            assert second.wait(15) in (0, -signal.SIGTERM)  # on a busy machine it may not have come far enough to mind
        _the_same_as_the_log_gives(installation)


def _the_same_as_the_log_gives(installation: Installation) -> None:
    installation.caught_up()
    result = expected(installation.settings, installation.catalogue)
    assert result.count("findings") > 0
    assert result.count("rejected") > 0
    found = differences(installation.store, installation.settings, result)
    assert {table: (d.missing[:3], d.extra[:3], d.other[:3]) for table, d in found.items() if d.count} == {}
    assert not any(doubled(installation.store).values())
    levels = {line.question: line.level for line in verdict(installation.store, installation.settings).lines}
    assert [levels[question] for question in ("lost", "balance", "stored", "doubled")] == [0, 0, 0, 0]


@contextmanager
def sending(installation: Installation, seconds: float) -> Iterator[None]:
    """Sends meanwhile; ends when all is sent."""
    with ThreadPoolExecutor(1) as pool:
        sent = pool.submit(_send, installation.settings, seconds)
        yield
        sent.result()


def _send(settings: Settings, seconds: float) -> None:
    """Faults of every outcome one after another on both drill feeds, in so many seconds, with bad input among it."""
    catalogue, start = load(), NOW_MS
    events: list[Event] = []
    for name in SCENARIOS:
        events += stream(catalogue, name, 5, start, calm_s=40, after_s=25)[0]
        start = events[-1].at + 1_000
    with Producer(settings) as door:
        publisher = Publisher(door, settings)
        for nth, event in enumerate(events):
            if event.batch is None:
                publisher.tick("figures", FIGURES.partition, event.at)
                publisher.tick("cases", CASES.partition, event.at)
            else:
                publisher.publish(catalogue.feeds[event.feed], 0, event.batch)
            if nth % 50 == 0:
                door.send(settings.topics.figures, FIGURES.partition, as_json(figure(unit="Atlantis")))
                publisher.confirm()
            time.sleep(seconds / len(events))
