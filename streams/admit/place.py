"""Where and when a record belongs: its unit on that day, and whether its time can be."""

from datetime import date, timedelta

import numpy as np
import pyarrow as pa

from catalogue.feeds import Feed
from catalogue.load import Catalogue
from catalogue.units import UnitProblem
from contract.codec import LATEST_MS
from contract.reasons import Reason
from streams.admit.checks import (
    FUTURE_TOLERANCE_MS,
    MISSING,
    NO_TIME,
    UNKNOWN,
    Checks,
    Codes,
    Flags,
    Times,
    look_up,
    text,
)

NOT_VALID = -3
DAY_MS = 86_400_000
LOCAL_MS = 7 * 3_600_000
"""Asia/Ho_Chi_Minh is UTC+7 all year round."""
EPOCH = date(1970, 1, 1)


def local_day(ms: int) -> date:
    return EPOCH + timedelta(days=(ms + LOCAL_MS) // DAY_MS)


def day_start(day: date) -> int:
    """Midnight in Asia/Ho_Chi_Minh as ms UTC."""
    return (day - EPOCH).days * DAY_MS - LOCAL_MS


class UnitCodes:
    """Units as positions in the catalogue's order; the form in which columns and state hold them."""

    def __init__(self, catalogue: Catalogue, feed: Feed, shard: int) -> None:
        self._units = catalogue.units
        self._feed, self._shard = feed, shard
        self.ids = [unit.id for unit in catalogue.units.all]
        self._position = {id: position for position, id in enumerate(self.ids)}
        here = [feed.shards == 1 or catalogue.shard_of(feed, id) == shard for id in self.ids]
        self._elsewhere = ~np.array([*here, True])

    def check_shard(self, checks: Checks, codes: Codes) -> None:
        """A sharded feed's units have a partition each; the place after the last answers codes below 0."""
        if self._feed.shards > 1:
            checks.refuse(self._elsewhere[np.maximum(codes, -1)], Reason.WRONG_PARTITION, "unit")

    def code(self, text: str, day: date) -> int:
        found = self._units.resolve(text, day)
        if isinstance(found, UnitProblem):
            return NOT_VALID if found is UnitProblem.NOT_VALID else UNKNOWN
        return self._position[found.id]

    def of(self, indices: Codes, values: list[str | None], at: Times, good: Flags) -> Codes:
        """The unit of each row, valid on the row's own day."""
        codes = np.full(len(indices), MISSING, np.int32)
        if not good.any():
            return codes
        first, last = local_day(int(at[good].min())), local_day(int(at[good].max()))
        for index in np.unique(indices[good & (indices >= 0)]):
            value = values[index]
            if not value:
                continue
            rows = good & (indices == index)
            code = self.code(value, first)
            if first == last or (code >= 0 and code == self.code(value, last)):
                codes[rows] = code
            else:  # a reform lies between: each row by its own day
                codes[rows] = [self.code(value, local_day(int(ms))) for ms in at[rows]]
        return codes


def check_feed(checks: Checks, table: pa.Table, feed: Feed, catalogue: Catalogue) -> None:
    """A partition belongs to one feed. Who does not know a feed's partition writes to the inbox."""
    indices, values = text(table, "feed")
    if values == [feed.id]:
        return
    known = look_up(indices, values, lambda id: 0 if id == feed.id else 1 if id in catalogue.feeds else UNKNOWN)
    checks.refuse(known == UNKNOWN, Reason.UNKNOWN_FEED, "feed")
    checks.refuse(known == 1, Reason.WRONG_PARTITION, "feed")


def check_unit(checks: Checks, codes: Codes) -> None:
    """Codes of rows that passed so far."""
    checks.refuse(codes == MISSING, Reason.MISSING_FIELD, "unit")
    checks.refuse(codes == UNKNOWN, Reason.UNKNOWN_UNIT, "unit")
    checks.refuse(codes == NOT_VALID, Reason.UNIT_NOT_VALID, "unit")


def check_time(checks: Checks, at: Times, field: str, feed: Feed, clock: int | None) -> None:
    missing = at == NO_TIME
    checks.refuse(missing, Reason.NO_TIME, field)
    checks.refuse(~missing & (at < day_start(feed.first_day)), Reason.BEFORE_FIRST_DAY, field)
    latest = LATEST_MS if clock is None else clock + FUTURE_TOLERANCE_MS
    checks.refuse(at > latest, Reason.FUTURE, field)
