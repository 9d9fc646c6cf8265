"""Feeds: the live connections, who answers for them, and what is expected of them."""

from datetime import date, datetime

from msgspec import Struct

RECORDS = ("figures", "cases")
UNIT_WORDS = ("provinces", "ministries")
"""Words a feed may use in `units` for all units of a level that are valid on the day."""


class Term(Struct, frozen=True, forbid_unknown_fields=True):
    """One figure of a sum. An empty subject or unit: the same as in the record that is judged."""

    indicator: str
    subject: str = ""
    unit: str = ""


class Sum(Struct, frozen=True, forbid_unknown_fields=True):
    """Parts that must add up to a total, within a share of it (0.01 is one percent)."""

    total: Term
    parts: tuple[Term, ...]
    tolerance: float


class Window(Struct, frozen=True, forbid_unknown_fields=True):
    """Announced maintenance, between two instants."""

    start: datetime
    end: datetime


class Feed(Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    name_vi: str
    name_en: str
    system: str
    owner: str
    """A unit or a body (`systems.toml`)."""
    contact: str
    """A role, never a person or a number."""
    record: str
    partition: int
    """The first of its partitions in the topic of its record type."""
    cadence_s: int
    """Seconds between reports of one series (figures) or between any records of a unit (cases); 0: by period."""
    lateness_s: int
    first_day: date
    """Records from before are refused."""
    level: str
    units: tuple[str, ...]
    """Who must report: ids, `provinces`, `ministries`."""
    shards: int = 1
    due_days: int = 0
    """Periodic figures: days after the end of the period until they are due."""
    subjects: str = ""
    indicators: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    sums: tuple[Sum, ...] = ()
    hours: str = ""
    maintenance: tuple[Window, ...] = ()
    headline: str = ""
    drill: bool = False

    @property
    def partitions(self) -> range:
        return range(self.partition, self.partition + self.shards)

    @property
    def periodic(self) -> bool:
        return self.cadence_s == 0


class System(Struct, frozen=True, forbid_unknown_fields=True):
    """One of the systems watched."""

    id: str
    name_vi: str
    name_en: str


class Body(Struct, frozen=True, forbid_unknown_fields=True):
    """An owner of feeds that is no unit of the tree: an enterprise, a department, an exchange."""

    id: str
    name_vi: str
    name_en: str
