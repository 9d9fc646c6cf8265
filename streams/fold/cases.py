"""The life of every case: its state, when its clock started, paused and stopped, and what is open and overdue.

The clock rules are those of Decision 766/QĐ-TTg as far as steps tell them: the end is the first finishing step, else
the return; the time a citizen takes to supplement does not count; a second request to supplement makes the case late.
"""

from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt

from catalogue.cases import CaseKind
from streams.fold.agenda import NEVER, Agenda
from streams.fold.kinds import KindTables
from streams.fold.tally import Tally
from streams.idmap import IdMap, Ids, first_of_each
from streams.rows import Places, Rows, Words, distinct
from streams.state import Packed

Times = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
HOUR_MS, DAY_MS = 3_600_000, 86_400_000
KEEP_CLOSED_MS = 60 * DAY_MS
"""A closed case is remembered for this long by the shard's clock, so that a late or repeated step is known."""
KEEP_IDLE_MS = 400 * DAY_MS
"""A case whose start was never told, after its newest step: it may have begun before anybody listened."""
NONE = 0
"""No time: of a start, a due time, an end. No case of ours began in 1970."""

WIDTH = 8
STARTED, DUE, ENDED, LAST, PAUSED_MS, SMALL = range(2, WIDTH)
"""The words of a case's row after its id: times in ms UTC. Until it ends, ENDED holds the time since when the case has
been waiting for the citizen, as a negative number."""
UNIT, STATE = 4 * SMALL, 4 * SMALL + 1
"""Of the last word as 16-bit numbers: a catalogue has fewer units than that."""
KIND, REQUESTS, OVERDUE = (8 * SMALL + byte for byte in (4, 5, 6))
"""Of the last word as bytes."""
MANY_REQUESTS = 100
"""Beyond which they are not counted."""


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
        self._kinds = len(kinds)
        self.open, self.overdue = Tally(self._kinds), Tally(self._kinds)
        """Per (kind, unit): cases open, and of these overdue by the shard's clock."""
        self._trimmed: int | None = None
        self.rows = Rows(WIDTH)
        self._begin()

    def _begin(self) -> None:
        """What follows from the rows and is found in them again after they were loaded."""
        self._places = IdMap(self.rows, len(self.rows))
        self._due = Agenda(HOUR_MS, self._due_at)
        self._fading = Agenda(DAY_MS, self._gone_at)

    def trace(self, ids: Ids, kind: Any, state: Any, unit: Any, at: Times, due_at: Times) -> Moves:
        """Moves every case by its steps, in order; `due_at` NONE where a step brings none."""
        place = self._found(ids, kind, unit)
        rank = _ranks(place)
        moves = self._round(place, kind, state, at, due_at, None if rank is None else (rank == 0).nonzero()[0])
        for number in range(1, 0 if rank is None else int(rank.max()) + 1):
            rows = np.flatnonzero(rank == number)
            again = self._round(place[rows], kind[rows], state[rows], at[rows], due_at[rows], None)
            for name in Moves.__struct_fields__:
                getattr(moves, name)[rows] = getattr(again, name)
        return moves

    def find(self, ids: Ids) -> Places:
        """The row of each case, -1 where there is none."""
        return self._places.find(ids)

    def _found(self, ids: Ids, kind: Any, unit: Any) -> Places:
        """Each step's case; of one not met before, a new row."""
        place = self._places.find(ids)
        missing = (place < 0).nonzero()[0]
        if len(missing):
            first = first_of_each(ids[missing])
            new = missing if first is None else missing[first == np.arange(len(missing))]
            words = np.zeros((len(new), WIDTH), np.int64)
            words[:, :2] = ids[new].view(np.int64)
            words.view(np.int16)[:, UNIT], words.view(np.int16)[:, STATE] = unit[new], -1
            words.view(np.int8)[:, KIND] = kind[new]
            place[new] = self.rows.add(words)
            self._places.add(ids[new], place[new])
            if first is not None:
                place[missing] = place[missing[first]]
        return place

    def _round(self, place: Places, kind: Any, state: Any, at: Times, due_at: Times, once: Places | None) -> Moves:
        """At most one step of each case: where `once` is given, of those rows; the others' moves mean nothing."""
        rows, tables = self.rows.get(place), self._tables
        _, _, started, due_before, ended_or_waits, last, paused_ms, _ = rows.T.copy()
        small, bytes_ = rows.view(np.int16), rows.view(np.int8)
        before = small[:, STATE].copy()
        finish, refuses, withdraws, ends, begins, asks = tables.entering.take(kind * tables.states + state, axis=1)
        # A step that arrives after a later one of its case is not judged by order and does not set the state.
        stale = at < last
        ended = np.maximum(ended_or_waits, NONE)
        running = ended == NONE
        begun = started != NONE
        finishes = finish & running
        impossible = finishes & begun & (at < started)
        real = ~impossible
        allowed = tables.allowed.take((kind * (tables.states + 1) + before + 1) * tables.states + state) | stale
        starts = begins & real & ~begun
        onward = real & ~stale & (before != state)
        supplement = asks & onward
        # The citizen's time runs from the request until the case moves on.
        resumes = onward & (ended_or_waits < 0)
        paused_ms += np.where(resumes, at + ended_or_waits, 0)
        requests = np.minimum(bytes_[:, REQUESTS] + supplement.view(np.int8), MANY_REQUESTS)
        start = np.where(starts, at, started)
        due = np.where(real & (due_at != NONE) & (~stale | (due_before == NONE)), due_at, due_before)
        stops = real & running & ends
        done = stops & finish
        has_due = due != NONE
        late = done & ((has_due & (at > due)) | (requests > 1))
        moves = Moves(
            before,
            started,
            due_before,
            due,
            ended,
            allowed,
            finishes,
            impossible,
            starts,
            stops & refuses,
            stops & withdraws,
            supplement,
            late,
            done & has_due & ~late,
            np.where(done & (start != NONE), at - start - paused_ms, -1),
        )
        # A case that has ended stays ended, whatever a stray step says.
        stays = stale | impossible | ~(running | allowed)
        rows[:, STARTED], rows[:, DUE], rows[:, PAUSED_MS] = start, due, paused_ms
        waits = np.where(supplement & running, -at, np.where(resumes, 0, ended_or_waits))
        rows[:, ENDED] = np.where(stops, at, waits)
        rows[:, LAST] = np.where(real, np.maximum(last, at), last)
        small[:, STATE], bytes_[:, REQUESTS] = np.where(stays, before, state), requests
        is_open = (begun | starts) & running & ~stops
        change = is_open.view(np.int8) - (begun & running)
        idle = (before < 0) & ~(is_open | stops)
        gone_at = at + np.where(idle, KEEP_IDLE_MS, KEEP_CLOSED_MS)
        self._keep(place, rows, change, is_open, due != due_before, stops | idle, gone_at, once)
        return moves

    def _keep(
        self,
        place: Places,
        rows: Words,
        change: npt.NDArray[np.int8],
        is_open: Flags,
        due_moved: Flags,
        fades: Flags,
        gone_at: Times,
        once: Places | None,
    ) -> None:
        """Puts the rows back, and notes what follows: what is open and overdue, what will fall due, what will fade.

        `change` is 1 where a case opened and -1 where it closed; `fades` marks what ended, and what did not begin with
        its first step, to be forgotten at `gone_at`.
        """
        if once is not None:
            place, rows, change, is_open = place[once], rows[once], change[once], is_open[once]
            due_moved, fades, gone_at = due_moved[once], fades[once], gone_at[once]
        overdue = rows.view(np.int8)[:, OVERDUE] != 0
        if overdue.any():
            no_longer = (overdue & (due_moved | ~is_open)).nonzero()[0]
            self._tally(self.overdue, rows[no_longer], -1)
            rows.view(np.int8)[no_longer, OVERDUE] = 0
        self.rows.put(place, rows)
        changed = change.nonzero()[0]
        if len(changed):
            self._tally(self.open, rows[changed], change[changed])
        watch = (is_open & ((change > 0) | due_moved) & (rows[:, DUE] != NONE)).nonzero()[0]
        if len(watch):
            self._due.add(rows[watch, DUE], place[watch])
        fading = fades.nonzero()[0]
        if len(fading):
            self._fading.add(gone_at[fading], place[fading])

    def _tally(self, counts: Tally, rows: Words, by: Any) -> None:
        counts.add(rows.view(np.int8)[:, KIND], rows.view(np.int16)[:, UNIT], by)

    def on_minute(self, clock: int) -> None:
        """What fell due by now counts as overdue; what is no longer open is forgotten after its time, once a day."""
        place = distinct(self._due.come(clock))
        if len(place):
            rows = self.rows.get(place)
            due, is_open = rows[:, DUE], (rows[:, STARTED] != NONE) & (rows[:, ENDED] <= NONE)
            late = is_open & (due != NONE) & (due < clock) & (rows.view(np.int8)[:, OVERDUE] == 0)
            rows.view(np.int8)[late, OVERDUE] = 1
            self._tally(self.overdue, rows[late], 1)
            self.rows.put(place[late], rows[late])
        if self._trimmed is None or clock - self._trimmed >= DAY_MS:
            self._trimmed = clock
            self._forget(clock)

    def _forget(self, clock: int) -> None:
        place = distinct(self._fading.come(clock))
        times = self._gone_at(place)
        self.rows.free(place[times < clock])
        moved_on = (times >= clock) & (times != NEVER)
        self._fading.add(times[moved_on], place[moved_on])

    def dump(self) -> Packed:
        """What its rows do not tell."""
        return {"open": self.open.dump(), "overdue": self.overdue.dump(), "trimmed": self._trimmed}

    def load(self, packed: Packed, rows: Rows) -> None:
        """Takes over rows, and what they do not tell."""
        self.rows = rows
        self.open.load(packed["open"])
        self.overdue.load(packed["overdue"])
        self._trimmed = packed["trimmed"]
        self._begin()
        place, words = rows.used(), rows.at[: rows.size]
        if len(place) < rows.size:
            words = rows.get(place)
        self._places.add(words[:, :2].view(np.uint64), place)
        gone_at = _gone_at(words)
        self._fading.add(gone_at[gone_at != NEVER], place[gone_at != NEVER])
        falls_due = (gone_at == NEVER) & (words[:, DUE] != NONE) & (words.view(np.int8)[:, OVERDUE] == 0)
        self._due.add(words[falls_due, DUE], place[falls_due])

    @property
    def nbytes(self) -> int:
        return self.rows.nbytes + self._places.nbytes + self._due.nbytes + self._fading.nbytes

    def _due_at(self, place: Places) -> Times:
        times: Times = self.rows.at[place, DUE]
        return times

    def _gone_at(self, place: Places) -> Times:
        return _gone_at(self.rows.get(place))


def _gone_at(rows: Words) -> Times:
    """When to forget cases; NEVER those that are open, and rows that are free."""
    ended, idle = rows[:, ENDED] > NONE, (rows[:, STARTED] == NONE) & (rows[:, 0] != 0)
    times: Times = np.where(idle, rows[:, LAST] + KEEP_IDLE_MS, NEVER)
    times[ended] = rows[ended, ENDED] + KEEP_CLOSED_MS
    return times


def _ranks(place: Places) -> Places | None:
    """How many earlier steps of the same case the batch has, for each step; None where no case moves twice."""
    keys = (place << 32) | np.arange(len(place))
    keys.sort()
    ordered = keys >> 32
    again = ordered[1:] == ordered[:-1]
    if not again.any():
        return None
    new = np.append(True, ~again)
    rank = np.empty(len(place), np.int64)
    first = np.flatnonzero(new)
    rank[keys & 0xFFFFFFFF] = np.arange(len(place)) - first[np.cumsum(new) - 1]
    return rank
