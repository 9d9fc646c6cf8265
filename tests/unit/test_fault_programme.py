"""The fault programme's own parts: the schedule, the senders' ledger, the lives of cases, results and their sum."""

from collections import Counter
from pathlib import Path

import msgspec
import pyarrow as pa
import pytest

from bench.faults import mix, registry, rows, sums
from bench.faults.intents import Ack, Book, Intent, accounts, mark, marked
from bench.faults.lives import Lives
from bench.faults.mix import Moment, Sent
from bench.faults.mutants import MUTANTS
from bench.faults.pace import MINUTE_MS, Pace
from bench.faults.points import POINTS
from bench.faults.registry import KINDS, SHORT
from bench.faults.rounds import Outcome, Struck, told
from bench.faults.schedule import Round, schedule
from bench.faults.sums import Line
from bench.faults.verify import Verdict
from contract.errors import SetupError
from tests.messages import NOON, catalogue


def intent(number: int, **rest: object) -> Intent:
    return msgspec.structs.replace(Intent(number, "figures", 0, "application/json", b"{}", 1), **rest)


def struck(kind: str = "worker-kill", **rest: object) -> Struck:
    return msgspec.structs.replace(Struck(kind, "", 2.0, 3.0), **rest)


def done(number: int = 1, **rest: object) -> Line:
    line = Line(7, number, 2, f"7-{number}", 1, {"code": "abc"}, [struck()], 100, 50, 3, {"lost": 0}, {}, 60.0, True)
    return msgspec.structs.replace(line, **rest)


def test_there_are_more_than_25_kinds_and_each_says_how_its_effect_and_its_end_are_known() -> None:
    assert len(KINDS) >= 25
    assert all(kind.what and kind.effect and kind.end for kind in KINDS.values())
    assert set(POINTS) <= set(KINDS)
    assert set(SHORT) <= set(KINDS)
    assert len(SHORT) == 12


def test_a_thousand_faults_strike_each_kind_at_least_ten_times() -> None:
    rounds = schedule(KINDS, 1_000, seed=5)
    times = Counter(name for one in rounds for name in one.kinds)
    assert sum(times.values()) == 1_000
    assert set(times) == set(KINDS)
    assert min(times.values()) >= 10
    assert max(len(one.kinds) for one in rounds) <= 55


def test_a_fault_that_needs_two_workers_or_a_small_disk_comes_in_a_round_that_has_them() -> None:
    for one in schedule(KINDS, 300, seed=5):
        assert all(KINDS[name].workers <= one.workers for name in one.kinds)
        assert all(one.disk or not KINDS[name].disk for name in one.kinds)


def test_a_seed_gives_the_same_rounds_again() -> None:
    assert schedule(KINDS, 200, 7) == schedule(KINDS, 200, 7) != schedule(KINDS, 200, 8)


def test_few_faults_are_a_sample_of_all_kinds() -> None:
    (one,) = (found for found in schedule(registry.chosen("worker-kill,engine-kill,kafka-kill"), 2, seed=1))
    assert len(set(one.kinds)) == 2


def test_a_kind_that_there_is_not_is_named_with_those_there_are() -> None:
    with pytest.raises(SetupError, match=r"no fault 'earthquake'; there are worker-kill"):
        registry.chosen("earthquake")


def test_every_planted_mistake_is_tried_under_kinds_that_there_are() -> None:
    assert len(MUTANTS) >= 10
    for mutant in MUTANTS.values():
        assert "none" in mutant.kinds or any(name in KINDS for name in mutant.kinds)


def test_what_was_meant_and_not_acknowledged_is_known_after_a_torn_line(tmp_path: Path) -> None:
    book = Book(tmp_path, "figures")
    book.intend([intent(0), intent(1, value=b"[1]"), intent(2)])
    book.acknowledge([Ack(0, 0, 17)])
    book.close()
    with (tmp_path / "figures.acks").open("ab") as file:
        file.write(b"\x00\x00\x00\x09torn")
    with (tmp_path / "figures.intents").open("ab") as file:
        file.write(b"\x00\x00")
    again = Book(tmp_path, "figures")
    assert [one.number for one in again.unacknowledged()] == [1, 2]
    again.acknowledge([Ack(1, 0, 18)])
    again.intend([intent(3)])
    again.close()
    (account,) = accounts(tmp_path)
    assert [one.number for one in account.intents] == [0, 1, 2, 3]
    assert account.acks == [Ack(0, 0, 17), Ack(1, 0, 18)]


def test_a_message_says_whose_it_is() -> None:
    assert marked(mark("burst-17", 4)) == ("burst-17", 4)


@pytest.mark.parametrize("name", ["figures", "cases", "inbox", "burst-1"])
def test_a_sender_that_was_killed_means_the_same_again(name: str) -> None:
    def said(number: int) -> list[Intent]:
        return mix.role(name, catalogue(), "3", NOON, NOON).step(Moment(NOON + 60_000, NOON), number, Sent())

    assert said(4) == said(4)
    assert name == "cases" or said(4) != said(5)


def test_a_burst_is_a_hundred_times_what_the_drill_sends() -> None:
    def drill(name: str) -> int:
        role = mix.role(name, catalogue(), "3", NOON, NOON)
        steps = (role.step(Moment(NOON, NOON), number * 100, Sent()) for number in range(30))
        return sum(one.records for step in steps for one in step if one.topic == "figures" and one.partition == 0)

    assert 70 < drill("burst-1") / drill("figures") < 150


def test_lives_go_on_where_they_were_told_up_to() -> None:
    whole = Lives(catalogue(), "1", NOON, NOON).due(NOON + 3 * 3_600_000)
    first = Lives(catalogue(), "1", NOON, NOON).due(NOON + 3_600_000)
    rest = Lives(catalogue(), "1", NOON, NOON + 3_600_000).due(NOON + 3 * 3_600_000)
    assert first + rest == whole
    assert len({one.record["record_id"] for one in whole}) == len(whole) > 1_000
    assert any(one.at > one.record["event_at"] for one in whole)


def test_a_minute_of_the_senders_passes_within_two_seconds() -> None:
    pace = Pace(100.0, NOON)
    assert pace.at(102.0) - pace.at(100.0) >= MINUTE_MS
    assert msgspec.structs.replace(pace, ahead_ms=5).at(100.0) == NOON + 5


def test_results_of_finished_rounds_survive_a_torn_line_and_add_up(tmp_path: Path) -> None:
    file = tmp_path / "results.jsonl"
    sums.append(file, done(1))
    sums.append(file, done(2, struck=[struck(), struck("engine-kill", first_s=8.0), struck(effect="nothing seen")]))
    with file.open("ab") as out:
        out.write(b'{"run": 7, "rou')
    lines = sums.read([file])
    assert [line.round for line in lines] == [1, 2]
    text = "\n".join(sums.table(lines, KINDS))
    assert "3 faults with proven effect (4 struck) of 2 kinds in 2 rounds" in text
    assert "200 records in 100 messages" in text
    assert "below 100.00% a fault with 95 % confidence (3/n)" in text
    assert "recovery, worker" in text
    assert "bound 5 s: NOT KEPT" in text


def test_a_round_with_a_finding_is_named_in_the_sum() -> None:
    lines = [done(1), done(2, numbers={"lost": 2}, good=False, why="lost 2")]
    text = "\n".join(sums.table(lines, KINDS))
    assert "lost 2 · doubled 0" in text
    assert "✖ round 7-2: lost 2" in text
    assert "confidence" not in text


PLAN = Round(1, "7-1", 1, False, ("worker-kill",))


@pytest.mark.parametrize(
    "outcome",
    [
        Outcome(PLAN, [struck()], Verdict(lost=["one"])),
        Outcome(PLAN, [struck()], Verdict(different={"findings": 1})),
        Outcome(PLAN, [struck()], Verdict(said=["not provable"])),
        Outcome(PLAN, [struck(first_s=None, failed="stood still")], Verdict()),
        Outcome(PLAN, [struck(failed="the others were late")], Verdict()),
        Outcome(PLAN, [struck()], None, ended="it did not run"),
        Outcome(PLAN, [struck()], Verdict(), ended="it did not run"),
    ],
)
def test_whatever_is_not_as_it_must_be_spoils_a_round(outcome: Outcome) -> None:
    assert not outcome.good
    line = sums.line(outcome, 7, 1)
    assert not line.good
    assert line.why


def test_a_round_without_a_finding_is_good() -> None:
    assert Outcome(PLAN, [struck(), struck(effect="not seen")], Verdict(extras={"figures": 2})).good


def test_a_fault_is_told_in_a_line_with_its_recovery_and_whether_it_had_an_effect() -> None:
    assert told(3, 50, struck(facts={"stop_s": 1.5})).split() == (
        ["3/50", "worker-kill", "2.0", "s", "3.0", "s", "✓", "stop_s", "1.50"]
    )
    assert "without effect: still there" in told(3, 50, struck(effect="still there"))


def test_rows_are_told_apart_by_their_bits() -> None:
    schema = pa.schema([("key", pa.int64()), ("value", pa.float64()), ("at", pa.timestamp("ms", "UTC"))])
    one = rows.plain(pa.Table.from_pylist([{"key": 1, "value": 0.1 + 0.2, "at": 5}], schema), schema)
    two = rows.plain(pa.Table.from_pylist([{"key": 1, "value": 0.3, "at": 5}], schema), schema)
    assert rows.difference(one, one, ("key",)).count == 0
    assert rows.difference(one, two, ("key",)).other == [((1,), "value", 0.1 + 0.2, 0.3)]
