"""The economy by period. Monthly flows have a level, a trend, a season and Tết; totals are sums of what was released.

Anchors: October 2025: exports 42.05 and imports 39.44 billion USD, customs revenue 41,564 billion đồng, 18,000 new
enterprises, 1.73 million visitors; growth of 2025 by quarter 7.05, 8.16, 8.25, 8.46, the year 8.02.
"""

import numpy as np

from catalogue.periods import Period, parse_period, period_at
from producers.simulate.noise import normal
from producers.simulate.periodic import Slip, of_year
from producers.simulate.scene import Scene
from producers.simulate.world import DAY, to_ms

OCTOBER_2025 = 2025 + 9.5 / 12
SEASON = {
    # By month, mean near 1. January and February: Tết takes days away, the world counts it in.
    "exports": (0.98, 0.86, 1.0, 0.99, 1.02, 1.01, 1.04, 1.05, 1.01, 1.03, 1.0, 1.01),
    "imports": (0.97, 0.87, 1.0, 1.0, 1.02, 1.0, 1.02, 1.03, 1.02, 1.03, 1.01, 1.03),
    "duty": (1.05, 0.85, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.05, 1.0, 1.05),
    "revenue": (1.55, 0.75, 0.9, 1.05, 0.9, 0.9, 1.05, 0.85, 0.85, 1.1, 0.95, 1.15),
    "investment": (0.45, 0.5, 0.75, 0.8, 0.9, 1.05, 1.05, 1.1, 1.15, 1.2, 1.3, 1.75),
    "visitors": (1.2, 1.15, 1.15, 0.98, 0.88, 0.85, 0.92, 0.95, 0.85, 0.97, 1.03, 1.07),
    "fdi": (1.0, 0.8, 1.0, 0.95, 0.95, 1.1, 0.9, 0.9, 1.05, 1.05, 1.1, 1.2),
}


def monthly(scene: Scene, name: str, period: Period, level: float, growth: float, spread: float = 0.02) -> float:
    """A flow of one month: `level` is that of an ordinary month in October 2025, `growth` a year's."""
    middle = period.start.year + (period.start.month - 0.5) / 12
    draw = float(normal(scene.key(f"{name} {period.code[3:]}"), np.array([0]))[0])
    season = SEASON[name][period.start.month - 1]
    grown = float((1.0 + growth) ** (middle - OCTOBER_2025))
    return level * grown * season * (1.0 + spread * draw)


def trade(scene: Scene, period: Period, slip: Slip) -> dict[str, float]:
    """Half-months sum to the month, months to the year, and exports less imports is the balance, to the cent."""
    if period.kind == "C-H":
        month = period_at("C-M", period.start)
        share = 0.46 if period.code.endswith("a") else 0.54
        return {
            "exports-half": share * _exports(scene, month) * slip("exports"),
            "imports-half": share * _imports(scene, month) * slip("imports"),
        }
    if period.kind != "C-M":
        return {}
    exports = round(_exports(scene, period) * slip("exports"), 2)
    imports = round(_imports(scene, period) * slip("imports"), 2)
    duty = round(monthly(scene, "duty", period, 40_400.0, 0.06) * slip("duty"))
    before = [p for p in of_year(period) if p != period]
    return {
        "exports": exports,
        "imports": imports,
        "trade-balance": round(exports - imports, 2),
        "customs-duty": duty,
        "exports-year": exports + sum(_exports(scene, p) for p in before),
        "imports-year": imports + sum(_imports(scene, p) for p in before),
        "customs-duty-year": duty + sum(monthly(scene, "duty", p, 40_400.0, 0.06) for p in before),
    }


def _exports(scene: Scene, month: Period) -> float:
    return round(monthly(scene, "exports", month, 40.9, 0.13), 2)


def _imports(scene: Scene, month: Period) -> float:
    return round(monthly(scene, "imports", month, 38.4, 0.14), 2)


def enterprises(scene: Scene, period: Period, slip: Slip) -> dict[str, float]:
    """A month is the sum of its days; registries are closed at the weekend."""
    if period.kind == "C-D":
        return {f"enterprises-{kind}-day": _enterprises(scene, kind, period) for kind in ENTERPRISES_A_DAY}
    days = _days(period)
    return {
        f"enterprises-{kind}": round(sum(_enterprises(scene, kind, d) for d in days) * slip(kind)) + 0.0
        for kind in ENTERPRISES_A_DAY
    }


ENTERPRISES_A_DAY = {"new": 780.0, "back": 500.0, "paused": 270.0, "dissolved": 120.0}


def _enterprises(scene: Scene, kind: str, day: Period) -> float:
    noon = np.array([to_ms(day.start, 12.0)])
    if not bool(scene.world.is_working(noon)[0]):
        return 0.0
    draw = float(normal(scene.world.key("enterprises", kind, day.code), np.array([0]))[0])
    level = ENTERPRISES_A_DAY[kind] * (1.0 - 0.6 * float(scene.world.tet(noon)[0]))
    return float(round(level * (1.0 + 0.09 * draw)))


def _days(period: Period) -> list[Period]:
    ordinals = range(period.start.toordinal(), period.end.toordinal() + 1)
    return [p for o in ordinals if (p := parse_period(f"C-D{period.start.fromordinal(o)}"))]


def investment_from_abroad(scene: Scene, period: Period, slip: Slip) -> dict[str, float]:
    months = list(of_year(period))
    registered = sum(monthly(scene, "fdi", month, 3.05, 0.12, 0.12) for month in months)
    realised = sum(monthly(scene, "fdi", month, 2.15, 0.08, 0.04) for month in months)
    return {
        "fdi-registered": registered * _late_slip(slip, "fdi"),
        "fdi-realised": realised * _late_slip(slip, "fdi-r"),
    }


def _late_slip(slip: Slip, name: str) -> float:
    """Sums since January are revised by less than single months."""
    return 1.0 + 0.2 * (slip(name) - 1.0)


def prices(scene: Scene, period: Period, slip: Slip) -> dict[str, float]:
    at = np.array([to_ms(period.start)])
    tet = float(np.mean(scene.world.tet(to_ms(period.start) + np.arange(28) * DAY)))
    month = 0.24 + 0.9 * tet + 0.12 * float(normal(scene.key(f"cpi {period.code}"), np.array([0]))[0])
    return {
        "cpi-month": month + 0.3 * (slip("cpi") - 1.0),
        "cpi-year": 3.3 + 0.35 * float(scene.drift("cpi", at, 150 * DAY)[0]) + 2.0 * (slip("cpi-year") - 1.0),
        "gold-year": 42.0 + 9.0 * float(scene.drift("gold", at, 120 * DAY)[0]) + 10.0 * (slip("gold") - 1.0),
        "usd-year": 3.4 + 0.7 * float(scene.drift("usd", at, 120 * DAY)[0]) + 2.0 * (slip("usd") - 1.0),
    }


def industry(scene: Scene, period: Period, slip: Slip) -> dict[str, float]:
    usual = {"manufacturing": 10.6, "electricity": 7.2, "water": 7.8, "mining": 1.0}.get(scene.id, 9.4)
    at = np.array([to_ms(period.start)])
    moved = usual + 1.3 * float(scene.drift("iip", at, 90 * DAY)[0])
    # An early Tết moves working days from one month to the next.
    tet = float(np.mean(scene.world.tet(to_ms(period.start) + np.arange(28) * DAY)))
    return {"iip-year": moved - 6.0 * tet + 40.0 * (slip("iip") - 1.0)}


GROWTH = {
    "2024-1": 5.98, "2024-2": 7.25, "2024-3": 7.43, "2024-4": 7.55,
    "2025-1": 7.05, "2025-2": 8.16, "2025-3": 8.25, "2025-4": 8.46,
}  # fmt: skip
GROWTH_YEAR = {2024: 7.09, 2025: 8.02}
BILLION_2025, PER_HEAD_2025 = 12_847.6, 5_026.0


def growth(scene: Scene, period: Period, slip: Slip) -> dict[str, float]:
    """Published growth to the end of 2025; later quarters are made up."""
    if period.kind == "C-Q":
        return {"gdp-growth": _growth(scene, period) + 4.0 * (slip("gdp") - 1.0)}
    years = period.start.year - 2025
    return {
        "gdp-growth-year": GROWTH_YEAR.get(period.start.year, 8.1) + 4.0 * (slip("gdp") - 1.0),
        "gdp-vnd": BILLION_2025 * 1.115**years * (1.0 + 0.3 * (slip("gdp-vnd") - 1.0)),
        "gdp-per-head": PER_HEAD_2025 * 1.085**years * (1.0 + 0.3 * (slip("gdp-head") - 1.0)),
    }


def _growth(scene: Scene, quarter: Period) -> float:
    draw = float(normal(scene.world.key("gdp", quarter.code), np.array([0]))[0])
    return GROWTH.get(quarter.code[3:], 8.1 + 0.35 * draw)


def growth_of_provinces(scene: Scene, period: Period, slip: Slip) -> dict[str, float]:
    """Each province keeps its lead or lag; their weighted mean stays by the nation's."""
    lead = 2.6 * (scene.fixed("grdp", 0.0, 1.0) - 0.5)
    draw = 0.5 * float(normal(scene.key(f"grdp {period.code}"), np.array([0]))[0])
    if period.kind == "C-Q":
        return {"grdp-growth": _growth(scene, period) + lead + draw + 12.0 * (slip("grdp") - 1.0)}
    return {
        "grdp-growth-year": GROWTH_YEAR.get(period.start.year, 8.1) + lead + 0.5 * draw + 8.0 * (slip("grdp") - 1.0)
    }


def visitors(scene: Scene, period: Period, slip: Slip) -> dict[str, float]:
    months = [round(monthly(scene, "visitors", month, 1_790_000.0, 0.15)) for month in of_year(period)]
    month = round(months[0] * _late_slip(slip, "visitors"))
    return {"visitors": month, "visitors-year": month + sum(months[1:])}


BUDGET_PLAN = 2_530_000.0
"""Billion đồng a year, an order of magnitude."""
INVESTMENT_PLAN = 1_015_000.0


def treasury(scene: Scene, period: Period, slip: Slip) -> dict[str, float]:
    """Revenue since January, day by day: it never falls."""
    month = period_at("C-M", period.start)
    done = sum(_revenue(scene, m) for m in of_year(month) if m != month)
    days = (period.start - month.start).days + 1
    length = (month.end - month.start).days + 1
    return {"budget-revenue-day": done + _revenue(scene, month) * days / length}


def _revenue(scene: Scene, month: Period) -> float:
    return monthly(scene, "revenue", month, 222_000.0, 0.09)


def _investment(scene: Scene, month: Period) -> float:
    return monthly(scene, "investment", month, 70_000.0, 0.12)


def budget(scene: Scene, period: Period, slip: Slip) -> dict[str, float]:
    months = list(of_year(period))
    revenue = _revenue(scene, period) * slip("revenue")
    plan = 1.09 ** (period.start.year - 2026)
    return {
        "budget-revenue": revenue,
        "budget-revenue-share": 100.0 * (revenue + sum(_revenue(scene, m) for m in months[1:])) / (BUDGET_PLAN * plan),
        "public-investment-share": 100.0 * sum(_investment(scene, m) for m in months) / (INVESTMENT_PLAN * plan * 1.05),
    }


def investment(scene: Scene, period: Period, slip: Slip) -> dict[str, float]:
    """Central and local bodies sum to the nation: each is drawn for the nation, with its own share."""
    nation = scene.of_nation()
    draw = float(normal(scene.world.key("investment", period.code), np.array([0]))[0])
    whole = _investment(nation, period) * slip("nation investment")
    central = round(whole * (0.17 + 0.008 * draw), 1)
    local = round(whole - central, 1)
    return {"public-investment": {"TW": central, "DP": local}.get(scene.unit.id, round(central + local, 1))}
