"""Units by the day of each record: one day, a few days, many days; the same by each of the ways."""

import time

import numpy as np

from catalogue.units import UnitProblem
from streams.admit.place import FEW_DAYS, NOT_VALID, UnitCodes
from streams.vocabulary import MISSING, Vocabulary
from tests.builders import DAY
from tests.messages import NOON, catalogue

FEED = catalogue().feeds["drill-figures"]
TEXTS = ["H26", "Hà Nội", "Bộ Y tế", "H17", "Đà Nẵng", "Atlantis", "", "Bộ Giao thông vận tải", "H38"]


def test_many_days_give_what_each_day_alone_gives() -> None:
    words = Vocabulary()
    units = UnitCodes(catalogue(), FEED, 0, words)
    days = 40 * (FEED.shards + FEW_DAYS)
    codes = np.tile(words.codes(TEXTS), days)
    at = np.repeat(NOON - 23 * DAY * np.arange(days), len(TEXTS))
    good = np.ones(len(at), bool)
    good[::7] = False
    together = units.of(codes, at, good)
    alone = [units.of(codes[row : row + 1], at[row : row + 1], good[row : row + 1])[0] for row in range(len(at))]
    assert together.tolist() == alone
    assert {MISSING, NOT_VALID} <= set(alone)
    assert isinstance(catalogue().units.resolve("Atlantis", FEED.first_day), UnitProblem)


def test_thousands_of_strange_words_on_hundreds_of_days_take_no_time() -> None:
    """Each word was once looked up on each day: ten seconds."""
    words = Vocabulary()
    units = UnitCodes(catalogue(), FEED, 0, words)
    codes = words.codes([f"x{n:x}" for n in range(8_000)])
    started = time.process_time()
    found = units.of(codes, NOON - DAY * (np.arange(8_000) % 600), np.ones(8_000, bool))
    assert (found < MISSING).all()
    assert time.process_time() - started < 2.0
