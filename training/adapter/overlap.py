"""Finds questions that are near copies of a benchmark's, so that nothing that measures is learnt.

Two questions are near copies if half of the shorter one's runs of four words are in the other, or if they are equal but
for signs and letters' case. Numbers count as one word, because a copy with other numbers is a copy.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable

RUN = 4  # words
SHARE = 0.5
Words = tuple[str, ...]


class Benchmark:
    """The questions of benchmarks.

    Args:
        questions: The questions.
    """

    def __init__(self, questions: Iterable[str]) -> None:
        self._whole = set()
        self._with: dict[Words, set[int]] = defaultdict(set)
        self._sizes: list[int] = []
        for number, question in enumerate(questions):
            words = words_of(question)
            self._whole.add(words)
            runs = runs_of(words)
            self._sizes.append(len(runs))
            for run in runs:
                self._with[run].add(number)

    def has_near_copy(self, question: str) -> bool:
        """Tell whether a question is a near copy of one of these."""
        words = words_of(question)
        if words in self._whole:
            return True
        shared: dict[int, int] = defaultdict(int)
        runs = runs_of(words)
        for run in runs:
            for number in self._with.get(run, ()):
                shared[number] += 1
        return any(count >= max(3, SHARE * min(len(runs), self._sizes[number])) for number, count in shared.items())


def words_of(question: str) -> Words:
    """Return a question's words in lower case, each number as ``0``."""
    return tuple(re.findall(r"[^\W\d]+|\d", re.sub(r"\d+(?:[.,]\d+)*", "0", question.lower())))


def runs_of(words: Words) -> set[Words]:
    """Return the runs of words."""
    return {words[at : at + RUN] for at in range(len(words) - RUN + 1)}
