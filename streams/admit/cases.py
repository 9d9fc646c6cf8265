"""Case steps against the catalogue: known kind and state, unit valid that day, a time, nothing off the lists."""

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from catalogue.cases import CaseKind
from catalogue.feeds import Feed
from catalogue.load import Catalogue
from contract.reasons import Reason
from streams.admit.checks import UNKNOWN, Checks, Clocks, SharedChecks, among, check_date
from streams.admit.place import UnitCodes, check_time, check_unit
from streams.admit.repeats import hashes
from streams.records import NO_TIME, Flags, Records, Rows, Times, vocabularies
from streams.vocabulary import MISSING, Codes, Lookup

REQUIRED = ("feed", "unit", "kind", "case_id", "state", "event_at", "sent_at", "simulated")
FREE_TEXT = ("record_id", "case_id", "approved_by", "document")


class CaseSteps(msgspec.Struct):
    """Columns of records after admission, as long as they; only rows that passed mean anything."""

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
    """Position in the channels of the feed's kinds."""
    simulated: Flags
    late: Flags

    def blank(self, rows: Rows) -> None:
        """Makes what could not be placed in the catalogue harmless; nothing reads it."""
        for name in ("kind", "state", "unit", "subject", "channel"):
            getattr(self, name)[rows] = 0


class CaseAdmission:
    """The checks of one feed's shard, its part of the catalogue turned into codes once."""

    def __init__(self, catalogue: Catalogue, feed: Feed, shard: int) -> None:
        self._feed = feed
        self.words = vocabularies("cases")
        self.units = UnitCodes(catalogue, feed, shard, self.words["unit"])
        self.subjects = list(catalogue.subjects)
        self.kinds: list[CaseKind] = [catalogue.kinds[id] for id in feed.kinds]
        self.channels = list(dict.fromkeys(channel for kind in self.kinds for channel in kind.channels))
        self.channel_names, self.channel_hashes = pa.array([*self.channels, ""], pa.string()), hashes(self.channels)
        self.online = np.array([channel == "online" for channel in self.channels] + [False])
        """Of each channel, and last of none."""
        self._shared = SharedChecks(self.words, feed.id, frozenset(catalogue.feeds))
        self._kind, self._subject = among(self.words["kind"], feed.kinds), among(self.words["subject"], self.subjects)
        self._channel = among(self.words["channel"], self.channels)
        self._state = [Lookup(self.words["state"], lambda id, kind=kind: _state(kind, id)) for kind in self.kinds]  # type: ignore[misc]
        self._foreign = [
            np.array([*(channel not in kind.channels for channel in self.channels), True, False]) for kind in self.kinds
        ]
        """Per kind, of each channel, then of an unknown one and of none: it is not of the kind's list."""
        self._attributes = [pa.array(kind.attributes, pa.string()) for kind in self.kinds]

    def admit(self, records: Records, clocks: Clocks) -> tuple[Checks, CaseSteps]:
        checks, columns = Checks(len(records)), self._columns(records)
        self._shared.check(checks, records, REQUIRED, FREE_TEXT)
        check_date(checks, records.get("due_at"), "due_at")
        checks.refuse(columns.kind == UNKNOWN, Reason.UNKNOWN_KIND, "kind")
        self._read_kinds(checks, records, columns)
        check_time(checks, columns.at, "event_at", self._feed, clocks.latest)
        columns.unit = self.units.of(records.full("unit"), columns.at, checks.passed)
        check_unit(checks, columns.unit)
        self.units.check_shard(checks, columns.unit)
        checks.refuse(columns.subject == UNKNOWN, Reason.UNKNOWN_SUBJECT, "subject")
        columns.late = columns.at < clocks.sure - self._feed.lateness_s * 1000
        columns.late &= clocks.sure != NO_TIME
        return checks, columns

    def _columns(self, records: Records) -> CaseSteps:
        none = np.zeros(0, np.int32)
        return CaseSteps(
            at=records.full("event_at"),
            sent_at=records.full("sent_at"),
            due_at=records.full("due_at"),
            kind=self._kind.of(records.full("kind")),
            state=none,
            unit=none,
            subject=self._subject.of(records.full("subject")),
            channel=self._channel.of(records.full("channel")),
            simulated=records.full("simulated"),
            late=none.astype(bool),
        )

    def _read_kinds(self, checks: Checks, records: Records, columns: CaseSteps) -> None:
        """States, channels and marks by the list of each row's own kind; most feeds have one kind."""
        word = records.full("state")
        columns.state = np.full(len(records), MISSING, np.int32)
        for position, states in enumerate(self._state):
            rows = columns.kind == position
            count = np.count_nonzero(rows)
            if not count:
                continue
            if count == len(rows):
                columns.state = states.of(word)
            else:
                columns.state[rows] = states.of(word[rows])
            # Codes from 0 on find a channel; -1, none, the last place, and -2, unknown, the place before it.
            checks.refuse(rows & self._foreign[position][columns.channel], Reason.UNKNOWN_CHANNEL, "channel")
            self._check_attributes(checks, records.get("attributes"), rows, self._attributes[position])
        checks.refuse(columns.state == UNKNOWN, Reason.UNKNOWN_STATE, "state")

    def _check_attributes(self, checks: Checks, marks: pa.Array | None, rows: Flags, allowed: pa.Array) -> None:
        if marks is None:
            return
        if marks.null_count:  # under a null there may be texts, which one of the two below counts and one does not
            marks = pc.fill_null(marks, pa.scalar([], marks.type))
        known = pc.is_in(pc.list_flatten(marks), value_set=allowed).to_numpy(zero_copy_only=False)
        if known.all():
            return
        strange = np.zeros(len(marks), bool)
        strange[pc.list_parent_indices(marks).to_numpy()[~known]] = True
        checks.refuse(rows & strange, Reason.UNKNOWN_ATTRIBUTE, "attributes")


def _state(kind: CaseKind, value: str) -> int:
    state = kind.state(value)
    return UNKNOWN if state is None else kind.states.index(state)
