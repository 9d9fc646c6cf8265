"""How numbers, times and names are printed: once, here, for boards, terminal, findings and alerts alike.

A Vietnamese reader takes `54,939` for 54.9, so the thousands are points and the decimals follow a comma;
English is the other way round. Times of day are those of Asia/Ho_Chi_Minh in both.
"""

import math
import unicodedata
from datetime import datetime, timedelta, timezone
from decimal import ROUND_HALF_UP, Context, Decimal

LANGUAGES = ("vi", "en")
LOCAL = timezone(timedelta(hours=7), "Asia/Ho_Chi_Minh")
"""Viet Nam has kept UTC+7 without summer time since 1975."""

MISSING = "chưa có"
MISSING_EN = "none yet"


def choose(vi: str, en: str, lang: str = "vi") -> str:
    return en if lang == "en" else vi


def missing(lang: str = "vi") -> str:
    return choose(MISSING, MISSING_EN, lang)


def number(value: float | None, decimals: int = 0, lang: str = "vi") -> str:
    """`54.939`, `8,02`, half up as readers expect it. A value that is not there is never a zero."""
    if value is None or not math.isfinite(value):
        return missing(lang)
    text = f"{_EXACT.quantize(Decimal(value), _PLACES[decimals]):,f}"
    if text.lstrip("-0,.") == "":
        text = text.lstrip("-")  # a rounded -0.2 is no negative zero
    return text if lang == "en" else text.translate(_POINT_AND_COMMA)


_EXACT = Context(prec=400, rounding=ROUND_HALF_UP)
"""Enough for any float as it is: one that lies between two decimals is rounded by its exact value."""
_PLACES = tuple(Decimal(1).scaleb(-places) for places in range(10))
_POINT_AND_COMMA = str.maketrans(",.", ".,")


def figure(value: float | None, measure: str, decimals: int = 0, lang: str = "vi") -> str:
    """A number with its unit of measure: `54.939 MW`, `8,02 %`."""
    text = number(value, decimals, lang)
    return f"{text} {measure}".rstrip() if text != missing(lang) else text


def instant(moment: datetime | None, lang: str = "vi") -> str:
    """`21/11/2026 09:30`, local time."""
    return missing(lang) if moment is None else local(moment).strftime("%d/%m/%Y %H:%M")


def clock(moment: datetime | None, lang: str = "vi") -> str:
    """`09:30:12`, local time."""
    return missing(lang) if moment is None else local(moment).strftime("%H:%M:%S")


def local(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError("a time without a zone cannot be printed; times are aware UTC inside")
    return moment.astimezone(LOCAL)


_STEPS = ((86_400, "ngày", "d"), (3_600, "giờ", "h"), (60, "phút", "min"), (1, "giây", "s"))


def duration(seconds: float | None, lang: str = "vi") -> str:
    """In its largest whole unit: `3 phút`, `2 ngày`; the next one too when that is under three: `1 giờ 20 phút`."""
    if seconds is None or not math.isfinite(seconds):
        return missing(lang)
    if seconds < 0:
        return "-" + duration(-seconds, lang)
    whole = round(seconds)
    place = next((place for place, (size, _, _) in enumerate(_STEPS) if whole >= size), len(_STEPS) - 1)
    count, rest = divmod(whole, _STEPS[place][0])
    text = _steps(count, place, lang)
    if 0 < count < 3 and place + 1 < len(_STEPS) and rest >= _STEPS[place + 1][0]:
        text += " " + _steps(rest // _STEPS[place + 1][0], place + 1, lang)
    return text


def _steps(count: int, place: int, lang: str) -> str:
    _, vi, en = _STEPS[place]
    return f"{number(count, 0, lang)} {choose(vi, en, lang)}"


def nfc(text: str) -> str:
    """The one form in which names are compared and kept: `ệ` is one code point, however it was typed."""
    return unicodedata.normalize("NFC", text)


def fold(text: str) -> str:
    """To search by: lower case, without diacritics, đ as d."""
    apart = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "d"))
    return unicodedata.normalize("NFC", "".join(c for c in apart if not unicodedata.combining(c))).casefold()
