"""Case steps against the catalogue: known kind and state, unit valid that day, a time, nothing off the lists."""

import msgspec
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from catalogue.cases import CaseKind
from catalogue.feeds import Feed
from catalogue.load import Catalogue
from contract.reasons import Reason
from streams.admit.checks import (
    MISSING,
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
    text,
    times,
)
from streams.admit.place import UnitCodes, check_feed, check_time, check_unit

REQUIRED = ("feed", "unit", "kind", "case_id", "state", "event_at", "sent_at", "simulated")
FREE_TEXT = ("record_id", "case_id", "approved_by", "document")


class CaseSteps(msgspec.Struct):
    """Columns of a segment after admission, as long as the segment; only rows that passed mean anything."""

    at: Times
    sent_at: Times
    due_at: Times
    """NO_TIME where none is given."""
    kind: Codes
    """Position in the feed's kinds."""
    state: Codes
    """Position in the kind's states."""
    unit: Codes
    """Position in the catalogue's units."""
    subject: Codes
    channel: Codes
    """Position in `channels`."""
    channels: list[str | None]
    simulated: Flags
    late: Flags


class CaseAdmission:
    """The checks of one feed's shard, its part of the catalogue turned into codes once."""

    def __init__(self, catalogue: Catalogue, feed: Feed, shard: int) -> None:
        self._catalogue, self._feed = catalogue, feed
        self.units = UnitCodes(catalogue, feed, shard)
        self.subjects = list(catalogue.subjects)
        self._subject = {id: position for position, id in enumerate(self.subjects)}
        self.kinds: list[CaseKind] = [catalogue.kinds[id] for id in feed.kinds]
        self._kind = {id: position for position, id in enumerate(feed.kinds)}

    def admit(self, segment: Segment) -> tuple[Checks, CaseSteps]:
        table = segment.table
        checks = Checks(len(segment))
        columns = self._columns(segment)
        check_public(checks, table)
        check_feed(checks, table, self._feed, self._catalogue)
        check_present(checks, table, REQUIRED)
        check_lengths(checks, table, FREE_TEXT)
        check_date(checks, columns.sent_at, "sent_at")
        check_date(checks, columns.due_at, "due_at")
        checks.refuse(columns.kind == UNKNOWN, Reason.UNKNOWN_KIND, "kind")
        self._read_kinds(checks, table, columns)
        check_time(checks, columns.at, "event_at", self._feed, segment.clock)
        columns.unit = self.units.of(*text(table, "unit"), columns.at, checks.passed)
        check_unit(checks, columns.unit)
        self.units.check_shard(checks, columns.unit)
        checks.refuse(columns.subject == UNKNOWN, Reason.UNKNOWN_SUBJECT, "subject")
        if segment.clock is not None:
            columns.late = columns.at < segment.clock - segment.step - self._feed.lateness_s * 1000
        return checks, columns

    def _columns(self, segment: Segment) -> CaseSteps:
        table, none = segment.table, np.full(len(segment), MISSING, np.int32)
        channel, channels = text(table, "channel")
        return CaseSteps(
            at=times(table, "event_at"),
            sent_at=times(table, "sent_at"),
            due_at=times(table, "due_at"),
            kind=look_up(*text(table, "kind"), lambda id: self._kind.get(id, UNKNOWN)),
            state=none,
            unit=none,
            subject=look_up(*text(table, "subject"), lambda id: self._subject.get(id, UNKNOWN)),
            channel=channel,
            channels=channels,
            simulated=flags(table, "simulated"),
            late=np.zeros(len(segment), bool),
        )

    def _read_kinds(self, checks: Checks, table: pa.Table, columns: CaseSteps) -> None:
        """States, channels and marks by the list of each row's own kind; most feeds have one kind."""
        state, states = text(table, "state")
        columns.state = np.full(len(state), MISSING, np.int32)
        for position, kind in enumerate(self.kinds):
            rows = columns.kind == position
            if not rows.any():
                continue
            codes = look_up(state, states, lambda value, kind=kind: _state(kind, value))  # type: ignore[misc]
            columns.state[rows] = codes[rows]
            allowed = {*kind.channels, ""}
            channel = look_up(columns.channel, columns.channels, lambda v, a=allowed: 0 if v in a else UNKNOWN)  # type: ignore[misc]
            checks.refuse(rows & (channel == UNKNOWN), Reason.UNKNOWN_CHANNEL, "channel")
            self._check_attributes(checks, table, rows, kind)
        checks.refuse(columns.state == UNKNOWN, Reason.UNKNOWN_STATE, "state")

    def _check_attributes(self, checks: Checks, table: pa.Table, rows: Flags, kind: CaseKind) -> None:
        column = table.column("attributes")
        if column.null_count == len(column):
            return
        marks = column.combine_chunks()
        values = pc.list_flatten(marks)
        known = pc.is_in(values, value_set=pa.array(kind.attributes, pa.string()))
        if pc.all(known).as_py():
            return
        parents: npt.NDArray[np.int64] = pc.list_parent_indices(marks).to_numpy()
        strange = np.zeros(len(column), bool)
        strange[parents[~known.to_numpy(zero_copy_only=False)]] = True
        checks.refuse(rows & strange, Reason.UNKNOWN_ATTRIBUTE, "attributes")


def _state(kind: CaseKind, value: str) -> int:
    state = kind.state(value)
    return UNKNOWN if state is None else kind.states.index(state)
