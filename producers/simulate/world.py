"""One state of the world that drives every feed, so that the feeds agree as the real ones do.

Rain makes the rivers and the lakes rise, a storm closes offices and cuts load, Tết empties the roads. Everything is
a pure function of (seed, time), vectorised over times in milliseconds UTC. Local time is UTC+7 without exception.
"""

from datetime import UTC, date, datetime, timedelta

import msgspec
import numpy as np
from numpy.typing import NDArray

from catalogue.calendar import Calendar
from producers.simulate.noise import Floats, Ints, uniform
from producers.simulate.noise import key as noise_key

SECOND = 1_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR
LOCAL = 7 * HOUR
"""Asia/Ho_Chi_Minh is UTC+7 and keeps no summer time."""

FIRST = date(2024, 1, 1)
LAST = date(2029, 12, 31)
_EPOCH_DAY = date(1970, 1, 1).toordinal()

STORM_CHANCE = (0.0, 0.0, 0.0, 0.0, 0.04, 0.12, 0.22, 0.25, 0.30, 0.30, 0.18, 0.03)
"""Chance that a storm makes landfall in a given week, by month. Shape after the usual season, not a record of it."""
STORM_LATITUDE = (12.0, 12.0, 12.0, 12.0, 18.0, 20.5, 21.0, 20.5, 18.5, 16.2, 13.5, 11.5)
"""Storms come ashore further south as the season goes on."""


class Storm(msgspec.Struct, frozen=True):
    start_ms: int
    hours: float
    latitude: float
    longitude: float
    strength: float
    """1 is a severe storm: about 500 mm of rain where it passes."""


def to_ms(day: date, hour: float = 0.0) -> int:
    """The instant of a local date and hour."""
    return (day.toordinal() - _EPOCH_DAY) * DAY + round(hour * HOUR) - LOCAL


def local_date(t_ms: int) -> date:
    return date.fromordinal((t_ms + LOCAL) // DAY + _EPOCH_DAY)


def instant(t_ms: int) -> datetime:
    return datetime.fromtimestamp(t_ms / 1000, UTC)


def bump(x: Floats, rise: float, fall: float) -> Floats:
    """0 before x = 0, then up with `rise` and down with `fall`; its peak is 1."""
    peak_at = rise * np.log1p(fall / rise)
    peak = (1.0 - np.exp(-peak_at / rise)) * np.exp(-peak_at / fall)
    y = np.maximum(x, 0.0)
    return np.asarray((1.0 - np.exp(-y / rise)) * np.exp(-y / fall) / peak)


class World:
    """What happens outside the feeds: the days, the weather, the storms."""

    def __init__(self, calendar: Calendar, seed: int, storms: tuple[Storm, ...] = ()) -> None:
        self.seed = seed
        self.calendar = calendar
        self.storms = (*_storms(seed), *storms)
        self._day_0 = FIRST.toordinal() - _EPOCH_DAY
        self._days = [FIRST + timedelta(days=i) for i in range((LAST - FIRST).days + 1)]
        self._type = np.array([_TYPES.index(calendar.day_type(d)) for d in self._days], dtype=np.int8)
        self._working = np.array([calendar.is_working(d) for d in self._days], dtype=bool)
        self._tet = _smooth_tet(self._type)
        self._noons = np.arange(len(self._days)) + 0.5
        self._open_t, self._open_w = _working_clock(self._working, self._day_0)

    def key(self, *parts: object) -> int:
        return noise_key(self.seed, *parts)

    # The calendar, vectorised.

    def day(self, t_ms: Ints) -> Ints:
        """Index into the table of days."""
        return np.asarray(np.clip((t_ms + LOCAL) // DAY - self._day_0, 0, len(self._days) - 1))

    def hour(self, t_ms: Ints) -> Floats:
        """Local hour of the day as a fraction, 0 to 24."""
        return np.asarray(((t_ms + LOCAL) % DAY) / HOUR)

    def is_working(self, t_ms: Ints) -> NDArray[np.bool_]:
        return np.asarray(self._working[self.day(t_ms)])

    def rest(self, t_ms: Ints) -> Floats:
        """How much of a day of rest it is: 0 on a working day, 0.5 at the weekend, 1 on a holiday."""
        return np.asarray(np.array([0.0, 0.5, 0.8, 0.8])[self._type[self.day(t_ms)]])

    def tet(self, t_ms: Ints) -> Floats:
        """0 in ordinary time, 1 at the heart of Tết, with slopes of days on both sides."""
        x = (t_ms + LOCAL) / DAY - self._day_0
        return np.asarray(np.interp(x, self._noons, self._tet))

    def season(self, t_ms: Ints, warmest_month: float = 6.5) -> Floats:
        """-1 in the cool half of the year, 1 in the hot one."""
        year = (t_ms + LOCAL) / (365.2425 * DAY)
        return np.asarray(np.cos(2 * np.pi * (year - (warmest_month - 0.5) / 12.0)))

    # Office time: eight hours on each working day; over lunch two fifths of the staff are there.

    def open_clock(self, t_ms: Ints) -> Floats:
        """Milliseconds of office time up to t."""
        return np.asarray(np.interp(t_ms, self._open_t, self._open_w))

    def open_time(self, clock: Floats) -> Ints:
        """The instant at which the office clock shows `clock`; the morning, where a night lies at it."""
        i = np.clip(np.searchsorted(self._open_w, clock, side="right") - 1, 0, len(self._open_t) - 2)
        pace = (self._open_t[i + 1] - self._open_t[i]) / np.maximum(self._open_w[i + 1] - self._open_w[i], 1.0)
        return np.asarray(self._open_t[i] + (clock - self._open_w[i]) * pace, dtype=np.int64)

    def after(self, t_ms: Ints, working_ms: Floats) -> Ints:
        """t moved on by an amount of office time."""
        return self.open_time(self.open_clock(t_ms) + working_ms)

    # The weather.

    def storm(self, t_ms: Ints, latitude: float, longitude: float) -> Floats:
        """How hard a storm blows at a place: 0 is none, 1 the heart of a severe one."""
        return self._respond(t_ms, latitude, longitude, 6.0, None)

    def runoff(self, t_ms: Ints, latitude: float, longitude: float, rise_h: float, fall_h: float) -> Floats:
        """The slow answer of a basin to the storms: 0 to about 1, hours later than the rain."""
        return self._respond(t_ms, latitude, longitude, rise_h, fall_h)

    def _respond(self, t_ms: Ints, lat: float, lon: float, rise_h: float, fall_h: float | None) -> Floats:
        total = np.zeros(len(t_ms))
        if not len(t_ms):
            return total
        low, high = int(t_ms.min()), int(t_ms.max())
        for storm in self.storms:
            fall = fall_h if fall_h is not None else storm.hours / 2
            if storm.start_ms > high or storm.start_ms < low - 12 * fall * HOUR - 12 * rise_h * HOUR:
                continue
            distance = (storm.latitude - lat) ** 2 + (storm.longitude - lon) ** 2
            near = storm.strength * np.exp(-distance / (2 * 1.4**2))
            if near > 0.01:
                total += near * bump((t_ms - storm.start_ms) / HOUR, rise_h, fall)
        return np.asarray(np.minimum(total, 1.5))

    def activity(self, t_ms: Ints, latitude: float = 0.0, longitude: float = 0.0) -> Floats:
        """What citizens and offices do: 1 in the morning peak of a working day, little at night and on holidays."""
        day = np.where(self.is_working(t_ms), 1.0, 0.12) * (1.0 - 0.9 * self.tet(t_ms))
        away = 1.0 - 0.7 * np.minimum(self.storm(t_ms, latitude, longitude), 1.0) if latitude else 1.0
        return np.asarray(day * away * np.interp(self.hour(t_ms), OFFICE_HOURS, OFFICE_SHAPE))


OFFICE_HOURS = (0.0, 5.0, 6.5, 8.0, 9.5, 11.0, 11.75, 13.25, 14.5, 16.5, 17.5, 19.0, 21.0, 23.0, 24.0)
OFFICE_SHAPE = (0.02, 0.01, 0.1, 0.8, 1.0, 0.85, 0.35, 0.3, 0.8, 0.7, 0.4, 0.2, 0.18, 0.06, 0.02)
"""Peaks at 8–11 h and in the early afternoon."""

_TYPES = ("working", "weekend", "holiday", "tet")


def _smooth_tet(types: NDArray[np.int8]) -> Floats:
    """Tết as a hill: full on the public holidays inside the block, sloping off towards its ends."""
    hill = np.zeros(len(types))
    inside = np.flatnonzero(types == _TYPES.index("tet"))
    for block in np.split(inside, np.flatnonzero(np.diff(inside) > 1) + 1):
        if len(block):
            x = np.linspace(-7.0, 10.0, len(block))
            hill[block] = np.where(
                x < 0,
                np.exp(-0.5 * (np.minimum(x + 1, 0) / 2.2) ** 2),
                np.exp(-0.5 * (np.maximum(x - 4, 0) / 2.2) ** 2),
            )
    return hill


OFFICE_CORNERS = ((7.5, 0.0), (11.5, 3.8), (13.5, 4.6), (17.0, 8.0))
"""Local hour, and hours of office time by then."""


def _working_clock(working: NDArray[np.bool_], day_0: int) -> tuple[Floats, Floats]:
    """Corners of the curve from time to office time."""
    days = np.flatnonzero(working)
    hours, done = np.array(OFFICE_CORNERS).T
    t = (days[:, None] + day_0) * DAY - LOCAL + hours * HOUR
    w = np.arange(len(days))[:, None] * done[-1] * HOUR + done * HOUR
    return t.reshape(-1), w.reshape(-1)


def _storms(seed: int) -> tuple[Storm, ...]:
    """One draw per week from 2024 on."""
    found = []
    for week in range((LAST - FIRST).days // 7):
        monday = FIRST + timedelta(days=7 * week)
        draw = uniform(noise_key(seed, "storm", week), np.arange(6))
        if draw[0] < STORM_CHANCE[monday.month - 1]:
            found.append(
                Storm(
                    start_ms=to_ms(monday) + int(draw[1] * 7 * DAY),
                    hours=30.0 + 40.0 * float(draw[2]),
                    latitude=STORM_LATITUDE[monday.month - 1] + 3.0 * (float(draw[3]) - 0.5),
                    longitude=106.0 + 2.5 * float(draw[4]),
                    strength=0.3 + 0.7 * float(draw[5]) ** 2,
                )
            )
    return tuple(found)
