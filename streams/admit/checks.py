"""What the admission of figures and of case steps shares: reasons per row, and the checks that both have."""

from collections.abc import Iterable

import msgspec
import numpy as np
import pyarrow.compute as pc

from contract.codec import LATEST_MS
from contract.reasons import Reason
from streams.hashing import spans
from streams.records import FORMS, MAX_TEXT, NO_TIME, TEXT, TIME, WORD, Flags, Records, Times
from streams.vocabulary import MISSING, Lookup, Vocabulary

UNKNOWN = -2
REASONS = tuple(Reason)
_CODE = {reason: np.uint8(index + 1) for index, reason in enumerate(REASONS)}
PUBLIC = frozenset({"", "public", "thường"})
FUTURE_TOLERANCE_MS = 300_000
"""Clocks of senders may be ahead of ours by this much."""


class Clocks(msgspec.Struct):
    """By which clock each record is judged: its shard's, as it stood when the record came."""

    latest: Times
    """What is later is from the future."""
    sure: Times
    """What has surely passed; NO_TIME before the first tick."""


def clocks(parts: list[tuple[int, int | None, int]]) -> Clocks:
    """Of parts of the log (records, the clock, how coarse it is), one after another."""
    counts = [count for count, _, _ in parts]
    latest = [LATEST_MS if clock is None else clock + FUTURE_TOLERANCE_MS for _, clock, _ in parts]
    sure = [NO_TIME if clock is None else clock - step for _, clock, step in parts]
    return Clocks(np.repeat(np.array(latest, np.int64), counts), np.repeat(np.array(sure, np.int64), counts))


class Checks:
    """The first reason against each row stands."""

    def __init__(self, rows: int) -> None:
        self.code = np.zeros(rows, np.uint8)
        self.fields: dict[int, str] = {}
        self._field = np.zeros(rows, np.uint8)

    def refuse(self, where: Flags, reason: Reason, field: str) -> None:
        if not np.count_nonzero(where):  # far cheaper than `any`, and nearly always all there is to do
            return
        new = where & (self.code == 0)
        self.code[new] = _CODE[reason]
        number = len(self.fields)
        self.fields[number] = field
        self._field[new] = number

    @property
    def passed(self) -> Flags:
        return np.equal(self.code, 0)

    def refused(self) -> list[tuple[int, Reason, str]]:
        """(row, reason, field)."""
        rows = np.flatnonzero(self.code)
        return [(int(r), REASONS[self.code[r] - 1], self.fields[int(self._field[r])]) for r in rows]


class SharedChecks:
    """Of one feed's shard, before anything else is asked: may it be kept, is it this feed's, is all there."""

    def __init__(self, words: dict[str, Vocabulary], feed: str, feeds: frozenset[str]) -> None:
        self._secret = Lookup(words["classification"], lambda text: text.strip().lower() not in PUBLIC, 0)
        self._feed = Lookup(words["feed"], lambda id: 0 if id == feed else 1 if id in feeds else UNKNOWN)
        self._long = {name: Lookup(found, lambda text: len(text) > MAX_TEXT, 0) for name, found in words.items()}

    def check(
        self, checks: Checks, records: Records, required: tuple[str, ...], free_text: tuple[str, ...]
    ) -> None:
        """In this order: the first reason stands."""
        self.check_public(checks, records)
        self.check_feed(checks, records)
        self.check_present(checks, records, required)
        self.check_lengths(checks, records, free_text)
        check_date(checks, records.full("sent_at"), "sent_at")

    def check_public(self, checks: Checks, records: Records) -> None:
        """Anything with a classification other than public is refused; it may not be kept."""
        classification = records.get("classification")
        if classification is not None:
            checks.refuse(self._secret.of(classification) == 1, Reason.CLASSIFIED, "classification")

    def check_feed(self, checks: Checks, records: Records) -> None:
        """A partition belongs to one feed. Who does not know a feed's partition writes to the inbox."""
        known = self._feed.of(records.full("feed"))
        if np.count_nonzero(known):
            checks.refuse(known == UNKNOWN, Reason.UNKNOWN_FEED, "feed")
            checks.refuse(known == 1, Reason.WRONG_PARTITION, "feed")

    def check_present(self, checks: Checks, records: Records, names: tuple[str, ...]) -> None:
        """Required columns may not hold nulls (an Arrow batch can, whatever its schema says), nor empty texts."""
        for name in names:
            form, column = FORMS[records.record][name], records.full(name)
            if form == WORD:
                checks.refuse(column == MISSING, Reason.MISSING_FIELD, name)
            elif form == TEXT:
                checks.refuse(spans(column)[1] == 0, Reason.MISSING_FIELD, name)
            elif form == TIME:
                checks.refuse(column == NO_TIME, Reason.MISSING_FIELD, name)
            elif name in records.lacking:
                checks.refuse(records.lacking[name], Reason.MISSING_FIELD, name)

    def check_lengths(self, checks: Checks, records: Records, names: tuple[str, ...]) -> None:
        """Free text that is kept as it came; what is looked up in the catalogue needs no limit."""
        for name in names:
            column = records.get(name)
            if column is None:
                continue
            if FORMS[records.record][name] == WORD:
                checks.refuse(self._long[name].of(column) == 1, Reason.TEXT_TOO_LONG, name)
            elif spans(column)[1].max(initial=0) > MAX_TEXT:
                letters = pc.fill_null(pc.utf8_length(column), 0).to_numpy(zero_copy_only=False)
                checks.refuse(letters > MAX_TEXT, Reason.TEXT_TOO_LONG, name)


def among(words: Vocabulary, ids: Iterable[str]) -> Lookup:
    """Each word's position in a list of the catalogue, or UNKNOWN."""
    position = {id: place for place, id in enumerate(ids)}
    return Lookup(words, lambda id: position.get(id, UNKNOWN))


def check_date(checks: Checks, at: Times | None, name: str) -> None:
    """A time that is no part of a record's place in time, yet must be one that a calendar has."""
    if at is not None:
        checks.refuse((at != NO_TIME) & ((at < 0) | (at >= LATEST_MS)), Reason.BAD_TYPE, name)
