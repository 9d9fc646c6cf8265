"""Scenarios of days, for tests in memory: the simulated feeds through a storm that is made to come, and through Tết."""

from catalogue.load import Catalogue
from producers.history import PERIODIC_DAYS
from producers.simulate.drill_stream import Event
from producers.simulate.scenarios import Fault
from producers.simulate.sources import build_sources
from producers.simulate.world import DAY, LOCAL, MINUTE, Storm, to_ms

STORM_FEEDS = ("rain-rivers", "reservoirs", "power-load", "sar-incidents")
TET_FEEDS = (
    "power-load",
    "spot-price",
    "reservoirs",
    "centre-stations",
    "flights-noi-bai",
    "airports-daily",
    "customs",
    "vn-index",
    "portal-dossiers",
)
WARM_DAYS = 14
BEFORE_TET, AFTER_TET = 7, 12
SPAN = 10 * MINUTE
EXPLAINED = {"reservoirs": "finding:storm"}
"""Where a storm moves many series at once. Rain, load and incidents are judged by what they may be, and stay within it:
of them nothing above a notice may be said."""


def storm(
    catalogue: Catalogue,
    seed: int,
    landfall_ms: int,
    days: int = 3,
    warm_days: int = WARM_DAYS,
    feeds: tuple[str, ...] = STORM_FEEDS,
) -> tuple[list[Event], list[Fault]]:
    """Ordinary time, then a severe storm on the north: it must be explained, not cried about."""
    hit = Storm(landfall_ms, hours=48.0, latitude=21.0, longitude=105.5, strength=1.0)
    events = _stream(catalogue, seed, feeds, landfall_ms - warm_days * DAY, landfall_ms + days * DAY, (hit,))
    end = landfall_ms + days * DAY
    return events, [
        Fault(f"storm-{feed}", feed, "", "", "storm", landfall_ms, end, 1.0, EXPLAINED.get(feed, "none"))
        for feed in feeds
    ]


def tet(
    catalogue: Catalogue, seed: int, year: int, feeds: tuple[str, ...] = TET_FEEDS
) -> tuple[list[Event], list[Fault]]:
    """From a first start's past before the quiet days to twelve days after the new year: no warning, no critical
    finding. Feeds of one call share their ticks: periodic ones, which need a year and a tick a day, come alone."""
    first = catalogue.calendar.tet(year)
    if first is None:
        raise ValueError(f"the calendar knows no Tết of {year}")
    day = (to_ms(first) + LOCAL) // DAY
    past = max(PERIODIC_DAYS if catalogue.feeds[feed].periodic else WARM_DAYS for feed in feeds)
    quiet, end = (day - BEFORE_TET) * DAY - LOCAL, (day + AFTER_TET) * DAY - LOCAL
    events = _stream(catalogue, seed, feeds, quiet - past * DAY, end, ())
    return events, [Fault(f"tet-{feed}", feed, "", "", "tet", quiet, end, 1.0, "none") for feed in feeds]


def _stream(
    catalogue: Catalogue, seed: int, feeds: tuple[str, ...], start: int, end: int, storms: tuple[Storm, ...]
) -> list[Event]:
    """Ticks and batches of the feeds. Where a span is longer than the allowed lateness its tick says how coarse the
    clock is, as in a played past: nothing comes late."""
    sources = build_sources(catalogue, seed, since_ms=start, storms=storms)
    watched = [catalogue.feeds[feed] for feed in feeds]
    span = DAY if all(feed.periodic for feed in watched) else SPAN
    step = span if min(feed.lateness_s for feed in watched) * 1000 < span else 0
    events = []
    at = start // MINUTE * MINUTE
    while at < end:
        to = min(at + span, end)
        events.append(Event(to, step=step))
        for feed in watched:
            for shard in range(feed.shards):
                batch = sources[feed.id].between(at, to, shard)
                events += [Event(to, batch)] if batch.num_rows else []
        at = to
    return events
