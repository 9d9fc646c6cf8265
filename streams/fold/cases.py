"""The life of every case: its state, when its clock started, paused and stopped, and what is open and overdue.

The clock rules are those of Decision 766/QĐ-TTg as far as steps tell them: the end is the first finishing step, else
the return; the time a citizen takes to supplement does not count; a second request to supplement makes the case late.
"""

from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt

from catalogue.cases import CaseKind
from streams.fold.kinds import FINISHED, REFUSED, RETURNED, STOPPED, WITHDRAWN, KindTables
from streams.idmap import IdMap, Ids
from streams.state import Packed

Times = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
KEEP_CLOSED_MS = 60 * 86_400_000
"""A closed case is remembered for this long by the shard's clock, so that a late or repeated step is known."""
NONE = 0
"""No time: of a start, a due time, an end. No case of ours began in 1970."""

_COLUMNS: dict[str, Any] = {
    "hi": np.uint64,
    "lo": np.uint64,
    "kind": np.int16,
    "unit": np.int32,
    "state": np.int16,
    "started_at": np.int64,
    "due_at": np.int64,
    "ended_at": np.int64,
    "paused_at": np.int64,
    "paused_ms": np.int64,
    "last_at": np.int64,
    "supplements": np.int16,
    "overdue": np.bool_,
}


class Moves(msgspec.Struct):
    """What each step did, in log order; times in ms UTC, NONE where there is none."""

    state_before: npt.NDArray[np.int16]
    started_at: Times
    """Before this step."""
    due_before: Times
    due_at: Times
    """After this step."""
    ended_at: Times
    """Before this step."""
    allowed: Flags
    finishes: Flags
    impossible: Flags
    """Finishes before it started: the step changes nothing."""
    received: Flags
    refused: Flags
    withdrawn: Flags
    supplement: Flags
    late: Flags
    """Finished after its due time, or after a second request to supplement."""
    timely: Flags
    duration_ms: Times


class CaseFold:
    """The cases of one feed's shard."""

    def __init__(self, kinds: list[CaseKind]) -> None:
        self._tables = KindTables(kinds)
        self._slots = IdMap()
        self._size = 0
        self._at = {name: np.zeros(1024, dtype) for name, dtype in _COLUMNS.items()}
        self._due = np.zeros((0, 2), np.int64)
        """(due time, slot) of open cases, for overdue by the minute; stale entries are passed over."""
        self.open: dict[tuple[int, int], int] = {}
        self.overdue: dict[tuple[int, int], int] = {}
        """Per (kind, unit): cases open, and of these overdue by the shard's clock."""
        self._trimmed: int | None = None

    def trace(self, ids: Ids, kind: Any, state: Any, unit: Any, at: Times, due_at: Times) -> Moves:
        """Moves every case by its steps, in order; `due_at` NONE where a step brings none."""
        slot = self._slot(ids, kind, unit)
        moves = _no_moves(len(at))
        for rows in _rounds(slot):
            self._round(rows, slot[rows], kind[rows], state[rows], at[rows], due_at[rows], moves)
        return moves

    def _slot(self, ids: Ids, kind: Any, unit: Any) -> npt.NDArray[np.int64]:
        slot = self._slots.find(ids)
        if (slot >= 0).all():
            return slot
        missing = np.flatnonzero(slot < 0)
        unique, place, back = np.unique(ids[missing], axis=0, return_index=True, return_inverse=True)
        order = np.argsort(place)  # slots in order of appearance, so that state does not hang on hash order
        number = np.empty(len(order), np.int64)
        number[order] = self._size + np.arange(len(order))
        self._grow(self._size + len(order))
        first = missing[place]
        self._at["hi"][number], self._at["lo"][number] = unique[:, 0], unique[:, 1]
        self._at["kind"][number], self._at["unit"][number] = kind[first], unit[first]
        self._at["state"][number] = -1
        self._slots.add(unique, number)
        self._size += len(order)
        slot[missing] = number[back.reshape(-1)]
        return slot

    def _grow(self, size: int) -> None:
        if size > len(self._at["hi"]):
            for name, column in self._at.items():
                self._at[name] = np.concatenate([column, np.zeros(max(size, len(column)), column.dtype)])

    def _round(self, rows: Any, slot: Any, kind: Any, state: Any, at: Times, due_at: Times, moves: Moves) -> None:
        """At most one step of each case."""
        t, tables = self._at, self._tables
        before, started, ended, due_before = (
            t["state"][slot],
            t["started_at"][slot],
            t["ended_at"][slot],
            t["due_at"][slot],
        )
        # A step that arrives after a later one of its case is not judged by order and does not set the state.
        stale = at < t["last_at"][slot]
        result = tables.result[kind, state]
        ends = tables.ended[kind, state]
        finishes = ((result == FINISHED) | (result == RETURNED)) & (ended == NONE)
        impossible = finishes & (started != NONE) & (at < started)
        allowed = tables.allowed[kind, before, state] | stale
        real = ~impossible
        starts = (state == tables.starts[kind]) & (started == NONE) & real
        supplement = (state == tables.supplement[kind]) & real & ~stale & (before != state)
        moves.state_before[rows], moves.started_at[rows], moves.ended_at[rows] = before, started, ended
        moves.due_before[rows], moves.allowed[rows], moves.finishes[rows] = due_before, allowed, finishes
        moves.impossible[rows], moves.received[rows], moves.supplement[rows] = impossible, starts, supplement
        # The citizen's time runs from the request until the case moves on.
        waiting = (before == tables.supplement[kind]) & (t["paused_at"][slot] != NONE)
        resumes = waiting & (state != before) & real & ~stale
        t["paused_ms"][slot[resumes]] += np.maximum(at[resumes] - t["paused_at"][slot[resumes]], 0)
        t["paused_at"][slot[resumes]] = NONE
        t["paused_at"][slot[supplement]] = at[supplement]
        t["supplements"][slot[supplement]] += 1
        t["started_at"][slot[starts]] = at[starts]
        new_due = real & (due_at != NONE) & (~stale | (due_before == NONE))
        t["due_at"][slot[new_due]] = due_at[new_due]
        moves.due_at[rows] = t["due_at"][slot]
        stops = real & ends & (ended == NONE)
        t["ended_at"][slot[stops]] = at[stops]
        self._tell_end(rows, slot, result, stops, at, moves)
        # A case that has ended stays ended, whatever a stray step says.
        stays = stale | impossible | ((ended != NONE) & ~allowed)
        t["state"][slot[~stays]] = state[~stays]
        t["last_at"][slot[real]] = np.maximum(t["last_at"][slot[real]], at[real])
        self._count_open(slot, started, ended, due_before)

    def _tell_end(self, rows: Any, slot: Any, result: Any, stops: Flags, at: Times, moves: Moves) -> None:
        t = self._at
        done = stops & ((result == FINISHED) | (result == RETURNED))
        due = t["due_at"][slot]
        overdue = done & (((due != NONE) & (at > due)) | (t["supplements"][slot] > 1))
        moves.late[rows] = overdue
        moves.timely[rows] = done & (due != NONE) & ~overdue
        moves.refused[rows] = stops & ((result == REFUSED) | (result == STOPPED))
        moves.withdrawn[rows] = stops & (result == WITHDRAWN)
        timed = done & (t["started_at"][slot] != NONE)
        moves.duration_ms[rows] = np.where(timed, at - t["started_at"][slot] - t["paused_ms"][slot], -1)

    def _count_open(self, slot: Any, started: Times, ended: Times, due_before: Times) -> None:
        """Open and overdue per (kind, unit), from what this round changed."""
        t = self._at
        was = (started != NONE) & (ended == NONE)
        now = (t["started_at"][slot] != NONE) & (t["ended_at"][slot] == NONE)
        self._tally(self.open, slot[now & ~was], 1)
        closed = slot[was & ~now]
        self._tally(self.open, closed, -1)
        moved = now & (t["due_at"][slot] != due_before)
        no_longer = slot[(~now | moved) & t["overdue"][slot]]
        self._tally(self.overdue, no_longer, -1)
        t["overdue"][no_longer] = False
        watch = now & (t["due_at"][slot] != NONE) & (~was | moved)
        if watch.any():
            self._due = np.concatenate([self._due, np.column_stack([t["due_at"][slot[watch]], slot[watch]])])

    def _tally(self, counts: dict[tuple[int, int], int], slots: Any, by: int) -> None:
        for slot in slots.tolist():
            key = (int(self._at["kind"][slot]), int(self._at["unit"][slot]))
            counts[key] = counts.get(key, 0) + by

    def on_minute(self, clock: int) -> None:
        """What fell due by now counts as overdue; closed cases beyond the horizon are forgotten once a day."""
        t = self._at
        passed = self._due[:, 0] < clock
        if passed.any():
            due, slot = self._due[passed].T
            self._due = self._due[~passed]
            open_still = (t["ended_at"][slot] == NONE) & (t["due_at"][slot] == due) & ~t["overdue"][slot]
            late = np.unique(slot[open_still])
            t["overdue"][late] = True
            self._tally(self.overdue, late, 1)
        if self._trimmed is None or clock - self._trimmed >= 86_400_000:
            self._trimmed = clock
            self._trim(clock - KEEP_CLOSED_MS)

    def _trim(self, before: int) -> None:
        ended = self._at["ended_at"][: self._size]
        keep = (ended == NONE) | (ended >= before)
        if keep.all():
            return
        number = np.cumsum(keep) - 1
        self._due = self._due[keep[self._due[:, 1]]]  # a forgotten case has ended: its entries are stale
        self._due[:, 1] = number[self._due[:, 1]]
        self._at = {name: column[: self._size][keep].copy() for name, column in self._at.items()}
        self._size = int(keep.sum())
        self._slots = IdMap(self._size * 4)
        self._slots.add(np.column_stack([self._at["hi"], self._at["lo"]]), np.arange(self._size))

    def dump(self) -> Packed:
        return {
            "at": {name: column[: self._size] for name, column in self._at.items()},
            "due": self._due,
            "open": [[*key, n] for key, n in self.open.items()],
            "overdue": [[*key, n] for key, n in self.overdue.items()],
            "trimmed": self._trimmed,
        }

    def load(self, packed: Packed) -> None:
        self._at = dict(packed["at"])
        self._size = len(self._at["hi"])
        self._slots = IdMap(self._size * 4)
        self._slots.add(np.column_stack([self._at["hi"], self._at["lo"]]), np.arange(self._size))
        self._due = packed["due"]
        self.open = {(kind, unit): n for kind, unit, n in packed["open"]}
        self.overdue = {(kind, unit): n for kind, unit, n in packed["overdue"]}
        self._trimmed = packed["trimmed"]


def _rounds(slot: npt.NDArray[np.int64]) -> list[npt.NDArray[np.int64]]:
    """Rows cut into rounds, each with at most one step of a case, in order."""
    order = np.argsort(slot, kind="stable")
    ordered = slot[order]
    new = np.ones(len(slot), bool)
    new[1:] = ordered[1:] != ordered[:-1]
    start = np.flatnonzero(new)
    rank = np.arange(len(slot)) - np.repeat(start, np.diff(np.append(start, len(slot))))
    most = int(rank.max(initial=-1)) + 1
    if most <= 1:
        return [np.arange(len(slot))] if most else []
    by_row = np.empty(len(slot), np.int64)
    by_row[order] = rank
    return [np.flatnonzero(by_row == number) for number in range(most)]


def _no_moves(rows: int) -> Moves:
    def zeros(dtype: Any = np.int64) -> Any:
        return np.zeros(rows, dtype)

    columns = {name: zeros(bool) for name in Moves.__struct_fields__}
    times = ("started_at", "due_before", "due_at", "ended_at", "duration_ms")
    columns |= {name: zeros() for name in times} | {"state_before": zeros(np.int16)}
    return Moves(**columns)
