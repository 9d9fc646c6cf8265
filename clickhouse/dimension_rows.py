"""What each table of the catalogue holds: a list of rows with the columns of `dimension_tables.py`."""

import math
from collections.abc import Callable
from typing import Any

from catalogue.feeds import Feed
from catalogue.load import Catalogue
from contract.text import fold


def _units(catalogue: Catalogue) -> list[dict[str, Any]]:
    return [
        {
            "unit": unit.id,
            "name_vi": unit.name_vi,
            "name_en": unit.name_en,
            "name_ascii": fold(unit.name_vi),
            "level": unit.level,
            "parent": unit.parent,
            "position": unit.order,
            "valid_from": unit.valid_from,
            "valid_to": unit.valid_to,
            "latitude": unit.latitude,
            "longitude": unit.longitude,
            "predecessors": list(unit.predecessors),
        }
        for unit in catalogue.units.all
    ]


def _feeds(catalogue: Catalogue) -> list[dict[str, Any]]:
    return [
        {
            "feed": feed.id,
            "name_vi": feed.name_vi,
            "name_en": feed.name_en,
            "system": feed.system,
            "owner": _owner(catalogue, feed.owner),
            "record": feed.record,
            "partition": feed.partition,
            "shards": feed.shards,
            "contact": feed.contact,
            "cadence_s": feed.cadence_s,
            "headline": feed.headline,
            "headline_days": _days(catalogue, feed),
            "drill": feed.drill,
            "lateness_s": feed.lateness_s,
            "due_days": feed.due_days,
        }
        for feed in catalogue.feeds.values()
    ]


def _days(catalogue: Catalogue, feed: Feed) -> int:
    """Within how many days the newest figure of the headline lies: boards need not look further back."""
    indicator = catalogue.indicators.get(feed.headline)
    if indicator is None:
        return 0
    return {"": 1, "C-D": 10, "C-W": 100, "A-W": 100, "C-H": 100, "C-M": 100, "A-M": 100}.get(indicator.period, 500)


def _expected_units(catalogue: Catalogue) -> list[dict[str, Any]]:
    """Of every day on which the tree changed: until when a unit of the past had to report, its own dates say."""
    days = {unit.valid_from for unit in catalogue.units.all}
    return [
        {"feed": feed.id, "unit": unit}
        for feed in catalogue.feeds.values()
        for unit in dict.fromkeys(unit for day in sorted(days) for unit in catalogue.expected_units(feed, day))
    ]


def _owner(catalogue: Catalogue, owner: str) -> str:
    """The owner's name: a unit of the tree, or another body."""
    found = catalogue.units.by_id.get(owner) or catalogue.bodies.get(owner)
    return found.name_vi if found else owner


def _indicators(catalogue: Catalogue) -> list[dict[str, Any]]:
    return [
        {
            "indicator": indicator.id,
            "name_vi": indicator.name_vi,
            "name_en": indicator.name_en,
            "measure": indicator.measure,
            "decimals": indicator.decimals,
            "measure_en": catalogue.measure(indicator.id, "en"),
            "section": indicator.section,
            "period": indicator.period,
            "slot": indicator.slot,
            **_bounds("hard", indicator.hard),
            **_bounds("soft", indicator.soft),
            "published": indicator.published,
        }
        for indicator in catalogue.indicators.values()
    ]


def _bounds(name: str, bounds: tuple[float, float] | None) -> dict[str, float | None]:
    low, high = bounds or (-math.inf, math.inf)
    return {f"{name}_low": low if math.isfinite(low) else None, f"{name}_high": high if math.isfinite(high) else None}


def _systems(catalogue: Catalogue) -> list[dict[str, Any]]:
    return [{"system": s.id, "name_vi": s.name_vi, "name_en": s.name_en} for s in catalogue.systems.values()]


def _targets(catalogue: Catalogue) -> list[dict[str, Any]]:
    names = ("indicator", "period", "unit", "at_least", "at_most", "set_by", "source")
    return [{name: getattr(target, name) for name in names} for target in catalogue.targets]


def _subjects(catalogue: Catalogue) -> list[dict[str, Any]]:
    return [
        {"subject": s.id, "family": s.family, "name_vi": s.name_vi, "name_en": s.name_en}
        for s in catalogue.subjects.values()
    ]


def _sections(catalogue: Catalogue) -> list[dict[str, Any]]:
    return [
        {"section": s.id, "position": place, "name_vi": s.name_vi, "name_en": s.name_en}
        for place, s in enumerate(catalogue.sections.values(), start=1)
    ]


def _fields(catalogue: Catalogue) -> list[dict[str, Any]]:
    return [
        {
            "field": field.number,
            "first_slot": field.slots[0],
            "last_slot": field.slots[1],
            "name_vi": field.name_vi,
            "name_en": field.name_en,
        }
        for field in catalogue.fields
    ]


def _kinds(catalogue: Catalogue) -> list[dict[str, Any]]:
    return [{"kind": k.id, "name_vi": k.name_vi, "name_en": k.name_en} for k in catalogue.kinds.values()]


def _states(catalogue: Catalogue) -> list[dict[str, Any]]:
    return [
        {
            "kind": kind.id,
            "state": state.id,
            "position": place,
            "phase": state.phase,
            "name_vi": state.name_vi,
            "name_en": state.name_en,
            "result": state.result,
        }
        for kind in catalogue.kinds.values()
        for place, state in enumerate(kind.states, start=1)
    ]


def _ceilings(catalogue: Catalogue) -> list[dict[str, Any]]:
    return [
        row for s in catalogue.subjects.values() if "normal" in s.attributes for row in ceilings(s.id, s.attributes)
    ]


def ceilings(subject: str, attributes: dict[str, float | str]) -> list[dict[str, Any]]:
    """The year of one reservoir, cut where its ceiling changes; outside the flood season it is the normal level.

    Days are month × 100 + day. The steps are `ceiling-MM-DD` of catalogue/subjects.toml.
    """
    normal = float(attributes["normal"])
    steps = sorted((_day(key[8:]), float(value)) for key, value in attributes.items() if key.startswith("ceiling-"))
    end = _day(str(attributes.get("season-end", "12-31")))
    edges = [(101, normal, False), *((day, level, True) for day, level in steps)]
    edges += [(end + 1, normal, False)] if steps and end < 1231 else []
    lasts = [first - 1 for first, _, _ in edges[1:]] + [1231]
    common = {"subject": subject, "dead": float(attributes["dead"]), "normal": normal}
    return [
        {**common, "first_day": first, "last_day": last, "ceiling": level, "flood_season": season}
        for (first, level, season), last in zip(edges, lasts, strict=True)
    ]


def _day(text: str) -> int:
    """`06-15` as 615."""
    month, day = text.split("-")
    return int(month) * 100 + int(day)


ROWS: dict[str, Callable[[Catalogue], list[dict[str, Any]]]] = {
    "units": _units,
    "systems": _systems,
    "feeds": _feeds,
    "expected_units": _expected_units,
    "indicators": _indicators,
    "targets": _targets,
    "subjects": _subjects,
    "sections": _sections,
    "fields": _fields,
    "case_kinds": _kinds,
    "case_states": _states,
    "ceilings": _ceilings,
}
