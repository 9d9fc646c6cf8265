"""`nhip healthy PART`: does a process do its job? For health checks: exit code 0 or 1, and one line that says why.

A process that answers may still do nothing. So its own metrics are read twice: what it takes, sends or checks must have
moved in between. Asked from the same machine or container.
"""

import argparse
import http.client
import re
import time
from collections.abc import Callable, Mapping

from contract.errors import SettingError
from contract.settings import Settings
from contract.text import duration
from nhip.words import language, say

LOOKS, LOOK_S = 8, 1.0
"""A tick comes every two seconds; a whole second look-out of eight is four of them."""
ANSWER_S = 5.0
ROUNDS = 3
"""So many rounds of the check that never stops may be late."""
SENT = ("nhip_ticks_sent_total", "nhip_records_sent_total")
"""At night few records are due; a played past has few ticks."""
_SAMPLE = re.compile(r"(?m)^(?P<name>[a-z_]+)(?:\{[^}]*\})? (?P<value>\S+)")

Metrics = Mapping[str, tuple[float, ...]]
"""Name -> the values of its samples, whatever their labels."""
Ask = Callable[[], Metrics]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("part", choices=("worker", "feeds", "ticks", "audit", "page"))
    parser.add_argument("--port", type=int, help="of a page")


def run(settings: Settings, arguments: argparse.Namespace) -> int:
    trouble = _trouble(settings, arguments.part, arguments.port)
    print(trouble or "ok", flush=True)
    return 1 if trouble else 0


def _trouble(settings: Settings, part: str, port: int | None) -> str:
    try:
        match part:
            case "worker":
                return stands_still(asking(settings.worker_metrics_port), "nhip_messages_total") and _why(settings)
            case "feeds":
                return stands_still(asking(settings.feeds_metrics_port), *SENT)
            case "ticks":
                return stands_still(asking(settings.feeds_metrics_port), SENT[0])
            case "audit":
                return overdue(asking(settings.audit_metrics_port)(), settings.audit_s, time.time())
            case _:
                return no_page(port)
    except (OSError, http.client.HTTPException) as error:
        return say(f"{part} không trả lời: {error}", f"{part} does not answer: {error}")


def stands_still(ask: Ask, *names: str, looks: int = LOOKS, look_s: float = LOOK_S) -> str:
    """Nothing where one of these counters moves between two looks."""

    def together() -> float:
        metrics = ask()
        return sum(sum(metrics.get(name, ())) for name in names)

    before = together()
    for _ in range(looks):
        time.sleep(look_s)
        if together() > before:
            return ""
    waited = duration(looks * look_s, language())
    what = ", ".join(names)
    return say(f"{what} đứng yên trong {waited}", f"{what} has not moved for {waited}")


def overdue(metrics: Metrics, audit_s: float, now_s: float) -> str:
    newest = max(metrics.get("nhip_check_timestamp_seconds", ()), default=0.0)
    late = now_s - newest
    if late <= ROUNDS * audit_s:
        return ""
    if not newest:
        return say("chưa soát lần nào", "nothing was checked yet")
    age = duration(late, language())
    return say(f"lần soát gần nhất cách đây {age}", f"the last check was {age} ago")


def no_page(port: int | None) -> str:
    """Any answer but a server's own fault will do: without a token a page refuses, and is well."""
    if port is None:
        raise SettingError("nhip healthy page: --port is missing")
    status, _ = _get(port, "/")
    return "" if status < 500 else f"HTTP {status}"


def asking(port: int) -> Ask:
    return lambda: parsed(_get(port, "/metrics")[1])


def parsed(text: str) -> Metrics:
    found: dict[str, tuple[float, ...]] = {}
    for sample in _SAMPLE.finditer(text):
        found[sample["name"]] = (*found.get(sample["name"], ()), float(sample["value"]))
    return found


def _why(settings: Settings) -> str:
    """What a worker that does nothing says of itself."""
    waited = max(asking(settings.worker_metrics_port)().get("nhip_store_waiting_seconds", ()), default=0.0)
    if waited:
        text = duration(waited, language())
        return say(f"worker đợi kho đã {text}", f"the worker has waited for the store for {text}")
    return say("không có bản tin nào tới worker (Kafka? nhịp?)", "no message reaches the worker (Kafka? ticks?)")


def _get(port: int, path: str) -> tuple[int, str]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=ANSWER_S)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read().decode("utf-8", "replace")
    finally:
        connection.close()
