"""One scenario of each outcome on a real Kafka, engine and worker: seconds from hand-over until a reader sees it.

The drill feeds report every second of wall time. The log's clock is the wall's, set back by less than a minute so that
a whole minute falls where the script wants one: nothing in the pipeline asks what time it is.
"""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import msgspec

from bench.detection.sight import MINUTE, NEXT_MINUTE, bound_of, log_of
from catalogue.load import Catalogue
from clickhouse.client import Store, connect
from contract.kafka import Producer
from contract.settings import Settings
from producers.publisher import Publisher
from producers.simulate.drill_stream import SECOND, Event, calm_stream
from producers.simulate.scenarios import SCENARIOS, Fault

BOUND_S = 2.0
GIVE_UP_S = 10.0
POLL_S = 0.02
LENGTH_S, MINUTE_AT_S = 21, 16
"""The script, and the second of it on which the whole minute falls."""
FINDING = "SELECT count() FROM findings_in_force WHERE rule = {what:String} AND unit = {unit:String}"
REJECTED = "SELECT count() FROM rejected WHERE reason = {what:String}"
DUPLICATE = "SELECT count() FROM ledger WHERE feed = {feed:String} AND duplicates"
LATE = "SELECT count() FROM figures WHERE feed = {feed:String} AND late"


class Part(msgspec.Struct, frozen=True):
    """One fault of the script."""

    scenario: str
    unit: int
    """Place among the feed's units; -1: all."""
    begin_s: int
    seconds: int
    magnitude: float
    sql: str


SCRIPT = (
    Part("times_1000", 1, 4, 2, 1000.0, FINDING),
    Part("silent_province", 3, 8, LENGTH_S, 0.0, FINDING),
    Part("future_time", 2, 7, 2, 3_600.0, REJECTED),
    # Held back across the whole minute, and then older than the five seconds that the feed allows.
    Part("late_batch", -1, 10, 1, 8.0, LATE),
    Part("batch_sent_twice", -1, 12, 1, 2.0, DUPLICATE),
    # The first dossier of the stream is returned at its 16th second.
    Part("status_backwards", 0, 16, 2, 0.0, FINDING),
)


class Measured(msgspec.Struct):
    scenario: str
    feed: str
    outcome: str
    decided_by: str
    decides: Event
    sql: str
    parameters: dict[str, str]
    handed: float = 0.0
    """When the deciding message was handed over, seconds of the epoch; 0: not yet."""
    seen: float = 0.0

    @property
    def seconds(self) -> float:
        return self.seen - self.handed if self.seen else float("inf")

    @property
    def passed(self) -> bool:
        return 0.0 <= self.seconds <= BOUND_S


def script(catalogue: Catalogue, seed: int, now_ms: int) -> tuple[list[Event], list[Measured]]:
    """The stream with all faults in it, and what decides each."""
    start = now_ms // MINUTE * MINUTE - MINUTE_AT_S * SECOND
    events, pairs = calm_stream(catalogue, seed, start, LENGTH_S), []
    for part in SCRIPT:
        faults = _faults(catalogue, part, start)
        events = SCENARIOS[part.scenario].change(events, faults[0], {fault.unit for fault in faults})
        pairs.append((part, faults))
    events.sort(key=lambda event: event.at)
    return events, [_measured(catalogue, events, part, faults) for part, faults in pairs]


def run(catalogue: Catalogue, settings: Settings, seed: int = 5) -> list[Measured]:
    """Plays the script; needs the services, migrated and with their topics, and a worker that is ready."""
    now_ms = round(time.time() * 1000)
    events, measured = script(catalogue, seed, now_ms)
    shift_s = time.time() - events[0].at / 1000
    with ThreadPoolExecutor(1) as pool, Producer(settings, linger_ms=0) as door:
        sending = pool.submit(_send, catalogue, Publisher(door, settings), events, measured, shift_s)
        _watch(settings, measured, sending.done)
        sending.result()
    return measured


def ready(catalogue: Catalogue, settings: Settings) -> None:
    """Returns when the worker takes from the drill feeds, so that the first hand-over waits for no start."""
    store, deadline = connect(settings, "reader"), time.monotonic() + 30.0
    now_ms = round(time.time() * 1000) - 2 * MINUTE
    with Producer(settings, linger_ms=0) as door:
        _tick(catalogue, Publisher(door, settings), now_ms)
    drills = sum(feed.drill for feed in catalogue.feeds.values())
    while store.query("SELECT count() FROM ticks")[0][0] < drills:
        if time.monotonic() > deadline:
            raise TimeoutError("the worker has taken no tick within 30 s")
        time.sleep(0.1)
    store.close()


def _faults(catalogue: Catalogue, part: Part, start: int) -> list[Fault]:
    scenario = SCENARIOS[part.scenario]
    known = catalogue.feeds[scenario.feed].units
    begin = start + part.begin_s * SECOND
    end = begin + part.seconds * SECOND
    what = scenario.visible
    return [
        Fault(part.scenario, scenario.feed, scenario.subject, u, part.scenario, begin, end, part.magnitude, what)
        for u in (known if part.unit < 0 else known[part.unit : part.unit + 1])
    ]


def _measured(catalogue: Catalogue, events: list[Event], part: Part, faults: list[Fault]) -> Measured:
    log = log_of(events, faults[0].feed)
    bound = bound_of(catalogue, log, faults)
    _, _, what = faults[0].visible.partition(":")
    return Measured(
        scenario=part.scenario,
        feed=faults[0].feed,
        outcome=faults[0].visible.replace(":", " "),
        decided_by="the whole minute" if bound.kind == NEXT_MINUTE else bound.says,
        decides=log[bound.offset],
        sql=part.sql,
        parameters={"what": what, "unit": faults[0].unit, "feed": faults[0].feed},
    )


def _send(
    catalogue: Catalogue, publisher: Publisher, events: list[Event], measured: list[Measured], shift_s: float
) -> None:
    for event in events:
        time.sleep(max(event.at / 1000 + shift_s - time.time(), 0.0))
        handed = time.time()
        if event.batch is None:
            _tick(catalogue, publisher, event.at)
        else:
            publisher.publish(catalogue.feeds[event.feed], 0, event.batch, round(handed * 1000))
        publisher.confirm()
        for one in measured:
            if one.decides is event:
                one.handed = handed


def _tick(catalogue: Catalogue, publisher: Publisher, at: int) -> None:
    for feed in catalogue.feeds.values():
        if feed.drill:
            publisher.tick(feed.record, feed.partition, at)
    publisher.confirm()


def _watch(settings: Settings, measured: list[Measured], done: Callable[[], bool]) -> None:
    """Asks as a reader does, until all is seen or, after the last message, for so long that it never will be."""
    store, until = connect(settings, "reader"), float("inf")
    while any(not one.seen for one in measured) and time.monotonic() < until:
        for one in measured:
            if not one.seen and _is_there(store, one):
                one.seen = time.time()
        if done() and until == float("inf"):
            until = time.monotonic() + GIVE_UP_S
        time.sleep(POLL_S)
    store.close()


def _is_there(store: Store, one: Measured) -> bool:
    needed = {name: value for name, value in one.parameters.items() if f"{{{name}:" in one.sql}
    return bool(store.query(one.sql, **needed)[0][0])
