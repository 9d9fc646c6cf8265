"""What each sender sends, step by step: single records and batches, repeats, conflicts, late ones, poison; seeded."""

from collections import deque
from collections.abc import Sequence
from random import Random
from typing import Protocol

import msgspec

from bench.faults import poison
from bench.faults.intents import Intent
from bench.faults.lives import Lives, Told
from bench.faults.poison import Poison
from bench.faults.records import DAY_MS, HOUR_MS, NAMELESS, Record, Sources, as_arrow, as_json, figure, lateness
from catalogue.calendar import local_date
from catalogue.load import Catalogue
from contract.figures import VINTAGES
from contract.topics import ARROW, JSON

FIGURES = ("drill-figures", "power-load", "reservoirs")
BY_INBOX = ("spot-price", "petitions")
DRILL = FIGURES[0]
PERIODIC = "investment-replay"
INBOX_LATE_MS = 3 * HOUR_MS
"""What goes through the inbox is never ahead of the clock of the partition it is placed in."""
BURST_MOMENTS, BURST_SINGLES = 250, 15
"""Of each step: a hundred times the drill's own rate."""
TOPICS = ("figures", "cases", "inbox")


class Moment(msgspec.Struct, frozen=True):
    ms: int
    """The senders' time."""
    wall_ms: int
    """What a record says of when it was sent."""
    wrong_ms: int = 0
    """How far the time of this sender's records is off."""


class Role(Protocol):
    """A sender's part: which partitions' time it tells, and what it sends in one step."""

    @property
    def ticks(self) -> Sequence[tuple[str, int]]: ...

    def step(self, now: Moment, number: int, sent: "Sent") -> list[Intent]: ...


class Sent(msgspec.Struct):
    """Acknowledged single records that hold nothing bad: what may be sent again, or contradicted."""

    singles: deque[Intent] = msgspec.field(default_factory=lambda: deque(maxlen=500))
    batches: deque[Intent] = msgspec.field(default_factory=lambda: deque(maxlen=50))

    def note(self, intent: Intent) -> None:
        if not intent.refused and not intent.onward:
            alone = intent.records == 1 and intent.content_type == JSON
            (self.singles if alone else self.batches).append(intent)


class Draft:
    """The messages of one step; each record's id holds the message's number and its place."""

    def __init__(self, role: str, seed: str, number: int) -> None:
        self.role, self.number = role, number
        self.chance = Random(f"{seed}/{role}/{number}")
        self.intents: list[Intent] = []

    def named(self, records: Sequence[Record]) -> list[Record]:
        return [
            {**record, "record_id": f"~{self.role}-{self.number}-{row}"} if "record_id" not in record else record
            for row, record in enumerate(records)
        ]

    def good(self, topic: str, partition: int, records: Sequence[Record], kind: str, until: int = 0) -> None:
        if len(records) == 1 and self.chance.random() < 0.7:
            self.put(topic, partition, JSON, as_json(*records), 1, until=until)
        else:
            self.put(topic, partition, ARROW, as_arrow(records, kind), len(records), until=until)

    def bad(self, topic: str, partition: int, spoilt: Poison, onward: bool = False) -> None:
        refused, later = ({}, spoilt.refused) if onward else (spoilt.refused, {})
        self.put(topic, partition, spoilt.content_type, spoilt.value, spoilt.records, refused, later)

    def put(
        self,
        topic: str,
        partition: int,
        content_type: str,
        value: bytes,
        records: int,
        refused: dict[int, str] | None = None,
        onward: dict[int, str] | None = None,
        until: int = 0,
    ) -> None:
        given = (refused or {}, onward or {}, until)
        self.intents.append(Intent(self.number, topic, partition, content_type, value, records, *given))
        self.number += 1

    def again(self, sent: Sent) -> None:
        """A repeat: the same bytes; single records now and then by way of the inbox."""
        chosen = self.chance.choice([*sent.singles][-100:] + [*sent.batches][-20:] or [None])
        if chosen is not None:
            alone = chosen.records == 1 and b'"record_id"' in chosen.value
            by_inbox = alone and self.chance.random() < 0.2
            topic, partition = ("inbox", -1) if by_inbox else (chosen.topic, chosen.partition)
            self.put(topic, partition, chosen.content_type, chosen.value, chosen.records)

    def contradict(self, sent: Sent) -> None:
        """The id of a record that Kafka has acknowledged, with another content."""
        named = [one for one in sent.singles if one.topic != "inbox" and b'"record_id"' in one.value]
        if named:
            chosen = self.chance.choice(named)
            record = msgspec.json.decode(chosen.value)
            changed = {"value": record["value"] + 1} if "value" in record else {"event_at": record["event_at"] - 1}
            refused = {0: "conflict"}
            self.put(chosen.topic, chosen.partition, JSON, as_json({**record, **changed}), 1, refused)


class FigureRole:
    def __init__(self, catalogue: Catalogue, role: str, seed: str) -> None:
        self._sources, self._role, self._seed = Sources(catalogue), role, seed
        inbox = [self._sources.feed(name) for name in BY_INBOX if self._sources.feed(name).record == "figures"]
        own = [self._sources.feed(name) for name in (*FIGURES, PERIODIC)]
        self.ticks = [("figures", feed.partition) for feed in (*own, *inbox)]

    def step(self, now: Moment, number: int, sent: Sent) -> list[Intent]:
        draft = Draft(self._role, self._seed, number)
        chance = draft.chance
        for name in (DRILL, chance.choice(FIGURES)):
            self._batch(draft, name, now)
        self._single(draft, now)
        if chance.random() < 0.10:
            self._period(draft, now)
        if chance.random() < 0.12:
            draft.again(sent)
        if chance.random() < 0.06:
            draft.contradict(sent)
        if chance.random() < 0.12:
            self._poison(draft, now)
        return draft.intents

    def records(self, name: str, now: Moment, chance: Random, most: int = 1) -> list[Record]:
        """All indicators of a feed for some of its units and subjects, late ones among them."""
        feed = self._sources.feed(name)
        found = []
        for nth in range(most):
            unit = chance.choice(self._sources.units(feed, now.ms))
            subject = chance.choice(self._sources.subjects(feed))
            at = now.ms + now.wrong_ms - nth * 1_000 - chance.randrange(1_000)
            for indicator, value in self._sources.values(feed, unit, subject, at, chance).items():
                then = at if now.wrong_ms else at - lateness(chance)
                found.append(figure(feed, unit, subject, indicator, value, then, now.wall_ms))
        return found

    def _batch(self, draft: Draft, name: str, now: Moment) -> None:
        chance, feed = draft.chance, self._sources.feed(name)
        records = self.records(name, now, chance, chance.choice((1, 1, 2, 4)))
        if chance.random() < 1 - NAMELESS:
            records = draft.named(records)
        if now.wrong_ms > HOUR_MS:
            refused = dict.fromkeys(range(len(records)), "future")
            draft.put("figures", feed.partition, ARROW, as_arrow(records, "figures"), len(records), refused)
        else:
            draft.good("figures", feed.partition, records, "figures")

    def _single(self, draft: Draft, now: Moment) -> None:
        feed = self._sources.feed(DRILL)
        record = draft.named(self.records(DRILL, now, draft.chance)[:1])[0]
        refused = {0: "future"} if now.wrong_ms > HOUR_MS else {}
        draft.put("figures", feed.partition, JSON, as_json(record), 1, refused)

    def _period(self, draft: Draft, now: Moment) -> None:
        """A figure of a month, in one of its releases."""
        chance, feed = draft.chance, self._sources.feed(PERIODIC)
        day = local_date(now.ms - chance.randrange(40, 130) * DAY_MS)
        month = f"C-M{day.year}-{day.month:02}"
        record: Record = {"feed": feed.id, "unit": chance.choice(feed.units), "indicator": feed.indicators[0]}
        record |= {"period": month, "vintage": chance.choice(VINTAGES), "value": round(chance.uniform(100.0, 5e4), 1)}
        records = draft.named([{**record, "sent_at": now.wall_ms, "simulated": True}])
        draft.good("figures", feed.partition, records, "figures")

    def _poison(self, draft: Draft, now: Moment) -> None:
        chance, feed = draft.chance, self._sources.feed(DRILL)
        good = draft.named(self.records(DRILL, msgspec.structs.replace(now, wrong_ms=0), chance, 2))
        kind = chance.random()
        if kind < 0.6:
            spoilt = poison.single(good[0], chance)
        else:
            spoilt = poison.listed(good[:3], chance) if kind < 0.8 else poison.in_a_batch(good, "figures", chance)
        draft.bad("figures", feed.partition, spoilt)

    def poison_batch(self, now: Moment, number: int, rows: int) -> list[Intent]:
        """A large batch of nothing but bad records, and the worst of single messages around it."""
        draft = Draft(self._role, self._seed, number)
        feed = self._sources.feed(DRILL)
        good = draft.named((self.records(DRILL, now, draft.chance) * rows)[:rows])
        draft.bad("figures", feed.partition, poison.single(good[0], draft.chance))
        draft.bad("figures", feed.partition, poison.all_bad(good, "figures", draft.chance))
        for reason, value in poison.WHOLE.items():
            draft.put("figures", feed.partition, JSON, value, 1, {0: reason})
        return draft.intents


class BurstRole(FigureRole):
    """The drill's figures alone, at a hundred times their rate."""

    def __init__(self, catalogue: Catalogue, role: str, seed: str) -> None:
        super().__init__(catalogue, role, seed)
        self.ticks = []

    def step(self, now: Moment, number: int, sent: Sent) -> list[Intent]:
        draft = Draft(self._role, self._seed, number)
        feed = self._sources.feed(DRILL)
        past = msgspec.structs.replace(now, ms=now.ms - INBOX_LATE_MS)
        records = draft.named(self.records(DRILL, past, draft.chance, BURST_MOMENTS))
        draft.good("figures", feed.partition, records, "figures")
        for _ in range(BURST_SINGLES):
            self._single(draft, past)
        return draft.intents


class CaseRole:
    def __init__(self, catalogue: Catalogue, role: str, seed: str, start_ms: int, until: int) -> None:
        self._sources, self._role, self._seed = Sources(catalogue), role, seed
        self._lives = Lives(catalogue, seed, start_ms, until)
        names = ("drill-cases", "portal-dossiers", "permits-replay", "petitions")
        self.ticks = [("cases", partition) for name in names for partition in self._sources.feed(name).partitions]

    def step(self, now: Moment, number: int, sent: Sent) -> list[Intent]:
        draft = Draft(self._role, self._seed, number)
        groups: dict[tuple[str, int], list[Told]] = {}
        for told in self._lives.due(now.ms):
            partition = self._sources.partition(self._sources.feed(told.feed), told.record["unit"])
            groups.setdefault((told.feed, partition), []).append(told)
        for (_, partition), tolds in groups.items():
            records = [{**told.record, "sent_at": now.wall_ms, "simulated": True} for told in tolds]
            draft.good("cases", partition, records, "cases", until=now.ms)
        if draft.chance.random() < 0.10:
            draft.again(sent)
        if draft.chance.random() < 0.05:
            draft.contradict(sent)
        if groups and draft.chance.random() < 0.12:
            self._poison(draft, next(iter(groups.values()))[0], now)
        return draft.intents

    def _poison(self, draft: Draft, told: Told, now: Moment) -> None:
        partition = self._sources.partition(self._sources.feed(told.feed), told.record["unit"])
        plain = {name: value for name, value in told.record.items() if name != "record_id"}
        good = draft.named([{**plain, "sent_at": now.wall_ms, "simulated": True}])
        draft.bad("cases", partition, poison.single(good[0], draft.chance))


class InboxRole:
    """One record a message, from a sender who knows no partitions."""

    def __init__(self, catalogue: Catalogue, role: str, seed: str) -> None:
        self._sources, self._role, self._seed = Sources(catalogue), role, seed
        self.ticks: list[tuple[str, int]] = []

    def step(self, now: Moment, number: int, sent: Sent) -> list[Intent]:
        draft = Draft(self._role, self._seed, number)
        chance = draft.chance
        if chance.random() < 0.5:
            return []
        good = draft.named([self._record(now, number, chance)])[0]
        kind = chance.random()
        if kind < 0.02:
            draft.bad("inbox", -1, poison.at_the_inbox(good, chance))
        elif kind < 0.04:
            draft.bad("inbox", -1, poison.onward(good, chance), onward=True)
        elif kind < 0.10:
            draft.again(sent)
        else:
            draft.put("inbox", -1, JSON, as_json(good), 1)
        return draft.intents

    def _record(self, now: Moment, number: int, chance: Random) -> Record:
        at = now.ms - INBOX_LATE_MS - chance.randrange(60_000)
        feed = self._sources.feed(chance.choice(BY_INBOX))
        if feed.record == "figures":
            subject = chance.choice(self._sources.subjects(feed))
            values = self._sources.values(feed, "VN", subject, at, chance)
            return figure(feed, "VN", subject, *next(iter(values.items())), at, now.wall_ms)
        state = chance.choice(("received", "processing", "answered", "supplement"))
        case = {"kind": "petition", "case_id": f"P-{number // 6}", "state": state, "channel": "call"}
        return {"feed": feed.id, "unit": "H26", **case, "event_at": at, "sent_at": now.wall_ms, "simulated": True}


def role(name: str, catalogue: Catalogue, seed: str, start_ms: int, until: int) -> Role:
    if name == "cases":
        return CaseRole(catalogue, name, seed, start_ms, until)
    if name == "inbox":
        return InboxRole(catalogue, name, seed)
    return BurstRole(catalogue, name, seed) if name.startswith("burst") else FigureRole(catalogue, name, seed)
