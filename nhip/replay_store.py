"""A file through Kafka and a worker of its own into the store of this installation, until all of it stands there."""

import sys
import time
from collections.abc import Callable

import pyarrow as pa

from catalogue.feeds import Feed
from clickhouse import generations
from clickhouse.client import connect
from clickhouse.sink import Where
from contract.errors import SettingError, SetupError
from contract.kafka import Log, wait_for_broker
from contract.settings import Settings, to_environment
from nhip.local import ports
from nhip.processes import Part, Supervisor
from nhip.words import say
from producers.ticks import is_live

KNOCK_S = 3.0
LOOK_S = 0.3


def check(settings: Settings, feed: Feed) -> None:
    """Raises where the file could not be played, or would spoil what is there."""
    if is_live(feed):
        raise SettingError(
            say(
                f"{feed.id} là kết nối trực tiếp, tệp sẽ ghi đè chỉ số của nó; dùng --in-memory hoặc kho khác "
                "(NHIP_STORE_DATABASE)",
                f"{feed.id} is a live feed whose indicators the file would overwrite; use --in-memory, or a mapping to "
                "a feed of replays",
            )
        )
    try:
        wait_for_broker(settings, limit_s=KNOCK_S)
    except SetupError as error:
        raise SetupError(f"{error}; {_needs()}") from error
    if not connect(settings).ping():
        raise SetupError(f"{settings.store_address}:{settings.store_port}: {_needs()}")


def _needs() -> str:
    return say(
        "cần Kafka và kho đang chạy (make run); hoặc dùng --in-memory",
        "Kafka and the store must run (make run); or use --in-memory",
    )


def through(settings: Settings, feed: Feed, send: Callable[[], object]) -> dict[str, pa.Table]:
    """`settings` have the topics of the replay. Returns its rows once a worker has taken all that `send` sends."""
    own = {"NHIP_GROUP": settings.topic_prefix, "NHIP_WORKER_METRICS_PORT": str(ports.free())}
    command = [sys.executable, "-m", "nhip", "worker"]
    supervisor = Supervisor(settings.var_dir / "log", to_environment(settings))
    send()
    supervisor.start(Part("worker-replay", lambda: command, stop_s=60.0, environment=own))
    try:
        _until_taken(settings, feed, supervisor)
    finally:
        supervisor.stop()
    return _rows(settings, feed)


def _until_taken(settings: Settings, feed: Feed, supervisor: Supervisor) -> None:
    topic, store = settings.topics.of(feed.record), connect(settings)
    with Log(settings) as log:
        ends = log.end_offsets(topic)
    wanted = {(topic, partition): ends[partition] - 1 for partition in feed.partitions}
    while True:
        taken: dict[Where, int] = generations.received(store, wanted)
        if all(taken.get(where, -1) >= offset for where, offset in wanted.items()):
            return
        if supervisor.failed() or supervisor.crashed:
            raise SetupError(f"worker-replay: {supervisor.part('worker-replay').reason} ({settings.var_dir / 'log'})")
        time.sleep(LOOK_S)


def _rows(settings: Settings, feed: Feed) -> dict[str, pa.Table]:
    """What became of all records of these topics, an earlier replay's included; and the feed's findings."""
    store, topic = connect(settings), settings.topics.of(feed.record)
    partitions = ", ".join(map(str, feed.partitions))
    counts = "records, accepted, rejected, duplicates, late"
    asked = {
        "ledger": f"SELECT {counts} FROM ledger FINAL WHERE topic = {{t:String}} AND partition IN ({partitions})",
        "rejected": f"SELECT reason FROM rejected FINAL WHERE topic = {{t:String}} AND partition IN ({partitions})",
    }
    found = {table: store.arrow(sql, t=topic) for table, sql in asked.items()}
    columns = "finding_id, revision, rule, at, sentence_vi, sentence_en"
    sql = f"SELECT {columns} FROM findings_in_force WHERE feed = {{f:String}} AND topic = {{t:String}}"
    return found | {"findings": store.arrow(sql, f=feed.id, t=topic)}
