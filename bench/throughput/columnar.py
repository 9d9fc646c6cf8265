"""The job in columns: the same rules as `fold.py`, with numpy, many steps at once. The best that one does by hand.

Both the consumer written by hand on aiokafka and the Faust agent call this: what differs between them is Faust.
"""

from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from bench.throughput.fold import DAY_MS, ENDING, FINISHING, FIVE_MS, LOCAL_MS, MEASURES, STARTS, SUPPLEMENT

Times = npt.NDArray[np.int64]
Numbers = npt.NDArray[Any]
SECONDS_BITS, UNIT_BITS = 33, 12


class Cases:
    """One row a case; a dictionary finds it."""

    def __init__(self) -> None:
        self.slots: dict[str, int] = {}
        self.states: list[str] = []
        self._codes: dict[str, int] = {}
        self.at = {name: np.zeros(1024, np.int64) for name in ("started", "due", "ended", "paused_at", "paused_ms")}
        self.state, self.supplements = np.full(1024, -1, np.int16), np.zeros(1024, np.int16)

    def code(self, state: str) -> int:
        if state not in self._codes:
            self._codes[state] = len(self.states)
            self.states.append(state)
        return self._codes[state]

    def slot(self, case_ids: list[str]) -> Times:
        slots = self.slots
        found = np.fromiter((slots.setdefault(c, len(slots)) for c in case_ids), np.int64, len(case_ids))
        while len(slots) > len(self.state):
            self.at = {name: np.concatenate([column, np.zeros_like(column)]) for name, column in self.at.items()}
            self.state = np.concatenate([self.state, np.full_like(self.state, -1)])
            self.supplements = np.concatenate([self.supplements, np.zeros_like(self.supplements)])
        return found

    def move(self, slot: Times, state: Numbers, at: Times, due: Times) -> Numbers:
        """Takes cases on, in order; gives what each step adds to its buckets, one row of MEASURES a step."""
        delta = np.zeros((len(slot), len(MEASURES)), np.int64)
        for rows in rounds(slot):
            delta[rows] = self._round(slot[rows], state[rows], at[rows], due[rows])
        return delta

    def _round(self, slot: Times, state: Numbers, at: Times, due: Times) -> Numbers:
        """At most one step of a case; due 0 where a step brings none."""
        t = self.at
        codes = {name: self.code(name) for name in (STARTS, SUPPLEMENT)}
        before = self.state[slot]
        t["due"][slot] = np.where(due != 0, due, t["due"][slot])
        resumes = (before == codes[SUPPLEMENT]) & (state != codes[SUPPLEMENT]) & (t["paused_at"][slot] != 0)
        back = slot[resumes]
        t["paused_ms"][back] += at[resumes] - t["paused_at"][back]
        t["paused_at"][back] = 0
        asked = (state == codes[SUPPLEMENT]) & (before != codes[SUPPLEMENT])
        t["paused_at"][slot[asked]] = at[asked]
        self.supplements[slot[asked]] += 1
        starts = (state == codes[STARTS]) & (t["started"][slot] == 0)
        t["started"][slot[starts]] = at[starts]
        ends = np.isin(state, [self.code(name) for name in ENDING]) & (t["ended"][slot] == 0)
        t["ended"][slot[ends]] = at[ends]
        self.state[slot] = state
        done = ends & np.isin(state, [self.code(name) for name in FINISHING])
        known = t["due"][slot] != 0
        late = done & ((known & (at > t["due"][slot])) | (self.supplements[slot] > 1))
        took = np.where(done & (t["started"][slot] != 0), at - t["started"][slot] - t["paused_ms"][slot], 0)
        return np.column_stack([starts, done, done & known & ~late, late, took])


def rounds(slot: Times) -> list[Times]:
    """Rows cut into rounds, each with at most one step of a case, in order."""
    order = np.argsort(slot, kind="stable")
    ordered = slot[order]
    new = np.r_[True, ordered[1:] != ordered[:-1]]
    start = np.flatnonzero(new)
    rank = np.empty(len(slot), np.int64)
    rank[order] = np.arange(len(slot)) - np.repeat(start, np.diff(np.r_[start, len(slot)]))
    most = int(rank.max(initial=0))
    return [np.arange(len(slot))] if most == 0 else [np.flatnonzero(rank == number) for number in range(most + 1)]


class Buckets:
    """Sums by (kind, unit, width, start), the key packed into one number."""

    def __init__(self) -> None:
        self.names: list[str] = []
        """Kinds and units, by their codes."""
        self._codes: dict[str, int] = {}
        self._row: dict[int, int] = {}
        self._keys: list[int] = []
        self._sums = np.zeros((1024, len(MEASURES)), np.int64)
        self._changed: set[int] = set()

    def code(self, name: str) -> int:
        if name not in self._codes:
            self._codes[name] = len(self.names)
            self.names.append(name)
        return self._codes[name]

    def add(self, kind: Numbers, unit: Numbers, at: Times, delta: Numbers) -> None:
        counts = np.flatnonzero(delta.any(axis=1))
        who = (kind[counts].astype(np.int64) << UNIT_BITS | unit[counts]) << 1
        moment = at[counts]
        day = (moment + LOCAL_MS) // DAY_MS * DAY_MS - LOCAL_MS
        for width, start in enumerate((moment - moment % FIVE_MS, day)):
            self._add((who | width) << SECONDS_BITS | start // 1000, delta[counts])

    def _add(self, key: Times, delta: Numbers) -> None:
        unique, back = np.unique(key, return_inverse=True)
        rows = np.fromiter((self._place(k) for k in unique.tolist()), np.int64, len(unique))
        np.add.at(self._sums, rows[back.reshape(-1)], delta)
        self._changed.update(rows.tolist())

    def _place(self, key: int) -> int:
        row = self._row.get(key)
        if row is None:
            row = self._row[key] = len(self._keys)
            self._keys.append(key)
            if row == len(self._sums):
                self._sums = np.concatenate([self._sums, np.zeros_like(self._sums)])
        return row

    def changed(self) -> dict[tuple[str, str, str, int], list[int]]:
        """What changed since the last call, as `fold.Fold` has it."""
        rows, self._changed = sorted(self._changed), set()
        return {self._named(self._keys[row]): self._sums[row].tolist() for row in rows}

    def _named(self, key: int) -> tuple[str, str, str, int]:
        start, rest = key & ((1 << SECONDS_BITS) - 1), key >> SECONDS_BITS
        width, who = rest & 1, rest >> 1
        unit, kind = who & ((1 << UNIT_BITS) - 1), who >> UNIT_BITS
        return self.names[kind], self.names[unit], ("5m", "day")[width], start * 1000


def coded(column: pa.Array, code: Any) -> Numbers:
    """A text column as numbers: each distinct text is asked once."""
    words = column if pa.types.is_dictionary(column.type) else column.dictionary_encode()
    table = np.array([code(word) for word in words.dictionary.to_pylist()], np.int64)
    return np.asarray(table[words.indices.to_numpy(zero_copy_only=False)])


def moments(column: pa.Array) -> Times:
    """Times as ms UTC, 0 for none."""
    return np.asarray(column.cast(pa.int64()).fill_null(0).to_numpy(zero_copy_only=False))
