"""Actions on findings through the table of stops: rows in the order of the log, or a reason; never an exception."""

import itertools
import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contract import topics
from contract.actions import MAX_NOTE, MOST, Action, body, headers, read
from contract.codec import Message
from contract.handling import STEPS
from contract.reasons import Reason
from streams.ledger import ledger_rows
from streams.past import mark
from streams.pipeline import run
from streams.work import Output
from tests.builders import DAY, HOUR, MINUTE
from tests.messages import NOON, an_action, batch, control, counts, figure, rows, shard, tick

PHONE = "0912345678"
QUICK = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def sent(*bodies: Any) -> Output:
    """Each in a message of its own, as JSON or as the bytes they are."""
    given = [one if isinstance(one, bytes) else json.dumps(one).encode() for one in bodies]
    own = headers("drill-figures")
    return run(shard(), [Message("nhip.figures", 0, n, NOON + n, value, own) for n, value in enumerate(given)])


def plain(**different: Any) -> dict[str, Any]:
    given = {**json.loads(body(an_action())), **different}
    return {name: value for name, value in given.items() if value is not ...}


def test_an_action_is_a_row_with_its_place_in_the_log_and_one_ledger_row() -> None:
    own = shard()
    due = an_action(2, "asked", due=NOON + HOUR, note="đề nghị kiểm tra đơn vị đo")
    output = run(own, [tick(NOON), control(an_action(), due, offset=1)])
    first, second = rows(output, "finding_actions")
    assert (first["step"], first["actor"], first["row"], first["due"]) == ("taken", "truc-ban-1", 0, None)
    assert (second["step"], second["row"], second["note"]) == ("asked", 1, "đề nghị kiểm tra đơn vị đo")
    assert (second["due"].timestamp() * 1000, second["offset"]) == (NOON + HOUR, 1)
    _, entry = ledger_rows(own, output.entries).to_pylist()
    assert (entry["kind"], entry["records"], entry["accepted"], entry["rejected"]) == ("control", 2, 2, 0)
    assert dict(entry["written"]) == {"finding_actions": 2}
    assert counts(output)[1] == (2, 2, 0, 0)


BAD: dict[str, tuple[Any, Reason, str]] = {
    "nothing": (b"", Reason.EMPTY, ""),
    "an empty list": ([], Reason.EMPTY, ""),
    "no JSON": (b"{", Reason.NOT_JSON, ""),
    "not UTF-8": (b'"\xff"', Reason.NOT_JSON, ""),
    "too deep": (b"[" * 100_000, Reason.TOO_DEEP, ""),
    "too many": ([{}] * (MOST + 1), Reason.TOO_LARGE, ""),
    "too large": (b" " * 1_000_001, Reason.TOO_LARGE, ""),
    "a number": (7, Reason.BAD_TYPE, ""),
    "a strange field": (plain(name="Nguyễn Văn A"), Reason.UNKNOWN_FIELD, "?"),
    "a field whose name is a number": (plain(**{PHONE: 1}), Reason.UNKNOWN_FIELD, "?"),
    "no step": (plain(step=...), Reason.MISSING_FIELD, "step"),
    "no time": (plain(at=None), Reason.MISSING_FIELD, "at"),
    "a time in words": (plain(at="2026-11-21"), Reason.BAD_TYPE, "at"),
    "a time that is true": (plain(at=True), Reason.BAD_TYPE, "at"),
    "a time before time": (plain(at=-1), Reason.BAD_TYPE, "at"),
    "a huge time": (plain(at=10**30), Reason.FUTURE, "at"),
    "an hour ahead of the broker": (plain(at=NOON + HOUR), Reason.FUTURE, "at"),
    "another feed": (plain(feed="power-load"), Reason.WRONG_PARTITION, "feed"),
    "an id that is none": (plain(action_id=PHONE), Reason.BAD_TYPE, "action_id"),
    "a finding that is none": (plain(finding_id="F" * 32), Reason.BAD_TYPE, "finding_id"),
    "an unknown step": (plain(step="deleted"), Reason.UNKNOWN_STEP, "step"),
    "a person's name": (plain(actor="Nguyễn Văn A"), Reason.BAD_TYPE, "actor"),
    "a person's number": (plain(actor=f"nv-{PHONE}"), Reason.PERSONAL, "actor"),
    "asked without an end": (plain(step="asked"), Reason.BAD_DUE, "due"),
    "an end where nobody was asked": (plain(due=NOON + HOUR), Reason.BAD_DUE, "due"),
    "an end before the beginning": (plain(step="asked", due=NOON), Reason.BAD_DUE, "due"),
    "an end in two years": (plain(step="asked", due=NOON + 730 * DAY), Reason.BAD_DUE, "due"),
    "a long note": (plain(note="à" * (MAX_NOTE + 1)), Reason.TEXT_TOO_LONG, "note"),
    "a note of two lines": (plain(note="một\nhai"), Reason.BAD_TYPE, "note"),
    "half a letter": (b'{"note": "\\ud800"}', Reason.NOT_JSON, ""),
    "a telephone in a note": (plain(note=f"gọi {PHONE}"), Reason.PERSONAL, "note"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_action_is_a_row_with_its_own_reason_and_its_neighbours_are_taken(name: str) -> None:
    bad, reason, field = BAD[name]
    output = sent(plain(), bad, plain(action_id="2" * 32))
    (refused,) = rows(output, "rejected")
    assert (refused["offset"], refused["reason"], refused["field"]) == (1, reason, field)
    assert [row["offset"] for row in rows(output, "finding_actions")] == [0, 2]
    assert counts(output) == [(1, 1, 0, 0), (1, 0, 1, 0), (1, 1, 0, 0)]
    assert PHONE not in str(refused)
    assert "Nguyễn" not in str(refused)


def test_one_bad_action_of_a_list_is_refused_alone() -> None:
    output = sent([plain(), plain(step="deleted"), plain(action_id="2" * 32)])
    assert counts(output) == [(3, 2, 1, 0)]
    assert [row["row"] for row in rows(output, "finding_actions")] == [0, 2]
    assert [(row["row"], row["reason"]) for row in rows(output, "rejected")] == [(1, "unknown_step")]


def test_a_control_record_of_an_unknown_kind_is_refused() -> None:
    own = {topics.KIND: b"control", topics.SCHEMA: b"catalogue/1"}
    output = run(shard(), [Message("nhip.figures", 0, 0, NOON, body(an_action()), own)])
    assert [row["reason"] for row in rows(output, "rejected")] == ["wrong_schema"]


def test_a_replays_own_mark_is_no_action() -> None:
    """It is a control record too, says how far the past reaches, and has no body."""
    message = Message("nhip.figures", 0, 9, NOON, b"", mark(3, 9), first=4)
    output = run(shard(), [message])
    assert output.rows == {}
    assert counts(output) == [(0, 0, 0, 0)]


def test_an_action_moves_nothing_that_records_depend_on() -> None:
    """The same figures and ticks lead to the same rows, with actions between them and without."""
    log: list[Message] = [tick(NOON), batch([figure(value=5_000.0)], 2), tick(NOON + MINUTE, 4)]
    acted = [log[0], control(an_action(), offset=1), log[1], control(an_action(2), offset=3), log[2]]
    without, with_ = run(shard(), log), run(shard(), acted)
    for table in ("figures", "findings", "feed_states", "ticks", "rejected"):
        assert rows(without, table) == rows(with_, table)


NOTES = st.text(max_size=12).filter(str.isprintable)
ANY = st.builds(
    an_action,
    st.integers(1, 9),
    st.sampled_from([step for step in STEPS if step != "asked"]),
    st.sampled_from(["truc-ban-1", "truc-ban-2"]),
    note=NOTES,
)


@given(st.lists(ANY, min_size=1, max_size=10), st.data())
@QUICK
def test_how_actions_were_cut_into_messages_and_runs_does_not_show(given: list[Action], data: st.DataObject) -> None:
    whole = run(shard(), [control(*given)])
    cuts = sorted(data.draw(st.sets(st.integers(1, len(given)), max_size=4)) | {len(given)})
    edges = [0, *cuts]
    pieces = [given[start:end] for start, end in itertools.pairwise(edges)]
    own = shard()
    parts = [run(own, [control(*piece, offset=n)]) for n, piece in enumerate(pieces)]
    address = ("offset", "row", "arrived_at")
    assert rows(whole, "finding_actions", *address) == rows(parts, "finding_actions", *address)


@given(st.binary(max_size=40) | st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*plain(), "due"]), inner, max_size=9),
    max_leaves=12,
))  # fmt: skip
@QUICK
def test_no_control_record_is_an_exception(given: Any) -> None:
    output = sent(given)
    assert all(r == a + b + d for r, a, b, d in counts(output))


def test_what_is_written_is_read_back() -> None:
    given = [an_action(), an_action(2, "asked", due=NOON + HOUR, note="xin số liệu gốc")]
    assert read(body(*given), NOON) == given
    assert read(body(given[1]), NOON) == given[1:]
