"""Ids tell a repeat: new, duplicate (same body), conflict (another body), within a batch and across batches."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.admit import repeats
from streams.admit.identity import ids_of
from streams.admit.repeats import CONFLICTING, DUPLICATE, HORIZON_MS, NEW, Seen
from streams.rows import Rows
from tests.builders import MINUTE
from tests.messages import NOON


def judge(seen: Seen, *records: tuple[str, int]) -> list[int]:
    ids = ids_of(pa.array([id for id, _ in records], pa.string()))
    return [int(code) for code in seen.judge(ids, np.array([body for _, body in records], np.int64))]


def reloaded(seen: Seen) -> Seen:
    other = Seen()
    other.load(seen.dump(), {name: Rows.of(rows.at[: rows.size]) for name, rows in seen.tables.items()})
    assert {name: rows.size for name, rows in other.tables.items()} == {n: r.size for n, r in seen.tables.items()}
    return other


def test_the_first_is_new_the_same_again_a_duplicate_and_another_body_a_conflict() -> None:
    seen = Seen()
    assert judge(seen, ("a", 1), ("b", 2), ("a", 1), ("a", 3), ("a", 1)) == [
        NEW,
        NEW,
        DUPLICATE,
        CONFLICTING,
        DUPLICATE,
    ]
    assert judge(seen, ("a", 1), ("a", 3), ("b", 2), ("c", 1)) == [DUPLICATE, CONFLICTING, DUPLICATE, NEW]


def test_no_records_are_no_trouble() -> None:
    assert judge(Seen()) == []


@given(st.lists(st.tuples(st.sampled_from("abcdef"), st.integers(0, 2)), max_size=40), st.data())
@settings(deadline=None)
def test_cuts_between_batches_and_a_snapshot_do_not_show(records: list[tuple[str, int]], data: st.DataObject) -> None:
    whole, cut = judge(Seen(), *records), Seen()
    first: dict[str, int] = {}
    for (id, body), code in zip(records, whole, strict=True):
        assert code == (NEW if id not in first else DUPLICATE if first[id] == body else CONFLICTING)
        first.setdefault(id, body)
    places = sorted(data.draw(st.lists(st.integers(0, len(records)), max_size=4)))
    found: list[int] = []
    for start, end in zip([0, *places], [*places, len(records)], strict=True):
        found += judge(cut, *records[start:end])
        cut = reloaded(cut)
    assert found == whole


def test_ids_are_known_for_the_whole_horizon_and_forgotten_some_time_after() -> None:
    seen, clock = Seen(), NOON
    seen.on_minute(clock)
    judge(seen, ("early", 1))
    seen.on_minute(clock + HORIZON_MS - MINUTE)
    judge(seen, ("just before the turn", 1))
    seen.on_minute(clock + HORIZON_MS)
    assert judge(seen, ("early", 1), ("just before the turn", 2)) == [DUPLICATE, CONFLICTING]
    seen.on_minute(clock + 2 * HORIZON_MS - MINUTE)
    assert judge(seen, ("just before the turn", 1)) == [DUPLICATE]
    seen.on_minute(clock + 2 * HORIZON_MS)
    assert judge(seen, ("early", 1), ("just before the turn", 1)) == [NEW, NEW]


def test_too_many_ids_turn_the_generation_before_its_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(repeats, "MOST", 3)
    seen = Seen()
    seen.on_minute(NOON)
    judge(seen, *((str(n), n) for n in range(4)))
    seen.on_minute(NOON + MINUTE)
    judge(seen, *((str(n), n) for n in range(4, 8)))
    assert judge(seen, ("0", 0)) == [DUPLICATE]
    seen.on_minute(NOON + 2 * MINUTE)
    assert judge(seen, ("0", 0), ("7", 7)) == [NEW, DUPLICATE]
