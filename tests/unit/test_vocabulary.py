"""Words as numbers: each is looked at once, and how many strangers have sent does not matter."""

import numpy as np
import pyarrow as pa
import pytest

from streams import vocabulary
from streams.vocabulary import MISSING, Lookup, Vocabulary


def test_a_word_keeps_its_number_and_an_empty_one_has_none() -> None:
    words = Vocabulary()
    assert words.codes(["a", "b", "", None, "a"]).tolist() == [0, 1, MISSING, MISSING, 0]
    assert words.codes(["b", "c"]).tolist() == [1, 2]
    assert words.words == ["a", "b", "c"]


def test_a_dictionary_is_known_by_its_words_wherever_they_stand() -> None:
    words = Vocabulary()
    for _ in range(2):
        assert words.of_dictionary(pa.array(["a", None, "b", ""])).tolist() == [0, MISSING, 1, MISSING, MISSING]
    assert words.of_dictionary(pa.array(["b", "a"])).tolist() == [1, 0, MISSING]
    assert words.of_dictionary(pa.array(["x", "b", "a"]).slice(1)).tolist() == [1, 0, MISSING]
    assert words.of_dictionary(pa.array(["ab"])).tolist() == [2, MISSING]
    assert words.of_dictionary(pa.array(["b", "a"], pa.large_string())).tolist() == [1, 0, MISSING]


def test_a_dictionary_that_says_it_is_shorter_is_another_one() -> None:
    words, whole = Vocabulary(), pa.array(["a", "b", "c"])
    shorter = pa.Array.from_buffers(pa.string(), 1, whole.buffers())
    assert words.of_dictionary(shorter).tolist() == [0, MISSING]
    assert words.of_dictionary(whole).tolist() == [0, 1, 2, MISSING]


def test_a_lookup_asks_once_for_each_word_and_knows_those_that_come_later() -> None:
    words, asked = Vocabulary(), []

    def length(word: str) -> int:
        asked.append(word)
        return len(word)

    lookup = Lookup(words, length, -7)
    for n in range(50):
        codes = words.codes(["x" * (n + 1), "", "x"])
        assert lookup.of(codes).tolist() == [n + 1, -7, 1]
    assert asked == ["x" * n for n in range(1, 51)]
    assert lookup.of(np.zeros(0, np.int32)).tolist() == []


def test_what_strangers_have_filled_is_emptied_between_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vocabulary, "MOST_LETTERS", 10)
    words = Vocabulary()
    lookup = Lookup(words, len)
    words.codes(["short"])
    words.make_room()
    assert words.words == ["short"]
    assert lookup.of(words.codes(["a long word"])).tolist() == [11]
    words.make_room()
    assert words.words == []
    assert lookup.of(words.codes(["abc", ""])).tolist() == [3, MISSING]
    assert words.of_dictionary(pa.array(["short"])).tolist() == [1, MISSING]
