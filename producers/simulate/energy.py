"""Power: load by region, the day's report, the spot price. Anchors: 54,939 MW in August 2025, 12,275 MW at Tết 2025."""

import numpy as np

from producers.simulate.noise import Floats, Ints
from producers.simulate.scene import Scene, day_of_year, years_since
from producers.simulate.world import DAY, HOUR, MINUTE

REGIONS = {
    # MW on a working day's peak in mid-season of 2025; how much the hot season adds; centre of the weather.
    "north": (24_000.0, 0.165, 6.8, (21.0, 105.8)),
    "central": (5_150.0, 0.08, 6.3, (14.5, 108.3)),
    "south": (20_300.0, 0.05, 4.8, (10.8, 106.7)),
}
HOURS = (0.0, 1.5, 3.5, 5.0, 6.5, 8.0, 9.5, 11.0, 12.3, 13.5, 15.0, 16.5, 17.7, 18.7, 20.5, 22.0, 24.0)
SHAPE = (0.79, 0.74, 0.71, 0.74, 0.81, 0.89, 0.95, 0.985, 0.92, 0.96, 0.99, 0.975, 0.965, 0.99, 0.955, 0.88, 0.79)
GROWTH = 0.06
REPORT_STEP = 30 * MINUTE


def load(scene: Scene, t: Ints) -> dict[str, Floats]:
    """Each region to the megawatt, and the system as their sum."""
    regions = {name: np.round(_region(scene, name, t)) for name in REGIONS}
    return {"power-load": sum(regions.values(), np.zeros(len(t))), **{f"power-load-{r}": v for r, v in regions.items()}}


def _region(scene: Scene, region: str, t: Ints) -> Floats:
    peak, heat, warmest, place = REGIONS[region]
    world = scene.world
    weather = 1.0 + heat * (world.season(t, warmest) + 0.25 * scene.drift(f"heat {region}", t, 4 * DAY))
    calendar = (1.0 - 0.13 * world.rest(t)) * (1.0 - 0.50 * world.tet(t))
    storm = 1.0 - 0.22 * np.minimum(world.storm(t, *place), 1.0)
    noise = 1.0 + 0.008 * scene.drift(f"load {region}", t, 2 * HOUR) + 0.002 * scene.normal(f"load {region}", t)
    growth = (1.0 + GROWTH) ** years_since(t, 2025.6)
    return np.asarray(peak * growth * np.interp(world.hour(t), HOURS, SHAPE) * weather * calendar * storm * noise)


def spot_price(scene: Scene, t: Ints) -> dict[str, Floats]:
    """Dearer when the system is loaded; regions differ by a few đồng."""
    system = load(scene.of_nation(), t)["power-load"]
    near = 40.0 * scene.drift("spot", t, 6 * HOUR) + 6.0 * scene.normal("spot", t)
    price = 700.0 + 800.0 * (system / 50_000.0) ** 1.5 + near
    return {"spot-price": np.maximum(price, 1.0)}


def day_report(scene: Scene, start_ms: int) -> dict[str, float]:
    """Sums of the very load that the telemetry shows. Coal is what the other sources leave."""
    t = start_ms + np.arange(0, DAY, REPORT_STEP)
    system = load(scene.of_nation(), t)["power-load"]
    peak, total = float(system.max()), round(float(system.mean()) * 24 / 1000, 1)
    at = np.array([start_ms + DAY // 2])
    wet = float(
        np.interp(day_of_year(at)[0], (0, 60, 140, 190, 260, 320, 365), (0.27, 0.2, 0.2, 0.38, 0.45, 0.38, 0.27))
    )
    sun = 1.0 + 0.12 * float(scene.world.season(at, 4.5)[0]) + 0.25 * float(scene.drift("sun", at, 2 * DAY)[0])
    wind = 1.0 + 0.5 * float(scene.drift("wind", at, 3 * DAY)[0])
    parts = {
        "energy-hydro": wet * total,
        "energy-gas": 0.065 * total,
        "energy-oil": 0.001 * total,
        "energy-wind": max(0.04 * wind, 0.008) * total,
        "energy-solar-farm": max(0.045 * sun, 0.012) * total,
        "energy-solar-roof": max(0.04 * sun, 0.01) * total,
        "energy-import": 0.028 * total,
        "energy-other": 0.006 * total,
    }
    parts = {name: round(value, 1) for name, value in parts.items()}
    return {
        "power-max": peak,
        "energy-total": total,
        **parts,
        "energy-coal": round(total - sum(parts.values()), 1),
        "energy-solar-roof-sold": round(0.55 * parts["energy-solar-roof"], 1),
        "load-factor": round(total * 1000 / 24 / peak, 2),
    }
