"""The account that the audit keeps from round to round: how far each partition's ledger was followed, and its holes."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
import numpy as np

Place = tuple[str, int]
"""Topic and partition."""
Row = Mapping[str, Any]
COUNTS = ("records", "accepted", "rejected", "duplicates", "late")


class Followed(msgspec.Struct):
    """One partition's ledger, as far as it was followed. The field names are those of check_ledger.sql."""

    first: int
    mark: int
    messages: int
    stored_ms: int
    """When its newest row was written: what catches up old messages moves as well."""
    missing: int = 0
    unbalanced: int = 0
    records: int = 0
    accepted: int = 0
    rejected: int = 0
    duplicates: int = 0
    late: int = 0


class Hole(msgspec.Struct, frozen=True):
    topic: str
    partition: int
    first: int
    last: int


class Account:
    """Follows the ledger by what was written lately; what was followed once is not read again."""

    def __init__(self, ledger: Sequence[Row]) -> None:
        """`ledger`: the rows of check_ledger.sql, read once over all that is there."""
        self._places: dict[Place, Followed] = {}
        self.holes: list[Hole] = []
        """Offsets between two that were written; they may still come: each is asked about again before it is told."""
        for row in ledger:
            given = {name: int(row[name]) for name in Followed.__struct_fields__}
            self._places[row["topic"], int(row["partition"])] = Followed(**given)

    def follow(self, rows: Sequence[Row]) -> None:
        """Rows of audit_ledger.sql, ordered by place and offset; those followed before are passed over."""
        by_place: dict[Place, list[Row]] = {}
        for row in rows:
            by_place.setdefault((row["topic"], int(row["partition"])), []).append(row)
        for place, found in by_place.items():
            self._follow(place, found)

    def _follow(self, place: Place, rows: list[Row]) -> None:
        known = self._places.get(place)
        new = [row for row in rows if known is None or int(row["offset"]) > known.mark]
        if not new:
            return
        offsets = np.array([int(row["offset"]) for row in new])
        if known is None:
            known = self._places[place] = Followed(int(offsets[0]), int(offsets[0]) - 1, 0, 0)
        before = np.concatenate([[known.mark], offsets[:-1]])
        for at in np.flatnonzero(offsets > before + 1).tolist():
            self.holes.append(Hole(*place, int(before[at]) + 1, int(offsets[at]) - 1))
        known.mark, known.messages = int(offsets[-1]), known.messages + len(new)
        known.stored_ms = max(int(row["stored_ms"]) for row in new)
        for row in new:
            self._count(known, row)

    @staticmethod
    def _count(known: Followed, row: Row) -> None:
        """What was forwarded is counted where it arrived, not twice; what was refused on the way, here."""
        forwarded = row["disposition"] == "forwarded"
        known.records += int(row["rejected"] if forwarded else row["records"])
        known.rejected += int(row["rejected"])
        if not forwarded:
            for name in ("accepted", "duplicates", "late"):
                setattr(known, name, getattr(known, name) + int(row[name]))
        parts = int(row["accepted"]) + int(row["rejected"]) + int(row["duplicates"])
        known.unbalanced += row["kind"] != "tick" and int(row["records"]) != parts

    def settle(self, hole: Hole, there: int) -> None:
        """`there`: how many of the hole's offsets the ledger has by now. What is still missing counts as lost."""
        self.holes.remove(hole)
        place = self._places[hole.topic, hole.partition]
        place.missing += hole.last - hole.first + 1 - there
        place.messages += there

    def rows(self) -> list[dict[str, Any]]:
        """As check_ledger.sql would give them."""
        return [
            {"topic": topic, "partition": partition, **msgspec.structs.asdict(known)}
            for (topic, partition), known in self._places.items()
        ]
