"""What a detector is shown, what it says, and what it must be.

Every detector is pure: no clock, no I/O, no log. It judges first and learns afterwards; judging leaves no trace. What
it remembers is one `memory`, plain data that msgspec can write and read back, because snapshots keep it.
"""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

import numpy as np
import numpy.typing as npt
from msgspec import Struct, field

from catalogue.calendar import local_date
from catalogue.cases import CaseKind
from catalogue.feeds import Feed
from catalogue.indicators import Indicator

if TYPE_CHECKING:
    from catalogue.load import Catalogue

OK, SUSPECT, IMPOSSIBLE = "ok", "suspect", "impossible"
INFO, WARNING, CRITICAL = "info", "warning", "critical"
SEVERITIES = (INFO, WARNING, CRITICAL)
"""In rising order."""
NO_OFFSET = -1
"""A signal of the clock belongs to no record; whoever stores it gives the tick's offset."""
QUIET_DAYS = frozenset({"tet", "holiday"})
"""Days that compare with no ordinary week: what is strange on them is told, but calls nobody."""

Detail = dict[str, str | float | int]
Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


class Series(Struct, frozen=True):
    feed: str
    indicator: str
    unit: str
    subject: str


class Point(Struct):
    """One accepted figure, in the order of the log."""

    series: Series
    key: str
    """The series as one interned text: indicator|unit|subject."""
    at: int
    """Milliseconds UTC; of a periodic figure the start of its period."""
    period: str
    vintage: str
    value: float
    sent_at: int
    offset: int
    simulated: bool
    late: bool


class Texts(Protocol):
    """Texts of steps by place; nearly none is ever asked for."""

    def __getitem__(self, place: int, /) -> Any: ...


class Named:
    """Texts as places in a list of names, below 0 for the empty one."""

    def __init__(self, names: Any, codes: Any) -> None:
        self._names, self._codes = names, codes

    def __getitem__(self, place: int, /) -> str:
        code = int(self._codes[place])
        return str(self._names[code]) if code >= 0 else ""


class Steps(Struct):
    """Case steps of one kind, in the order of the log, as columns of equal length; 0 is "no time", -1 "no state"."""

    kind: str
    unit: Texts
    case_id: Texts
    subject: Texts
    state_before: npt.NDArray[np.int16]
    state: npt.NDArray[np.int16] | npt.NDArray[np.int32]
    """States are places in the kind's list."""
    event_at: Ints
    started_at: Ints
    due_before: Ints
    due_at: Ints
    """The due time after this step; `due_before` the one before it."""
    allowed: Flags
    """The move is in the kind's list."""
    finishes: Flags
    """Enters a state whose result is finished or returned for the first time."""
    ended_at: Ints
    """When the case ended before this step, 0 while it was open."""
    offset: Ints
    simulated: Flags
    late: Flags


class Signal(Struct):
    """What a detector says of one record, or of the clock."""

    rule: str
    feed: str
    indicator: str
    """Or the case kind."""
    unit: str
    subject: str
    at: int
    offset: int
    case_id: str = ""
    holds: bool = True
    """False: the condition is over for this series."""
    verdict: str = SUSPECT
    """Of the record. With `ok` the signal is a fact to tell (a water level), or a weak move that only storms count."""
    severity: str = WARNING
    value: float | None = None
    low: float | None = None
    high: float | None = None
    score: float = 1.0
    """How many times the threshold."""
    detail: Detail = field(default_factory=dict)
    simulated: bool = False
    drill: bool = False


Signals = tuple[Signal, ...]
NOTHING: Signals = ()


class Context(Struct):
    catalogue: "Catalogue"
    feed: Feed
    shard: int
    clock: int | None
    """The last whole minute that the partition's ticks have crossed, in milliseconds; None before the first."""


class Streaks(Struct):
    """Series for which a rule holds, with how many good points are still needed until it is over."""

    open: dict[str, int] = {}


class PointDetector(Protocol):
    """Judges figures one by one. `open` in its memory is the hysteresis: one good point ends nothing yet."""

    rule: ClassVar[str]
    reads: ClassVar[str]  # "points"
    memory: Any

    def judge(self, point: Point, indicator: Indicator, context: Context) -> Signals:
        """What there is to say, mostly NOTHING. Leaves no trace."""

    def learn(self, point: Point, indicator: Indicator, said: Signals, context: Context) -> None:
        """Called after `judge`, with what it said; a value that another found impossible is shown to neither."""


class StepDetector(Protocol):
    """Judges case steps, vectorised. The case's past is in the columns, so it remembers nothing."""

    rule: ClassVar[str]
    reads: ClassVar[str]  # "steps"

    def judge(self, steps: Steps, kind: CaseKind, context: Context) -> list[tuple[int, Signal]]:
        """(place of the step, signal), in order."""


class ClockDetector(Protocol):
    """Judges what is absent, at whole minutes of the partition's clock."""

    rule: ClassVar[str]
    reads: ClassVar[str]  # "clock"
    memory: Any

    def judge(self, clock: int, reporting: dict[str, int], context: Context) -> list[Signal]:
        """`reporting` has the time of each unit's newest record. Leaves no trace."""

    def learn(self, clock: int, reporting: dict[str, int], signals: list[Signal], context: Context) -> None: ...


Detector = PointDetector | StepDetector | ClockDetector


def of_point(rule: str, point: Point, context: Context) -> Signal:
    """A signal about one figure; the detector fills in what it saw."""
    series = point.series
    detail: Detail = {"period": point.period} if point.period else {}
    return Signal(
        rule=rule,
        feed=series.feed,
        indicator=series.indicator,
        unit=series.unit,
        subject=series.subject,
        at=point.at,
        offset=point.offset,
        value=point.value,
        detail=detail,
        simulated=point.simulated,
        drill=context.feed.drill,
    )


def settled(rule: str, streaks: dict[str, int], point: Point, context: Context) -> Signals:
    """What is said of a good point: nothing, or that with it the condition is over."""
    if not ends(streaks, point.key):
        return NOTHING
    signal = of_point(rule, point, context)
    signal.holds, signal.verdict, signal.severity = False, OK, INFO
    return (signal,)


def ends(streaks: dict[str, int], key: str) -> bool:
    """One more good point, and the condition is over."""
    return streaks.get(key, 2) <= 1


def count_down(streaks: dict[str, int], key: str, said: Signals, needed: int) -> None:
    """Learn what was said: a bad point starts the count of good ones again, each good one takes one off."""
    if not said:
        if key in streaks:
            streaks[key] -= 1
    elif said[0].holds:
        streaks[key] = needed
    else:
        streaks.pop(key, None)


def of_step(rule: str, steps: Steps, index: int, context: Context) -> Signal:
    """A signal about one step of a case."""
    return Signal(
        rule=rule,
        feed=context.feed.id,
        indicator=steps.kind,
        unit=str(steps.unit[index]),
        subject=str(steps.subject[index]),
        case_id=str(steps.case_id[index]),
        at=int(steps.event_at[index]),
        offset=int(steps.offset[index]),
        simulated=bool(steps.simulated[index]),
        drill=context.feed.drill,
    )


def day_type(at: int, context: Context) -> str:
    return context.catalogue.calendar.day_type(local_date(at))


def instant(at: int) -> datetime:
    return datetime.fromtimestamp(at / 1000, UTC)
