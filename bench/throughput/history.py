"""A history of the portal's dossiers, many steps at once: the lives of the simulator, from a standing start.

A dossier has 5.65 steps on average (the real permit log has 6.9 a case). Before the history begins, the cases
that are open then have taken their first steps; so the number of open cases is steady from the first message on, about
330 thousand at scale 1 (120 thousand new dossiers on a working day, 160 million steps a year).
"""

from collections.abc import Iterator
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from catalogue.load import Catalogue
from producers.simulate.cases import SCHEMA, constant, times, words
from producers.simulate.cells import Cohort
from producers.simulate.character import Character
from producers.simulate.dossiers import Dossiers
from producers.simulate.world import DAY, LOCAL, World, local_date, to_ms

FEED = "portal-dossiers"
START = date(2025, 8, 11)
"""A Monday; even the oldest case that is open then was begun after the reform of the provinces on 1 July."""
LOOK_BACK_DAYS = 35
"""Cases older than this when the history begins are left out; the longest term is 20 working days."""
REFUSED_CHANNEL = "fax"
"""Not on the kind's list."""

Columns = dict[str, npt.NDArray[Any]]
NAMES = ("at", "case", "nth", "state", "due", "marks", "unit", "subject", "channel", "day", "odd")
TYPES = dict(zip(NAMES, ("i8", "i4", "i2", "i1", "i8", "i4", "i4", "i4", "i1", "i8", "i1"), strict=True))
AS_IT_SHOULD, REPEATED, REFUSED, BACKWARDS = range(4)
"""What is odd about a record: nothing; sent a second time; by a channel nobody has; its case moves back."""


class Portal:
    """Steps day by day. The same seed gives the same steps; `odd` is the share of records that are odd."""

    def __init__(
        self, catalogue: Catalogue, scale: float = 1.0, start: date = START, seed: int = 1, odd: float = 0.0
    ) -> None:
        self.feed = catalogue.feeds[FEED]
        world, character = World(catalogue.calendar, seed), Character(catalogue.units, seed)
        family = tuple(s for s in catalogue.subjects.values() if s.family == self.feed.subjects)
        kind = catalogue.kinds["dossier"]
        self.plan = Dossiers(world, character, kind, family, scale, FEED)
        self._ends = np.array([kind.state(name).phase == "ended" for name in self.plan.states])  # type: ignore[union-attr]
        self._shard = np.array([catalogue.shard_of(self.feed, unit) for unit in self.plan.units])
        self._day = (to_ms(start) + LOCAL) // DAY
        self._odd, self._seed = odd, seed
        self._coming: dict[int, list[Columns]] = {}
        self._opened = False
        self._heads = pa.array([f"{self.plan.prefix}{unit}-" for unit in self.plan.units])
        attributes = self.plan.attributes
        sets = ([name for bit, name in enumerate(attributes) if s >> bit & 1] for s in range(1 << len(attributes)))
        self._marks = pa.array(list(sets), pa.list_(pa.string()))

    def opening(self) -> list[Columns]:
        """Per shard, the steps so far of the cases that are open when the history begins."""
        self._opened = True
        before = [self._begun(day) for day in range(self._day - LOOK_BACK_DAYS, self._day)]
        return self._by_shard(_joined(before))

    def start_empty(self) -> None:
        """No case is open when the history begins."""
        self._opened = True

    def days(self) -> Iterator[list[Columns]]:
        """Per shard, the steps of one day after another, in order of time."""
        if not self._opened:
            self.opening()
        while True:
            self._keep(_columns(self.plan.cohort(self._day), self._day))
            steps = _joined(self._coming.pop(self._day, []))
            yield self._by_shard(self._with_oddities(steps))
            self._day += 1

    def batch(self, steps: Columns) -> pa.RecordBatch:
        """Steps as they go over the wire."""
        plan, n = self.plan, len(steps["at"])
        names, at = self._case_ids(steps), times(steps["at"])
        nth = pc.cast(pa.array(steps["nth"]), pa.string())
        columns = {
            "record_id": pc.binary_join_element_wise(names, nth, "-"),
            "feed": constant(FEED, n),
            "unit": words(steps["unit"], plan.units),
            "subject": words(steps["subject"], plan.subjects),
            "kind": constant(plan.kind, n),
            "case_id": names,
            "state": words(steps["state"], plan.states),
            "event_at": at,
            "due_at": times(steps["due"], mask=steps["due"] == 0),
            "channel": words(steps["channel"], (*plan.channels, REFUSED_CHANNEL)),
            "attributes": self._marks.take(pa.array(steps["marks"])),
            "approved_by": constant("", n),
            "document": constant("", n),
            "sent_at": at,
            "simulated": pa.repeat(True, n),
            "classification": constant("", n),
        }
        return pa.RecordBatch.from_arrays([columns[name] for name in SCHEMA.names], schema=SCHEMA)

    def _begun(self, day: int) -> Columns:
        """Steps so far of a day's cases that are still open; those to come are put by."""
        steps = _columns(self.plan.cohort(day), day)
        past = steps["at"] < self._day * DAY - LOCAL
        size = int(steps["case"].max(initial=-1)) + 1
        over = np.zeros(size, bool)
        over[steps["case"][past & self._ends[steps["state"]]]] = True
        alive = ~over[steps["case"]]
        self._keep(_only(steps, alive & ~past))
        return _only(steps, alive & past)

    def _keep(self, steps: Columns) -> None:
        """Puts steps, which are in order of time, by the day on which they fall."""
        day = (steps["at"] + LOCAL) // DAY
        edges = np.flatnonzero(np.diff(day)) + 1
        starts, ends = [0, *edges.tolist()], [*edges.tolist(), len(day)]
        for low, high in zip(starts, ends, strict=True):
            if high > low:
                part = {name: values[low:high] for name, values in steps.items()}
                self._coming.setdefault(int(day[low]), []).append(part)

    def _with_oddities(self, steps: Columns) -> Columns:
        """Of the odd records seven in ten are sent twice, two move a case back, one comes by a channel nobody has."""
        n = len(steps["at"])
        if not self._odd or not n:
            return steps
        rng = np.random.default_rng((self._seed, self._day))
        draw = rng.random(n) / self._odd
        twice, back, refused = draw < 0.7, (draw >= 0.7) & (draw < 0.9), (draw >= 0.9) & (draw < 1.0)
        again, backwards = _only(steps, twice), _only(steps, back)
        again["odd"][:], backwards["odd"][:] = REPEATED, BACKWARDS
        backwards["nth"] = (backwards["nth"] + 100).astype(backwards["nth"].dtype)
        backwards["state"] = np.full_like(backwards["state"], self.plan.states.index("registered"))
        backwards["due"] = np.zeros_like(backwards["due"])
        steps["channel"][refused], steps["odd"][refused] = len(self.plan.channels), REFUSED
        return _joined([steps, again, backwards])

    def _by_shard(self, steps: Columns) -> list[Columns]:
        shard = self._shard[steps["unit"]]
        return [_only(steps, shard == number) for number in range(self.feed.shards)]

    def _case_ids(self, steps: Columns) -> pa.Array:
        """Like H26-251121-000123, after the form that local systems use."""
        day, back = np.unique(steps["day"], return_inverse=True)
        dates = pa.array([local_date(int(d) * DAY - LOCAL).strftime("%y%m%d-") for d in day], pa.string())
        number = pc.utf8_lpad(pc.cast(pa.array(steps["case"]), pa.string()), 6, "0")
        head, when = self._heads.take(pa.array(steps["unit"])), dates.take(pa.array(back.reshape(-1)))
        return pc.binary_join_element_wise(head, when, number, "")


def _columns(cohort: Cohort, day: int) -> Columns:
    case = cohort.case
    whole: dict[str, Any] = {
        "at": cohort.at,
        "case": case,
        "nth": cohort.nth,
        "state": cohort.state,
        "due": cohort.due,
        "marks": cohort.marks,
        "unit": cohort.unit[case],
        "subject": cohort.subject[case],
        "channel": cohort.channel[case],
        "day": np.full(len(case), day),
        "odd": np.zeros(len(case)),
    }
    return {name: whole[name].astype(TYPES[name]) for name in NAMES}


def _only(steps: Columns, take: npt.NDArray[np.bool_]) -> Columns:
    rows = np.flatnonzero(take)
    return {name: values[rows] for name, values in steps.items()}


def _joined(parts: list[Columns]) -> Columns:
    """All of them in order of time; of one moment in the order given."""
    whole = {name: np.concatenate([np.zeros(0, TYPES[name]), *(p[name] for p in parts)]) for name in NAMES}
    order = np.argsort(whole["at"], kind="stable")
    return {name: values[order].astype(TYPES[name]) for name, values in whole.items()}
