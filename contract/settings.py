"""One frozen Settings, from the environment. Every setting is NHIP_ and the field's name in capitals."""

import os
from collections.abc import Mapping
from pathlib import Path

import msgspec

from contract.errors import SettingError
from contract.topics import Topics

CHECKOUT = Path(__file__).resolve().parent.parent


class Settings(msgspec.Struct, frozen=True):
    """What differs between installations. `nhip settings` prints it, secrets hidden."""

    var: str = "var"
    """Everything a run writes: Kafka's log, the store, logs, secrets. Relative to the checkout."""
    cache: str = "~/.cache/nhip"
    """Kafka's jars and downloaded packages; shared by checkouts."""
    catalogue: str = "catalogue"
    secrets: str = ""
    """Folder of the files with passwords, one named after each; empty: `secrets` in `var`."""
    lang: str = "vi"
    """Language of the terminal: vi or en."""
    topic_prefix: str = "nhip"

    kafka: str = ""
    """Address of a broker that is there already; empty: `nhip up` runs one."""
    kafka_port: int = 19192
    """Port of the local broker; its controller takes the next one."""
    kafka_home: str = ""
    """A folder with Kafka's jars (or a Kafka distribution), when they cannot be fetched."""

    store_host: str = ""
    """Host of a ClickHouse server that is there already; empty: `nhip up` runs the embedded engine."""
    store_port: int = 18123
    store_database: str = "nhip"
    store_writer: str = "writer"
    store_writer_password: str = ""
    store_reader: str = "reader"
    store_reader_password: str = ""
    store_memory_mb: int = 2000
    """What the embedded engine may take; a query beyond it is refused, not the machine."""
    store_disk_floor_mb: int = 200
    """Below this much free disk the embedded engine takes no rows (senders keep them) and merges nothing."""

    account: str = ""
    """Who acts on findings from this terminal: an account of `nhip accounts`, where `--as` names none."""
    desk_host: str = "127.0.0.1"
    """Where the desk listens; in a container 0.0.0.0, because the TLS proxy stands in another."""
    desk_port: int = 18124
    """Port of the desk: the page on which findings are taken."""
    desk_url: str = ""
    """The desk's address as people reach it (through a TLS proxy); empty: the port on loopback."""

    metrics_host: str = "127.0.0.1"
    """Where processes answer scrapes; in a container 0.0.0.0, because Prometheus stands in another."""
    worker_metrics_port: int = 19464
    feeds_metrics_port: int = 19465
    audit_metrics_port: int = 19463
    """The n-th worker, where there are more than one, has the n-th port after the first worker's."""
    audit_s: float = 60.0
    """Seconds between two rounds of the check that never stops."""

    grafana_home: str = ""
    """A folder with a Grafana installation for `nhip up --grafana`; empty: the one on the PATH."""
    grafana_port: int = 19300
    alerts_delivery: str = ""
    """A file with the addresses that alerts go to (alerts/alertmanager/delivery.example.toml)."""
    alerts_port: int = 19473
    """`nhip alerts gateway` takes alerts there and sends short messages. Above the ports of eight workers."""
    alerts_token: str = ""
    alerts_webhook: str = ""
    """Where the Grafana of `nhip up --grafana` posts alerts; empty: nowhere."""

    batch_ms: int = 250
    """A feed's records are sent at least this often."""
    tick_s: float = 2.0
    """Seconds between two ticks of a partition; one more crosses each whole minute."""
    flush_ms: int = 100
    flush_rows: int = 50_000
    snapshot_s: float = 30.0
    max_batch_bytes: int = 6_000_000
    """The largest message whose records are taken; Kafka itself takes 8 MiB."""
    group: str = "nhip"

    generation: int = 0
    """The generation of derived rows that a worker works in; 0: the one in force (docs/generations.md)."""
    replay_from: str = ""
    """Prefix of the topics of a replay: the worker reads these in the place of `topic_prefix`, and derives only."""

    retain_case_steps_days: int = 396
    retain_case_buckets_5m_days: int = 90
    retain_feed_states_days: int = 90
    retain_rejected_days: int = 30
    retain_ledger_days: int = 396
    retain_kafka_hours: int = 168
    retain_kafka_bytes: int = 2_000_000_000
    """Per partition."""
    disk_min_free_mb: int = 500
    """Below this much free disk the intake stops and says so; the store goes on."""

    @property
    def var_dir(self) -> Path:
        return _absolute(self.var)

    @property
    def cache_dir(self) -> Path:
        return _absolute(self.cache)

    @property
    def catalogue_dir(self) -> Path:
        return _absolute(self.catalogue)

    @property
    def secrets_dir(self) -> Path:
        return _absolute(self.secrets) if self.secrets else self.var_dir / "secrets"

    @property
    def kafka_address(self) -> str:
        return self.kafka or f"127.0.0.1:{self.kafka_port}"

    @property
    def store_address(self) -> str:
        return self.store_host or "127.0.0.1"

    @property
    def desk_address(self) -> str:
        """What links to a finding begin with: `<address>/f/<finding>`."""
        return self.desk_url.rstrip("/") or f"http://127.0.0.1:{self.desk_port}"

    @property
    def topics(self) -> Topics:
        return Topics(self.topic_prefix)


SECRET = frozenset({"store_writer_password", "store_reader_password", "alerts_token"})


def _absolute(path: str) -> Path:
    expanded = Path(path).expanduser()
    return expanded if expanded.is_absolute() else CHECKOUT / expanded


def load(environment: Mapping[str, str] | None = None) -> Settings:
    """Settings from NHIP_*; a name that is none of ours, or a value of the wrong type, is an error."""
    given = {
        name.removeprefix("NHIP_").lower(): value
        for name, value in (os.environ if environment is None else environment).items()
        if name.startswith("NHIP_") and name not in NOT_OURS
    }
    unknown = sorted(set(given) - set(Settings.__struct_fields__))
    if unknown:
        raise SettingError(f"NHIP_{unknown[0].upper()} is not a setting; `nhip settings` lists them")
    try:
        return with_secrets(msgspec.convert(given, Settings, strict=False))
    except msgspec.ValidationError as error:
        raise SettingError(f"a setting cannot be used: {error}") from error


NOT_OURS = frozenset({"NHIP_DATA_DIR", "NHIP_REQUIRE_SERVICES"})
"""Names that tests use."""


def with_secrets(settings: Settings) -> Settings:
    """Passwords that are not given come from the files that `nhip setup` made, readable by their owner only."""
    found: dict[str, str] = {}
    for name in SECRET:
        file = settings.secrets_dir / name
        if not getattr(settings, name) and file.is_file():
            found[name] = _read(file)
    return msgspec.structs.replace(settings, **found) if found else settings


def _read(file: Path) -> str:
    try:
        return file.read_text().strip()
    except OSError as error:
        raise SettingError(f"{file} cannot be read by user {os.getuid()}: {error.strerror}") from error


def to_environment(settings: Settings) -> dict[str, str]:
    """The environment that gives another process the same settings. Secrets stay in their files."""
    return {
        f"NHIP_{name.upper()}": str(getattr(settings, name))
        for name in Settings.__struct_fields__
        if name not in SECRET
    }
