"""The clock rules of cases, and the fold held to a slow model of one case after another."""

from typing import Any

import msgspec
import numpy as np
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from catalogue.cases import CaseKind
from streams.admit.identity import ids_of
from streams.fold.cases import KEEP_CLOSED_MS, KEEP_IDLE_MS, NONE, CaseFold, Moves
from streams.rows import Rows
from tests.builders import DAY, HOUR, MINUTE
from tests.messages import NOON, catalogue

KIND = catalogue().kinds["dossier"]
PETITION = catalogue().kinds["petition"]
STATES = {kind.id: [state.id for state in kind.states] for kind in (KIND, PETITION)}


class Step(msgspec.Struct, frozen=True):
    case: str
    state: str
    at: int
    """Hours after NOON."""
    due: int | None = None
    unit: int = 0
    kind: int = 0

    @property
    def ms(self) -> int:
        return NOON + self.at * HOUR

    @property
    def due_ms(self) -> int:
        return NONE if self.due is None else NOON + self.due * HOUR


def a_fold() -> CaseFold:
    return CaseFold([KIND, PETITION])


def reloaded(fold: CaseFold) -> CaseFold:
    other = a_fold()
    other.load(fold.dump(), Rows.of(fold.rows.at[: fold.rows.size]))
    return other


def traced(fold: CaseFold, steps: list[Step]) -> list[dict[str, Any]]:
    """What each step did, state by name."""
    ids = ids_of(pa.array([f"{step.kind}|{step.case}" for step in steps], pa.string()))
    states = [STATES[(KIND, PETITION)[step.kind].id].index(step.state) for step in steps]
    columns = [[step.kind for step in steps], states, [step.unit for step in steps]]
    kind, state, unit = (np.array(column, np.int32) for column in columns)
    times = [np.array(column, np.int64) for column in ([s.ms for s in steps], [s.due_ms for s in steps])]
    moves = fold.trace(ids, kind, state, unit, *times)
    found = {name: getattr(moves, name).tolist() for name in Moves.__struct_fields__}
    return [{name: values[row] for name, values in found.items()} for row in range(len(steps))]


def one(*steps: Step) -> dict[str, Any]:
    """What the last step did, each in a batch of its own."""
    fold = a_fold()
    return [traced(fold, [step]) for step in steps][-1][0]


def test_the_end_is_the_finish_and_the_return_after_it_ends_nothing_again() -> None:
    begin, finish = Step("a", "accepted", 0, due=10), Step("a", "finished", 8)
    done = one(begin, finish)
    assert (done["finishes"], done["timely"], done["late"], done["duration_ms"]) == (True, True, False, 8 * HOUR)
    again = one(begin, finish, Step("a", "returned", 30))
    assert (again["finishes"], again["timely"], again["late"]) == (False, False, False)
    assert again["ended_at"] == finish.ms


def test_without_a_finish_the_return_is_the_end() -> None:
    done = one(Step("a", "accepted", 0, due=10), Step("a", "returned", 11))
    assert (done["finishes"], done["late"], done["duration_ms"]) == (True, True, 11 * HOUR)


def test_ending_at_the_due_time_is_in_time_and_without_a_due_time_neither() -> None:
    assert one(Step("a", "accepted", 0, due=8), Step("a", "finished", 8))["timely"]
    done = one(Step("a", "accepted", 0), Step("a", "finished", 8))
    assert (done["timely"], done["late"]) == (False, False)


def test_the_citizens_time_to_supplement_does_not_count() -> None:
    done = one(
        Step("a", "accepted", 0, due=100),
        Step("a", "supplement", 2),
        Step("a", "processing", 50),
        Step("a", "finished", 53),
    )
    assert (done["duration_ms"], done["timely"]) == (5 * HOUR, True)


def test_a_request_that_is_said_twice_is_one_request_and_goes_on() -> None:
    done = one(
        Step("a", "accepted", 0, due=100),
        Step("a", "supplement", 2),
        Step("a", "supplement", 3),
        Step("a", "processing", 50),
        Step("a", "finished", 53),
    )
    assert (done["duration_ms"], done["timely"]) == (5 * HOUR, True)


def test_a_second_request_makes_the_case_late_however_early_it_ends() -> None:
    done = one(
        Step("a", "accepted", 0, due=100),
        Step("a", "supplement", 1),
        Step("a", "processing", 2),
        Step("a", "supplement", 3),
        Step("a", "processing", 4),
        Step("a", "finished", 5),
    )
    assert (done["late"], done["timely"]) == (True, False)


def test_refused_and_stopped_count_as_refused_and_withdrawn_by_itself() -> None:
    assert one(Step("a", "registered", 0), Step("a", "refused", 1))["refused"]
    assert one(Step("a", "accepted", 0), Step("a", "stopped", 1))["refused"]
    done = one(Step("a", "accepted", 0), Step("a", "withdrawn", 1))
    assert (done["withdrawn"], done["refused"], done["finishes"]) == (True, False, False)


def test_a_finish_before_the_start_is_impossible_and_changes_nothing() -> None:
    fold = a_fold()
    traced(fold, [Step("a", "accepted", 0, due=9)])
    before = fold.rows.at.copy()
    (done,) = traced(fold, [Step("a", "finished", -1, due=20)])
    assert (done["impossible"], done["timely"], done["late"], done["due_at"]) == (True, False, False, NOON + 9 * HOUR)
    assert (fold.rows.at == before).all()
    assert fold.open == {(0, 0): 1}
    assert traced(fold, [Step("a", "finished", 5)])[0]["timely"]


def test_a_step_that_comes_after_a_later_one_is_no_impossible_move_and_does_not_set_the_state() -> None:
    fold = a_fold()
    traced(fold, [Step("a", "accepted", 0, due=9), Step("a", "finished", 5)])
    (late,) = traced(fold, [Step("a", "processing", 2)])
    assert late["allowed"]
    assert traced(fold, [Step("a", "returned", 6)])[0]["allowed"]


def test_a_due_time_that_comes_too_late_does_not_replace_a_newer_one() -> None:
    fold = a_fold()
    traced(fold, [Step("a", "accepted", 0, due=9), Step("a", "processing", 5, due=30)])
    assert traced(fold, [Step("a", "processing", 2, due=12)])[0]["due_at"] == NOON + 30 * HOUR
    assert traced(fold, [Step("b", "processing", 5)])[0]["due_at"] == NONE
    assert traced(fold, [Step("b", "accepted", 0, due=9)])[0]["due_at"] == NOON + 9 * HOUR


def test_a_case_that_ended_stays_ended_whatever_a_stray_step_says() -> None:
    fold = a_fold()
    traced(fold, [Step("a", "accepted", 0), Step("a", "finished", 5)])
    assert not traced(fold, [Step("a", "processing", 8)])[0]["allowed"]
    assert fold.open == {(0, 0): 0}
    assert traced(fold, [Step("a", "returned", 9)])[0]["allowed"]


def test_open_cases_become_overdue_when_the_clock_has_passed_their_due_time() -> None:
    fold = a_fold()
    traced(fold, [Step("a", "accepted", 0, due=2), Step("b", "accepted", 0, due=2), Step("c", "accepted", 0)])
    for minutes, overdue in ((119, 0), (120, 0), (121, 2)):
        fold.on_minute(NOON + minutes * MINUTE)
        assert fold.overdue.get((0, 0), 0) == overdue
    traced(fold, [Step("a", "finished", 3)])
    assert (fold.open[0, 0], fold.overdue[0, 0]) == (2, 1)
    traced(fold, [Step("b", "processing", 3, due=10)])
    assert fold.overdue[0, 0] == 0
    fold.on_minute(NOON + 10 * HOUR + MINUTE)
    assert fold.overdue[0, 0] == 1


def test_a_closed_case_is_known_for_the_horizon_and_then_forgotten_while_open_ones_stay() -> None:
    fold = a_fold()
    traced(fold, [Step("a", "accepted", 0), Step("a", "finished", 1), Step("b", "accepted", 0, due=2)])
    end = NOON + HOUR
    fold.on_minute(end + KEEP_CLOSED_MS - DAY)
    assert traced(fold, [Step("a", "returned", 2)])[0]["ended_at"] == end
    fold.on_minute(end + KEEP_CLOSED_MS + MINUTE)
    assert traced(fold, [Step("a", "returned", 3)])[0]["state_before"] == -1
    assert (fold.open[0, 0], fold.overdue[0, 0]) == (1, 1)
    assert traced(fold, [Step("b", "finished", 4)])[0]["late"]
    assert (fold.open[0, 0], fold.overdue[0, 0]) == (0, 0)


def test_a_case_that_never_began_is_forgotten_long_after_its_newest_step() -> None:
    fold = a_fold()
    traced(fold, [Step("a", "registered", 0), Step("b", "registered", 0), Step("c", "accepted", 0)])
    fold.on_minute(NOON)
    traced(fold, [Step("b", "registered", 48)])
    fold.on_minute(NOON + KEEP_IDLE_MS + DAY)
    assert len(fold.rows) == 2
    fold = reloaded(fold)
    traced(fold, [Step("c", "processing", 72)])
    fold.on_minute(NOON + KEEP_IDLE_MS + 4 * DAY)
    assert len(fold.rows) == 1
    assert traced(fold, [Step("c", "finished", 80), Step("b", "accepted", 81)])[1]["state_before"] == -1


def test_rows_of_forgotten_cases_are_taken_by_new_ones() -> None:
    fold = a_fold()
    for round_ in range(12):
        start = round_ * 70 * 24
        for hour, state in ((0, "accepted"), (5, "finished")):
            traced(fold, [Step(f"{round_}-{n}", state, start + hour) for n in range(50)])
        fold.on_minute(NOON + (start + 6) * HOUR)
    assert (len(fold.rows), fold.rows.size) == (50, 100)
    assert fold.nbytes < 50_000


class Case:
    """The rules, written out for one case."""

    def __init__(self, kind: CaseKind) -> None:
        self.kind, self.state = kind, ""
        self.start = self.due = self.end = self.paused = NONE
        self.waited = self.requests = self.last = 0

    def take(self, step: Step) -> dict[str, Any]:
        state = self.kind.state(step.state)
        assert state is not None
        ends = state.result in ("finished", "returned") and self.end == NONE
        told: dict[str, Any] = {
            "started_at": self.start, "due_before": self.due, "ended_at": self.end, "finishes": ends,
            "impossible": ends and self.start != NONE and step.ms < self.start, "received": False, "refused": False,
            "withdrawn": False, "supplement": False, "late": False, "timely": False, "duration_ms": -1,
        }  # fmt: skip
        old = step.ms < self.last
        told["allowed"] = old or step.state in self.kind.moves.get(self.state, ())
        if not told["impossible"]:
            self._move(step, state.phase, state.result, old, told)
        told["due_at"] = self.due
        return told

    def _move(self, step: Step, phase: str, result: str, old: bool, told: dict[str, Any]) -> None:
        if step.due_ms != NONE and (not old or self.due == NONE):
            self.due = step.due_ms
        if step.state == self.kind.starts and self.start == NONE:
            told["received"], self.start = True, step.ms
        waiting = self.kind.supplement and self.state == self.kind.supplement
        if not old and waiting and step.state != self.state and self.paused != NONE:
            self.waited, self.paused = self.waited + max(step.ms - self.paused, 0), NONE
        if not old and step.state == self.kind.supplement and step.state != self.state:
            told["supplement"], self.paused, self.requests = True, step.ms, self.requests + 1
        was_over = self.end != NONE
        if phase == "ended" and not was_over:
            self.end = step.ms
            told["refused"], told["withdrawn"] = result in ("refused", "stopped"), result == "withdrawn"
            if told["finishes"]:
                told["late"] = self.requests > 1 or (self.due != NONE and step.ms > self.due)
                told["timely"] = self.due != NONE and not told["late"]
                told["duration_ms"] = step.ms - self.start - self.waited if self.start != NONE else -1
        if not old and not (was_over and not told["allowed"]):
            self.state = step.state
        self.last = max(self.last, step.ms)

    @property
    def open(self) -> bool:
        return self.start != NONE and self.end == NONE


STEP = st.builds(
    Step,
    case=st.sampled_from("abcd"),
    state=st.sampled_from(sorted(set(STATES["dossier"]) & set(STATES["petition"])))
    | st.sampled_from(STATES["dossier"]),
    at=st.integers(0, 30),
    due=st.none() | st.integers(1, 40),
)
ROUNDS = st.lists(st.lists(STEP, max_size=8) | st.integers(0, 45), max_size=8)


@given(ROUNDS, st.booleans())
@settings(max_examples=300, deadline=None)
def test_the_fold_does_what_a_slow_model_of_each_case_does(rounds: list[list[Step] | int], dump: bool) -> None:
    fold, model, clock = a_fold(), dict[str, Case](), NOON
    for item in rounds:
        if isinstance(item, int):
            clock = max(clock, NOON + item * HOUR)
            fold.on_minute(clock)
            late = sum(case.open and NONE < case.due < clock for case in model.values())
            assert fold.overdue.get((0, 0), 0) == late
        else:
            told = [model.setdefault(step.case, Case(KIND)).take(step) for step in item]
            seen = [
                {name: value for name, value in row.items() if name != "state_before"} for row in traced(fold, item)
            ]
            assert seen == told
        assert fold.open.get((0, 0), 0) == sum(case.open for case in model.values())
        if dump:
            fold = reloaded(fold)


@given(st.lists(STEP, max_size=12), st.integers(0, 12))
@settings(max_examples=100, deadline=None)
def test_how_steps_were_cut_does_not_show(steps: list[Step], cut: int) -> None:
    whole, parts = a_fold(), a_fold()
    assert traced(whole, steps) == traced(parts, steps[:cut]) + traced(parts, steps[cut:])
    assert (whole.open, whole.overdue) == (parts.open, parts.overdue)


def test_cases_of_two_kinds_and_units_are_counted_apart() -> None:
    fold = a_fold()
    first = PETITION.starts
    traced(fold, [Step("a", "accepted", 0, unit=3), Step("b", "accepted", 0), Step("a", first, 0, kind=1)])
    assert fold.open == {(0, 3): 1, (0, 0): 1, (1, 0): 1}
