"""Where and when a record belongs: its unit on that day, and whether its time can be."""

from datetime import date, timedelta

import numpy as np

from catalogue.calendar import DAY_MS, EPOCH, OFFSET_MS, local_date, midnight_ms
from catalogue.feeds import Feed
from catalogue.load import Catalogue
from catalogue.units import UnitProblem
from contract.reasons import Reason
from streams.admit.checks import UNKNOWN, Checks
from streams.records import NO_TIME, Flags, Times
from streams.vocabulary import MISSING, Codes, Lookup, Vocabulary

NOT_VALID = -3
MOST_DAYS = 400
"""Of which it is remembered what units were called."""
FEW_DAYS = 3


class UnitCodes:
    """Units as positions in the catalogue's order; the form in which columns and state hold them."""

    def __init__(self, catalogue: Catalogue, feed: Feed, shard: int, words: Vocabulary) -> None:
        self._units = catalogue.units
        self._feed, self._shard, self._words = feed, shard, words
        self.ids = [unit.id for unit in catalogue.units.all]
        self._position = {id: position for position, id in enumerate(self.ids)}
        here = [feed.shards == 1 or catalogue.shard_of(feed, id) == shard for id in self.ids]
        self._elsewhere = ~np.array([*here, True])
        self._days: dict[date, Lookup] = {}

    def check_shard(self, checks: Checks, codes: Codes) -> None:
        """A sharded feed's units have a partition each; the place after the last answers codes below 0."""
        if self._feed.shards > 1:
            checks.refuse(self._elsewhere[np.maximum(codes, -1)], Reason.WRONG_PARTITION, "unit")

    def code(self, text: str, day: date) -> int:
        found = self._units.resolve(text, day)
        if isinstance(found, UnitProblem):
            return NOT_VALID if found is UnitProblem.NOT_VALID else UNKNOWN
        return self._position[found.id]

    def of(self, words: Codes, at: Times, good: Flags) -> Codes:
        """The unit of each row, valid on the row's own day; MISSING where the row is no good."""
        rows = slice(None) if np.count_nonzero(good) == len(good) else np.flatnonzero(good)
        codes = np.full(len(words), MISSING, np.int32)
        words, at = words[rows], at[rows]
        if not len(at):
            return codes
        first, last = local_date(int(at.min())), local_date(int(at.max()))
        codes[rows] = self._on(first).of(words) if first == last else self._by_own_day(words, at)
        return codes

    def _by_own_day(self, words: Codes, at: Times) -> Codes:
        day = (at + OFFSET_MS) // DAY_MS
        if len(np.unique(day)) > FEW_DAYS:  # a day's table has every word, of which each day may have a few
            return self._one_by_one(words, day)
        order = np.argsort(day, kind="stable")
        codes = np.empty(len(words), np.int32)
        for rows in np.split(order, np.flatnonzero(np.diff(day[order])) + 1):
            codes[rows] = self._on(local_date(int(at[rows[0]]))).of(words[rows])
        return codes

    def _one_by_one(self, words: Codes, day: Times) -> Codes:
        """What each word means on each of its days."""
        pairs, place = np.unique((day << 32) + words, return_inverse=True)
        texts, codes = self._words.words, []
        for pair in pairs.tolist():
            word = (pair & 0xFFFF_FFFF) if pair & 0x8000_0000 == 0 else MISSING
            on = EPOCH + timedelta(days=(pair - word) >> 32)
            codes.append(MISSING if word == MISSING else self.code(texts[word], on))
        return np.array(codes, np.int32)[place]

    def _on(self, day: date) -> Lookup:
        found = self._days.get(day)
        if found is None:
            if len(self._days) >= MOST_DAYS:
                self._days.clear()
            found = self._days[day] = Lookup(self._words, lambda text: self.code(text, day))
        return found


def check_unit(checks: Checks, codes: Codes) -> None:
    """Codes of rows that passed so far."""
    checks.refuse(codes == MISSING, Reason.MISSING_FIELD, "unit")
    checks.refuse(codes == UNKNOWN, Reason.UNKNOWN_UNIT, "unit")
    checks.refuse(codes == NOT_VALID, Reason.UNIT_NOT_VALID, "unit")


def check_time(checks: Checks, at: Times, field: str, feed: Feed, latest: Times) -> None:
    checks.refuse(at == NO_TIME, Reason.NO_TIME, field)
    checks.refuse(at < midnight_ms(feed.first_day), Reason.BEFORE_FIRST_DAY, field)
    checks.refuse(at > latest, Reason.FUTURE, field)
