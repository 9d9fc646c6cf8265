"""Base buckets: integers that merge, local days, delta rows for what is too late, and the histogram's error."""

from collections.abc import Iterable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.fold.groups import bucket_start
from streams.fold.tally import Tally
from streams.fold.windows import BINS, EDGES_MS, KEEP_MS, MEASURES, Bucket, BucketRow, Buckets, Increments
from streams.rows import Rows
from tests.builders import DAY, HOUR, MINUTE, at
from tests.messages import NOON

WORST = 0.155
"""The error that `EDGES_MS` states."""


NONE_OPEN = Tally(1)


def tally(open_: int) -> Tally:
    """So many cases of kind 0 in unit 1."""
    made = Tally(1)
    made.add(np.zeros(1, np.int64), np.ones(1, np.int64), open_)
    return made


def steps(*rows: tuple[int, int, int, int]) -> Increments:
    """(unit, at, duration or -1, key); each counts as one received and one step."""
    n = len(rows)
    amounts = np.zeros((n, len(MEASURES)), np.int64)
    amounts[:, MEASURES.index("received")] = amounts[:, MEASURES.index("steps")] = 1
    columns = [np.array(column) for column in zip(*rows, strict=True)] or [np.zeros(0, np.int64)] * 4
    amounts[:, MEASURES.index("duration_ms")] = np.maximum(columns[2], 0)
    return Increments(
        kind=np.zeros(n, np.int32),
        unit=columns[0].astype(np.int32),
        at=columns[1],
        amounts=amounts,
        duration_ms=columns[2],
        simulated=np.zeros(n, bool),
        key=columns[3],
    )


class Readers:
    """What the store holds, read as its readers do: of base rows the newest, and every delta row once."""

    def __init__(self) -> None:
        self.base: dict[Bucket, BucketRow] = {}
        self.deltas: dict[tuple[Bucket, int], BucketRow] = {}

    def take(self, rows: list[BucketRow]) -> None:
        for row in rows:
            if row.delta:
                assert (row.bucket, row.delta) not in self.deltas
                self.deltas[row.bucket, row.delta] = row
            else:
                self.base[row.bucket] = row

    def sums(self) -> dict[Bucket, list[int]]:
        total: dict[Bucket, Any] = {}
        for row in [*self.base.values(), *self.deltas.values()]:
            total[row.bucket] = total.get(row.bucket, 0) + np.array([*row.measures, *row.durations])
        return {bucket: row.tolist() for bucket, row in total.items() if row.any()}


def expected(rows: list[tuple[int, int, int, int]]) -> dict[Bucket, list[int]]:
    total: dict[Bucket, list[int]] = {}
    for unit, moment, duration, _ in rows:
        for width in (0, 1):
            row = total.setdefault(
                Bucket(0, unit, width, int(bucket_start(moment, width))), [0] * (len(MEASURES) + BINS)
            )
            row[MEASURES.index("received")] += 1
            row[MEASURES.index("steps")] += 1
            row[MEASURES.index("duration_ms")] += max(duration, 0)
            if duration >= 0:
                row[len(MEASURES) + sum(edge <= duration for edge in EDGES_MS.tolist())] += 1
    return total


ROW = st.tuples(
    st.integers(0, 2),
    st.integers(-50 * 24, 0).map(lambda hours: NOON + hours * HOUR),
    st.sampled_from([-1, 0, HOUR, DAY]),
)
ROUND = st.tuples(st.lists(ROW, max_size=6), st.integers(0, 3 * 24 * 60).map(lambda minutes: minutes * MINUTE))


@given(st.lists(ROUND, max_size=8), st.booleans())
@settings(max_examples=150, deadline=None)
def test_readers_see_every_record_once_however_late_it_is(
    rounds: list[tuple[list[tuple[int, int, int]], int]], dump: bool
) -> None:
    buckets, readers, clock, key = Buckets(), Readers(), NOON, 0
    given: list[tuple[int, int, int, int]] = []
    for rows, pause in rounds:
        keyed = [(*row, 2 * (key := key + 1)) for row in rows]
        given += keyed
        readers.take([row for _, row in buckets.add(steps(*keyed), clock)])
        clock += pause
        readers.take(list(buckets.on_minute(clock, NONE_OPEN, NONE_OPEN)))
        if dump:
            other = Buckets()
            other.load(buckets.dump(), Rows.of(buckets.rows.at[: buckets.rows.size]))
            buckets = other
    assert readers.sums() == expected(given)


@given(st.lists(ROW, max_size=12), st.data())
@settings(deadline=None)
def test_how_records_were_cut_does_not_show(rows: list[tuple[int, int, int]], data: st.DataObject) -> None:
    keyed = [(*row, 2 * n + 2) for n, row in enumerate(rows)]
    cut = data.draw(st.integers(0, len(rows)))
    whole, parts = Buckets(), Buckets()
    late = [row for _, row in whole.add(steps(*keyed), NOON)]
    late_parts = [row for part in (keyed[:cut], keyed[cut:]) for _, row in parts.add(steps(*part), NOON)]

    def sort(found: Iterable[BucketRow]) -> list[BucketRow]:
        return sorted(
            found, key=lambda row: (row.bucket.kind, row.bucket.unit, row.bucket.width, row.bucket.start, row.delta)
        )

    assert sort(late) == sort(late_parts)
    assert sort(whole.on_minute(NOON, NONE_OPEN, NONE_OPEN)) == sort(parts.on_minute(NOON, NONE_OPEN, NONE_OPEN))


def test_a_bucket_is_written_only_when_it_changed() -> None:
    buckets = Buckets()
    buckets.add(steps((0, NOON, -1, 2)), NOON)
    assert len(buckets.on_minute(NOON + MINUTE, NONE_OPEN, NONE_OPEN)) == 2
    assert list(buckets.on_minute(NOON + 2 * MINUTE, NONE_OPEN, NONE_OPEN)) == []


def test_days_begin_at_midnight_in_viet_nam() -> None:
    assert bucket_start(at("2026-11-20 00:00"), 1) == bucket_start(at("2026-11-20 23:59"), 1) == at("2026-11-20 00:00")
    assert bucket_start(at("2026-11-19 23:59"), 1) == at("2026-11-19 00:00")
    assert bucket_start(at("2026-11-20 12:04"), 0) == at("2026-11-20 12:00")


def test_open_cases_are_a_gauge_of_the_bucket_that_the_clock_ends() -> None:
    buckets = Buckets()
    rows = buckets.on_minute(at("2026-11-20 00:00"), tally(5), tally(2))
    assert [(row.bucket, row.open_end, row.overdue_open_end) for row in rows] == [
        (Bucket(0, 1, 1, at("2026-11-19 00:00")), 5, 2)
    ]


def test_a_new_day_says_that_nothing_is_open_any_more() -> None:
    """A step of yesterday that closed the last case changes no bucket of today; what is open now is read there."""
    buckets = Buckets()
    buckets.on_minute(at("2026-11-20 00:00"), tally(5), NONE_OPEN)
    (row,) = buckets.on_minute(at("2026-11-20 00:01"), tally(0), NONE_OPEN)
    assert (row.bucket.start, row.open_end) == (at("2026-11-20 00:00"), 0)
    assert list(buckets.on_minute(at("2026-11-20 00:02"), tally(0), NONE_OPEN)) == []


def test_a_record_within_memory_makes_no_delta_row_and_one_beyond_makes_one_of_each_width() -> None:
    buckets = Buckets()
    five, day = KEEP_MS
    assert buckets.add(steps((0, NOON - five, -1, 2)), NOON) == []
    deltas = buckets.add(steps((0, NOON - five - 5 * MINUTE, -1, 4), (0, NOON - day - DAY, HOUR, 6)), NOON)
    assert [(place, row.bucket.width, row.delta) for place, row in deltas] == [(0, 0, 5), (1, 0, 7), (1, 1, 7)]


@pytest.mark.parametrize("q", [0.5, 0.9])
def test_a_quantile_read_from_the_histogram_is_off_by_no_more_than_it_says(q: float) -> None:
    random = np.random.default_rng(1)
    times = np.exp(random.uniform(np.log(EDGES_MS[0]), np.log(EDGES_MS[-1]), 2_001)).astype(np.int64)
    buckets = Buckets()
    buckets.add(steps(*((0, NOON, int(duration), n) for n, duration in enumerate(times))), NOON)
    (day,) = (row for row in buckets.on_minute(NOON, NONE_OPEN, NONE_OPEN) if row.bucket.width == 1)
    durations = np.array(day.durations)
    place = int(np.searchsorted(np.cumsum(durations), q * durations.sum()))
    middle = np.sqrt(float(EDGES_MS[place - 1]) * float(EDGES_MS[place]))
    true = float(np.quantile(times, q, method="inverted_cdf"))
    assert abs(middle / true - 1) <= WORST


def test_no_bin_is_wider_than_the_stated_error_allows() -> None:
    ratio = EDGES_MS[1:] / EDGES_MS[:-1]
    assert np.sqrt(ratio).max() - 1 <= WORST + 0.0005
    assert len(EDGES_MS) + 1 == BINS
