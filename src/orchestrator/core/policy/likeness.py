"""Recognises a word of a vocabulary of which a few letters were added, moved or, of the vowels, exchanged.

Single words are recognised too easily; only several of one sentence together mean something.
Knows words only.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import combinations

SHORTEST = 4  # letters of a word that is in a vocabulary
_LONGEST = 14  # letters of a word whose letters are compared in any order
_ADDED = 2  # letters
_CONSONANTS = 3  # that a word has at least if its vowels may be others
_VOWELS = re.compile("[aeiouyl]")  # the l may be written for an i


class Vocabulary:
    """Words that can be recognised."""

    def __init__(self, words: Iterable[str]) -> None:
        """Keep the words.

        Args:
            words: The words, folded. Short ones are left out.
        """
        self._forms: dict[str, str] = {}
        for word in dict.fromkeys(words):
            if len(word) >= SHORTEST:
                self._forms |= dict.fromkeys((*_skeleton(word), _sorted(word)), word)
                self._forms[word] = word

    def word(self, written: str) -> str | None:
        """Return the word that is written, perhaps with other letters; None if it is none of the vocabulary.

        Args:
            written: The word as it is written, folded.
        """
        if written in self._forms:
            return self._forms[written]
        return next((self._forms[form] for form in _changed(written) if form in self._forms), None)


@lru_cache(maxsize=10_000)  # a text has the same words again and again
def _changed(written: str) -> tuple[str, ...]:
    return (*_skeleton(written), *_without_added(written))


def _skeleton(word: str) -> list[str]:
    """The consonants, marked so that they are no word."""
    consonants = _VOWELS.sub("", word)
    return [f"-{consonants}"] if len(consonants) >= _CONSONANTS else []


def _sorted(letters: Iterable[str]) -> str:
    return f"={''.join(sorted(letters))}"


def _without_added(word: str) -> Iterator[str]:
    if len(word) <= _LONGEST:
        for added in range(min(_ADDED, len(word) - SHORTEST) + 1):
            for left in combinations(sorted(word), len(word) - added):
                yield _sorted(left)
