"""One feed's shard: what it remembers, and the catalogue as its stops need it.

State belongs to a feed and shard, never to a partition, so moving a feed moves its state.
"""

from datetime import date

import numpy as np

from catalogue.calendar import local_date
from catalogue.cases import CaseKind
from catalogue.feeds import Feed
from catalogue.load import Catalogue
from contract.errors import NhipError
from streams.admit.cases import CaseAdmission
from streams.admit.figures import FigureAdmission
from streams.admit.repeats import Hashes, Seen, hashes
from streams.detect import Detection
from streams.detect.base import Context
from streams.findings import Findings
from streams.fold import cases, groups, windows
from streams.fold.cases import CaseFold
from streams.fold.windows import Buckets
from streams.keep import Names, Place, states_of
from streams.parts import Joined, Sweep, Tables, cut, everything
from streams.rows import Places
from streams.state import Packed, pack, unpack
from streams.work import NO_TIME

RELEASED_MS = 800 * 86_400_000
CASES, BUCKETS = "cases", "buckets"


class Shard:
    """Everything between two messages of one partition. `dump` and `load` move it to another worker."""

    def __init__(self, catalogue: Catalogue, feed: Feed, shard: int, topic: str, generation: int = 1) -> None:
        self.catalogue, self.feed, self.shard = catalogue, feed, shard
        self.place = Place(topic, feed.partition + shard, feed.id, generation, shard)
        self.clock: int | None = None
        """The last whole minute that ticks have crossed, ms UTC; None before the first."""
        self.step = 0
        """How coarse the clock was at its last move, ms."""
        self.seen = Seen()
        self.released = Seen(RELEASED_MS)
        """Figures of periods that have a version: only the first can be late, a revision comes when it comes."""
        self.detection = Detection()
        self.findings = Findings()
        self.simulated = False
        """Whether its newest records were simulated."""
        units = [unit.id for unit in catalogue.units.all]
        self.last_at = np.full(len(units), NO_TIME, np.int64)
        """Time of each unit's newest record, ms UTC."""
        self._expected: tuple[date, list[str]] = date.min, []
        """Who must report on a day."""
        self.units, self.subjects = units, list(catalogue.subjects)
        self.firsts = list(feed.indicators if feed.record == "figures" else feed.kinds)
        self.names = Names(units, self.subjects, self.firsts)
        self.unit_hashes, self.subject_hashes = hashes(units), hashes(self.subjects)
        self.first_hashes: Hashes = hashes(self.firsts)
        self.feed_hash = hashes([feed.id])[0]
        self.of_figures = feed.record == "figures"
        self.figures = FigureAdmission(catalogue, feed, shard)
        self.cases = CaseAdmission(catalogue, feed, shard)
        self.kinds = [catalogue.kinds[id] for id in feed.kinds]
        self.case_fold = CaseFold(self.kinds)
        self.buckets = Buckets()
        self.states, self.states_start = states_of(self.kinds)
        self.state_hashes = hashes(self.states.to_pylist()[:-1])

    @property
    def admission(self) -> CaseAdmission | FigureAdmission:
        return self.figures if self.of_figures else self.cases

    @property
    def context(self) -> Context:
        return Context(self.catalogue, self.feed, self.shard, self.clock)

    @property
    def minute(self) -> int:
        """The clock, for the stops of the minute: they run only when it has moved."""
        if self.clock is None:
            raise ValueError("the stops of the minute run when the clock has moved")
        return self.clock

    @property
    def sure_clock(self) -> int:
        """What has surely passed: the clock less its step. What is absent is judged by this."""
        return self.minute - self.step

    @property
    def reporting(self) -> dict[str, int]:
        """Time of the newest record of each unit that has reported, ms UTC."""
        heard = np.flatnonzero(self.last_at != NO_TIME)
        return {self.units[code]: at for code, at in zip(heard.tolist(), self.last_at[heard].tolist(), strict=True)}

    def completeness(self, clock: int, reporting: dict[str, int]) -> dict[str, int]:
        """Units that have reported lately, of those expected on the day; `reporting` as the property gives it."""
        expected = self._expected_on(local_date(clock))
        lately = clock - 2 * (self.feed.cadence_s + self.feed.lateness_s) * 1000 if self.feed.cadence_s else 0
        return {"reporting": sum(reporting.get(id, NO_TIME) >= lately for id in expected), "expected": len(expected)}

    def _expected_on(self, day: date) -> list[str]:
        if self._expected[0] != day:
            here = [
                id
                for id in self.catalogue.expected_units(self.feed, day)
                if self.feed.shards == 1 or self.catalogue.shard_of(self.feed, id) == self.shard
            ]
            self._expected = day, here
        return self._expected[1]

    @property
    def tables(self) -> Tables:
        """What it remembers many of; the rest is small."""
        ids = {"seen": self.seen, "released": self.released}
        of_ids = {f"{name}.{number}": rows for name, one in ids.items() for number, rows in one.tables.items()}
        return {CASES: self.case_fold.rows, BUCKETS: self.buckets.rows, **of_ids}

    def dump(self, swept: Sweep | None = None, changed: bool = False, ends: bool = True) -> bytes:
        """All of it; or of the tables these stretches and perhaps what changed, and the rest with the part that ends
        a snapshot."""
        tables = self.tables
        part: Packed = {
            "units": self.units,
            "kinds": _states(self.kinds),
            "tables": cut(tables, everything(tables) if swept is None else swept, changed),
        }
        if ends:
            part["rest"] = self._rest()
        return pack(part)

    def _rest(self) -> Packed:
        heard = np.flatnonzero(self.last_at != NO_TIME)
        return {
            "clock": self.clock,
            "step": self.step,
            "simulated": self.simulated,
            "last_at": {self.units[code]: int(self.last_at[code]) for code in heard},
            "seen": self.seen.dump(),
            "released": self.released.dump(),
            "detection": self.detection.dump(),
            "findings": self.findings.dump(),
            "buckets": self.buckets.dump(),
            "cases": self.case_fold.dump(),
        }

    def load(self, *parts: bytes) -> None:
        """Takes over a snapshot, made with the catalogue of its day: units may have come since, none may have gone."""
        joined, state = Joined(), Packed()
        for part in parts:
            state = unpack(part)
            moved = self._moved(state)
            for name, table in state["tables"].items():
                move_units(name, table, moved)
            joined.add(state["tables"])
        self._take_over(state["rest"], joined.whole(), moved)

    def _moved(self, state: Packed) -> Places:
        """The place of each of the snapshot's units in today's catalogue."""
        if state["kinds"] != _states(self.kinds):
            raise NhipError(
                f"feed {self.feed.id}: its case kinds or their states changed; replay it into a new generation"
            )
        place = {unit: position for position, unit in enumerate(self.units)}
        gone = [unit for unit in state["units"] if unit not in place]
        if gone:
            raise NhipError(f"catalogue/units.toml: unit {gone[0]!r} is gone; end it with valid_to, its figures remain")
        return np.array([place[unit] for unit in state["units"]])

    def _take_over(self, rest: Packed, tables: Tables, moved: Places) -> None:
        self.clock, self.step, self.simulated = rest["clock"], rest["step"], rest["simulated"]
        for unit, at in rest["last_at"].items():
            self.last_at[self.units.index(unit)] = at
        self.seen.load(rest["seen"], _below("seen", tables))
        self.released.load(rest["released"], _below("released", tables))
        self.detection.load(rest["detection"])
        self.findings.load(rest["findings"])
        self.buckets.load(rest["buckets"], tables[BUCKETS])
        for gauge in ("open", "overdue"):
            rest["cases"][gauge] = [[kind, int(moved[unit]), n] for kind, unit, n in rest["cases"][gauge]]
        self.case_fold.load(rest["cases"], tables[CASES])


def _states(kinds: list[CaseKind]) -> list[list[str]]:
    return [[kind.id, *(state.id for state in kind.states)] for kind in kinds]


def _below(name: str, tables: Tables) -> Tables:
    return {table.removeprefix(f"{name}."): rows for table, rows in tables.items() if table.startswith(f"{name}.")}


def move_units(name: str, table: Packed, moved: Places) -> None:
    """Puts today's places of units into a table's words, as they were kept."""
    given = [columns for _, columns in (*table["swept"], *([table["changed"]] if "changed" in table else []))]
    for columns in given:
        if name == CASES:
            units = columns[cases.SMALL].view(np.uint16)[cases.UNIT - 4 * cases.SMALL :: 4]
            units[:] = np.where(columns[0] != 0, moved[units], 0)
        elif name == BUCKETS:
            key = columns[windows.KEY]
            kind, unit, width = groups.read_key(key)
            key[:] = np.where(key != 0, groups.key_of(kind, moved[unit], width), 0)
