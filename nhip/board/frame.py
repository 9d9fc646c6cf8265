"""One frame of the board: everything that is drawn, as plain values. Times are aware UTC; what is missing is None."""

from collections.abc import Mapping
from datetime import datetime

from msgspec import Struct

from catalogue.load import Catalogue
from contract import text

RECENT_DRILL_S = 600
"""A drill runs while its connections said something this recently."""


class Source(Struct, frozen=True):
    """What the board must know of a feed: its names, and the indicator that speaks for it."""

    id: str
    name_vi: str
    name_en: str
    record: str
    headline: str = ""
    measure: str = ""
    measure_en: str = ""
    decimals: int = 0
    periodic: bool = False
    """Its figures are of periods: their time is the period's beginning, and no age."""
    drill: bool = False


class Names(Struct, frozen=True):
    feeds: tuple[Source, ...] = ()
    units: Mapping[str, tuple[str, str]] = {}
    subjects: Mapping[str, tuple[str, str]] = {}

    def unit(self, unit: str, lang: str) -> str:
        return text.choose(*self.units.get(unit, (unit, unit)), lang=lang)

    def subject(self, subject: str, lang: str) -> str:
        return text.choose(*self.subjects.get(subject, (subject, subject)), lang=lang)


class FeedRow(Struct, frozen=True):
    source: Source
    state: str = ""
    last_at: datetime | None = None
    age_s: float | None = None
    value: float | None = None
    value_of: str = ""
    """Unit or subject whose value it is, where it is not the whole country's."""
    suspect: bool = False
    received_today: int | None = None
    reporting: int = 0
    expected: int = 0
    simulated: bool = False


class ProvinceRow(Struct, frozen=True):
    unit: str
    name_vi: str
    name_en: str
    received: int | None = None
    received_before: int | None = None
    finished: int | None = None
    on_time: int | None = None
    on_time_of_finished: float | None = None
    on_time_of_finished_before: float | None = None
    overdue_open: int | None = None

    @property
    def change(self) -> float | None:
        """Received against the same weekday last week up to the same five minutes."""
        if self.received is None or not self.received_before:
            return None
        return self.received / self.received_before - 1

    @property
    def moved(self) -> float:
        """How far from last week, in standard deviations of a count: a small province is not louder for being small."""
        if self.received is None or self.received_before is None:
            return 0.0
        return float(abs(self.received - self.received_before) / max(self.received_before, 1) ** 0.5)


class FindingRow(Struct, frozen=True):
    rule: str
    unit: str
    feed: str
    severity: str
    state: str
    drill: bool
    findings: int
    records: int
    at: datetime
    sentence_vi: str
    sentence_en: str
    simulated: bool = False
    ids: tuple[str, ...] = ()


class Pipeline(Struct, frozen=True):
    tick_age_s: float | None = None
    lag_s: float | None = None
    messages: int = 0
    records: int = 0
    accepted: int = 0
    rejected: int = 0
    duplicates: int = 0
    late: int = 0
    p99_s: float | None = None


class Frame(Struct, frozen=True):
    now: datetime
    """The store's clock when it was asked."""
    clock: datetime | None
    """The clock of the data: it may be virtual, so ages are told by it."""
    feeds: tuple[FeedRow, ...] = ()
    provinces: tuple[ProvinceRow, ...] = ()
    findings: tuple[FindingRow, ...] = ()
    open_findings: Mapping[str, int] = {}
    pipeline: Pipeline = Pipeline()
    took_s: float = 0.0

    @property
    def newest(self) -> datetime | None:
        return max((row.last_at for row in self.feeds if row.last_at), default=None)

    @property
    def oldest(self) -> FeedRow | None:
        """Of the connections that should be heard now, the one not heard of for longest."""
        expected = [row for row in self.feeds if row.state in ("receiving", "late", "silent")]
        heard = [row for row in expected if row.last_at and not row.source.periodic]
        return min(heard, key=lambda row: row.last_at or self.now, default=None)

    @property
    def simulated(self) -> bool:
        return any(row.simulated for row in self.feeds)

    @property
    def drill(self) -> bool:
        return any(row.source.drill for row in self.feeds) or any(
            row.drill and row.state == "open" for row in self.findings
        )

    def beat_lost(self, tick_s: float) -> bool:
        """Ticks reach us by the wall clock, however fast the data's own time runs."""
        age = self.pipeline.tick_age_s
        return age is None or age > beat_limit_s(tick_s)

    def states(self) -> dict[str, int]:
        counts: dict[str, int] = {}
        for row in self.feeds:
            counts[row.state] = counts.get(row.state, 0) + 1
        return counts

    def critical_ids(self) -> frozenset[str]:
        return frozenset(
            id for row in self.findings if row.severity == "critical" and row.state == "open" for id in row.ids
        )


def beat_limit_s(tick_s: float) -> float:
    return 3 * tick_s + 5.0


def names_of(catalogue: Catalogue) -> Names:
    return Names(
        feeds=tuple(_source(catalogue, id) for id in catalogue.feeds),
        units={unit.id: (unit.name_vi, unit.name_en) for unit in catalogue.units.all},
        subjects={subject.id: (subject.name_vi, subject.name_en) for subject in catalogue.subjects.values()},
    )


def _source(catalogue: Catalogue, id: str) -> Source:
    feed = catalogue.feeds[id]
    indicator = catalogue.indicators.get(feed.headline)
    return Source(
        id=id,
        name_vi=feed.name_vi,
        name_en=feed.name_en,
        record=feed.record,
        headline=feed.headline,
        measure=indicator.measure if indicator else "",
        measure_en=catalogue.measures.get(indicator.measure, indicator.measure) if indicator else "",
        decimals=indicator.decimals if indicator else 0,
        periodic=feed.periodic,
        drill=feed.drill,
    )
