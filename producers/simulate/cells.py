"""Cases by cells: those that begin on one day at one feed have their lives drawn at once, then served in slices."""

from collections import OrderedDict
from typing import Protocol

import msgspec
import numpy as np
from numpy.typing import NDArray

from producers.simulate.noise import Ints

Bools = NDArray[np.bool_]


class Cohort(msgspec.Struct, frozen=True):
    """The cases that begin on one day. One entry per case, then one entry per step, in order of time."""

    unit: Ints
    subject: Ints
    channel: Ints
    case: NDArray[np.int32]
    state: NDArray[np.int8]
    nth: NDArray[np.int8]
    """Which step of its case it is, from 1."""
    at: Ints
    due: Ints
    """0 where no due time is known."""
    marks: NDArray[np.int16]
    """One bit per attribute of the kind."""


FORGET_EVERY_MS = 6 * 3_600_000
STEP_FIELDS = ("case", "state", "nth", "at", "due", "marks")


class Plan(Protocol):
    """How cases of a kind live. The tuples say what a cohort's numbers mean."""

    kind: str
    prefix: str
    units: tuple[str, ...]
    subjects: tuple[str, ...]
    channels: tuple[str, ...]
    states: tuple[str, ...]
    attributes: tuple[str, ...]
    longest_days: int
    """A step further than this from its case's first day is never drawn: the case stays open."""

    def cohort(self, day: int) -> Cohort:
        """`day` counts local days from 1 January 1970."""
        ...


class Lives:
    """Collects the steps of many cases, each step for all cases at once."""

    def __init__(self, cases: int) -> None:
        self.cases = cases
        self._parts: list[tuple[Ints, int, Ints, Ints, Ints]] = []

    def step(self, who: Bools, state: int, at: Ints, due: Ints | None = None, marks: Ints | int = 0) -> None:
        """Those of `who` enter `state` at `at`; all arrays run over all cases."""
        case = np.flatnonzero(who)
        zeros = np.zeros(len(case), dtype=np.int64)
        bits = marks[case] if isinstance(marks, np.ndarray) else zeros + marks
        self._parts.append((case, state, at[case], zeros if due is None else due[case], bits))

    def cohort(self, unit: Ints, subject: Ints, channel: Ints, before: int) -> Cohort:
        """All steps before `before`."""
        case, at, due, marks = (np.concatenate([part[i] for part in self._parts]) for i in (0, 2, 3, 4))
        state = np.concatenate([np.full(len(part[0]), part[1], dtype=np.int8) for part in self._parts])
        nth = _nth(case, at)
        order = np.argsort(at, kind="stable")
        order = order[: np.searchsorted(at[order], before)]
        return Cohort(
            unit,
            subject,
            channel,
            case[order].astype(np.int32),
            state[order],
            nth[order].astype(np.int8),
            at[order],
            due[order],
            marks[order].astype(np.int16),
        )


def _nth(case: Ints, at: Ints) -> Ints:
    """The place of each step within its case, from 1."""
    by_case = np.lexsort((at, case))
    first = np.flatnonzero(np.r_[True, np.diff(case[by_case]) != 0]) if len(case) else np.empty(0, dtype=np.int64)
    place = np.empty(len(case), dtype=np.int64)
    place[by_case] = np.arange(len(case)) - np.repeat(first, np.diff(np.r_[first, len(case)])) + 1
    return place


class Cells:
    """The cohorts of the last weeks, each cut by shard once."""

    def __init__(self, plan: Plan, shards: int, shard_of_unit: Ints, since_ms: int) -> None:
        self._plan = plan
        self._since = since_ms
        self._forgotten = 0
        self._shards = shards
        self._shard_of_unit = shard_of_unit
        self._kept: OrderedDict[int, list[Cohort]] = OrderedDict()

    def get(self, day: int, shard: int, t0_ms: int) -> Cohort:
        """The steps of a day's cases in one shard, from `t0_ms` on at least."""
        if t0_ms < self._forgotten:
            self._kept.clear()
            self._forgotten = 0
        found = self._kept.get(day)
        if found is None:
            found = self._kept[day] = self._cut(self._plan.cohort(day))
            while len(self._kept) > self._plan.longest_days + 3:
                self._kept.popitem(last=False)
        return found[shard]

    def forget(self, before_ms: int) -> None:
        """Lets go of steps that lie before; at scale 1 they would fill a gigabyte."""
        if before_ms - self._forgotten < FORGET_EVERY_MS:
            return
        self._forgotten = before_ms
        for day, shards in self._kept.items():
            self._kept[day] = [_only(c, c.at >= before_ms) for c in shards]

    def _cut(self, cohort: Cohort) -> list[Cohort]:
        began = np.full(len(cohort.unit), np.iinfo(np.int64).max)
        np.minimum.at(began, cohort.case, cohort.at)
        if len(began) and began.min() < self._since:
            cohort = _only(cohort, began[cohort.case] >= self._since)
        if self._shards == 1:
            return [cohort]
        shard = self._shard_of_unit[cohort.unit[cohort.case]]
        return [_only(cohort, shard == each) for each in range(self._shards)]


def _only(cohort: Cohort, keep: Bools) -> Cohort:
    return msgspec.structs.replace(cohort, **{name: getattr(cohort, name)[keep] for name in STEP_FIELDS})
