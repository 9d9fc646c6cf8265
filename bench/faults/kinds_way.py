"""Between the parts: proxies that drop answers, cut, delay, hold, and flip a bit; and the engine's disk."""

import time
from collections.abc import Callable

from bench.faults import disk
from bench.faults.kinds import Blow, Kind
from bench.faults.proxy import Proxy
from bench.faults.scene import Scene, until

HOLD_S = 5.0
OVER_SESSION_S = 9.0
PATIENCE_S = 60.0
"""How long the store's client waits for an answer to an insert."""
REACHED_S = 30.0
NEARLY_KB = 60_000
"""What is left of the disk before the last step."""
Which = Callable[[Scene], Proxy]
Order = Callable[[Proxy], object]


def ordered(which: Which, order: Order, counted: str, least: int = 1) -> Callable[[Scene], Blow]:
    """Something that the proxy does to the next so many that come by."""

    def strike(scene: Scene) -> Blow:
        proxy = which(scene)
        before = getattr(proxy.counts, counted)
        order(proxy)
        until(lambda: getattr(proxy.counts, counted) >= before + least, REACHED_S)
        proxy.calm()
        return Blow(time.time(), lambda: _grown(proxy, counted, before, least))

    return strike


def for_a_while(which: Which, begin: Order, counted: str, seconds: float) -> Callable[[Scene], Blow]:
    def strike(scene: Scene) -> Blow:
        proxy = which(scene)
        before = getattr(proxy.counts, counted)
        begin(proxy)
        time.sleep(seconds)
        proxy.calm()
        return Blow(time.time(), lambda: _grown(proxy, counted, before, 1))

    return strike


def cut(which: Which, times: int = 5) -> Callable[[Scene], Blow]:
    """Every connection is reset, several times over."""

    def strike(scene: Scene) -> Blow:
        proxy = which(scene)
        closed = 0
        for _ in range(times):
            closed += proxy.cut()
            time.sleep(0.3)
        return Blow(time.time(), lambda: "" if closed else "there was no connection to cut")

    return strike


def late_answers(scene: Scene) -> Blow:
    """The engine has done it, and says so when the client has given up. Its end is the client's next attempt."""
    proxy = store(scene)
    held = proxy.counts.held
    said = scene.log("worker")
    proxy.hold_answers(PATIENCE_S + 30.0, 1, "insert")
    until(lambda: proxy.counts.held > held, REACHED_S)
    gave_up = until(lambda: "waiting for the store" in said.text(), PATIENCE_S + 10.0, 0.2)
    over = time.time()
    proxy.calm()
    return Blow(over, lambda: "" if gave_up else "the client did not give up")


def disk_full(scene: Scene) -> Blow:
    """Other programs fill the engine's disk within seconds, to the last byte, and it stays so for a while."""
    folder, said = scene.var / "store", scene.log(scene.workers[0])
    filled = disk.fill(folder, leave_kb=NEARLY_KB)
    try:
        until(lambda: _is_full(said.text()), HOLD_S, 0.1)  # an engine that keeps some room free says so now
        filled += disk.fill(folder)
        refused = until(lambda: _is_full(said.text()), REACHED_S, 0.1)
        time.sleep(HOLD_S)
    finally:
        disk.free(folder)
    missing = "" if filled and refused else "no insert was refused for want of space"
    return Blow(time.time(), lambda: missing)


def _is_full(text: str) -> bool:
    return "NOT_ENOUGH_SPACE" in text or "No space left" in text or "code: 243" in text.lower()


def add_column(scene: Scene) -> Blow:
    """A table gains a column while it is being inserted into, and loses it again."""
    name = f"added_{scene.chance.randrange(10**6)}"
    for table in ("figures", "case_steps", "ledger"):
        scene.store.command(f"ALTER TABLE {table} ADD COLUMN {name} UInt8 DEFAULT 7")
    time.sleep(2.0)
    sql = "SELECT count() FROM system.columns WHERE database = currentDatabase() AND name = {n:String}"
    ((there,),) = scene.store.query(sql, n=name)
    for table in ("figures", "case_steps", "ledger"):
        scene.store.command(f"ALTER TABLE {table} DROP COLUMN {name}")
    return Blow(time.time(), lambda: "" if int(there) == 3 else "the column was not added")


def _grown(proxy: Proxy, counted: str, before: int, least: int) -> str:
    grown = getattr(proxy.counts, counted) - before
    return "" if grown >= least else f"{counted}: {grown} of {least}"


def store(scene: Scene) -> Proxy:
    return scene.way.store


def kafka(scene: Scene) -> Proxy:
    return scene.way.kafka


def senders(scene: Scene) -> Proxy:
    return scene.way.senders


COUNTED = "the proxy counted it"
CALM = "the proxy lets everything through"


def _way(name: str, what: str, strike: Callable[[Scene], Blow], seconds: float = 6.0) -> Kind:
    return Kind(name, what, "way", strike, COUNTED, CALM, seconds=seconds)


WAY_KINDS = (
    _way(
        "answers-dropped",
        "the engine takes inserts and its answers are lost",
        ordered(store, lambda proxy: proxy.drop_answers(2, "insert"), "dropped", 2),
    ),
    Kind(
        "answers-late",
        "the engine answers an insert after the client gave up",
        "way",
        late_answers,
        "an answer was held, and the worker said that it waits",
        "the client has given up",
        seconds=66.0,
    ),
    _way("store-cut", "connections to the engine are reset, five times", cut(store)),
    _way(
        "store-slow",
        "every request to the engine takes a second more",
        for_a_while(store, lambda proxy: proxy.delay(1.0), "delayed", HOLD_S),
    ),
    _way(
        "store-half-open",
        "connections to the engine stay open and nothing goes through",
        for_a_while(store, lambda proxy: proxy.half_open(), "stalled", HOLD_S),
    ),
    _way(
        "store-unreachable",
        "the engine runs and cannot be reached",
        for_a_while(store, lambda proxy: proxy.away(), "cut", HOLD_S),
    ),
    _way(
        "store-flip",
        "one bit of an insert is another when it reaches the engine",
        ordered(store, lambda proxy: proxy.flip(1, "requests", "insert"), "flipped"),
    ),
    _way(
        "store-flip-answer",
        "one bit of an answer of the engine is another",
        ordered(store, lambda proxy: proxy.flip(1, "answers", "select"), "flipped"),
    ),
    _way("kafka-cut", "the worker's connections to Kafka are reset, five times", cut(kafka)),
    _way(
        "kafka-slow",
        "every request of the worker to Kafka takes half a second more",
        for_a_while(kafka, lambda proxy: proxy.delay(0.5), "delayed", HOLD_S),
    ),
    _way(
        "kafka-half-open",
        "the worker's connections to Kafka stay open and nothing goes through, for longer than its session",
        for_a_while(kafka, lambda proxy: proxy.half_open(), "stalled", OVER_SESSION_S),
        seconds=14.0,
    ),
    _way(
        "kafka-unreachable",
        "Kafka runs and the worker cannot reach it",
        for_a_while(kafka, lambda proxy: proxy.away(), "cut", HOLD_S),
        seconds=10.0,
    ),
    _way(
        "kafka-flip",
        "one bit of what the worker fetches is another",
        ordered(kafka, lambda proxy: proxy.flip(1, "answers", "fetch"), "flipped"),
    ),
    _way(
        "commit-dropped",
        "Kafka notes an acknowledgement of the worker and its answer is lost",
        ordered(kafka, lambda proxy: proxy.drop_answers(1, "commit"), "dropped"),
    ),
    _way("senders-cut", "the senders' connections to Kafka are reset, five times", cut(senders)),
    _way(
        "produce-dropped",
        "Kafka takes messages and its answers to the senders are lost",
        ordered(senders, lambda proxy: proxy.drop_answers(3, "produce"), "dropped", 3),
    ),
    _way(
        "produce-slow",
        "every request of the senders to Kafka takes half a second more",
        for_a_while(senders, lambda proxy: proxy.delay(0.5), "delayed", HOLD_S),
    ),
    _way(
        "produce-flip",
        "one bit of what a sender sends is another when it reaches Kafka",
        ordered(senders, lambda proxy: proxy.flip(1, "requests", "produce"), "flipped"),
    ),
    _way(
        "senders-unreachable",
        "Kafka runs and the senders cannot reach it",
        for_a_while(senders, lambda proxy: proxy.away(), "cut", HOLD_S),
    ),
    Kind(
        "disk-full",
        "the engine's disk is full for some seconds",
        "engine",
        disk_full,
        "an insert was refused for want of space",
        "there is room again",
        disk=True,
        seconds=12.0,
    ),
    Kind(
        "column-added",
        "tables gain a column under load, and lose it",
        "engine",
        add_column,
        "the column was there",
        "it is gone",
    ),
)
