"""Indicators: what a figure measures. 200 numbered slots in nine fields, and the instantaneous ones of live feeds."""

from msgspec import Struct


class Field(Struct, frozen=True, forbid_unknown_fields=True):
    """One of the nine fields of the 200 indicators. Which slots a field has is our own numbering."""

    number: int
    name_vi: str
    name_en: str
    slots: tuple[int, int]


class Section(Struct, frozen=True, forbid_unknown_fields=True):
    """A thematic section of the board."""

    id: str
    name_vi: str
    name_en: str
    ours: bool
    """True: the official seven sections are not published by name; this one is our proposal."""


class Indicator(Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    name_vi: str
    name_en: str
    measure: str
    decimals: int
    field: int = 0
    slot: int = 0
    section: str = ""
    period: str = ""
    """The kind of period its figures carry, or empty when they carry an instant."""
    hard: tuple[float, float] | None = None
    """Outside is impossible, physically or by law."""
    soft: tuple[float, float] | None = None
    """Outside is worth a question."""
    cumulative: bool = False
    """Never falls within a calendar year."""
    stuck_after: int = 0
    """The same value this many times in a row is strange; 0: not judged."""
    jump: bool = True
    """Judged against its own past."""
    fast: bool = False
    """Moves within minutes: its past is that of the last hours, not of the same weekday."""
    published: bool = True
    """False: a slot whose indicator is not public. It takes no figures."""


def unpublished(field: Field, slot: int) -> Indicator:
    return Indicator(
        id=f"slot-{slot:03d}",
        name_vi=f"Chỉ tiêu {slot}: chưa công bố",
        name_en=f"Indicator {slot}: not published",
        measure="",
        decimals=0,
        field=field.number,
        slot=slot,
        jump=False,
        published=False,
    )


class Target(Struct, frozen=True, forbid_unknown_fields=True):
    """What the National Assembly or the Government set for an indicator and a period."""

    indicator: str
    period: str
    unit: str
    set_by: str
    source: str
    at_least: float | None = None
    at_most: float | None = None
