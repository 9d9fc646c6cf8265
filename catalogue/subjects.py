"""Subjects: what a figure or a case is about besides its unit: a reservoir, an airport, a sector, a procedure."""

from collections.abc import Iterable

from msgspec import Struct

from catalogue.units import name_key


class Family(Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    name_vi: str
    name_en: str


class Subject(Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    family: str
    name_vi: str
    name_en: str
    variants: tuple[str, ...] = ()
    attributes: dict[str, float | str] = {}


def by_name(subjects: Iterable[Subject]) -> dict[tuple[str, str], str]:
    """(family, name without diacritics) -> id, for sources that write names."""
    return {
        (subject.family, name_key(name)): subject.id
        for subject in subjects
        for name in (subject.id, subject.name_vi, subject.name_en, *subject.variants)
    }
