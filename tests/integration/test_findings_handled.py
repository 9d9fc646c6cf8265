"""Views over actions, on the real engine: they follow a finding's actions as contract/handling.py does."""

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pyarrow as pa
import pytest

from clickhouse.client import Store
from clickhouse.tables import schema
from contract.handling import BY_PLACE, LEVELS_S, STATES, STEPS, history
from contract.settings import Settings
from contract.text import LOCAL
from nhip.findings_read import Books, Wanted
from tests.builders import DAY, HOUR, MINUTE
from tests.databases import writing
from tests.messages import NOON, an_action

A, B = "truc-ban-1", "truc-ban-2"
NONE = {"subject": "", "case_id": "", "evidence": "{}", "sentence_vi": "Câu.", "sentence_en": "A sentence."}


@pytest.fixture(scope="module")
def store(engine: Settings) -> Iterator[Store]:
    with writing(engine, f"{engine.store_database}_handled") as writer:
        yield writer


@pytest.fixture(autouse=True)
def _empty(store: Store) -> None:
    for table in ("findings", "finding_severities", "finding_actions"):
        store.command(f"TRUNCATE TABLE {table} SYNC")


def a_finding(id: str, **rest: Any) -> dict[str, Any]:
    given = {
        "generation": 1, "finding_id": id, "revision": 1, "rule": "hard_bounds", "severity": "critical",
        "state": "open", "feed": "drill-figures", "shard": 0, "indicator": "drill-value", "unit": "H26",
        "at": NOON, "opened_at": NOON, "severity_at": NOON, "updated_at": NOON, "closed_at": None, "count": 1,
        "value": 5e6, "low": 0.0, "high": 1e3, "score": 9.0, "drill": True, "simulated": True,
        "topic": "nhip.figures", "partition": 0, "offset": 1, **NONE,
    }  # fmt: skip
    return given | rest


def insert(store: Store, table: str, *rows: dict[str, Any]) -> None:
    """A finding is in the store as soon as the feed's clock says so, or at its `stored_at`."""
    columns = [pa.array([row[field.name] for row in rows], field.type) for field in schema(table)]
    given = pa.Table.from_arrays(columns, schema=schema(table))
    if table == "findings":
        stored = pa.array([row.get("stored_at", row["severity_at"]) for row in rows], pa.timestamp("ms", "UTC"))
        given = given.append_column("stored_at", stored)
    store.insert(table, given)


def an_entry(offset: int, number: int, step: str, actor: str, **rest: Any) -> dict[str, Any]:
    action = an_action(number, step, actor, **({"due": NOON + HOUR} if step == "asked" else {}))
    given = msgspec.structs.asdict(action)
    place = {"topic": "nhip.figures", "partition": 0, "offset": offset, "row": 0}
    return {**given, "arrived_at": NOON + offset, **place, **rest}


def local(ms: int) -> str:
    return f"{datetime.fromtimestamp(ms / 1000, LOCAL):%Y-%m-%d %H:%M:%S}.{ms % 1000:03}"


def test_the_moves_of_the_store_are_those_of_the_contract(store: Store) -> None:
    pairs = [(state, step) for state in STATES for step in STEPS]
    sql = "SELECT finding_move(p.1, p.2) FROM (SELECT arrayJoin({pairs:Array(Tuple(String, String))}) AS p)"
    found = store.query(sql, pairs=pairs)
    moves = [BY_PLACE.get(pair) for pair in pairs]
    assert [row[0] for row in found] == [f"{move.to} {move.by}" if move else "" for move in moves]


def test_the_store_follows_any_actions_as_the_contract_does(store: Store) -> None:
    """Two hundred findings, each with two people's random actions, repeats among them, in one insert, out of order."""
    draw = random.Random(7)
    entries: dict[str, list[dict[str, Any]]] = {}
    for n in range(200):
        id = f"{n:032x}"
        mostly = ["taken", "asked", *STEPS]
        steps = [(draw.randint(1, 8), draw.choice(mostly), draw.choice([A, B])) for _ in range(draw.randint(0, 9))]
        entries[id] = [
            an_entry(place, 100 * n + k, step, who, finding_id=id) for place, (k, step, who) in enumerate(steps)
        ]
    shuffled = [entry for some in entries.values() for entry in some]
    draw.shuffle(shuffled)
    insert(store, "finding_actions", *shuffled)
    sql = "SELECT finding_id, state, holder, outcome FROM finding_history ORDER BY finding_id, number"
    found: dict[str, list[tuple[str, str, str]]] = {}
    for id, *rest in store.query(sql):
        found.setdefault(id.decode(), []).append(tuple(rest))
    expected = {id: history(an_action(int(e["action_id"], 16), e["step"], e["actor"]) for e in some)
                for id, some in entries.items() if some}  # fmt: skip
    assert found == {id: [(held.state, held.holder, how) for held, how in some] for id, some in expected.items()}
    outcomes = {how for some in found.values() for *_, how in some}
    assert outcomes == {"done", "repeated", "not_now", "not_yours"}
    states = store.query("SELECT finding_id, handling, holder FROM finding_states")
    assert {id.decode(): (state, who) for id, state, who in states} == {id: some[-1][:2] for id, some in found.items()}


WAY = (("taken", A), ("taken", B), ("asked", A), ("corrected", A), ("closed", B))


def walked(store: Store, id: str = "f" * 32) -> None:
    """A's way with a finding, a minute apart, with B's take between."""
    entries = [an_entry(n * MINUTE, n, step, who, finding_id=id) for n, (step, who) in enumerate(WAY, 1)]
    insert(store, "findings", a_finding(id), a_finding("e" * 32, state="closed", closed_at=NOON + 2 * MINUTE))
    insert(store, "finding_actions", *entries)


def test_a_finding_shows_who_has_it_since_when_until_when_and_how_it_turned_out(store: Store) -> None:
    walked(store)
    (row,) = store.rows("SELECT * FROM findings_handled WHERE handling != 'new'")
    assert (row["handling"], row["holder"], row["label"], row["labelled_by"], row["ended_by"]) == (
        "closed", A, "corrected", A, B
    )  # fmt: skip
    minutes = [(row[name] - datetime.fromtimestamp(NOON / 1000, UTC)).total_seconds() / 60
               for name in ("taken_at", "labelled_at", "ended_at")]  # fmt: skip
    assert minutes == [1, 4, 5]
    assert (row["asked_at"], row["asked_until"]) == (None, None), "it waits for nobody any more"
    assert store.query("SELECT handling, state FROM findings_handled WHERE handling = 'new'") == [("new", "closed")]


def test_as_of_a_moment_only_what_had_come_in_by_then_counts(store: Store) -> None:
    walked(store)
    asked = """SELECT handling, holder, state, asked_until FROM findings_handled_as_of(as_of = '{}')
        WHERE finding_id = '{}'"""
    due = datetime.fromtimestamp((NOON + HOUR) / 1000, UTC)
    seen = [store.query(asked.format(local(NOON + n * MINUTE), "f" * 32)) for n in (0, 1, 3, 4, 5)]
    assert seen == [
        [("new", "", "open", None)],
        [("taken", A, "open", None)],
        [("asked", A, "open", due)],
        [("corrected", A, "open", None)],
        [("closed", A, "open", None)],
    ]
    assert store.query(asked.format(local(NOON - 1), "f" * 32)) == [], "nobody knew of it yet"
    ended = [store.query(asked.format(local(NOON + n * MINUTE), "e" * 32))[0][2] for n in (1, 3)]
    assert ended == ["open", "closed"]


def test_a_critical_finding_that_nobody_takes_calls_the_next_level_after_a_quarter_of_an_hour(store: Store) -> None:
    grown = a_finding("2" * 32, at=NOON - DAY, opened_at=NOON - DAY, severity_at=NOON)
    insert(store, "findings", a_finding("1" * 32, at=NOON - 30 * DAY), grown, a_finding("3" * 32, severity="warning"))
    insert(store, "findings", a_finding("4" * 32, state="closed", closed_at=NOON), a_finding("5" * 32))
    insert(store, "finding_actions", an_entry(1, 1, "taken", A, finding_id="5" * 32))
    edges = [edge for limit in LEVELS_S[1:] for edge in (limit - 1, limit)]
    levels = []
    for seconds in (0, *edges):
        now = datetime.fromtimestamp(NOON / 1000 + seconds, UTC).strftime("%Y-%m-%d %H:%M:%S")
        sql = f"SELECT finding_id, level, waited_s FROM findings_untaken(now = '{now}') ORDER BY finding_id"
        found = store.query(sql)
        assert [id.decode()[0] for id, *_ in found] == ["1", "2"], "those that are open, critical and nobody's"
        assert {waited for *_, waited in found} == {seconds}
        levels.append({level for _, level, _ in found})
    assert levels == [{1}, {1}, {2}, {2}, {3}]


def test_whoever_takes_it_calls_off_every_level_and_a_refused_step_does_not(store: Store) -> None:
    insert(store, "findings", a_finding("1" * 32))
    sql = "SELECT count() FROM findings_untaken(now = '2026-11-21 09:00:00')"
    insert(store, "finding_actions", an_entry(1, 1, "closed", A, finding_id="1" * 32))
    assert store.query(sql) == [(1,)]
    insert(store, "finding_actions", an_entry(2, 2, "taken", B, finding_id="1" * 32))
    assert store.query(sql) == [(0,)]


def waited(store: Store, at: int) -> dict[str, int]:
    """The first letter of what calls at a time -> for how long nobody has taken it, in seconds."""
    now = datetime.fromtimestamp(at / 1000, UTC).strftime("%Y-%m-%d %H:%M:%S")
    found = store.query(f"SELECT finding_id, waited_s FROM findings_untaken(now = '{now}')")
    return {id.decode()[0]: seconds for id, seconds in found}


def closed(store: Store, id: str) -> None:
    """Taken, called a false alarm and closed, a minute apart, the last three minutes past noon."""
    for number, step in enumerate(("taken", "false_alarm", "closed"), 1):
        insert(store, "finding_actions", an_entry(number * MINUTE, number, step, A, finding_id=id))


LATER = NOON + HOUR


@pytest.mark.parametrize("before", [{"severity": "warning"}, {"state": "closed", "closed_at": NOON + MINUTE}])
def test_what_people_closed_calls_again_when_it_grows_critical_or_opens_again(
    store: Store, before: dict[str, Any]
) -> None:
    id = "1" * 32
    insert(store, "findings", a_finding(id, **before))
    closed(store, id)
    assert waited(store, LATER) == {}
    insert(store, "findings", a_finding(id, revision=2, severity_at=LATER))
    assert waited(store, LATER + MINUTE) == {"1": 60}
    books = Books(store)
    assert [finding.id for finding in books.listed(Wanted())[0]] == [id]
    assert [finding.again for finding in books.listed(Wanted(handling="new"))[0]] == [True]
    assert books.untaken(datetime.now(UTC)) == {"critical": 1}
    insert(store, "finding_actions", an_entry(2 * HOUR, 9, "reopened", B, finding_id=id))
    assert waited(store, LATER + 2 * HOUR) == {}
    assert [(finding.again, finding.holder) for finding in books.listed(Wanted())[0]] == [(False, B)]


def test_what_grew_no_graver_since_it_was_labelled_calls_nobody(store: Store) -> None:
    insert(store, "findings", a_finding("1" * 32), a_finding("1" * 32, revision=2, stored_at=LATER, count=9))
    closed(store, "1" * 32)
    assert waited(store, LATER) == {}
    assert Books(store).listed(Wanted()) == ([], 0)


def test_it_is_the_time_at_which_people_could_see_it_that_is_held_against_theirs(store: Store) -> None:
    """A clock that runs ahead of theirs makes nothing new; a worker that was behind makes nothing old."""
    insert(store, "findings", a_finding("1" * 32, severity_at=NOON + DAY, stored_at=NOON))
    insert(store, "findings", a_finding("2" * 32, severity_at=NOON + MINUTE, stored_at=LATER))
    for id in ("1" * 32, "2" * 32):
        closed(store, id)
    assert set(waited(store, LATER)) == {"2"}


def test_as_of_a_moment_before_it_opened_again_it_is_closed(store: Store) -> None:
    id = "1" * 32
    insert(store, "findings", a_finding(id, revision=2, severity_at=LATER))
    closed(store, id)
    sql = "SELECT handling, again FROM findings_handled_as_of(as_of = '{}')"
    assert store.query(sql.format(local(LATER - 1))) == [("closed", False)]
    assert store.query(sql.format(local(LATER))) == [("closed", True)]


def test_what_was_read_late_gives_the_shift_its_time(store: Store) -> None:
    """Forty minutes in which nothing was read: the levels go by when it could be seen, however often it is written."""
    late = NOON + 40 * MINUTE
    for revision in (1, 2):
        insert(store, "findings", a_finding("1" * 32, revision=revision, stored_at=late + (revision - 1) * 10 * MINUTE))
    store.command("OPTIMIZE TABLE findings FINAL")
    assert waited(store, late) == {"1": 0}
    assert waited(store, late + 20 * MINUTE) == {"1": 1200}
    assert waited(store, NOON) == {"1": 0}, "a clock of the data that is behind that of the store"


def test_a_generation_that_comes_into_force_makes_nothing_new_that_was_closed_and_nothing_old_at_once(
    store: Store,
) -> None:
    for id in ("1" * 32, "2" * 32):
        insert(store, "findings", a_finding(id, severity="critical" if id[0] == "1" else "warning"))
        closed(store, id)
    insert(store, "findings", a_finding("3" * 32))
    derived = [a_finding(digit * 32, generation=2, stored_at=NOON + DAY) for digit in "1234"]
    insert(store, "findings", *derived)
    since = NOON + DAY + MINUTE
    try:
        store.command(f"INSERT INTO generations SELECT 2, fromUnixTimestamp64Milli({since}), '', ''")
        assert waited(store, since + MINUTE) == {"3": (since + MINUTE - NOON) // 1000, "4": 60}
    finally:
        store.command("ALTER TABLE generations DELETE WHERE generation = 2 SETTINGS mutations_sync = 1")


def test_a_shift_that_is_over_is_handed_over_as_it_stood_and_counts_what_it_does_not_list(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    walked(store)
    insert(store, "findings", *(a_finding(f"{n:032x}") for n in range(1, 6)))
    books, end = Books(store), datetime.fromtimestamp((NOON + 3 * MINUTE) / 1000, UTC)
    monkeypatch.setattr("nhip.findings_read.MOST", 2)
    then = books.shift(end - timedelta(hours=8), end, then=True)
    assert [(one.part, one.id[0], one.total) for one in then if one.part != "untaken"] == [("asked", "f", 1)]
    untaken = [one for one in then if one.part == "untaken"]
    assert (len(untaken), {one.total for one in untaken}) == (2, {6}), "five, and the one that ended in the shift"
    assert books.untaken(end, then=True) == {"critical": 5}
    now = books.shift(end - timedelta(hours=8), end + timedelta(hours=1))
    assert [(one.part, one.id[0]) for one in now if one.part != "untaken"] == [("closed", "f")]


def test_rows_of_before_the_columns_came_say_their_own_time(store: Store) -> None:
    old = a_finding("1" * 32)
    names = [name for name in schema("findings").names if name not in ("opened_at", "severity_at")]
    types = {name: schema("findings").field(name).type for name in names}
    store.insert("findings", pa.table({name: pa.array([old[name]], types[name]) for name in names}))
    ((at, opened, grave),) = store.query("SELECT at, opened_at, severity_at FROM findings_in_force")
    assert at == opened == grave
