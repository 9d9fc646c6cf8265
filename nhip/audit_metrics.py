"""What a round of the audit found, as metrics: levels by question, how far behind the worker is, room on the disks."""

import logging
import shutil
from collections.abc import Callable, Sequence

from contract.errors import NhipError
from contract.kafka import free_bytes
from contract.settings import Settings
from contract.telemetry import Telemetry
from nhip.asking import Reader, ask
from nhip.check_lines import OK, Line

log = logging.getLogger("nhip.audit")

MIB = 1 << 20
ONLY_BAD = ("store", "kafka", "disks")
"""Questions that have a line only while the answer is no."""


def tell(telemetry: Telemetry, lines: Sequence[Line], at_s: float) -> None:
    found = {line.question: line for line in lines}
    if "balance" in found:  # the round came to its end, so both answered but for what has a line
        for question in ONLY_BAD:
            telemetry.check_done(question, OK, at_s)
    for line in lines:
        telemetry.check_done(line.question, line.level, at_s)
    telemetry.questions_refused(sum(line.refused for line in lines))
    if late := found.get("late"):
        telemetry.unread_counted(int(late.numbers["not_yet"]), len(late.numbers["behind"]))
    if (beat := found.get("beat")) and not beat.refused:
        lag_s = beat.numbers.get("lag_s", beat.numbers["tick_age_s"])
        if lag_s is not None:
            telemetry.lag_measured(float(lag_s))


def look_at_disks(
    telemetry: Telemetry, store: Reader, settings: Settings, of_kafka: Callable[[Settings], int | None] = free_bytes
) -> None:
    """Where `nhip up` runs Kafka or the engine, the disk that they write to; the fullest of brokers of their own; and
    the fullest of the store's, which may be another machine's. Beside a broker and a server of their own `var` holds
    next to nothing (in a container, a tmpfs smaller than the floor)."""
    floor = settings.disk_min_free_mb * MIB
    if not (settings.kafka and settings.store_host):
        telemetry.disk_seen("var", shutil.disk_usage(settings.var_dir).free, floor)
    if settings.kafka and (free := _of_kafka(of_kafka, settings)) is not None:
        telemetry.disk_seen("kafka", free, floor)
    for row in ask(store, "audit_disks"):
        kept = max(int(row["kept_free"]), settings.store_disk_floor_mb * MIB)
        telemetry.disk_seen("store", int(row["free"]), kept)


def _of_kafka(free: Callable[[Settings], int | None], settings: Settings) -> int | None:
    """A broker that is away has a line of its own."""
    try:
        return free(settings)
    except (NhipError, OSError, RuntimeError) as error:  # the driver's errors are RuntimeErrors
        log.warning("disks of Kafka: %s", error)
        return None
