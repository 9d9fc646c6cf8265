"""Until when somebody is to answer, as people type it: `2h`, `3d`, `15:00`, `21/11/2026 15:00`, `2026-11-21 15:00`."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta

from contract.text import LOCAL, local
from nhip.words import Spoken

_FORMS = ("%d/%m/%Y %H:%M", "%d/%m/%Y %Hh%M", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M", "%H:%M %d/%m/%Y")
_SPAN = re.compile(r"(\d{1,4})(m|h|d)")
_HOUR = re.compile(r"(\d{1,2})[:h](\d{2})")
_MINUTES = {"m": 1, "h": 60, "d": 1440}


def due(text: str, now: datetime) -> datetime:
    """A moment after now; an hour of the day is today's, or tomorrow's where it has passed. Local time."""
    typed = " ".join(text.split())
    moment = _of(typed, local(now))
    if moment is None:
        raise Spoken(
            f"hạn {typed!r} không đọc được; viết 2h, 3d, 15:00 hoặc 21/11/2026 15:00",
            f"{typed!r} is no time to answer; write 2h, 3d, 15:00 or 21/11/2026 15:00",
        )
    if moment <= now:
        raise Spoken(f"hạn {typed} đã qua", f"{typed} has passed")
    return moment


def _of(typed: str, now: datetime) -> datetime | None:
    if span := _SPAN.fullmatch(typed):
        return now + timedelta(minutes=int(span[1]) * _MINUTES[span[2]])
    if hour := _HOUR.fullmatch(typed):
        if int(hour[1]) > 23 or int(hour[2]) > 59:
            return None
        today = now.replace(hour=int(hour[1]), minute=int(hour[2]), second=0, microsecond=0)
        return today if today > now else today + timedelta(days=1)
    return moment_typed(typed, _FORMS)


def moment_typed(typed: str, forms: Sequence[str]) -> datetime | None:
    """A local time in one of the forms; None where it is in none."""
    for form in forms:
        try:
            return datetime.strptime(typed, form).replace(tzinfo=LOCAL)
        except ValueError:
            continue
    return None
