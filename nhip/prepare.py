"""What must stand before a worker starts: tables with the catalogue in them, and topics.

Each may be asked for again and again: by `nhip up` at its start, by an installation as one-shot jobs (`nhip migrate`,
`nhip topics`).
"""

import time
from collections.abc import Callable

from catalogue import contacts
from catalogue.load import Catalogue, load
from clickhouse import desk, dimensions, migrate, retention
from clickhouse.client import Store, connect
from clickhouse.contacts import fill as fill_contacts
from contract.errors import SetupError
from contract.kafka_topics import ensure_topics
from contract.settings import Settings
from nhip.words import say

PATIENCE_S = 120.0
"""A store or a broker that is still starting; the jobs give up then, and whoever started them says so."""


def tables(store: Store, settings: Settings, catalogue: Catalogue) -> list[str]:
    """Tables, retention, names, whom to ask, where findings are taken; the migrations that were applied now."""
    applied = migrate.migrate(store, settings)
    retention.apply(store, settings)
    dimensions.fill(store, catalogue)
    fill_contacts(store, catalogue, contacts.load(catalogue, settings.catalogue_dir))
    desk.tell(store, _desk(settings))
    return applied


def _desk(settings: Settings) -> str:
    """The port on loopback is somebody's own only where all runs on one machine, without an installation's network."""
    return settings.desk_address if settings.desk_url or not settings.store_host else ""


def topics(settings: Settings, catalogue: Catalogue, on_wait: Callable[[float], None] | None = None) -> dict[str, int]:
    """Every topic with its number of partitions."""
    counts = {settings.topics.of(name): count for name, count in catalogue.topic_partitions.items()}
    wanted = {settings.topics.inbox: 1, **counts}
    ensure_topics(settings, wanted, on_wait)
    return wanted


def run_tables(settings: Settings) -> int:
    store = connect(settings, "writer")
    _answering(store)
    applied = tables(store, settings, load(settings.catalogue_dir))
    for name in applied:
        print(f"✓ {name}", flush=True)
    print(say(f"Kho: {len(applied)} bước dựng bảng mới", f"Store: {len(applied)} new migrations"), flush=True)
    return 0


def run_topics(settings: Settings) -> int:
    for topic, partitions in topics(settings, load(settings.catalogue_dir), _limited).items():
        print(say(f"✓ {topic}: {partitions} phân vùng", f"✓ {topic}: {partitions} partitions"), flush=True)
    return 0


def _answering(store: Store, patience_s: float = PATIENCE_S) -> None:
    deadline = time.monotonic() + patience_s
    while not store.ping():
        if time.monotonic() > deadline:
            where = f"{store.settings.store_address}:{store.settings.store_port}"
            raise SetupError(say(f"kho {where} không trả lời", f"the store at {where} does not answer"))
        time.sleep(0.5)


def _limited(waited_s: float) -> None:
    if waited_s > PATIENCE_S:
        raise SetupError(say("Kafka không trả lời", "Kafka does not answer") + f" ({waited_s:.0f} s)")
