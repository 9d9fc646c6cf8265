"""People and administration by period: health, identity cards, what bodies report of dossiers."""

import numpy as np

from catalogue.periods import Period
from producers.simulate.dossiers import PER_WORKING_DAY
from producers.simulate.noise import normal
from producers.simulate.periodic import Slip
from producers.simulate.scene import Scene, years_since
from producers.simulate.world import DAY, to_ms

CASES_A_YEAR = 260_000.0
"""Of notifiable infectious disease in the nation: an order of magnitude."""


def health(scene: Scene, period: Period, slip: Slip) -> dict[str, float]:
    """Cases count up over the year, faster in the wet months; beds fill in the working week."""
    end = np.array([to_ms(period.end, 23.9)])
    day = period.end.timetuple().tm_yday
    wave = day / 365.0 - 0.11 * np.sin(2 * np.pi * (day + 60) / 365.0) + 0.11 * np.sin(2 * np.pi * 60 / 365.0)
    beds = scene.fixed("beds", 68.0, 88.0) + 3.0 * float(scene.drift("beds", end, 9 * DAY)[0])
    beds -= 4.0 * float(scene.world.rest(end)[0]) + 10.0 * float(scene.world.tet(end)[0])
    return {
        "disease-cases": float(np.floor(CASES_A_YEAR * scene.share(end) * scene.fixed("disease", 0.6, 1.4) * wave)),
        "beds-used": beds + 0.5 * float(normal(scene.key(f"beds {period.code}"), np.array([0]))[0]),
    }


def identity(scene: Scene, period: Period, slip: Slip) -> dict[str, float]:
    """Forms are collected, then scanned, then cards are issued: each total stays below the one before."""
    end = np.array([to_ms(period.end, 23.9)])
    collected = 101.5e6 * scene.share(end) * (1.0 + 0.012 * float(years_since(end, 2026.0)[0]))
    scanned = collected * scene.fixed("scanned", 0.985, 0.998)
    return {
        "forms-collected": float(np.floor(collected)),
        "forms-scanned": float(np.floor(scanned)),
        "cards-issued": float(np.floor(scanned * scene.fixed("issued", 0.86, 0.93))),
    }


def progress(scene: Scene, period: Period, slip: Slip) -> dict[str, float]:
    """Slowly more of the 200 indicators are filled, by slowly more bodies."""
    years = float(years_since(np.array([to_ms(period.end)]), 2025.0)[0])
    return {
        "indicators-filled": float(min(np.floor(128.0 + 9.0 * years), 200.0)),
        "bodies-reporting": float(min(np.floor(49.0 + 0.6 * years), 57.0)),
    }


def reported(scene: Scene, period: Period, slip: Slip) -> dict[str, float]:
    """What a province reports of its dossiers; on time and late sum to resolved, exactly."""
    if scene.subject is not None or scene.unit.level != "province":
        return {}
    world, character = scene.world, scene.character
    start, end = np.array([to_ms(period.start)]), np.array([to_ms(period.end, 24.0)])
    office_days = float((world.open_clock(end) - world.open_clock(start))[0]) / 3_600_000 / 8.0
    draw = float(normal(scene.key(f"reported {period.code}"), np.array([0]))[0])
    share = character.share(period.end)[character.units.index(scene.unit.id)]
    received = round(PER_WORKING_DAY * scene.scale * share * office_days * (1.0 + 0.03 * draw))
    resolved = round(received * (0.955 + 0.01 * draw))
    on_time = round(resolved * (character.on_time[character.units.index(scene.unit.id)] + 0.008 * draw))
    suffix = "-year" if period.kind == "C-Y" else ""
    return {
        f"reported-received{suffix}": float(received),
        f"reported-resolved{suffix}": float(resolved),
        f"reported-on-time{suffix}": float(min(on_time, resolved)),
        f"reported-overdue{suffix}": float(resolved - min(on_time, resolved)),
    }
