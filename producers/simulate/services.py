"""Portals, platforms, markets, airports and streets: counts by the minute that follow what people do."""

import numpy as np

from producers.simulate.noise import Floats, Ints
from producers.simulate.scene import Scene, years_since
from producers.simulate.world import DAY, HOUR, MINUTE

WAKING = (
    0.10,
    0.05,
    0.04,
    0.06,
    0.22,
    0.62,
    0.85,
    1.0,
    0.95,
    0.72,
    0.70,
    0.95,
    0.92,
    0.80,
    0.66,
    0.60,
    0.52,
    0.33,
    0.10,
)
WAKING_HOURS = (
    0.0,
    2.0,
    3.0,
    4.5,
    5.5,
    6.5,
    7.5,
    9.0,
    11.0,
    12.5,
    13.2,
    14.5,
    16.0,
    17.5,
    19.0,
    20.5,
    21.5,
    22.7,
    24.0,
)


def people(scene: Scene, t: Ints, weekend: float = 0.55, tet: float = 0.7) -> Floats:
    """How busy people are with the State: 1 in the morning of a working day."""
    world = scene.world
    day = np.where(world.is_working(t), 1.0, weekend) * (1.0 - tet * world.tet(t))
    return np.asarray(
        day * np.interp(world.hour(t), WAKING_HOURS, WAKING) * (1.0 + 0.05 * scene.drift("people", t, HOUR))
    )


def counted(scene: Scene, name: str, t: Ints, expected: Floats) -> Floats:
    """A whole count near what is expected, with the spread of a count."""
    return np.maximum(np.round(expected + np.sqrt(np.maximum(expected, 0.0)) * scene.normal(name, t)), 0.0)


def portal(scene: Scene, t: Ints) -> dict[str, Floats]:
    visits = counted(scene, "visits", t, 60.0 + 1_150.0 * people(scene, t))
    accounts = 19_500_000.0 * 1.14 ** years_since(t, 2026.0)
    return {"portal-visits": visits, "portal-accounts": np.floor(accounts)}


def payments(scene: Scene, t: Ints) -> dict[str, Floats]:
    """In five minutes; 2.8 million đồng each on the mean."""
    count = counted(scene, "payments", t, 440.0 * scene.scale * people(scene, t, 0.25, 0.9) + 0.3)
    each = 2.8 * np.exp(0.12 * scene.normal("amount", t))
    return {"payments": count, "payments-amount": np.round(count * each, 1)}


def calls(scene: Scene, t: Ints) -> dict[str, Floats]:
    return {"portal-calls": counted(scene, "calls", t, 14.0 * people(scene, t))}


def exchange(scene: Scene, t: Ints) -> dict[str, Floats]:
    busy = people(scene, t, 0.4)
    made = counted(scene, "ndxp", t, 150.0 + 2_600.0 * busy)
    errors = np.minimum(counted(scene, "ndxp errors", t, 0.004 * made), made)
    slow = 140.0 + 90.0 * busy + 12.0 * scene.drift("latency", t, 30 * MINUTE) + 5.0 * scene.normal("latency", t)
    return {"ndxp-calls": made, "ndxp-errors": errors, "ndxp-latency": np.maximum(np.round(slow), 5.0)}


def signing_in(scene: Scene, t: Ints) -> dict[str, Floats]:
    signins = counted(scene, "signins", t, 45.0 + 1_900.0 * people(scene, t))
    return {"signins": signins, "signin-failures": np.minimum(counted(scene, "failures", t, 0.035 * signins), signins)}


def signing(scene: Scene, t: Ints) -> dict[str, Floats]:
    return {"signatures": counted(scene, "signatures", t, 25.0 + 820.0 * people(scene, t, 0.15, 0.9))}


def population(scene: Scene, t: Ints) -> dict[str, Floats]:
    match = 97.2 + 0.35 * scene.drift("match", t, 3 * HOUR) + 0.12 * scene.normal("match", t)
    queries = counted(scene, "queries", t, 70.0 + 1_450.0 * people(scene, t, 0.35))
    return {"population-queries": queries, "population-match": np.round(match, 2)}


INDEX_2026 = 1_784.49
"""The close of 2025."""


def exchange_of_shares(scene: Scene, t: Ints) -> dict[str, Floats]:
    """A wander of months, weeks, days and minutes; turnover counts up over the session."""
    wander = 0.045 * scene.drift("year", t, 70 * DAY) + 0.014 * scene.drift("month", t, 9 * DAY)
    wander += 0.004 * scene.drift("day", t, DAY) + 0.0016 * scene.drift("hour", t, 40 * MINUTE)
    wander += 0.00025 * scene.normal("minute", t)
    level = INDEX_2026 * np.exp(wander + 0.05 * years_since(t, 2026.0))
    hour = scene.world.hour(t)
    done = np.interp(hour, (9.0, 10.0, 11.5, 13.0, 14.3, 14.75, 15.0), (0.0, 0.22, 0.43, 0.43, 0.80, 0.99, 1.0))
    local_day = (t + 7 * HOUR) // DAY * DAY
    full = 23_500.0 * np.exp(0.2 * scene.drift("turnover", local_day, 5 * DAY))
    return {"vn-index": np.round(level, 2), "hose-turnover": np.round(full * done)}


AIRPORTS = {
    # Flights a day, passengers a flight, hours of the day in which it is busy (weights at 0, 5, 7, 12, 19, 22, 24 h).
    "tan-son-nhat": (742.0, 172.0),
    "noi-bai": (575.0, 168.0),
    "da-nang-airport": (245.0, 158.0),
}
FLIGHT_HOURS = (0.0, 1.5, 4.0, 5.5, 7.0, 10.0, 13.0, 16.0, 19.0, 21.5, 24.0)
FLIGHT_SHAPE = (0.75, 0.42, 0.28, 0.75, 1.2, 1.25, 1.15, 1.25, 1.25, 1.1, 0.75)
_FLIGHT_MEAN = 1.028


def flights(airport: str, scene: Scene, t: Ints) -> dict[str, Floats]:
    """Movements of the last sixty minutes. Tết fills the sky, a storm empties it."""
    a_day, each = AIRPORTS[airport]
    world = scene.world
    shape = np.interp(world.hour(t), FLIGHT_HOURS, FLIGHT_SHAPE) / _FLIGHT_MEAN
    weather = 1.0 - 0.6 * np.minimum(world.storm(t, *_AIRPORT_PLACES[airport]), 1.0)
    season = 1.0 + 0.05 * world.season(t, 7.0) + 0.16 * world.tet(t)
    expected = a_day / 24.0 * shape * weather * season * (1.0 + 0.04 * scene.drift(f"sky {airport}", t, 5 * HOUR))
    count = np.round(expected + 0.9 * scene.drift(f"flights {airport}", t, 20 * MINUTE))
    full = each * (1.0 + 0.08 * world.tet(t)) * (1.0 + 0.03 * scene.drift(f"seats {airport}", t, 30 * MINUTE))
    return {"flights-hour": np.maximum(count, 0.0), "passengers-hour": np.round(np.maximum(count, 0.0) * full)}


_AIRPORT_PLACES = {"tan-son-nhat": (10.8, 106.7), "noi-bai": (21.2, 105.8), "da-nang-airport": (16.0, 108.2)}


def tan_son_nhat(scene: Scene, t: Ints) -> dict[str, Floats]:
    return flights("tan-son-nhat", scene, t)


def noi_bai(scene: Scene, t: Ints) -> dict[str, Floats]:
    return flights("noi-bai", scene, t)


CAMERAS = 720


def cameras(scene: Scene, t: Ints) -> dict[str, Floats]:
    online = np.clip(97.2 + 0.9 * scene.drift("online", t, 4 * HOUR), 88.0, 100.0)
    frames = counted(scene, "frames", t, CAMERAS * online / 100.0 * 5.0)
    storm = 1.0 - 0.6 * np.minimum(scene.storm(t), 1.0)
    world = scene.world
    streets = np.interp(world.hour(t), WAKING_HOURS, WAKING) * (1.0 - 0.55 * world.tet(t)) * (1.0 - 0.2 * world.rest(t))
    return {
        "cameras-online": np.round(online, 1),
        "camera-frames": frames,
        "vehicles": counted(scene, "vehicles", t, (2_500.0 + 46_000.0 * streets) * storm),
    }


def stations(scene: Scene, t: Ints) -> dict[str, Floats]:
    """Air at a provincial centre: dust in the cool season and the rush hours, heat by day and season."""
    world, (latitude, _) = scene.world, scene.place
    north = np.clip((latitude - 10.0) / 12.0, 0.0, 1.0)
    sun = np.maximum(np.sin(2 * np.pi * (world.hour(t) - 8.5) / 24.0), -1.0)
    storm = np.minimum(scene.storm(t), 1.0)
    heat = 27.0 - 2.5 * north + (1.5 + 5.5 * north) * world.season(t, 7.0) + 3.4 * sun - 3.0 * storm
    heat += 0.9 * scene.drift("heat", t, DAY) + 0.15 * scene.normal("heat", t)
    wet = 79.0 - 11.0 * sun + 10.0 * storm + 3.5 * scene.drift("wet", t, 9 * HOUR) + 0.9 * scene.normal("wet", t)
    rush = np.interp(world.hour(t), (0, 5, 8, 12, 15, 19, 24), (0.9, 0.9, 1.2, 0.9, 0.85, 1.2, 0.9))
    dust = 26.0 * rush * (1.0 - 0.4 * north * world.season(t, 7.0)) * (1.0 - 0.6 * storm)
    dust *= np.exp(0.22 * scene.drift("dust", t, 10 * HOUR) + 0.02 * scene.normal("dust", t))
    return {
        "station-pm25": np.round(dust, 1),
        "station-temperature": np.round(heat, 1),
        "station-humidity": np.round(np.clip(wet, 25.0, 99.0)),
    }


def daily_flights(scene: Scene, start_ms: int) -> dict[str, float]:
    """The day's sums of what the hourly figures show."""
    t = start_ms + np.arange(1, 25) * HOUR
    if scene.id not in AIRPORTS:
        return {}
    hourly = flights(scene.id, scene.of_nation(), t)
    return {
        "flights-day": float(hourly["flights-hour"].sum()),
        "passengers-day": float(hourly["passengers-hour"].sum()),
    }
