"""What may be done with a finding: any order of two people's actions gives one state, and each an honest answer."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.actions import Action
from contract.handling import (
    ASKED,
    BY_PLACE,
    CLOSED,
    DONE,
    GIVES,
    LABELS,
    MOVES,
    NEW,
    NOT_NOW,
    NOT_YOURS,
    OUTCOMES,
    REPEATED,
    STATES,
    STEPS,
    TAKEN,
    TAKEN_OVER,
    Held,
    history,
    judged,
    possible,
)
from tests.messages import an_action

A, B = "truc-ban-1", "truc-ban-2"
STEP = st.sampled_from([*STEPS])
DOINGS = st.lists(st.tuples(STEP, st.sampled_from([A, B])), max_size=12)


def actions(*given: tuple[str, str]) -> list[Action]:
    return [an_action(number, step, actor) for number, (step, actor) in enumerate(given, 1)]


def outcomes(*given: tuple[str, str]) -> list[str]:
    return [outcome for _, outcome in history(actions(*given))]


def test_a_finding_goes_the_usual_way_from_new_to_closed() -> None:
    found = history(actions((TAKEN, A), (ASKED, A), ("corrected", A), (CLOSED, A)))
    assert [held.state for held, _ in found] == ["taken", "asked", "corrected", "closed"]
    assert {outcome for _, outcome in found} == {DONE}
    assert found[-1][0].holder == A


def test_a_finding_taken_twice_keeps_its_first_taker() -> None:
    (first, _), (second, outcome) = history(actions((TAKEN, A), (TAKEN, B)))
    assert outcome == NOT_NOW
    assert first == second == Held(TAKEN, A)


def test_only_who_has_it_asks_and_says_how_it_turned_out_until_it_is_handed_over() -> None:
    assert outcomes((TAKEN, A), (ASKED, B), ("confirmed", B)) == [DONE, NOT_YOURS, NOT_YOURS]
    assert outcomes((TAKEN, A), (TAKEN_OVER, B), (ASKED, A), (ASKED, B)) == [DONE, DONE, NOT_YOURS, DONE]
    assert outcomes((TAKEN, A), (TAKEN_OVER, A)) == [DONE, NOT_NOW]


def test_a_finding_is_not_closed_before_it_is_said_how_it_turned_out() -> None:
    assert outcomes((CLOSED, A), (TAKEN, A), (CLOSED, A), ("false_alarm", A), (CLOSED, B)) == [
        NOT_NOW, DONE, NOT_NOW, DONE, DONE
    ]  # fmt: skip


def test_of_two_who_say_otherwise_at_once_the_first_in_the_log_is_right_and_the_second_is_told() -> None:
    (one, _), (two, outcome) = history(actions((TAKEN, A), ("confirmed", A), ("false_alarm", A)))[1:]
    assert outcome == NOT_NOW
    assert one == two == Held("confirmed", A)


def test_what_was_said_can_be_said_anew_after_it_is_opened_again() -> None:
    found = history(actions((TAKEN, A), ("confirmed", A), (CLOSED, A), ("reopened", B), ("corrected", B)))
    assert {outcome for _, outcome in found} == {DONE}
    assert found[-1][0] == Held("corrected", B)


@given(DOINGS)
def test_what_was_refused_changed_nothing(given: list[tuple[str, str]]) -> None:
    found = history(actions(*given))
    done = [doing for doing, (_, outcome) in zip(given, found, strict=True) if outcome == DONE]
    again = history(actions(*done))
    assert {outcome for _, outcome in again} <= {DONE}
    assert [held for held, _ in again][-1:] == [held for held, outcome in found if outcome == DONE][-1:]


@given(DOINGS, st.data())
def test_a_repeat_changes_nothing_wherever_it_comes(given: list[tuple[str, str]], data: st.DataObject) -> None:
    plain = actions(*given)
    doubled: list[tuple[Action, bool]] = [(action, False) for action in plain]
    for number, action in enumerate(plain):
        if data.draw(st.booleans()):
            after = next(i for i, (other, again) in enumerate(doubled) if other is action and not again)
            doubled.insert(data.draw(st.integers(after + 1, len(doubled))), (action, True))
        assert number < len(doubled)
    found = history(action for action, _ in doubled)
    assert [one for one, (_, again) in zip(found, doubled, strict=True) if not again] == history(plain)
    assert {outcome for (_, outcome), (_, again) in zip(found, doubled, strict=True) if again} <= {REPEATED}


@given(DOINGS, DOINGS, st.randoms(use_true_random=False))
def test_any_interleaving_leaves_one_holder_and_a_state_of_the_table(one: Any, two: Any, random: Any) -> None:
    mixed = [(step, A) for step, _ in one] + [(step, B) for step, _ in two]
    random.shuffle(mixed)
    held = Held()
    for (step, actor), (after, outcome) in zip(mixed, history(actions(*mixed)), strict=True):
        assert outcome == judged(held, step, actor)
        assert (after != held or step in (TAKEN_OVER, ASKED)) if outcome == DONE else after == held
        assert (after.state == NEW) == (after.holder == "")
        assert after.holder == (actor if outcome == DONE and step in GIVES else held.holder)
        held = after
    assert held.state in STATES


@given(DOINGS, st.sampled_from([A, B]))
def test_what_is_offered_to_somebody_is_what_would_be_done(given: list[tuple[str, str]], who: str) -> None:
    held = next((held for held, _ in reversed(history(actions(*given)))), Held())
    for step in STEPS:
        assert (step in possible(held, who)) == (outcomes(*given, (step, who))[-1] == DONE)


def test_every_state_can_be_reached_and_left() -> None:
    reached, edge = {NEW}, {NEW}
    while edge:
        edge = {move.to for move in MOVES if move.state in edge} - reached
        reached |= edge
    assert reached == set(STATES)
    assert {move.state for move in MOVES} == set(STATES)
    assert {move.step for move in MOVES} == set(STEPS)
    assert len(BY_PLACE) == len(MOVES)


@pytest.mark.parametrize("table", [STATES, STEPS, OUTCOMES])
def test_every_word_has_its_twin(table: dict[str, tuple[str, str]]) -> None:
    for vi, en in table.values():
        assert vi
        assert en
        assert vi != en
    assert set(LABELS) <= set(STATES)
