"""Figures against the catalogue: known indicator, unit valid that day, one time, a finite value."""

import msgspec
import numpy as np
import numpy.typing as npt

from catalogue.feeds import Feed
from catalogue.load import Catalogue
from catalogue.periods import parse_period
from contract.figures import VINTAGES
from contract.reasons import Reason
from streams.admit.checks import (
    MISSING,
    NO_TIME,
    UNKNOWN,
    Checks,
    Codes,
    Flags,
    Segment,
    Times,
    check_date,
    check_lengths,
    check_present,
    check_public,
    flags,
    look_up,
    per_value,
    text,
    times,
)
from streams.admit.place import DAY_MS, UnitCodes, check_feed, check_time, check_unit, day_start

REQUIRED = ("feed", "unit", "indicator", "value", "sent_at", "simulated")
FREE_TEXT = ("record_id", "reason", "approved_by", "document")


class Figures(msgspec.Struct):
    """Columns of a segment after admission, as long as the segment; only rows that passed mean anything."""

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
    """Position in `periods`; MISSING for an instantaneous figure."""
    periods: list[str | None]
    vintage: Codes
    """Position in VINTAGES; MISSING for an instantaneous figure."""
    value: npt.NDArray[np.float64]
    simulated: Flags
    late: Flags


class FigureAdmission:
    """The checks of one feed's shard, its part of the catalogue turned into codes once."""

    def __init__(self, catalogue: Catalogue, feed: Feed, shard: int) -> None:
        self._catalogue, self._feed = catalogue, feed
        self.units = UnitCodes(catalogue, feed, shard)
        self.subjects = list(catalogue.subjects)
        self._subject = {id: position for position, id in enumerate(self.subjects)}
        self._indicator = {id: position for position, id in enumerate(feed.indicators)}
        # The place after the last answers a missing or unknown indicator.
        self._kinds = np.array([*(catalogue.indicators[id].period for id in feed.indicators), ""], dtype=object)
        self._periodic = self._kinds != ""

    def admit(self, segment: Segment) -> tuple[Checks, Figures]:
        table = segment.table
        checks = Checks(len(segment))
        columns = self._columns(segment)
        check_public(checks, table)
        check_feed(checks, table, self._feed, self._catalogue)
        check_present(checks, table, REQUIRED)
        check_lengths(checks, table, FREE_TEXT)
        check_date(checks, columns.sent_at, "sent_at")
        checks.refuse(np.isnan(columns.value), Reason.NAN, "value")
        checks.refuse(np.isinf(columns.value), Reason.INFINITY, "value")
        checks.refuse(columns.indicator == UNKNOWN, Reason.UNKNOWN_INDICATOR, "indicator")
        self._check_period(checks, columns)
        check_time(checks, columns.at, "event_at", self._feed, segment.clock)
        columns.unit = self.units.of(*text(table, "unit"), self._reported_at(columns), checks.passed)
        check_unit(checks, columns.unit)
        self.units.check_shard(checks, columns.unit)
        checks.refuse(columns.subject == UNKNOWN, Reason.UNKNOWN_SUBJECT, "subject")
        checks.refuse(columns.vintage == UNKNOWN, Reason.UNKNOWN_VINTAGE, "vintage")
        columns.late = self._late(columns, segment)
        return checks, columns

    def _columns(self, segment: Segment) -> Figures:
        table = segment.table
        period, periods = text(table, "period")
        instant = times(table, "event_at")
        start = per_value(period, periods, _start, NO_TIME)
        # One of the two, not both: with both, neither stands and the record has no time.
        at = np.where(instant == NO_TIME, start, np.where(period == MISSING, instant, NO_TIME))
        return Figures(
            at=at,
            sent_at=times(table, "sent_at"),
            indicator=look_up(*text(table, "indicator"), lambda id: self._indicator.get(id, UNKNOWN)),
            unit=np.full(len(segment), MISSING, np.int32),
            subject=look_up(*text(table, "subject"), lambda id: self._subject.get(id, UNKNOWN)),
            period=period,
            periods=periods,
            vintage=look_up(*text(table, "vintage"), lambda v: VINTAGES.index(v) if v in VINTAGES else UNKNOWN),
            value=np.asarray(table.column("value").to_numpy(), dtype=np.float64),
            simulated=flags(table, "simulated"),
            late=np.zeros(len(segment), bool),
        )

    def _check_period(self, checks: Checks, columns: Figures) -> None:
        indicator = np.maximum(columns.indicator, -1)
        given = columns.period >= 0
        checks.refuse(given != self._periodic[indicator], Reason.NO_TIME, "period" if given.any() else "event_at")
        if not given.any():
            return
        kinds = [parsed.kind if value and (parsed := parse_period(value)) else None for value in columns.periods]
        kind = np.array([*kinds, None], dtype=object)[columns.period]
        checks.refuse(given & (kind != self._kinds[indicator]), Reason.BAD_PERIOD, "period")
        checks.refuse(given & (columns.vintage == MISSING), Reason.MISSING_FIELD, "vintage")

    def _reported_at(self, columns: Figures) -> Times:
        """When its unit must have been one: the instant, or the last day of the period. Who reports the year 2025 is a
        province of December, not of January."""
        if not (columns.period >= 0).any():
            return columns.at
        end = per_value(columns.period, columns.periods, _end, NO_TIME)
        return np.where(columns.period >= 0, end - 1, columns.at)

    def _late(self, columns: Figures, segment: Segment) -> Flags:
        """Later than the feed allows, by the instant, or by the day on which the period's figure was due."""
        if segment.clock is None:
            return np.zeros(len(columns.at), bool)
        due = columns.at
        if (columns.period >= 0).any():
            end = per_value(columns.period, columns.periods, _end, NO_TIME)
            due = np.where(columns.period >= 0, end + self._feed.due_days * DAY_MS, columns.at)
        return np.less(due, segment.clock - segment.step - self._feed.lateness_s * 1000)


def _start(code: str) -> int:
    period = parse_period(code)
    return day_start(period.start) if period else NO_TIME


def _end(code: str) -> int:
    """The first instant after the period."""
    period = parse_period(code)
    return day_start(period.end) + DAY_MS if period else 0
