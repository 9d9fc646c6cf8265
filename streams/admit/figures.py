"""Figures against the catalogue: known indicator, unit valid that day, one time, a finite value."""

import msgspec
import numpy as np
import numpy.typing as npt

from catalogue.calendar import DAY_MS, midnight_ms
from catalogue.feeds import Feed
from catalogue.load import Catalogue
from catalogue.periods import parse_period
from contract.figures import VINTAGES
from contract.reasons import Reason
from streams.admit.checks import UNKNOWN, Checks, Clocks, SharedChecks, among
from streams.admit.place import UnitCodes, check_time, check_unit
from streams.records import NO_TIME, Flags, Records, Rows, Times, vocabularies
from streams.vocabulary import MISSING, Codes, Lookup

REQUIRED = ("feed", "unit", "indicator", "value", "sent_at", "simulated")
FREE_TEXT = ("record_id", "reason", "approved_by", "document")


class Figures(msgspec.Struct):
    """Columns of records after admission, as long as they; only rows that passed mean anything."""

    at: Times
    """The instant, or the start of the period."""
    sent_at: Times
    indicator: Codes
    """Position in the feed's indicators."""
    unit: Codes
    """Position in the catalogue's units."""
    subject: Codes
    """Position in the catalogue's subjects; MISSING for none."""
    period: Codes
    """Word of the vocabulary; MISSING for an instantaneous figure."""
    vintage: Codes
    """Position in VINTAGES; MISSING for an instantaneous figure."""
    value: npt.NDArray[np.float64]
    simulated: Flags
    late: Flags

    def blank(self, rows: Rows) -> None:
        """Makes what could not be placed in the catalogue harmless; nothing reads it."""
        for name in ("indicator", "unit", "subject", "vintage"):
            getattr(self, name)[rows] = 0


class FigureAdmission:
    """The checks of one feed's shard, its part of the catalogue turned into codes once."""

    def __init__(self, catalogue: Catalogue, feed: Feed, shard: int) -> None:
        self._feed = feed
        self.words = vocabularies("figures")
        self.units = UnitCodes(catalogue, feed, shard, self.words["unit"])
        self.subjects = list(catalogue.subjects)
        self._shared = SharedChecks(self.words, feed.id, frozenset(catalogue.feeds))
        self._indicator = among(self.words["indicator"], feed.indicators)
        self._vintage = among(self.words["vintage"], VINTAGES)
        self._subject = among(self.words["subject"], self.subjects)
        # The place after the last answers a missing or unknown indicator.
        kinds = [*(catalogue.indicators[id].period for id in feed.indicators), ""]
        self._periodic = np.array([kind != "" for kind in kinds])
        self._kinds = {kind: number for number, kind in enumerate(dict.fromkeys(kinds))}
        self._kind_of = np.array([self._kinds[kind] for kind in kinds])
        period = self.words["period"]
        self._start, self._end = Lookup(period, _start, NO_TIME, np.int64), Lookup(period, _end, NO_TIME, np.int64)
        self._period_kind = Lookup(period, self._kind_of_period)

    def _kind_of_period(self, code: str) -> int:
        period = parse_period(code)
        return self._kinds.get(period.kind, UNKNOWN) if period else UNKNOWN

    def admit(self, records: Records, clocks: Clocks) -> tuple[Checks, Figures]:
        checks, columns = Checks(len(records)), self._columns(records)
        self._shared.check(checks, records, REQUIRED, FREE_TEXT)
        checks.refuse(np.isnan(columns.value), Reason.NAN, "value")
        checks.refuse(np.isinf(columns.value), Reason.INFINITY, "value")
        checks.refuse(columns.indicator == UNKNOWN, Reason.UNKNOWN_INDICATOR, "indicator")
        self._check_period(checks, columns)
        check_time(checks, columns.at, "event_at", self._feed, clocks.latest)
        columns.unit = self.units.of(records.full("unit"), self._reported_at(columns), checks.passed)
        check_unit(checks, columns.unit)
        self.units.check_shard(checks, columns.unit)
        checks.refuse(columns.subject == UNKNOWN, Reason.UNKNOWN_SUBJECT, "subject")
        checks.refuse(columns.vintage == UNKNOWN, Reason.UNKNOWN_VINTAGE, "vintage")
        columns.late = self._late(columns, clocks)
        return checks, columns

    def _columns(self, records: Records) -> Figures:
        period, instant = records.full("period"), records.full("event_at")
        # One of the two, not both: with both, neither stands and the record has no time.
        at = np.where(instant == NO_TIME, self._start.of(period), np.where(period == MISSING, instant, NO_TIME))
        return Figures(
            at=at,
            sent_at=records.full("sent_at"),
            indicator=self._indicator.of(records.full("indicator")),
            unit=np.zeros(0, np.int32),
            subject=self._subject.of(records.full("subject")),
            period=period,
            vintage=self._vintage.of(records.full("vintage")),
            value=records.full("value"),
            simulated=records.full("simulated"),
            late=np.zeros(0, bool),
        )

    def _check_period(self, checks: Checks, columns: Figures) -> None:
        indicator = np.maximum(columns.indicator, -1)
        given = columns.period >= 0
        wrong = given != self._periodic[indicator]
        checks.refuse(wrong & given, Reason.NO_TIME, "period")
        checks.refuse(wrong, Reason.NO_TIME, "event_at")
        if not np.count_nonzero(given):
            return
        kind = self._period_kind.of(columns.period)
        checks.refuse(given & (kind != self._kind_of[indicator]), Reason.BAD_PERIOD, "period")
        checks.refuse(given & (columns.vintage == MISSING), Reason.MISSING_FIELD, "vintage")

    def _reported_at(self, columns: Figures) -> Times:
        """When its unit must have been one: the instant, or the last day of the period. Who reports the year 2025 is a
        province of December, not of January."""
        if not np.count_nonzero(columns.period >= 0):
            return columns.at
        return np.where(columns.period >= 0, self._end.of(columns.period) - 1, columns.at)

    def _late(self, columns: Figures, clocks: Clocks) -> Flags:
        """Later than the feed allows, by the instant, or by the day on which the period's figure was due."""
        due = columns.at
        if np.count_nonzero(columns.period >= 0):
            due = np.where(columns.period >= 0, self._end.of(columns.period) + self._feed.due_days * DAY_MS, due)
        late: Flags = (due < clocks.sure - self._feed.lateness_s * 1000) & (clocks.sure != NO_TIME)
        return late


def _start(code: str) -> int:
    period = parse_period(code)
    return midnight_ms(period.start) if period else NO_TIME


def _end(code: str) -> int:
    """The first instant after the period."""
    period = parse_period(code)
    return midnight_ms(period.end) + DAY_MS if period else 0
