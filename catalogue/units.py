"""Administrative units, a dated tree: 63 provinces until 30 June 2025, 34 since; ministries before and since 2025."""

import re
from collections.abc import Iterable
from datetime import date
from enum import StrEnum

from msgspec import Struct

from contract.text import fold

LEVELS = ("national", "group", "ministry", "agency", "province", "commune")


class Unit(Struct, frozen=True, forbid_unknown_fields=True):
    """A body valid between two dates (both inside). A province that the merger changed is two units: H38.63 and H38."""

    id: str
    name_vi: str
    name_en: str
    level: str
    parent: str
    order: int
    valid_from: date
    valid_to: date | None = None
    gso: str = ""
    portal: str = ""
    portal_confirmed: bool = True
    """False: the code fits the alphabetical run of the others, but no list that gives it could be read."""
    variants: tuple[str, ...] = ()
    predecessors: tuple[str, ...] = ()
    latitude: float = 0.0
    longitude: float = 0.0
    city_from: date | None = None
    """Since when the province is a centrally run city (thành phố), not a tỉnh."""

    def valid_on(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)

    def full_name(self, day: date) -> str:
        """The name with its style on a day: "Tỉnh Đồng Nai", later "Thành phố Đồng Nai"."""
        if self.level != "province":
            return self.name_vi
        city = self.city_from is not None and day >= self.city_from
        return f"{'Thành phố' if city else 'Tỉnh'} {self.name_vi}"


class UnitProblem(StrEnum):
    UNKNOWN = "unknown_unit"
    NOT_VALID = "unit_not_valid"


def name_key(text: str) -> str:
    """What is left of a name for comparison: letters and digits, lower case, no diacritics, no punctuation."""
    return re.sub(r"[^0-9a-z]+", "", fold(text))


STYLES = ("Tỉnh", "Thành phố", "TP", "UBND tỉnh", "UBND thành phố", "UBND TP")


def spellings(unit: Unit) -> Iterable[str]:
    """Everything a unit is called: codes, names, variants, and a province's name after its style."""
    names = (unit.name_vi, unit.name_en, *unit.variants)
    yield from names
    if unit.level == "province":
        yield from (f"{style} {name}" for style in STYLES for name in names)
    if unit.level == "ministry":
        yield from (name.removeprefix("Bộ ") for name in names)
    if unit.portal:
        yield from (unit.portal, f"000.00.00.{unit.portal}")


class Units:
    """The tree and its look-ups. Keys without diacritics never meet: loading refuses two units of one name and day."""

    def __init__(self, units: Iterable[Unit]) -> None:
        self.all = tuple(sorted(units, key=lambda u: u.order))
        self.by_id = {unit.id: unit for unit in self.all}
        self._named: dict[str, list[Unit]] = {}
        for unit in self.all:
            for key in {name_key(name) for name in spellings(unit)}:
                self._named.setdefault(key, []).append(unit)
            if unit.gso:
                self._named.setdefault(f"gso:{unit.gso}", []).append(unit)
        self._found: dict[str, tuple[Unit, ...]] = {}
        self._provinces: dict[date, tuple[Unit, ...]] = {}

    def resolve(self, text: str, on: date) -> Unit | UnitProblem:
        """The unit meant by an id, a portal code, "gso:15", a name or a variant, in any Unicode form, on a day."""
        candidates = self._found.get(text)
        if candidates is None:
            candidates = self._candidates(text)
            if candidates and len(self._found) < 10_000:
                self._found[text] = candidates
        for unit in candidates:
            if unit.valid_on(on):
                return unit
        return UnitProblem.NOT_VALID if candidates else UnitProblem.UNKNOWN

    def _candidates(self, text: str) -> tuple[Unit, ...]:
        """Those an id or a code names come first; "H38.63" is that unit and never another's department."""
        text = text.strip()
        exact = self.by_id.get(text)
        if exact is not None and exact.id != exact.portal:
            return (exact,)
        key = text.lower() if text.lower().startswith("gso:") else name_key(text)
        named = tuple(self._named.get(key, ()))
        return named if exact is None else (exact, *(u for u in named if u is not exact))

    def same_name(self) -> Iterable[tuple[str, Unit, Unit]]:
        """Names that would mean two units on one day: none may be left."""
        for key, units in self._named.items():
            for n, first in enumerate(units):
                for second in units[n + 1 :]:
                    if _overlap(first, second):
                        yield key, first, second

    def provinces(self, on: date) -> tuple[Unit, ...]:
        """In official order: 63 until 30 June 2025, 34 since."""
        if on not in self._provinces:
            self._provinces[on] = tuple(u for u in self.all if u.level == "province" and u.valid_on(on))
        return self._provinces[on]

    def ministries(self, on: date) -> tuple[Unit, ...]:
        return tuple(u for u in self.all if u.level == "ministry" and u.valid_on(on))

    def children(self, id: str, on: date) -> tuple[Unit, ...]:
        return tuple(u for u in self.all if u.parent == id and u.valid_on(on))

    def successor(self, unit: Unit) -> Unit:
        """The unit of today that took its place, or itself."""
        for other in self.all:
            if unit.id in other.predecessors:
                return self.successor(other)
        return unit


def _overlap(a: Unit, b: Unit) -> bool:
    return (a.valid_to is None or b.valid_from <= a.valid_to) and (b.valid_to is None or a.valid_from <= b.valid_to)
