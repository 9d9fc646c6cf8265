"""What senders do: they die before they note what they sent, their clocks are wrong, they send poison and too much."""

import time
from collections.abc import Callable

from bench.faults import intents
from bench.faults.intents import Intent
from bench.faults.kinds import Blow, Kind, proven
from bench.faults.kinds_parts import AT_ONCE, DEAD_AND_NEW, killed, reborn
from bench.faults.mix import DRILL
from bench.faults.scene import SENDERS, Scene, lines, sender, until
from clickhouse.client import StoreAway

BURST_S = 6.0
BEFORE_S = 8.0
MOST_SLOWER_S = 1.0
DAY_MS, HOUR_MS, MINUTE_MS = 86_400_000, 3_600_000, 60_000
REACHED_S = 20.0


def dies(order: str) -> Callable[[Scene], Blow]:
    """A sender ends itself at a point of its own; it is started again and sends what it has no acknowledgement of."""

    def strike(scene: Scene) -> Blow:
        name = scene.chance.choice(SENDERS)
        before = {sender(name): scene.pid(sender(name))}
        died = len(lines(scene.folder / "died"))
        lives = len(lines(scene.folder / f"{name}.lives"))
        scene.ask(name, order)
        met = until(lambda: len(lines(scene.folder / "died")) > died, REACHED_S)
        over = time.time()

        def effect() -> str:
            if not met:
                return "the sender did not come there"
            again = lines(scene.folder / f"{name}.lives")[lives:]
            resent = bool(again) and int(again[0].split()[1]) > 0
            return reborn(scene, before) or ("" if resent else "nothing was sent again")

        return Blow(over, effect)

    return strike


def poison(scene: Scene) -> Blow:
    """Thousands of bad records in one message, and the worst of single ones beside it."""
    done, began = len(lines(scene.folder / "did")), time.time()
    scene.ask("figures", "poison")
    sent = until(lambda: len(lines(scene.folder / "did")) > done, REACHED_S)
    over = time.time()

    def effect() -> str:
        sql = "SELECT count() FROM rejected WHERE arrived_at > fromUnixTimestamp64Milli({t:Int64})"
        refused = sent and until(lambda: _count(scene, sql, began) > 1_000, REACHED_S, 0.2)
        return "" if refused else "nothing of it was refused"

    return Blow(over, effect)


def storm(scene: Scene) -> Blow:
    """A sender's last batches, each five times more."""
    done, began = len(lines(scene.folder / "did")), time.time()
    scene.ask("figures", "storm")
    sent = until(lambda: len(lines(scene.folder / "did")) > done, REACHED_S)
    over = time.time()

    def effect() -> str:
        sql = "SELECT sum(duplicates) FROM ledger WHERE arrived_at > fromUnixTimestamp64Milli({t:Int64})"
        told = sent and until(lambda: _count(scene, sql, began) > 500, REACHED_S, 0.2)
        return "" if told else "no storm of repeats was seen"

    return Blow(over, effect)


def burst(scene: Scene) -> Blow:
    """One feed at a hundred times its rate; the others must not be later than before by more than a second."""
    name = f"burst-{round(time.time())}"
    began = time.time()
    before = p99_of_the_others(scene, began - BEFORE_S, began)
    rate = _rate(scene, began - BEFORE_S, began)
    scene.start_sender(name, BURST_S)
    until(lambda: name in scene.finished(), BURST_S + 60.0, 0.1)
    over = time.time()
    scene.recovered(over)
    during = p99_of_the_others(scene, began, over)
    times = _rate(scene, began, over) / max(rate, 1.0)
    scene.place.supervisor.pause(sender(name), wait_s=2.0)
    failed = "" if during - before <= MOST_SLOWER_S else f"the others' p99 rose from {before:.2f} to {during:.2f} s"
    facts = {"p99_before_s": before, "p99_during_s": during, "times": times}
    return Blow(over, proven((times > 10, f"only {times:.0f} times its rate")), facts, failed)


def p99_of_the_others(scene: Scene, start: float, end: float) -> float:
    """From the sender's clock to the store; repeats carry the time of their first sending and are left out."""
    sql = (
        "SELECT quantile(0.99)(toUnixTimestamp64Milli(stored_at) - toUnixTimestamp64Milli(sent_at)) FROM ledger "
        "WHERE kind = 'records' AND feed != {f:String} AND duplicates = 0 AND rejected = 0 "
        "AND arrived_at > fromUnixTimestamp64Milli({a:Int64}) AND arrived_at <= fromUnixTimestamp64Milli({b:Int64})"
    )
    ((late,),) = scene.store.query(sql, f=DRILL, a=round(start * 1000), b=round(end * 1000))
    return float(late) / 1000 if late == late else 0.0


def _rate(scene: Scene, start: float, end: float) -> float:
    sql = (
        "SELECT sum(records) FROM ledger WHERE feed = {f:String} "
        "AND arrived_at > fromUnixTimestamp64Milli({a:Int64}) AND arrived_at <= fromUnixTimestamp64Milli({b:Int64})"
    )
    ((count,),) = scene.store.query(sql, f=DRILL, a=round(start * 1000), b=round(end * 1000))
    return float(count) / (end - start)


def records_off(by_ms: int, seen: Callable[[Intent], bool]) -> Callable[[Scene], Blow]:
    """A sender stamps its records with a wrong time for some seconds."""

    def strike(scene: Scene) -> Blow:
        known = len(_intents(scene, "figures"))
        scene.pace(wrong_ms={"figures": by_ms})
        time.sleep(3.0)
        scene.pace(wrong_ms={})
        found = any(seen(intent) for intent in _intents(scene, "figures")[known:])
        return Blow(time.time(), proven((found, "no record was stamped wrong")))

    return strike


def time_leaps(by_ms: int) -> Callable[[Scene], Blow]:
    """The time of all senders jumps, their ticks' too."""

    def strike(scene: Scene) -> Blow:
        before = _clock(scene)
        pace = scene.pace(ahead_ms=scene.pace().ahead_ms + by_ms)
        over = time.time()

        def effect() -> str:
            if by_ms < 0:
                return "" if pace.at(over) < before * 1000 + MINUTE_MS else "time did not go back"
            leapt = until(lambda: _clock(scene) > before + by_ms / 1000 * 0.9, REACHED_S, 0.2)
            return "" if leapt else "no partition's clock jumped"

        return Blow(over, effect)

    return strike


def _clock(scene: Scene) -> int:
    """The furthest clock of any partition, seconds."""
    try:
        ((clock,),) = scene.store.query("SELECT toUnixTimestamp(max(clock)) FROM ledger")
    except StoreAway:
        return 0
    return int(clock)


def _intents(scene: Scene, name: str) -> list[Intent]:
    return list(intents.read(scene.folder / f"{name}.intents", Intent))


def _count(scene: Scene, sql: str, since: float) -> int:
    try:
        ((count,),) = scene.store.query(sql, t=round(since * 1000))
    except StoreAway:
        return 0
    return int(count)


def _a_sender(scene: Scene) -> list[str]:
    return [sender(scene.chance.choice(SENDERS))]


def _all_senders(scene: Scene) -> list[str]:
    return [sender(name) for name in SENDERS]


SENDER_KINDS = (
    Kind("producer-kill", "kill -9 of a sender", "sender", killed(_a_sender), DEAD_AND_NEW, AT_ONCE),
    Kind("producers-kill", "kill -9 of all senders at once", "sender", killed(_all_senders), DEAD_AND_NEW, AT_ONCE),
    Kind(
        "producer-before-send",
        "a sender dies with its intent written and nothing sent",
        "sender",
        dies("kill-before-send"),
        "it wrote so and died; its next life sent again",
        "its death",
    ),
    Kind(
        "producer-after-ack",
        "a sender dies when Kafka has its messages and it has not noted that",
        "sender",
        dies("kill-after-ack"),
        "it wrote so and died; its next life sent again",
        "its death",
    ),
    Kind("poison", "a batch of 3,000 bad records", "sender", poison, "they are among the refused", "it was sent"),
    Kind(
        "repeats",
        "a sender's last batches, each five times more",
        "sender",
        storm,
        "the ledger counts them as repeats",
        "they were sent",
    ),
    Kind(
        "burst",
        "one feed at a hundred times its rate",
        "sender",
        burst,
        "the ledger shows the rate",
        "it was sent",
        seconds=16.0,
    ),
    Kind(
        "sender-ahead",
        "a sender stamps its records a day ahead",
        "sender",
        records_off(DAY_MS, lambda intent: "future" in intent.refused.values()),
        "its ledger holds records of the future",
        "its clock is right again",
    ),
    Kind(
        "sender-behind",
        "a sender stamps its records two hours back",
        "sender",
        records_off(-2 * HOUR_MS, lambda intent: intent.records > 0),
        "its ledger holds such records",
        "its clock is right again",
    ),
    Kind(
        "time-leaps",
        "the time of all senders jumps ahead by two hours",
        "sender",
        time_leaps(2 * HOUR_MS),
        "the clocks of partitions jumped",
        "the moment of the jump",
    ),
    Kind(
        "time-falls-back",
        "the time of all senders jumps back by ten minutes",
        "sender",
        time_leaps(-10 * MINUTE_MS),
        "their time is behind the partitions' clock",
        "the moment of the jump",
    ),
)
