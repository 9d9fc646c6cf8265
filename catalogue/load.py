"""TOML -> one frozen Catalogue. Nothing starts on a catalogue with a mistake in it."""

from datetime import date
from pathlib import Path
from typing import Any

from msgspec import Struct

from catalogue.calendar import Calendar
from catalogue.calendar_file import CalendarFile
from catalogue.cases import CaseKind
from catalogue.check import problems_of
from catalogue.feeds import Body, Feed, System
from catalogue.indicators import Field, Indicator, Section, Target, unpublished
from catalogue.read import Reader
from catalogue.subjects import Family, Subject
from catalogue.units import Unit, Units
from contract.errors import CatalogueError

FOLDER = Path(__file__).resolve().parent


class Catalogue(Struct, frozen=True):
    units: Units
    feeds: dict[str, Feed]
    indicators: dict[str, Indicator]
    kinds: dict[str, CaseKind]
    subjects: dict[str, Subject]
    families: dict[str, Family]
    systems: dict[str, System]
    bodies: dict[str, Body]
    fields: tuple[Field, ...]
    sections: dict[str, Section]
    targets: tuple[Target, ...]
    calendar: Calendar
    topic_partitions: dict[str, int]
    """How many partitions each topic has, spares included."""
    by_partition: dict[tuple[str, int], tuple[Feed, int]]
    ranks: dict[str, int]
    """Province -> place in today's official order; an old province has that of the one it became part of."""
    places: dict[tuple[str, str], str]
    """(kind of entry, id) -> the file it stands in."""
    measures: dict[str, str] = {}
    """Units of measure as written in Vietnamese -> in English."""

    def feed_at(self, record: str, partition: int) -> tuple[Feed, int] | None:
        """The feed and shard that own a partition of the topic of a record type; None for a spare one."""
        return self.by_partition.get((record, partition))

    def partitions(self, record: str) -> int:
        return self.topic_partitions[record]

    def shard_of(self, feed: Feed, unit: str) -> int:
        """The shard of a unit's records. An old province shares that of its successor: its open cases live on there."""
        return self.ranks.get(unit, 0) % feed.shards

    def partition_of(self, feed: Feed, unit: str) -> int:
        return feed.partition + self.shard_of(feed, unit)

    def expected_units(self, feed: Feed, on: date) -> tuple[str, ...]:
        """Who must report on a day, in official order."""
        found: list[str] = []
        for word in feed.units:
            if word == "provinces":
                found += (unit.id for unit in self.units.provinces(on))
            elif word == "ministries":
                found += (unit.id for unit in self.units.ministries(on))
            elif (unit := self.units.resolve(word, on)) and isinstance(unit, Unit):
                found.append(unit.id)
        return tuple(found)

    def expected_subjects(self, feed: Feed) -> tuple[str, ...]:
        """What a feed reports about; one empty subject when it has none."""
        return tuple(s.id for s in self.subjects.values() if s.family == feed.subjects) if feed.subjects else ("",)

    def measure(self, indicator: str, lang: str = "vi") -> str:
        """The unit of measure of an indicator, in a language."""
        vi = self.indicators[indicator].measure
        return self.measures.get(vi, vi) if lang == "en" else vi

    def owner_name(self, feed: Feed, lang: str = "vi") -> str:
        owner = self.units.by_id.get(feed.owner) or self.bodies[feed.owner]
        return owner.name_en if lang == "en" else owner.name_vi


def load(path: Path | None = None) -> Catalogue:
    """The catalogue of a folder (ours by default); raises CatalogueError with its first mistake."""
    catalogue, problems = examine(path)
    if catalogue is None or problems:
        more = f" (and {len(problems) - 1} more: `nhip feeds check`)" if len(problems) > 1 else ""
        raise CatalogueError(problems[0] + more)
    return catalogue


def examine(path: Path | None = None) -> tuple[Catalogue | None, list[str]]:
    """The catalogue where it could be read, and every mistake in it, each a line."""
    reader = Reader(path or FOLDER)
    catalogue = _read(reader)
    if reader.problems:
        return None, reader.problems
    return catalogue, problems_of(catalogue)


def _read(reader: Reader) -> Catalogue:
    systems = reader.file("systems.toml")
    reader.only_keys("systems.toml", systems, ("partitions", "system", "body"))
    subjects = reader.file("subjects.toml")
    reader.only_keys("subjects.toml", subjects, ("family", "subject"))
    units = reader.file("units.toml")
    reader.only_keys("units.toml", units, ("unit",))
    indicators = reader.file("indicators.toml")
    reader.only_keys("indicators.toml", indicators, ("measures", "field", "section", "indicator"))
    targets = reader.file("targets.toml")
    reader.only_keys("targets.toml", targets, ("target",))
    tree = Units(reader.entries("units.toml", units, "unit", Unit))
    fields = tuple(reader.entries("indicators.toml", indicators, "field", Field))
    feeds = _feeds(reader)
    return Catalogue(
        units=tree,
        feeds=feeds,
        indicators=_indicators(reader.entries("indicators.toml", indicators, "indicator", Indicator), fields),
        kinds=_kinds(reader),
        subjects={s.id: s for s in reader.entries("subjects.toml", subjects, "subject", Subject)},
        families={f.id: f for f in reader.entries("subjects.toml", subjects, "family", Family)},
        systems={s.id: s for s in reader.entries("systems.toml", systems, "system", System)},
        bodies={b.id: b for b in reader.entries("systems.toml", systems, "body", Body)},
        fields=fields,
        sections={s.id: s for s in reader.entries("indicators.toml", indicators, "section", Section)},
        measures=_measures(reader, indicators),
        targets=tuple(reader.entries("targets.toml", targets, "target", Target)),
        calendar=_calendar(reader),
        topic_partitions=_partitions(reader, systems),
        by_partition={
            (feed.record, partition): (feed, shard)
            for feed in feeds.values()
            for shard, partition in enumerate(feed.partitions)
        },
        ranks=_ranks(tree),
        places=reader.places,
    )


def _feeds(reader: Reader) -> dict[str, Feed]:
    found: dict[str, Feed] = {}
    for name in reader.files("feeds"):
        content = reader.file(name)
        reader.only_keys(name, content, ("feed",))
        found |= {feed.id: feed for feed in reader.entries(name, content, "feed", Feed)}
    return found


def _kinds(reader: Reader) -> dict[str, CaseKind]:
    """One kind a file."""
    read = ((name, reader.file(name)) for name in reader.files("cases"))
    entries = (reader.entry(name, "kind", content, CaseKind) for name, content in read if content)
    return {kind.id: kind for kind in entries if kind is not None}


def _indicators(given: list[Indicator], fields: tuple[Field, ...]) -> dict[str, Indicator]:
    """Those written down, and one `chưa công bố` for every other slot."""
    taken = {indicator.slot for indicator in given}
    rest = (
        unpublished(field, slot)
        for field in fields
        for slot in range(field.slots[0], field.slots[1] + 1)
        if slot not in taken
    )
    return {indicator.id: indicator for indicator in (*given, *rest)}


def _measures(reader: Reader, indicators: dict[str, Any]) -> dict[str, str]:
    given = indicators.get("measures", {})
    if not isinstance(given, dict) or not all(isinstance(word, str) for word in given.values()):
        reader.problems.append("indicators.toml: [measures] must give each measure its English word")
        return {}
    return dict(given)


def _calendar(reader: Reader) -> Calendar:
    content = reader.file("calendar.toml")
    entry = reader.entry("calendar.toml", "calendar", content, CalendarFile)
    if entry is None:
        return Calendar()
    reader.problems += [f"calendar.toml: {problem}" for problem in entry.problems()]
    return Calendar({off.day: off.name_vi for off in entry.day_off}, frozenset(entry.days_worked))


def _partitions(reader: Reader, systems: dict[str, Any]) -> dict[str, int]:
    given = systems.get("partitions", {})
    for record in ("figures", "cases"):
        count = given.get(record) if isinstance(given, dict) else None
        if not isinstance(count, int) or not 0 < count < 10_000:
            reader.problems.append(f"systems.toml: partitions: key '{record}' must be a number of partitions above 0")
            return {"figures": 1, "cases": 1}
    return dict(given)


def _ranks(units: Units) -> dict[str, int]:
    today = [unit.id for unit in units.all if unit.level == "province" and unit.valid_to is None]
    ranks = {id: rank for rank, id in enumerate(today)}
    old = (unit for unit in units.all if unit.level == "province" and unit.valid_to is not None)
    return ranks | {unit.id: ranks.get(units.successor(unit).id, 0) for unit in old}
