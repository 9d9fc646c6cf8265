"""Which model stands behind which feed. A feed that is new in the catalogue needs a line here to be simulated."""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from catalogue.feeds import Feed
from catalogue.load import Catalogue
from catalogue.periods import Period
from producers.simulate import boards, economy, energy, services, society, water
from producers.simulate.batches import no_figures
from producers.simulate.cases import SCHEMA as CASES_SCHEMA
from producers.simulate.cases import CaseSource, empty
from producers.simulate.cells import Plan
from producers.simulate.character import Character
from producers.simulate.dossiers import Dossiers
from producers.simulate.lives import LIVES
from producers.simulate.periodic import Periodic, PeriodModel, Slip
from producers.simulate.routes import Routes
from producers.simulate.scene import Model, Scene
from producers.simulate.source import Source
from producers.simulate.telemetry import Cast, Telemetry
from producers.simulate.world import Storm, World, to_ms

DEFAULT_SCALE = 0.05
"""6,000 dossiers on a working day, of a nation's 120,000: with it the first start's past is below 2 million records."""


def _power_day(scene: Scene, period: Period, slip: Slip) -> dict[str, float]:
    return energy.day_report(scene, to_ms(period.start))


def _airports_day(scene: Scene, period: Period, slip: Slip) -> dict[str, float]:
    return services.daily_flights(scene, to_ms(period.start))


TELEMETRY: dict[str, Model] = {
    "power-load": energy.load,
    "spot-price": energy.spot_price,
    "reservoirs": water.reservoir,
    "rain-rivers": water.rain_and_river,
    "vn-index": services.exchange_of_shares,
    "flights-tan-son-nhat": services.tan_son_nhat,
    "flights-noi-bai": services.noi_bai,
    "traffic-cameras": services.cameras,
    "online-payment": services.payments,
    "portal-traffic": services.portal,
    "portal-calls": services.calls,
    "portal-volumes": boards.volumes,
    "service-index": boards.service_index,
    "procedures-database": boards.procedures,
    "ndxp": services.exchange,
    "authentication": services.signing_in,
    "signing": services.signing,
    "population-queries": services.population,
    "centre-stations": services.stations,
}
PERIODIC: dict[str, PeriodModel] = {
    "power-day": _power_day,
    "airports-daily": _airports_day,
    "customs": economy.trade,
    "enterprises": economy.enterprises,
    "enterprises-daily": economy.enterprises,
    "fdi": economy.investment_from_abroad,
    "prices": economy.prices,
    "industry": economy.industry,
    "growth": economy.growth,
    "grdp": economy.growth_of_provinces,
    "treasury": economy.treasury,
    "state-budget": economy.budget,
    "public-investment": economy.investment,
    "visitors": economy.visitors,
    "identity-cards": society.identity,
    "health": society.health,
    "reporting-progress": society.progress,
    "reporting-services": society.reported,
    "reporting-year": society.reported,
    "reporting-districts": society.reported,
}
NOT_SIMULATED = frozenset({"drill", "nhip"})
"""Feeds of these systems speak only when a drill, a scenario, a replay or the audit makes them."""


def is_simulated(feed: Feed) -> bool:
    """Whether there is a source for it; that of a drill is silent until the drill."""
    return feed.drill or feed.system not in NOT_SIMULATED


def without_source(catalogue: Catalogue) -> list[str]:
    """Feeds that nothing here stands for: a mistake in this file or a feed of the catalogue to be added."""
    return [f.id for f in catalogue.feeds.values() if f.system not in NOT_SIMULATED and not _known(catalogue, f)]


def build_sources(
    catalogue: Catalogue, seed: int, scale: float = DEFAULT_SCALE, since_ms: int = 0, storms: tuple[Storm, ...] = ()
) -> dict[str, Source]:
    """A source for each feed, all of one world; feeds of drills get one that is silent."""
    world = World(catalogue.calendar, seed, storms)
    character = Character(catalogue.units, seed)
    return {
        feed.id: _source(catalogue, feed, world, character, scale, since_ms)
        for feed in catalogue.feeds.values()
        if _known(catalogue, feed) or feed.drill
    }


def _known(catalogue: Catalogue, feed: Feed) -> bool:
    if feed.system in NOT_SIMULATED:
        return False
    if feed.record == "cases":
        return all(kind == "dossier" or kind in LIVES for kind in feed.kinds)
    return feed.id in TELEMETRY or feed.id in PERIODIC


def _source(
    catalogue: Catalogue, feed: Feed, world: World, character: Character, scale: float, since_ms: int
) -> Source:
    if feed.drill:
        return Silent(feed)
    if feed.record == "cases":
        plans = [_plan(catalogue, feed, kind, world, character, scale) for kind in feed.kinds]
        sources = [CaseSource(feed, plan, _shards(catalogue, feed, plan), since_ms) for plan in plans]
        return sources[0] if len(sources) == 1 else Together(feed, sources)
    cast = Cast(world, character, catalogue, feed, scale)
    known = {name: catalogue.indicators[name] for name in feed.indicators}
    if feed.id in TELEMETRY:
        return Telemetry(feed, {n: i.decimals for n, i in known.items()}, [TELEMETRY[feed.id]], cast, world)
    return Periodic(feed, {n: (i.period, i.decimals) for n, i in known.items()}, [PERIODIC[feed.id]], cast, world)


def _plan(catalogue: Catalogue, feed: Feed, kind: str, world: World, character: Character, scale: float) -> Plan:
    if kind == "dossier":
        family = tuple(s for s in catalogue.subjects.values() if s.family == feed.subjects)
        return Dossiers(world, character, catalogue.kinds[kind], family, scale, feed.id)
    return Routes(world, catalogue, feed, catalogue.kinds[kind], LIVES[kind], scale)


def _shards(catalogue: Catalogue, feed: Feed, plan: Plan) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return np.array([catalogue.shard_of(feed, unit) for unit in plan.units], dtype=np.int64)


class Silent:
    """A feed that says nothing of itself."""

    def __init__(self, feed: Feed) -> None:
        self.feed = feed

    def between(self, t0_ms: int, t1_ms: int, shard: int = 0) -> pa.RecordBatch:
        return no_figures() if self.feed.record == "figures" else empty(CASES_SCHEMA)

    def count(self, t0_ms: int, t1_ms: int) -> int:
        return 0

    def forget(self, before_ms: int) -> None:
        """Nothing is kept."""


class Together:
    """Several kinds of cases on one feed."""

    def __init__(self, feed: Feed, sources: Sequence[CaseSource]) -> None:
        self.feed = feed
        self._sources = sources

    def between(self, t0_ms: int, t1_ms: int, shard: int = 0) -> pa.RecordBatch:
        parts = [source.between(t0_ms, t1_ms, shard) for source in self._sources]
        table = pa.Table.from_batches([p for p in parts if p.num_rows], CASES_SCHEMA).unify_dictionaries()
        batches = table.combine_chunks().sort_by("event_at").to_batches()
        return batches[0] if batches else empty(CASES_SCHEMA)

    def count(self, t0_ms: int, t1_ms: int) -> int:
        return sum(source.count(t0_ms, t1_ms) for source in self._sources)

    def forget(self, before_ms: int) -> None:
        for source in self._sources:
            source.forget(before_ms)
