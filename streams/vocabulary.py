"""The words of a column (units, states, subjects…) as numbers, so that each is looked at once and not once a record.

Only speed hangs on it: numbers never leave the process, and a vocabulary that strangers have filled is emptied.
"""

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

Codes = npt.NDArray[np.int32]

MISSING = -1
"""The code of no word; an empty one is none, however it was written."""
MOST_WORDS, MOST_LETTERS = 20_000, 2_000_000
_MOST_DICTIONARIES, _LONGEST_DICTIONARY = 200, 20_000


class Vocabulary:
    def __init__(self) -> None:
        self.era = 0
        """Changes when the numbers of words do."""
        self._empty()

    def _empty(self) -> None:
        self.words: list[str] = []
        self._letters = 0
        self._codes: dict[str | None, int] = {"": MISSING, None: MISSING}
        self._dictionaries: dict[tuple[int | bytes, ...], Codes] = {}
        self.era += 1

    def make_room(self) -> None:
        """Called where no codes are in use."""
        if len(self.words) > MOST_WORDS or self._letters > MOST_LETTERS:
            self._empty()

    def codes(self, words: Iterable[str | None]) -> Codes:
        return np.array([self._code(word) for word in words], np.int32)

    def of_dictionary(self, values: pa.Array) -> Codes:
        """The code of each of a dictionary's words, and MISSING in the last place, where index -1 finds it.

        Senders write the same dictionary in every message: it is known by its bytes.
        """
        buffers = values.buffers()
        if values.offset or sum(buffer.size for buffer in buffers if buffer) > _LONGEST_DICTIONARY:
            return self.codes([*values.to_pylist(), None])
        name = (values.type.id, len(values), *(bytes(buffer or b"") for buffer in buffers))
        known = self._dictionaries.get(name)
        if known is None:
            if len(self._dictionaries) >= _MOST_DICTIONARIES:
                self._dictionaries.clear()
            known = self._dictionaries[name] = self.codes([*values.to_pylist(), None])
        return known

    def _code(self, word: str | None) -> int:
        code = self._codes.get(word)
        if code is None:
            assert word is not None
            code = self._codes[word] = len(self.words)
            self.words.append(word)
            self._letters += len(word)
        return code


class Lookup:
    """What a function says of each word of a vocabulary; of no word, `missing`."""

    def __init__(
        self, vocabulary: Vocabulary, find: Callable[[str], int], missing: int = MISSING, kind: type = np.int32
    ) -> None:
        self._vocabulary, self._find, self._missing, self._kind = vocabulary, find, missing, kind
        self._era = 0
        self._forget()

    def _forget(self) -> None:
        self._known = 0
        self._found: Any = np.full(16, self._missing, self._kind)
        """Longer than what is known, so that the last place, where code -1 looks, says `missing`."""

    def of(self, codes: Codes) -> Any:
        if self._era != self._vocabulary.era:
            self._forget()
            self._era = self._vocabulary.era
        if self._known != len(self._vocabulary.words):
            self._learn()
        return self._found[codes]

    def _learn(self) -> None:
        words = self._vocabulary.words
        if len(words) >= len(self._found):
            longer: Any = np.full(2 * len(words), self._missing, self._kind)
            longer[: self._known] = self._found[: self._known]
            self._found = longer
        self._found[self._known : len(words)] = [self._find(word) for word in words[self._known :]]
        self._known = len(words)
