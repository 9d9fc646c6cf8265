"""Scenarios of days, for tests in memory: the simulated feeds through a storm that is made to come, and through Tết."""

from catalogue.load import Catalogue
from producers.simulate.drill_stream import Event
from producers.simulate.scenarios import Fault
from producers.simulate.sources import build_sources
from producers.simulate.world import DAY, LOCAL, MINUTE, Storm, to_ms

STORM_FEEDS = ("rain-rivers", "reservoirs", "power-load", "sar-incidents")
TET_FEEDS = ("power-load", "spot-price", "reservoirs", "centre-stations")
WARM_DAYS = 14


def storm(
    catalogue: Catalogue, seed: int, landfall_ms: int, days: int = 3, warm_days: int = WARM_DAYS
) -> tuple[list[Event], list[Fault]]:
    """Ordinary time, then a severe storm on the north: it must be explained, not cried about."""
    hit = Storm(landfall_ms, hours=48.0, latitude=21.0, longitude=105.5, strength=1.0)
    events = _stream(catalogue, seed, STORM_FEEDS, landfall_ms - warm_days * DAY, landfall_ms + days * DAY, (hit,))
    end = landfall_ms + days * DAY
    return events, [
        Fault(f"storm-{feed}", feed, "", "", "storm", landfall_ms, end, 1.0, "finding:storm") for feed in STORM_FEEDS
    ]


def tet(
    catalogue: Catalogue, seed: int, year: int, feeds: tuple[str, ...] = TET_FEEDS
) -> tuple[list[Event], list[Fault]]:
    """From four weeks before the new year to twelve days after it: no warning, no critical finding."""
    first = catalogue.calendar.tet(year)
    if first is None:
        raise ValueError(f"the calendar knows no Tết of {year}")
    day = (to_ms(first) + LOCAL) // DAY
    start, end = (day - 28) * DAY - LOCAL, (day + 12) * DAY - LOCAL
    events = _stream(catalogue, seed, feeds, start, end, ())
    return events, [
        Fault(f"tet-{feed}", feed, "", "", "tet", (day - 7) * DAY - LOCAL, end, 1.0, "none") for feed in feeds
    ]


def _stream(
    catalogue: Catalogue, seed: int, feeds: tuple[str, ...], start: int, end: int, storms: tuple[Storm, ...]
) -> list[Event]:
    """Ticks and batches of the feeds, in spans of the shortest of their allowed latenesses: nothing comes late."""
    sources = build_sources(catalogue, seed, since_ms=start, storms=storms)
    span = min(catalogue.feeds[feed].lateness_s for feed in feeds) // 60 * MINUTE
    events = []
    at = start // MINUTE * MINUTE
    while at < end:
        to = min(at + span, end)
        events.append(Event(to))
        for feed in feeds:
            for shard in range(catalogue.feeds[feed].shards):
                batch = sources[feed].between(at, to, shard)
                events += [Event(to, batch)] if batch.num_rows else []
        at = to
    return events
