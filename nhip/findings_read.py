"""Findings as people deal with them, read from the store through the queries `desk_*.sql`, as any client would."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, TypeVar

import msgspec
from msgspec import Struct

from clickhouse.client import StoreAway
from clickhouse.sink import Where
from contract import text
from contract.handling import Held
from contract.settings import Settings
from nhip.asking import Reader, ask, time_of_data
from nhip.words import Spoken

T = TypeVar("T", bound=Struct)
SHORT = 8
"""Letters of an id that are shown; 32 bits tell some thousands of findings apart."""
LEAST = 4
MOST = 500
"""Findings of each part of a shift that are listed; all are counted."""
AFTER_ALL_MS = 4_102_444_800_000


class Finding(Struct, frozen=True, kw_only=True):
    """One finding with what was done about it; of a list some fields stay empty."""

    id: str
    feed: str
    severity: str
    state: str
    handling: str
    holder: str
    unit: str
    at: datetime
    severity_at: datetime
    drill: bool
    simulated: bool
    sentence_vi: str
    sentence_en: str
    again: bool = False
    """The data opened it again, or made it graver, after it was labelled or closed."""
    rule: str = ""
    label: str = ""
    count: int = 0
    asked_at: datetime | None = None
    asked_until: datetime | None = None
    taken_at: datetime | None = None
    labelled_by: str = ""
    labelled_at: datetime | None = None
    ended_by: str = ""
    ended_at: datetime | None = None
    indicator: str = ""
    subject: str = ""
    case_id: str = ""
    opened_at: datetime | None = None
    updated_at: datetime | None = None
    closed_at: datetime | None = None
    value: float | None = None
    low: float | None = None
    high: float | None = None
    score: float = 0.0
    evidence: str = "{}"
    partition: int = 0
    post_vi: str = ""
    post_en: str = ""
    telephone: str = ""
    email: str = ""
    hours: str = ""
    part: str = ""
    """Of the handover of a shift: untaken, held, asked or closed; and how many there are of that part."""
    total: int = 0

    @property
    def held(self) -> Held:
        return Held(self.handling, self.holder)

    @property
    def short(self) -> str:
        return self.id[:SHORT]

    def sentence(self, lang: str) -> str:
        return text.choose(self.sentence_vi, self.sentence_en, lang)

    def post(self, lang: str) -> str:
        return text.choose(self.post_vi, self.post_en, lang)

    def innocent(self, lang: str) -> list[str]:
        """The innocent explanations, from its evidence."""
        found = msgspec.json.decode(self.evidence) if self.evidence else {}
        return [str(one) for one in found.get(f"innocent_{lang}", ())]


class Done(Struct, frozen=True, kw_only=True):
    """One step in a finding's history."""

    number: int
    action_id: str
    step: str
    actor: str
    at: datetime
    due: datetime | None
    note: str
    arrived_at: datetime
    outcome: str
    state: str
    holder: str


class Value(Struct, frozen=True, kw_only=True):
    """One value of the series that a finding is about."""

    at: datetime
    period: str
    vintage: str
    value: float
    verdict: str
    versions: int


class Step(Struct, frozen=True, kw_only=True):
    """One step of the case that a finding is about."""

    event_at: datetime
    state: str
    due_at: datetime | None
    verdict: str
    late: bool


class Sheet(Struct, frozen=True):
    """One finding with all that is known of it."""

    finding: Finding
    history: list[Done]
    series: list[Value]
    steps: list[Step]


class AsOf(Struct, frozen=True):
    """How old what is shown may be: the slowest connection's clock and the newest, and when it was asked."""

    oldest: datetime | None
    newest: datetime | None
    asked_at: datetime

    @property
    def now(self) -> datetime:
        """What time it is for the data."""
        return time_of_data(self.asked_at, self.newest)


class Wanted(Struct, frozen=True):
    """Which findings are listed."""

    all: bool = False
    severity: str = ""
    unit: str = ""
    holder: str = ""
    handling: str = ""
    rows: int = 30


@contextmanager
def said_plainly(settings: Settings) -> Iterator[None]:
    """A store that is away, in a person's words."""
    try:
        yield
    except StoreAway as error:
        where = f"{settings.store_address}:{settings.store_port}"
        raise Spoken(
            f"kho số liệu ({where}) không trả lời; nhip up đã chạy chưa?",
            f"the store at {where} does not answer; does nhip up run?",
        ) from error


class Books:
    def __init__(self, store: Reader) -> None:
        self._store = store

    def listed(self, wanted: Wanted) -> tuple[list[Finding], int]:
        """Findings, and how many there are in all."""
        rows = ask(self._store, "desk_findings", **(msgspec.structs.asdict(wanted) | {"all": int(wanted.all)}))
        return [_made(Finding, row) for row in rows], int(rows[0]["total"]) if rows else 0

    def one(self, id: str) -> Finding:
        """By its id or how it begins; an error that says what to do where it is none's or more than one's."""
        typed = id.strip().lower()
        if len(typed) < LEAST or not set(typed) <= set("0123456789abcdef"):
            raise Spoken(
                f"{id!r} không phải mã điểm bất thường: ít nhất {LEAST} chữ đầu của mã, xem nhip findings",
                f"{id!r} is no id of a finding: {LEAST} letters of it at least, see nhip findings",
            )
        rows = ask(self._store, "desk_finding", id=typed)
        if len(rows) != 1:
            vi, en = ("không có điểm bất thường", "no finding") if not rows else ("có hơn một điểm", "more than one")
            raise Spoken(f"{vi} {typed}; xem nhip findings", f"{en} {typed}; see nhip findings")
        return _made(Finding, rows[0])

    def sheet(self, id: str) -> Sheet:
        finding = self.one(id)
        return Sheet(finding, self.history(finding), self.series(finding), self.steps(finding))

    def history(self, finding: Finding) -> list[Done]:
        return [_made(Done, row) for row in ask(self._store, "desk_history", id=finding.id)]

    def outcome(self, finding: Finding, action: str, where: Where, offset: int) -> dict[str, str] | None:
        """What became of an action, which stands in the log there; None while it has not been read."""
        place = {"topic": where[0], "partition": where[1], "offset": offset}
        rows = ask(self._store, "desk_action", id=finding.id, action=action, **place)
        return {name: str(value) for name, value in rows[0].items()} if rows else None

    def series(self, finding: Finding) -> list[Value]:
        """The values around the one that it is about."""
        names = {name: getattr(finding, name) for name in ("feed", "indicator", "unit", "subject")}
        rows = ask(self._store, "desk_series", **names, at=_ms(finding.at), before=12, after=8)
        return [_made(Value, row) for row in rows]

    def steps(self, finding: Finding) -> list[Step]:
        names = {"feed": finding.feed, "kind": finding.indicator, "unit": finding.unit, "case_id": finding.case_id}
        return [_made(Step, row) for row in ask(self._store, "desk_steps", **names)] if finding.case_id else []

    def shift(self, since: datetime, until: datetime, then: bool = False) -> list[Finding]:
        """`then`: as things stood at its end; else as they stand now."""
        rows = ask(self._store, "desk_shift", since=_ms(since), until=_ms(until), rows=MOST, as_of=_as_of(until, then))
        return [_made(Finding, row) for row in rows]

    def untaken(self, until: datetime, then: bool = False) -> dict[str, int]:
        """Open findings that nobody took, by severity."""
        rows = ask(self._store, "desk_counts", as_of=_as_of(until, then))
        return {str(row["severity"]): int(row["untaken"]) for row in rows}

    def as_of(self) -> AsOf:
        (row,) = ask(self._store, "desk_as_of")
        some = bool(row["feeds"])
        return AsOf(row["oldest"] if some else None, row["newest"] if some else None, row["asked_at"])


def _made(kind: type[T], row: Mapping[str, Any]) -> T:
    return kind(**{name: row[name] for name in kind.__struct_fields__ if name in row})


def _as_of(moment: datetime, then: bool) -> int:
    """Now is after everything: the data's clock may run ahead of ours."""
    return _ms(moment) if then else AFTER_ALL_MS


def _ms(moment: datetime) -> int:
    return round(moment.astimezone(UTC).timestamp() * 1000)
