"""Small, whole things for tests: a catalogue of a few units and feeds in memory, and records for it.

Structs are the product's own; only their content is small. `at("2026-11-20 09:30")` is local time.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from typing import Any

import numpy as np

from catalogue.calendar import Calendar, midnight_ms, parse_period
from catalogue.cases import CaseKind, State
from catalogue.feeds import Feed
from catalogue.indicators import Indicator
from catalogue.load import Catalogue
from catalogue.subjects import Subject
from catalogue.units import Unit, Units
from contract.text import LOCAL
from streams.detect import Context, Detection, Point, Series, Signal, Steps
from streams.findings import Findings

SECOND, MINUTE, HOUR, DAY = 1_000, 60_000, 3_600_000, 86_400_000
FROM = date(2020, 1, 1)
NATION = Unit("VN", "Việt Nam", "Viet Nam", "national", "", 0, FROM)
PROVINCES = tuple(
    Unit(id, vi, en, "province", "VN", order, FROM, portal=id)
    for order, (id, vi, en) in enumerate(
        [
            ("H26", "Hà Nội", "Ha Noi"),
            ("H17", "Đà Nẵng", "Da Nang"),
            ("H29", "Hồ Chí Minh", "Ho Chi Minh City"),
            ("H13", "Cần Thơ", "Can Tho"),
        ],
        start=1,
    )
)
SON_LA = Subject(
    "son-la",
    "reservoirs",
    "Hồ Sơn La",
    "Son La reservoir",
    attributes={
        "normal": 215.0,
        "dead": 175.0,
        "check": 217.8,
        "ceiling-06-15": 205.0,
        "ceiling-07-20": 194.0,
        "ceiling-08-22": 200.0,
        "season-end": "09-15",
    },
)
DOSSIER = CaseKind(
    "dossier",
    "Hồ sơ",
    "Dossier",
    states=(
        State("registered", "1", "Mới đăng ký", "registered", "before"),
        State("accepted", "2", "Được tiếp nhận", "accepted", "open"),
        State("processing", "4", "Đang xử lý", "in processing", "open"),
        State("supplement", "5", "Yêu cầu bổ sung", "supplement", "paused"),
        State("finished", "9", "Đã xử lý xong", "finished", "ended", "finished"),
        State("returned", "10", "Đã trả kết quả", "returned", "ended", "returned"),
    ),
    moves={
        "": ("registered", "accepted"),
        "registered": ("accepted",),
        "accepted": ("processing", "supplement", "finished"),
        "processing": ("processing", "supplement", "finished"),
        "supplement": ("processing",),
        "finished": ("returned",),
        "returned": (),
    },
    starts="accepted",
    supplement="supplement",
)


def at(text: str) -> int:
    """Milliseconds UTC of a local time."""
    return int(datetime.fromisoformat(text).replace(tzinfo=LOCAL).timestamp() * 1000)


def an_indicator(id: str = "load", **rest: Any) -> Indicator:
    given = {"name_vi": "Công suất", "name_en": "Load", "measure": "MW", "decimals": 0, **rest}
    return Indicator(id=id, **given)


def a_feed(id: str = "power", **rest: Any) -> Feed:
    given: dict[str, Any] = {
        "name_vi": "Phụ tải điện",
        "name_en": "Power load",
        "system": "centre",
        "owner": "VN",
        "contact": "Trực ban",
        "record": "figures",
        "partition": 0,
        "cadence_s": 300,
        "lateness_s": 120,
        "first_day": FROM,
        "level": "province",
        "units": ("H26", "H17", "H29", "H13"),
        "indicators": ("load",),
        **rest,
    }
    return Feed(id=id, **given)


def a_catalogue(
    feed: Feed, indicators: Iterable[Indicator] = (), subjects: Iterable[Subject] = (), kinds: Iterable[CaseKind] = ()
) -> Catalogue:
    return Catalogue(
        units=Units((NATION, *PROVINCES)),
        feeds={feed.id: feed},
        indicators={i.id: i for i in indicators},
        kinds={k.id: k for k in (DOSSIER, *kinds)},
        subjects={s.id: s for s in subjects},
        families={},
        systems={},
        bodies={},
        fields=(),
        sections={},
        measures={},
        targets=(),
        calendar=CALENDAR,
        topic_partitions={"figures": 1, "cases": 1},
        by_partition={(feed.record, feed.partition): (feed, 0)},
        ranks={unit.id: unit.order for unit in PROVINCES},
        places={},
    )


CALENDAR = Calendar()


def a_context(
    *indicators: Indicator, feed: Feed | None = None, subjects: Iterable[Subject] = (), clock: int | None = None
) -> Context:
    feed = feed or a_feed(indicators=tuple(i.id for i in indicators))
    return Context(a_catalogue(feed, indicators, subjects), feed, 0, clock)


def a_point(value: float, when: int | str, *, indicator: str = "load", unit: str = "H26", **rest: Any) -> Point:
    """`when` is an instant in milliseconds, or a period code."""
    subject, feed = rest.pop("subject", ""), rest.pop("feed", "power")
    instant, period = (when, "") if isinstance(when, int) else (_start(when), when)
    given = {"vintage": "", "sent_at": instant, "offset": 0, "simulated": False, "late": False, **rest}
    series = Series(feed, indicator, unit, subject)
    return Point(series, f"{indicator}|{unit}|{subject}", instant, period, value=value, **given)


def _start(code: str) -> int:
    period = parse_period(code)
    assert period is not None, code
    return midnight_ms(period.start)


def points_of(values: Sequence[float], start: int, step: int = 5 * MINUTE, **rest: Any) -> list[Point]:
    """One series at a steady pace."""
    return [a_point(v, start + n * step, **{"offset": n, **rest}) for n, v in enumerate(values)]


def a_step(**rest: Any) -> dict[str, Any]:
    """A row for `steps_of`; states by id."""
    return {
        "unit": "H26",
        "case_id": "H26-1",
        "subject": "",
        "state_before": "accepted",
        "state": "processing",
        "event_at": at("2026-11-20 10:00"),
        "started_at": at("2026-11-19 08:00"),
        "due_before": 0,
        "due_at": 0,
        "allowed": True,
        "finishes": False,
        "ended_at": 0,
        "offset": 0,
        "simulated": False,
        "late": False,
        **rest,
    }


def steps_of(*rows: dict[str, Any], kind: CaseKind = DOSSIER) -> Steps:
    place = {state.id: n for n, state in enumerate(kind.states)} | {"": -1}
    types: dict[str, Any] = {
        **dict.fromkeys(("unit", "case_id", "subject"), object),
        **dict.fromkeys(("state_before", "state"), np.int16),
        **dict.fromkeys(("event_at", "started_at", "due_before", "due_at", "ended_at", "offset"), np.int64),
        **dict.fromkeys(("allowed", "finishes", "simulated", "late"), np.bool_),
    }
    states = ("state_before", "state")
    columns = {
        name: np.array([place[row[name]] if name in states else row[name] for row in rows], dtype=type_)
        for name, type_ in types.items()
    }
    return Steps(kind.id, **columns)


class Run:
    """Detection and findings over a log: what the pipeline does with them, and no more."""

    def __init__(self, context: Context) -> None:
        self.context, self.detection, self.findings = context, Detection(), Findings()
        self.signals: list[Signal] = []
        self.rows: list[dict[str, Any]] = []

    def points(self, points: Sequence[Point], clock: int | None = None) -> "Run":
        return self._take([s for _, s in self.detection.on_points(list(points), self._at(clock))])

    def steps(self, steps: Steps, clock: int | None = None) -> "Run":
        return self._take([s for _, s in self.detection.on_steps(steps, self._at(clock))])

    def minute(self, clock: int, reporting: dict[str, int] | None = None) -> "Run":
        """The clock crosses a whole minute; nothing is said of silence when nobody is listed."""
        context = self._at(clock)
        signals = [] if reporting is None else self.detection.on_minute(clock, reporting, context)
        return self._take(signals)

    def live(self, points: Sequence[Point], on_minute: Callable[[int], None] | None = None) -> "Run":
        """Points one by one, with the clock crossing every minute in between."""
        clock = self.context.clock
        for point in points:
            minute = point.at // MINUTE * MINUTE
            if clock is None or minute > clock:
                clock = minute
                self.minute(minute)
                if on_minute:
                    on_minute(minute)
            self.points([point])
        return self

    def _at(self, clock: int | None) -> Context:
        if clock is not None:
            self.context = Context(self.context.catalogue, self.context.feed, self.context.shard, clock)
        return self.context

    def _take(self, signals: list[Signal]) -> "Run":
        self.signals += signals
        self.rows += self.findings.apply(signals, self.context.clock, self.context, offset=0)
        return self

    @property
    def in_force(self) -> list[dict[str, Any]]:
        """The newest row of each finding, in the order they opened."""
        newest: dict[str, dict[str, Any]] = {}
        for row in self.rows:
            newest[row["finding_id"]] = row
        return list(newest.values())

    def open(self, rule: str = "") -> list[dict[str, Any]]:
        return [r for r in self.in_force if r["state"] == "open" and rule in ("", r["rule"])]
