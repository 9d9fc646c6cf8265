"""What tells one unit from another: size, punctuality, how much is filed online. Fixed, so that units keep their ways.

Weights follow population (millions, rounded by hand: orders of magnitude, not statistics). Six provinces have their
published punctuality and mean days of 1 January to 29 September 2026; the others draw theirs from the same range.
"""

from datetime import date

import numpy as np

from catalogue.units import Unit, Units
from producers.simulate.noise import key, uniform

WEIGHT = {
    "H26": 8.7, "H14": 0.55, "H60": 1.85, "H18": 0.67, "H35": 0.51, "H52": 1.4, "H38": 1.75, "H55": 1.8,
    "H37": 0.88, "H49": 1.45, "H05": 3.6, "H44": 4.0, "H24": 4.65, "H31": 3.55, "H42": 4.4, "H56": 4.3,
    "H41": 3.8, "H27": 1.6, "H50": 1.85, "H57": 1.4, "H17": 3.05, "H48": 2.15, "H21": 3.6, "H32": 2.2,
    "H15": 3.3, "H36": 3.85, "H19": 4.5, "H29": 14.0, "H53": 3.25, "H20": 4.35, "H61": 4.25, "H01": 4.95,
    "H13": 4.2, "H12": 2.6,
}  # fmt: skip

ON_TIME = {"H24": 0.8812, "H19": 0.80, "H20": 0.8771, "H37": 0.903, "H57": 0.8788, "H35": 0.935}
MEAN_DAYS = {"H24": 3.67, "H19": 6.59, "H20": 2.91, "H57": 2.68, "H35": 2.81}


class Character:
    """The fixed ways of the provinces that are valid on a day, old or new."""

    def __init__(self, units: Units, seed: int) -> None:
        provinces = tuple(u for u in units.all if u.level == "province")
        self.units = tuple(u.id for u in provinces)
        self._provinces = provinces
        self.nation = units.by_id["VN"]
        draws = {u.id: uniform(key(seed, "character", u.id), np.arange(4)) for u in provinces}
        self.weight = np.array([_weight(u, units) for u in provinces])
        self.total = sum(WEIGHT.values())
        self.on_time = np.array([ON_TIME.get(u.id, 0.81 + 0.12 * draws[u.id][0]) for u in provinces])
        self.online = np.array([0.72 + 0.24 * draws[u.id][1] for u in provinces])
        self.mean_days = np.array([MEAN_DAYS.get(u.id, 2.6 + 3.4 * draws[u.id][2]) for u in provinces])
        self.place = np.array([(u.latitude or 16.0, u.longitude or 106.0) for u in provinces])

    def share(self, day: date) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        """Each province's part of the nation on a day; 0 where it is not valid."""
        valid = np.array([u.valid_on(day) for u in self._provinces])
        weight = np.where(valid, self.weight, 0.0)
        return np.asarray(weight / max(weight.sum(), 1e-9))


def _weight(unit: Unit, units: Units) -> float:
    if unit.id in WEIGHT:
        return WEIGHT[unit.id]
    heirs = [u for u in units.all if unit.id in u.predecessors]
    return WEIGHT.get(heirs[0].id, 1.0) / len(heirs[0].predecessors) if heirs else 1.0
