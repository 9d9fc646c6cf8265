"""What a model of a feed is given: the world, one unit and one subject of it, and names for its own randomness."""

from collections.abc import Callable

import msgspec
import numpy as np

from catalogue.subjects import Subject
from catalogue.units import Unit
from producers.simulate.character import Character
from producers.simulate.noise import Floats, Ints, drift, normal, uniform
from producers.simulate.world import DAY, HOUR, LOCAL, World


class Scene(msgspec.Struct, frozen=True):
    world: World
    character: Character
    unit: Unit
    subject: Subject | None
    scale: float
    """Of everything that counts dossiers, so that figures agree with the stream of cases."""

    def key(self, name: str) -> int:
        return self.world.key(name, self.unit.id, self.subject.id if self.subject else "")

    def of_nation(self) -> "Scene":
        return Scene(self.world, self.character, self.character.nation, None, self.scale)

    def drift(self, name: str, t: Ints, step_ms: int) -> Floats:
        return drift(self.key(name), t, step_ms)

    def normal(self, name: str, t: Ints) -> Floats:
        """Fresh noise at every second."""
        return normal(self.key(name), t // 1000)

    def fixed(self, name: str, low: float, high: float) -> float:
        """A trait of this unit and subject that never changes."""
        return low + (high - low) * float(uniform(self.key(name), np.array([0]))[0])

    def attribute(self, name: str, otherwise: float) -> float:
        given = self.subject.attributes.get(name) if self.subject else None
        return float(given) if isinstance(given, (int, float)) else otherwise

    @property
    def id(self) -> str:
        return self.subject.id if self.subject else ""

    @property
    def place(self) -> tuple[float, float]:
        return (self.unit.latitude or 16.0, self.unit.longitude or 106.5)

    def storm(self, t: Ints) -> Floats:
        return self.world.storm(t, *self.place)

    def share(self, t: Ints) -> float:
        """The unit's part of the nation: 1 for the nation itself."""
        if self.unit.level != "province":
            return 1.0
        place = self.character.units.index(self.unit.id)
        return float(self.character.weight[place] / self.character.total)


Model = Callable[[Scene, Ints], dict[str, Floats]]
"""Values of some indicators at given times. The model makes what belongs together agree, to the last digit."""


def day_of_year(t: Ints) -> Floats:
    """0 to 365, at local time."""
    return np.asarray(((t + LOCAL) / DAY) % 365.2425)


def since_new_year(world: World, t: Ints) -> Floats:
    """Office time since 1 January in hours: what counts up over a year grows by it."""
    years = np.asarray(
        (t + LOCAL).astype("datetime64[ms]").astype("datetime64[Y]").astype("datetime64[ms]").astype(np.int64)
    )
    return np.asarray((world.open_clock(t) - world.open_clock(years - LOCAL)) / HOUR)


def years_since(t: Ints, year: float) -> Floats:
    return np.asarray((t + LOCAL) / (365.2425 * DAY) + 1970.0 - year)
