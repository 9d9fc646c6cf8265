"""`nhip check`: is anything lost, doubled, late or silent? Answered in words, from the ledger, the store and Kafka.

The proof: what Kafka holds and the ledger names are the same offsets without a hole; every message's records are
accepted, rejected or repeats; and every accepted record stands in the store once. What lies above the ledger's mark
is not lost but not yet read.
"""

import argparse
import itertools
import sys
from collections.abc import Callable, Sequence

import msgspec

from clickhouse.client import connect
from contract import text
from contract.errors import NhipError, SetupError
from contract.kafka import Log, wait_for_broker
from contract.settings import Settings
from nhip.asking import Reader, Row, ask, time_of_data
from nhip.check_lines import (
    BAD,
    LOOK,
    OK,
    Line,
    Offsets,
    Spans,
    away,
    balance,
    beat,
    buckets,
    continuity,
    doubled,
    silence,
    snapshots,
    stored,
    times,
)

_SIGNS = {OK: "✓", LOOK: "▲", BAD: "✖"}


DAYS = 1.0
"""How far back the records themselves are counted where nobody says otherwise."""
_DAY_MS = 86_400_000
_MONTH_MS = 30 * _DAY_MS


class Verdict(msgspec.Struct, frozen=True):
    lines: tuple[Line, ...]

    @property
    def code(self) -> int:
        return max((line.level for line in self.lines), default=BAD)

    def headline(self, lang: str = "vi") -> str:
        return text.choose(*_HEADLINES[self.code], lang=lang)

    def words(self, lang: str = "vi") -> list[str]:
        return [f"{_SIGNS[line.level]} {text.choose(line.vi, line.en, lang)}" for line in self.lines] + [
            f"{_SIGNS[self.code]} {self.headline(lang)}"
        ]

    def json(self) -> bytes:
        return msgspec.json.encode({"code": self.code, "verdict": self.headline("en"), "lines": self.lines})


_HEADLINES = {
    OK: (
        "Không mất, không trùng, không chậm, không kết nối nào mất tín hiệu.",
        "Nothing lost, nothing doubled, nothing late, no connection silent.",
    ),
    LOOK: (
        "Không mất, không trùng; có kết nối hoặc phần chậm, xem các dòng ▲.",
        "Nothing lost, nothing doubled; something is late or silent, see the lines with ▲.",
    ),
    BAD: (
        "Có số liệu mất, trùng, hoặc chưa chứng minh được, xem các dòng ✖.",
        "Something is lost or doubled, or cannot be proved, see the lines with ✖.",
    ),
}


def run(settings: Settings, args: argparse.Namespace) -> int:
    """Prints the verdict; its code is for scripts: 0 well, 1 late or silent, 2 lost, doubled or not provable."""
    lang = getattr(args, "lang", None) or "vi"
    try:
        found = verdict(connect(settings, "reader"), settings, days=getattr(args, "days", DAYS))
    except (ConnectionError, NhipError) as error:
        found = Verdict((away("store", "Kho số liệu không trả lời", "The store does not answer", error),))
    if getattr(args, "json", False):
        sys.stdout.write(found.json().decode() + "\n")
    else:
        print("\n".join(found.words(lang)))
    return found.code


def verdict(
    store: Reader,
    settings: Settings,
    offsets: Callable[[Settings], Offsets] | None = None,
    again_s: float = 0.5,
    days: float = DAYS,
) -> Verdict:
    """Raises where the store is away; Kafka being away is part of the answer.

    The ledger is followed from its beginning; that every accepted record is stored, and once, is asked of what came
    in within the last `days`, or (0) of all that is kept, a month at a time.
    """
    ledger = list(ask(store, "check_ledger"))
    looked_at = spans(ask(store, "check_span"), days, settings)
    lines: list[Line] = []
    try:
        lines += continuity(ledger, (offsets or kafka_offsets)(settings))
    except (SetupError, OSError, RuntimeError) as error:  # the driver's errors are RuntimeErrors
        lines += [*continuity(ledger, {}), away("kafka", "Kafka không trả lời", "Kafka does not answer", error)]
    lines += [balance(ledger), stored(store, again_s, looked_at), doubled(store, looked_at)]
    now, clock, states = times(store)
    time_comes = beat(store, settings)
    lines += [buckets(store, time_of_data(now, clock), time_comes.level == OK, again_s)]
    lines += [time_comes, snapshots(store, settings), silence(states)]
    return Verdict(tuple(lines))


def spans(ledger: Sequence[Row], days: float, settings: Settings) -> Spans:
    """What is to be looked at, in pieces of a month. Steps go with their time: what is nearly so old is left out."""
    if not ledger:
        return ()
    first, last = int(ledger[0]["first_ms"]), int(ledger[0]["last_ms"]) + 1
    first = min(first, int(ledger[0]["arrived_ms"]))
    if settings.retain_case_steps_days:
        first = max(first, last - (settings.retain_case_steps_days - 1) * _DAY_MS)
    if days:
        first = max(first, last - round(days * _DAY_MS))
    edges = [*range(first, last, _MONTH_MS), last]
    return tuple(itertools.pairwise(edges))


def kafka_offsets(settings: Settings) -> Offsets:
    wait_for_broker(settings, limit_s=3.0)
    topics = settings.topics
    with Log(settings) as log:
        return {
            topic: {p: (first, ends[p]) for p, first in log.beginning_offsets(topic).items()}
            for topic in (topics.figures, topics.cases, topics.inbox)
            if (ends := log.end_offsets(topic))
        }
