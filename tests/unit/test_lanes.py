"""One partition's messages: in order, each once, as many at a time as its share of the turn allows."""

import pytest

from contract.codec import Message
from streams.lanes import SLOWEST_PACE, WEIGHT, Line, Waiting

HERE = ("nhip.figures", 0)


def line(*offsets: int, size: int = 600) -> tuple[Line, list[int]]:
    """A line in which these wait, and what was acknowledged of them."""
    acknowledged: list[int] = []
    made = Line(HERE, ready=True)
    for offset in offsets:
        message = Message(*HERE, offset, 0, bytes(size))
        made.add(Waiting(message, lambda offset=offset: acknowledged.append(offset)))  # type: ignore[misc]
    return made, acknowledged


def hole(given: Line) -> tuple[int, int] | None:
    return given.hole


def taken(given: Line, share_ms: float = 1e9) -> list[int]:
    return [message.offset for message in given.take(share_ms)]


def test_messages_are_taken_in_order_and_each_once() -> None:
    given, acknowledged = line(0, 1, 1, 2, 0, 3)
    assert taken(given) == [0, 1, 2, 3]
    given.acknowledge(2)
    assert acknowledged == [0, 1, 1, 2, 0]
    given.acknowledge(3)
    assert acknowledged == [0, 1, 1, 2, 0, 3]


def test_nothing_behind_a_hole_is_taken_until_it_is_filled() -> None:
    given, _ = line(0, 3)
    assert taken(given) == [0]
    assert hole(given) == (1, 3)
    assert taken(given) == []
    given.put_first([Waiting(Message(*HERE, offset, 0, b""), lambda: None) for offset in (1, 2)], 3)
    assert hole(given) is None
    assert taken(given) == [1, 2, 3]
    assert given.weight == 0


def test_one_message_is_taken_however_small_the_share() -> None:
    given, _ = line(0, 1, 2)
    assert [taken(given, 0.0) for _ in range(3)] == [[0], [1], [2]]


def test_a_share_is_measured_in_what_was_learned_of_the_partition() -> None:
    given, _ = line(*range(100))
    given.pace = 10.0 * (WEIGHT + 600)  # ten messages a millisecond
    assert len(taken(given, 2.0)) == 20


def test_a_slow_batch_makes_the_next_share_smaller() -> None:
    given, _ = line(*range(100))
    before = given.pace
    taken(given, 100.0)
    given.learn(100_000, 10_000.0)
    assert given.pace < before * 0.6
    for _ in range(100):
        given.learn(1, 10_000.0)
    assert given.pace == pytest.approx(SLOWEST_PACE)


def test_a_few_quick_messages_do_not_make_the_next_share_larger() -> None:
    """A tick costs nothing; a flood behind it would else be let in as if it cost nothing either."""
    given, _ = line(0)
    before = given.pace
    taken(given, 100.0)
    for _ in range(100):
        given.learn(WEIGHT, 0.01)
    assert given.pace == before
    given.learn(round(given.allowed), 1.0)
    assert given.pace == before * 1.5


def test_what_is_dropped_is_not_acknowledged() -> None:
    given, acknowledged = line(0, 1)
    given.drop()
    given.acknowledge(10)
    assert (given.weight, list(given.queue), acknowledged) == (0, [], [])
