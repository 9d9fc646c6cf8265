"""Generations of derived rows: which there are, how far each has come, and how one comes into force.

A handover is asked for by a row that workers look for; all its times are the store's own clock's.
"""

import secrets
from collections.abc import Iterable
from datetime import datetime

import msgspec

from clickhouse.client import Store
from clickhouse.sink import DERIVED, Where
from contract.errors import NhipError

Offsets = dict[Where, int]
"""Of partitions of the live log."""
_IN_TIME_S = 2
"""A request with less time left than this may be given up by a worker that looks just now."""


class Era(msgspec.Struct, frozen=True):
    """One row of `generations`."""

    generation: int
    since: datetime
    reason: str
    version: str


class Begun(msgspec.Struct, frozen=True):
    feeds: frozenset[str] = frozenset()
    """Empty: all."""
    version: str = ""


class Pending(msgspec.Struct, frozen=True):
    """A handover that workers wait for."""

    id: str
    generation: int


class Standing(msgspec.Struct, frozen=True):
    """What a worker asks every few seconds."""

    in_force: int
    pending: Pending | None = None


_STANDING = """
SELECT (SELECT generation FROM generation_in_force), h.id, h.generation
FROM (SELECT 1) AS one LEFT JOIN
(
    SELECT id, any(generation) AS generation FROM handovers
    WHERE asked_at > now64(3) - INTERVAL 1 DAY GROUP BY id
    HAVING NOT max(withdrawn) AND max(until) > now64(3) + INTERVAL {least} SECOND
        AND min(asked_at) > (SELECT max(in_force_from) FROM generations)
    ORDER BY min(asked_at) DESC LIMIT 1
) AS h ON 1
"""


def standing(store: Store, least_s: int = 0) -> Standing:
    """`least_s`: a request counts only while it has so many seconds left."""
    ((in_force, id, generation),) = store.query(_STANDING.format(least=least_s))
    return Standing(int(in_force), Pending(str(id), int(generation)) if id else None)


def eras(store: Store) -> list[Era]:
    """When which generation came into force, oldest first."""
    sql = "SELECT generation, in_force_from, reason, version FROM generations ORDER BY in_force_from, generation"
    return [Era(int(g), since, str(why), str(version)) for g, since, why, version in store.query(sql)]


def newest(store: Store) -> int:
    """The highest number that was ever given."""
    sql = "SELECT greatest((SELECT max(generation) FROM generations), (SELECT max(generation) FROM replays))"
    ((number,),) = store.query(sql)
    return int(number)


def begin(store: Store, generation: int, feeds: Iterable[str], reason: str, version: str) -> None:
    named = ", ".join(_text(feed) for feed in feeds)
    store.command(
        f"INSERT INTO replays (generation, feeds, reason, version) "
        f"SELECT {generation}, CAST([{named}], 'Array(LowCardinality(String))'), {_text(reason)}, {_text(version)}"
    )


def begun(store: Store, generation: int) -> Begun:
    """How the last replay of a generation was begun; as for the first generation, where there was none."""
    sql = "SELECT feeds, version FROM replays WHERE generation = {g:UInt32} ORDER BY begun_at DESC LIMIT 1"
    found = store.query(sql, g=generation)
    return Begun(frozenset(found[0][0]), str(found[0][1])) if found else Begun()


def received(store: Store, partitions: Iterable[Where]) -> Offsets:
    """Up to where each partition's messages are in the store, whoever wrote them."""
    asked = " UNION ALL ".join(
        "(SELECT topic, partition, toInt64(offset) FROM ledger "
        f"WHERE topic = {_text(topic)} AND partition = {partition} "
        "ORDER BY topic DESC, partition DESC, offset DESC LIMIT 1)"
        for topic, partition in sorted(set(partitions))
    )
    found = store.query(asked) if asked else []
    return {(str(topic), int(partition)): int(offset) for topic, partition, offset in found}


def logs(store: Store) -> list[str]:
    """Prefixes of the topics whose messages are in the store: the live ones, and those of files that were replayed."""
    found = store.query("SELECT DISTINCT topic FROM ledger WHERE feed != ''")
    return sorted({str(topic).rpartition(".")[0] for (topic,) in found})


def reached(store: Store, generation: int) -> Offsets:
    """Up to where a generation's rows are in the store: by replay, or by the live worker that worked in it."""
    sql = """SELECT topic, partition, max(toInt64(offset)) FROM ledger WHERE generation = {g:UInt32}
        GROUP BY topic, partition"""
    found = replayed(store, generation)
    for topic, partition, offset in store.query(sql, g=generation):
        where = (str(topic), int(partition))
        found[where] = max(int(offset), found.get(where, -1))
    return found


def replayed(store: Store, generation: int) -> Offsets:
    """The same by replay alone; asked often while one runs."""
    sql = """SELECT topic, partition, max(toInt64(offset)) FROM replay_ledger WHERE generation = {g:UInt32}
        GROUP BY topic, partition"""
    return {(str(t), int(p)): int(offset) for t, p, offset in store.query(sql, g=generation)}


def remembered(store: Store, generation: int) -> Offsets:
    """Up to where the newest snapshots of a generation reach."""
    sql = """SELECT topic, partition, max(toInt64(offset)) FROM snapshots WHERE generation = {g:UInt32} AND ends
        GROUP BY topic, partition"""
    return {(str(t), int(p)): int(offset) for t, p, offset in store.query(sql, g=generation)}


def ask(store: Store, generation: int, seconds: int) -> Pending:
    """Asks the workers to leave their partitions; the request is over by itself after so many seconds."""
    id = secrets.token_hex(8)
    store.command(
        "INSERT INTO handovers (id, generation, until, withdrawn) "
        f"SELECT '{id}', {generation}, now64(3) + INTERVAL {seconds} SECOND, false"
    )
    return Pending(id, generation)


def withdraw(store: Store, asked: Pending) -> None:
    store.command(
        "INSERT INTO handovers (id, generation, until, withdrawn) "
        f"SELECT '{asked.id}', {asked.generation}, now64(3), true"
    )


def enforce(store: Store, asked: Pending, reason: str, version: str) -> None:
    """Puts a generation in force, if its request still stands: nobody may have given it up."""
    stands = _STANDING.format(least=_IN_TIME_S)
    store.command(
        "INSERT INTO generations (generation, in_force_from, reason, version) "
        f"SELECT {asked.generation}, now64(3), {_text(reason)}, {_text(version)} "
        f"WHERE (SELECT id FROM ({stands}) AS s) = '{asked.id}'"
    )
    if standing(store).in_force != asked.generation:
        raise NhipError(f"generation {asked.generation} is not in force: its request was over before; enforce it again")


def drop(store: Store, generation: int) -> None:
    """Takes a generation's rows and snapshots out of the store, by whole partitions."""
    for table in (*DERIVED, "finding_severities", "replay_ledger"):
        sql = """SELECT DISTINCT partition_id, partition FROM system.parts
            WHERE database = {d:String} AND table = {t:String} AND active"""
        for id, partition in store.query(sql, d=store.database, t=table):
            if str(partition).strip("()").split(",")[0] == str(generation):
                store.command(f"ALTER TABLE {table} DROP PARTITION ID '{id}'")
    store.command(f"ALTER TABLE snapshots DELETE WHERE generation = {generation} SETTINGS mutations_sync = 1")


def rows_of(store: Store) -> dict[int, dict[str, int]]:
    """Rows per generation and table, every revision counted."""
    asked = " UNION ALL ".join(f"SELECT generation, '{t}', count() FROM {t} GROUP BY generation" for t in DERIVED)
    found: dict[int, dict[str, int]] = {}
    for generation, table, count in store.query(asked):
        found.setdefault(int(generation), {})[str(table)] = int(count)
    return found


def _text(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"
