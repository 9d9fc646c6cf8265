"""Lakes, rain and rivers. A storm's rain runs off into the lakes; what they cannot hold goes through the gates."""

import numpy as np

from producers.simulate.noise import Floats, Ints
from producers.simulate.scene import Scene, day_of_year
from producers.simulate.world import DAY, HOUR, LOCAL

LAKES = {
    # Mean inflow m³/s, area km², latitude, longitude. Orders of magnitude, set by hand.
    "lai-chau": (850.0, 39.0, 22.1, 102.9),
    "son-la": (1_500.0, 224.0, 21.5, 103.9),
    "hoa-binh": (1_700.0, 208.0, 20.8, 105.3),
    "ban-chat": (130.0, 60.0, 21.9, 103.8),
    "huoi-quang": (160.0, 9.0, 21.7, 103.9),
    "thac-ba": (190.0, 235.0, 21.7, 105.0),
    "tuyen-quang": (320.0, 82.0, 22.4, 105.4),
    "trung-son": (240.0, 13.0, 20.6, 104.8),
    "ban-ve": (150.0, 45.0, 19.3, 104.5),
    "ialy": (260.0, 64.0, 14.2, 107.8),
    "pleikrong": (130.0, 53.0, 14.4, 107.9),
    "song-tranh-2": (110.0, 21.0, 15.3, 108.1),
    "a-vuong": (40.0, 9.0, 15.8, 107.6),
}
CENTRAL_LATITUDE = 18.0
FILL_DAYS = (0.0, 90.0, 140.0, 166.0, 201.0, 234.0, 258.0, 290.0, 330.0, 365.0)
FILL_NORTH = (0.86, 0.55, 0.30, 0.28, 0.43, 0.56, 0.68, 0.88, 0.94, 0.86)
FILL_CENTRAL = (0.88, 0.66, 0.45, 0.38, 0.36, 0.38, 0.45, 0.66, 0.90, 0.88)
FLOW_DAYS = (0.0, 60.0, 130.0, 160.0, 200.0, 235.0, 270.0, 310.0, 340.0, 365.0)
FLOW_NORTH = (0.42, 0.27, 0.26, 0.7, 2.1, 2.3, 1.5, 0.85, 0.55, 0.42)
FLOW_CENTRAL = (0.9, 0.4, 0.3, 0.35, 0.5, 0.8, 1.5, 2.6, 1.8, 0.9)
BELOW_CEILING_M = 0.7
SLIDE_DAYS = 12.0


def reservoir(scene: Scene, t: Ints) -> dict[str, Floats]:
    """The level is given by season and runoff; inflow by the same; outflow is what makes the two agree."""
    mean, area, latitude, longitude = LAKES.get(scene.id, (200.0, 40.0, *scene.place))
    level = _level(scene, t, latitude, longitude)
    rise = (_level(scene, t + 3 * HOUR, latitude, longitude) - _level(scene, t - 3 * HOUR, latitude, longitude)) / 6.0
    inflow: Floats = np.round(_inflow(scene, t, mean, latitude, longitude))
    outflow = np.maximum(inflow - rise * area * 1e6 / 3600.0, 0.12 * mean)
    turbines = np.round(np.minimum(outflow, 1.9 * mean))
    spill = np.maximum(np.round(outflow - turbines), 0.0)
    gates = np.ceil(spill / max(0.45 * mean, 60.0))
    deep = np.minimum(gates, 6.0)
    return {
        "reservoir-level": np.round(level + 0.004 * scene.normal("level", t), 2),
        "reservoir-inflow": inflow,
        "reservoir-outflow": turbines + spill,
        "reservoir-outflow-m": turbines,
        "reservoir-outflow-t": spill,
        "gates-deep": deep,
        "gates-surface": np.minimum(gates - deep, 12.0),
    }


def _level(scene: Scene, t: Ints, latitude: float, longitude: float) -> Floats:
    """Kept below the flood-season ceiling, until a storm's water comes in; never above the check level."""
    dead, normal = scene.attribute("dead", 100.0), scene.attribute("normal", 120.0)
    room = normal - dead
    fill = np.interp(day_of_year(t), FILL_DAYS, FILL_NORTH if latitude > CENTRAL_LATITUDE else FILL_CENTRAL)
    calm = dead + room * fill + 0.012 * room * scene.drift("lake", t, 6 * DAY)
    calm += min(0.02, 0.004 * room) * np.sin(2 * np.pi * scene.world.hour(t) / 24.0)
    ceiling = np.maximum(_ceiling(scene, t) - min(BELOW_CEILING_M, 0.1 * room), dead + 0.05 * room)
    calm = np.minimum(calm, ceiling)
    surge = 0.05 * room * scene.world.runoff(t, latitude, longitude, 36.0, 130.0)
    top = normal + 0.6 * (scene.attribute("check", normal + 0.02 * room) - normal)
    return np.asarray(np.minimum(calm + surge, top))


def _ceiling(scene: Scene, t: Ints) -> Floats:
    """What the ceilings ask of the level: down before a lower one, up after a higher one; infinity out of season."""
    attributes = scene.subject.attributes if scene.subject else {}
    steps = sorted((name[8:], float(v)) for name, v in attributes.items() if name.startswith("ceiling-"))
    if not steps:
        return np.full(len(t), np.inf)
    days = [_day_number(start) for start, _ in steps] + [_day_number(str(attributes.get("season-end", "09-15")))]
    at, high = [days[0]], [steps[0][1]]
    for i, (_, value) in enumerate(steps[1:], start=1):
        falls = value < high[-1]
        at += [days[i] - SLIDE_DAYS, days[i]] if falls else [days[i], days[i] + SLIDE_DAYS]
        high += [high[-1], value]
    at, high = [*at, days[-1]], [*high, high[-1]]
    day = day_of_year(t)
    easing = scene.attribute("normal", 120.0)
    at, high = [at[0] - 20, *at, at[-1] + 30], [easing + 1.0, *high, easing + 1.0]
    return np.asarray(np.interp(day, at, high, left=np.inf, right=np.inf))


def _day_number(month_day: str) -> float:
    month, day = month_day.split("-")
    return (int(month) - 1) * 30.44 + int(day)


def _inflow(scene: Scene, t: Ints, mean: float, latitude: float, longitude: float) -> Floats:
    season = np.interp(day_of_year(t), FLOW_DAYS, FLOW_NORTH if latitude > CENTRAL_LATITUDE else FLOW_CENTRAL)
    wet = np.exp(0.16 * scene.drift("inflow", t, 3 * DAY) + 0.03 * scene.normal("inflow", t))
    storm = scene.world.runoff(t, latitude, longitude, 10.0, 50.0)
    return np.asarray(mean * season * wet + 4.2 * mean * storm)


def rain_and_river(scene: Scene, t: Ints) -> dict[str, Floats]:
    """Showers come by chance, more of them in the wet months; a river answers a day after its storm."""
    hour = (t + LOCAL) // HOUR * HOUR - LOCAL
    shower = np.maximum(scene.drift("shower", hour, 5 * HOUR) + 0.35 * scene.world.season(hour, 8.0) - 1.25, 0.0)
    burst = np.exp(0.4 * scene.normal("rain", hour))
    storm = 22.0 * np.minimum(scene.storm(hour), 1.2) * burst
    low, swing = scene.fixed("river low", 0.8, 4.0), scene.fixed("river swing", 3.0, 6.5)
    latitude, longitude = scene.place
    runoff = scene.world.runoff(t, latitude, longitude, 14.0, 60.0)
    level = low + 0.5 * scene.world.season(t, 9.0) + 0.18 * scene.drift("river", t, DAY) + swing * runoff
    level += 0.25 * np.sin(2 * np.pi * (t % (12.42 * HOUR)) / (12.42 * HOUR)) + 0.008 * scene.normal("river", t)
    rain = np.minimum(9.0 * shower * burst + storm, 180.0)
    return {
        "rain-hour": np.asarray(np.round(rain, 1), dtype=np.float64),
        "river-level": np.round(level, 2),
        "river-alarm": np.searchsorted(low + np.array([0.45, 0.65, 0.85]) * swing + 0.5, level).astype(np.float64),
    }
