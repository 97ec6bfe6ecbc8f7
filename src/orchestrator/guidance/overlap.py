"""Which words two texts have in common, and how much these words say.

The words of a name are split: ``getUserId`` is get, user, id. Two words are alike if one stem could have made both:
"calculate" and "calculation". A rare word says more than a frequent one. Text in, numbers out.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile
from math import log

_WORD = re.compile(r"[^\W\d_]+|\d+(?:\.\d+)?")
_CAPITAL_INSIDE = re.compile(r"(?<=[a-z])(?=[A-Z])")
_FIRST = 3  # letters that words with one stem share
_STEM, _SUFFIX = 4, 4  # the shortest stem, and the longest suffix after it
_STEM_SHARE = 0.7  # of the shorter word
# Words that say nothing of what a text is about.
# fmt: off
_EMPTY = frozenset((
    "a", "about", "all", "also", "am", "an", "and", "any", "are", "as", "at", "be", "been", "but", "by", "can",
    "could", "did", "do", "does", "each", "either", "every", "find", "for", "from", "get", "give", "given", "had",
    "has", "have", "he", "her", "his", "how", "i", "if", "in", "into", "is", "it", "its", "just", "let", "like",
    "many", "may", "me", "more", "most", "much", "my", "need", "no", "not", "of", "on", "one", "only", "or", "other",
    "our", "out", "over", "per", "please", "s", "set", "she", "should", "so", "some", "such", "t", "tell", "than",
    "that", "the", "their", "them", "then", "there", "these", "they", "this", "those", "to", "under", "up", "us",
    "use", "used", "using", "want", "was", "we", "were", "what", "when", "where", "whether", "which", "who", "whose",
    "will", "with", "would", "you", "your",
))
# fmt: on


def words_in(text: str) -> list[str]:
    """Return the words and numbers of a text or a name, in lower case."""
    return [word.lower() for word in written_words(text)]


def written_words(text: str) -> list[str]:
    """Return the words and numbers of a text or a name as they are written."""
    return _WORD.findall(_CAPITAL_INSIDE.sub(" ", text))


def content_words(text: str) -> list[str]:
    """Return the words of a text that say what it is about, each once: no numbers, nothing like "the" or "please"."""
    return [word for word in dict.fromkeys(words_in(text)) if word not in _EMPTY and not word[0].isdigit()]


def is_familiar(word: str) -> bool:
    """Tell whether a word says nothing of what a text is about."""
    return word.lower() in _EMPTY


def alike(one: str, other: str) -> bool:
    """Tell whether two words in lower case may have the same stem."""
    if one[:_FIRST] != other[:_FIRST]:
        return False
    if one == other:
        return True
    shorter, longer = sorted((one, other), key=len)
    if len(shorter) < _STEM:
        return len(shorter) == _STEM - 1 and longer == f"{shorter}s"
    common = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(shorter, longer, strict=False)))
    return common >= max(_STEM, _STEM_SHARE * len(shorter)) and len(longer) - common <= _SUFFIX


def is_among(word: str, others: Iterable[str]) -> bool:
    """Tell whether a word is alike to one of the others."""
    return any(alike(word, other) for other in others)


def place_of_mention(question: Sequence[str], value: str) -> int | None:
    """Return where a question says a value: the index of its first word that the value has; None if it does not.

    All words of the value must be there, in any order. A letter, or a word that says nothing, must be written the same.

    Args:
        question: The question's words as they are written.
        value: The value.
    """
    wanted = written_words(value)
    places = []
    for word in wanted:
        exact = len(word) == 1 or word.lower() in _EMPTY
        found = (
            at for at, each in enumerate(question) if each == word or (not exact and alike(each.lower(), word.lower()))
        )
        places.append(next(found, None))
    return None if not places or None in places else min(each for each in places if each is not None)


@dataclass(frozen=True, slots=True)
class Rarity:
    """How rare words are in questions.

    Attributes:
        questions: How many questions were counted.
        counts: For each frequent word, how many of them have it.
    """

    questions: int
    counts: Mapping[str, int]

    def of(self, word: str) -> float:
        """Return log((1 + N) / (1 + n)) / log(1 + N) for a word in n of N questions: 1 for a word that none has."""
        return log((1 + self.questions) / (1 + self.counts.get(word, 0))) / log(1 + self.questions)

    def shared(self, words: Collection[str], others: Collection[str]) -> float:
        """Return which share of the words, weighted by rarity, is among the others: from 0 to 1; 0 of no words."""
        weights = {word: self.of(word) for word in words}
        total = sum(weights.values())
        return sum(weight for word, weight in weights.items() if is_among(word, others)) / total if total else 0.0
