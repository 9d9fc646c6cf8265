"""Two generations of derived rows, compared row by row where both have come as far: in the store, part by part.

Topic, partition and offset take no part (a replay's messages stand for many of the log's), nor does the time of
storing. A row that either generation wrote after the other's end is left out on both sides, so that the one in force
may go on meanwhile.
"""

import ast
from collections.abc import Iterator

import msgspec

from clickhouse.client import Store
from clickhouse.generations import Offsets, reached
from clickhouse.sink import DERIVED
from clickhouse.tables import TABLES, schema

LEFT_OUT = frozenset({"generation", "topic", "partition", "offset"})
GROUPS = {"case_buckets": ("feed", "kind"), "findings": ("feed", "rule", "indicator"), "feed_states": ("feed",)}
"""Differences are told by these."""
TIME = {"case_buckets": "bucket", "findings": "at", "feed_states": "clock"}
SUMMED = frozenset(
    {"received", "online", "finished", "on_time", "overdue", "refused", "withdrawn", "supplements", "impossible"}
    | {"steps", "duration_ms", "open_end", "overdue_open_end", "count"}
)
"""Columns whose change adds up to something."""
EXAMPLES = 3
_FINAL = "do_not_merge_across_partitions_select_final = 1, max_threads = 2"


class Column(msgspec.Struct, frozen=True):
    rows: int
    """That differ in it."""
    change: float | None = None
    """New less old, summed; None where that means nothing."""


class Group(msgspec.Struct):
    """One table's rows about one thing: a feed's kind, a rule's indicator."""

    table: str
    about: tuple[str, ...]
    rows: int = 0
    only_old: int = 0
    only_new: int = 0
    other: int = 0
    columns: dict[str, Column] = {}
    examples: list[str] = []

    @property
    def differences(self) -> int:
        return self.only_old + self.only_new + self.other


class Pair(msgspec.Struct, frozen=True):
    old: int
    new: int
    ends: Offsets
    """Up to where both have come, by partition."""
    since: dict[str, str] = {}
    """Condition on a table's rows: what is older may have been forgotten by one of the two."""
    feeds: frozenset[str] | None = None
    """None: all."""


def pair(store: Store, old: int, new: int, since: dict[str, str], feeds: frozenset[str] | None = None) -> Pair:
    ends_old, ends_new = reached(store, old), reached(store, new)
    both = {where: min(end, ends_new[where]) for where, end in ends_old.items() if where in ends_new}
    return Pair(old, new, both, since, feeds)


def compare(store: Store, asked: Pair) -> list[Group]:
    """Every group with its rows; those that differ with what differs in them."""
    groups: dict[tuple[str, ...], Group] = {}
    for table in DERIVED:
        for part in _parts(store, table, asked):
            differs = False
            for *about, rows, only_old, only_new, other in store.query(_counted(table, part, asked)):
                group = groups.setdefault((table, *about), Group(table, tuple(map(str, about))))
                group.rows += int(rows)
                group.only_old, group.only_new = group.only_old + int(only_old), group.only_new + int(only_new)
                group.other += int(other)
                differs = differs or bool(only_old or only_new or other)
            if differs:
                _look_closer(store, table, part, asked, groups)
    return sorted(groups.values(), key=lambda group: (DERIVED.index(group.table), group.about))


def _look_closer(store: Store, table: str, part: str, asked: Pair, groups: dict[tuple[str, ...], Group]) -> None:
    names = _compared(table)
    depth = len(GROUPS[table])
    for row in store.query(_by_column(table, part, asked)):
        group = groups[(table, *row[:depth])]
        for name, (count, change) in zip(names, zip(row[depth::2], row[depth + 1 :: 2], strict=True), strict=True):
            known = group.columns.get(name, Column(0, None if name not in SUMMED else 0.0))
            if count:
                total = None if known.change is None else known.change + float(change)
                group.columns[name] = Column(known.rows + int(count), total)
    for *about, keys in store.query(_examples(table, part, asked)):
        group = groups[(table, *about)]
        group.examples += [str(key) for key in keys[: EXAMPLES - len(group.examples)]]


def _counted(table: str, part: str, asked: Pair) -> str:
    about = ", ".join(GROUPS[table])
    return f"""SELECT {about}, count(), countIf(sides = 1), countIf(sides = 2), countIf(sides = 3 AND old != new)
        FROM ({_pairs(table, part, asked, _hashed(table))})
        GROUP BY {about} SETTINGS {_FINAL}"""


def _by_column(table: str, part: str, asked: Pair) -> str:
    about, names = ", ".join(GROUPS[table]), _compared(table)
    told = []
    for place, name in enumerate(names, 1):
        told.append(f"countIf(cityHash64(tuple(old.{place})) != cityHash64(tuple(new.{place})))")
        told.append(f"sum(toFloat64(new.{place}) - toFloat64(old.{place}))" if name in SUMMED else "0")
    return f"""SELECT {about}, {', '.join(told)} FROM ({_pairs(table, part, asked, f"tuple({', '.join(names)})")})
        WHERE sides = 3 AND cityHash64(old) != cityHash64(new) GROUP BY {about} SETTINGS {_FINAL}"""


def _examples(table: str, part: str, asked: Pair) -> str:
    about = ", ".join(GROUPS[table])
    key = ", ', ', ".join(f"toString({name})" for name in TABLES[table].key if name != "generation")
    side = "['', 'only in the old: ', 'only in the new: ', 'differs: '][sides + 1]"
    return f"""SELECT {about}, groupArray({EXAMPLES})(concat({side}, {key}))
        FROM ({_pairs(table, part, asked, _hashed(table))})
        WHERE sides != 3 OR old != new GROUP BY {about} SETTINGS {_FINAL}"""


def _hashed(table: str) -> str:
    return f"cityHash64(tuple({', '.join(_compared(table))}))"


def _pairs(table: str, part: str, asked: Pair, what: str) -> str:
    """A row for each key: `sides` is 1 for the old, 2 for the new, 3 for both; `old` and `new` are `what` of theirs."""
    key = [name for name in TABLES[table].key if name != "generation"]
    more = [name for name in GROUPS[table] if name not in key]
    taken = "".join(f", any({name}) AS {name}" for name in more)
    old, new = (f"anyIf(what, generation = {generation})" for generation in (asked.old, asked.new))
    return f"""SELECT {', '.join(key)}{taken}, {old} AS old, {new} AS new,
            max(generation = {asked.old}) + 2 * max(generation = {asked.new}) AS sides
        FROM (SELECT generation, {', '.join([*key, *more])}, {what} AS what, {_later(asked)} AS later
            FROM {table} FINAL WHERE {_where(table, part, asked)})
        GROUP BY {', '.join(key)} HAVING NOT max(later)"""


def _where(table: str, part: str, asked: Pair) -> str:
    conditions = [f"generation IN ({asked.old}, {asked.new})", part, asked.since.get(table, "")]
    if asked.feeds is not None:
        conditions.append(f"feed IN ({', '.join(repr(feed) for feed in sorted(asked.feeds))})")
    return " AND ".join(condition for condition in conditions if condition)


def _later(asked: Pair) -> str:
    """Whether a row was written after the place up to which both generations have come."""
    if not asked.ends:
        return "true"
    topics = sorted({topic for topic, _ in asked.ends})
    number = {topic: place * 1_000_000 for place, topic in enumerate(topics)}
    names = ", ".join(repr(topic) for topic in topics)
    place = f"transform(toString(topic), [{names}], {[number[t] for t in topics]}, 900000000) + partition"
    keys = [number[topic] + partition for topic, partition in asked.ends]
    return f"toInt64(offset) > transform(toInt64({place}), {keys}, {list(asked.ends.values())}, -1)"


def _compared(table: str) -> list[str]:
    key = TABLES[table].key
    return [name for name in schema(table).names if name not in LEFT_OUT and name not in key]


def _parts(store: Store, table: str, asked: Pair) -> Iterator[str]:
    """Conditions, one for each part of the table that either generation has: a month, of case buckets of one width."""
    sql = """SELECT DISTINCT partition FROM system.parts
        WHERE database = {d:String} AND table = {t:String} AND active ORDER BY partition"""
    found = [ast.literal_eval(str(row[0])) for row in store.query(sql, d=store.database, t=table)]
    for rest in sorted({tuple(values[1:]) for values in found if values[0] in (asked.old, asked.new)}):
        width = f"width = {rest[0]!r} AND " if len(rest) == 2 else ""
        yield f"{width}toYYYYMM({TIME[table]}) = {rest[-1]}"
