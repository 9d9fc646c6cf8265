"""What calendar.toml adds to the holidays package, and what it says of the administrative periods."""

from datetime import date

from msgspec import Struct

from catalogue.periods import KINDS, parse_period


class DayOff(Struct, frozen=True, forbid_unknown_fields=True):
    day: date
    name_vi: str
    name_en: str


class Cutoff(Struct, frozen=True, forbid_unknown_fields=True):
    """One period written out, so that a reader sees where its kind is cut; loading compares it with the code."""

    code: str
    name_vi: str
    name_en: str
    start: date
    end: date


class CalendarFile(Struct, frozen=True, forbid_unknown_fields=True):
    day_off: tuple[DayOff, ...] = ()
    days_worked: tuple[date, ...] = ()
    cutoff: tuple[Cutoff, ...] = ()

    def problems(self) -> list[str]:
        found = []
        for cutoff in self.cutoff:
            period = parse_period(cutoff.code)
            if period is None:
                found.append(f"cutoff '{cutoff.code}': key 'code' is no period code; write one like A-M2026-10")
            elif (period.start, period.end) != (cutoff.start, cutoff.end):
                found.append(
                    f"cutoff '{cutoff.code}': keys 'start' and 'end' should be {period.start} and {period.end}; "
                    "the code of the periods is catalogue/periods.py"
                )
        missing = sorted(set(KINDS) - {cutoff.code[:3] for cutoff in self.cutoff})
        return found + [f"no cutoff shows a period of kind {kind}; add one" for kind in missing]
