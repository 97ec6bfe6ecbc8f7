"""The values of a question that can fill the slots of a template.

They are numbers, dates, clock times, letters, texts and lists of words. Text in, values out. Knows no example and no
tool.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from orchestrator.core.numbers import Number, numbers_in
from orchestrator.core.signs import negative_numbers
from orchestrator.guidance.dates_times import DateTime, dates_times_in, hidden

_QUOTED = re.compile(r"[\"“”]([^\"“”]+)[\"“”]|(?<!\w)['‘](.+?)['’](?!\w)")
_LETTER = re.compile(r"(?<![\w'’-])(\w)(?:['’]?s)?(?![\w'’-])")
_WORD = re.compile(r"(?<!\w)(?:[^\W\d][\w'’-]*\w|[^\W\d])")


@dataclass(frozen=True, slots=True)
class SlotValues:
    """The values of a question that can fill the slots of a template.

    Attributes:
        numbers: The numbers, in order.
        letters: Single letters, those in quotes first.
        texts: Texts, the most likely first: quoted text, the text after a colon, neighbouring words such as names, then
        single words, the likeliest first.
        positions: For each text and letter its position in the question.
        dates_times: Dates and clock times, in order.
        negative: The positions of numbers with a minus sign. Each is the ``start`` of a Number.
        items: The words of a list in the question.
        quoted: The texts that the question quotes.
        odds: For each single word the odds that it is what the question is about.
    """

    numbers: tuple[Number, ...]
    letters: tuple[str, ...]
    texts: tuple[str, ...]
    positions: dict[str, int]
    dates_times: tuple[DateTime, ...] = ()
    negative: frozenset[int] = frozenset()
    items: tuple[str, ...] = ()
    quoted: frozenset[str] = frozenset()
    odds: Mapping[str, float] = field(default_factory=dict)

    def of_kind(self, kind: str) -> list[str]:
        """Return the dates, or the clock times, without repetitions.

        Args:
            kind: ``dates_times.DATE`` or ``dates_times.TIME``.
        """
        return values_of(self.dates_times, kind)


def values_of(found: Sequence[DateTime], kind: str) -> list[str]:
    """Return the values of one kind, without repetitions.

    Args:
        found: Dates and clock times.
        kind: ``dates_times.DATE`` or ``dates_times.TIME``.
    """
    return list(dict.fromkeys(each.value for each in found if each.kind == kind))


def slot_values(question: str, common: Mapping[str, int], leading: Mapping[str, float] | None = None) -> SlotValues:
    """Find the values of a question.

    Args:
        question: The question.
        common: For each word how many examples have it. The words that a question is about are rare among them.
        leading: For each word the odds that the next word is what an example is about.
    """
    found = dates_times_in(question)
    rest = hidden(question, found)
    quoted = [match[1] or match[2] for match in _QUOTED.finditer(question)]
    after_colon = question.partition(":")[2].strip().rstrip(".?!")
    letters = [text for text in quoted if len(text) == 1]
    letters += sorted(_single_letters(rest, common), key=lambda letter: letter in "aI")
    words = [word for match in _WORD.finditer(rest) if len(word := match[0].removesuffix("'s")) > 1]
    words = [word for word in words if word.removesuffix("s") not in letters]
    odds = _odds(words, question, common, leading or {})
    texts = [text for text in quoted if len(text) > 1]
    texts += [after_colon] if after_colon and not quoted else []
    texts += [] if quoted else _runs(rest, common)
    texts += odds
    positions = {text: question.find(text) for text in (*texts, *letters)}
    numbers = tuple(numbers_in(rest))
    return SlotValues(
        numbers,
        tuple(dict.fromkeys(letters)),
        tuple(dict.fromkeys(texts)),
        positions,
        tuple(found),
        negative_numbers(question, numbers),
        () if quoted else _items(rest),
        frozenset(text for text in quoted if len(text) > 1),
        odds,
    )


def _odds(words: list[str], question: str, common: Mapping[str, int], leading: Mapping[str, float]) -> dict[str, float]:
    """For each word the odds that it is what the question is about, the highest first.

    A rare word is likely, and so is one after a word that often leads to one: "are" in "the word are".
    """
    led: dict[str, float] = {}
    for before, word in pairwise(("", *words_in(question))):
        led[word] = max(led.get(word, 0.0), leading.get(before, 1.0))
    odds = {word: led.get(word.lower(), 1.0) / (1 + common.get(word.lower(), 0)) for word in words}
    return dict(sorted(odds.items(), key=lambda entry: -entry[1]))


def words_in(text: str) -> list[str]:
    """The words of a text in lower case, without 's."""
    return [match[0].lower().removesuffix("'s") for match in _WORD.finditer(text)]


def _runs(text: str, common: Mapping[str, int]) -> list[str]:
    """Neighbouring words that are in no example, or begin with a capital inside the text: New York, HELLO World."""
    runs: list[tuple[int, int]] = []
    for match in _WORD.finditer(text):
        if common.get(match[0].lower()) and not (match.start() and match[0][0].isupper()):
            continue
        beside = runs and text[runs[-1][1] : match.start()] == " "
        runs.append((runs.pop()[0], match.end()) if beside else match.span())
    return [text[start:end] for start, end in runs if " " in text[start:end]]


def _single_letters(question: str, common: Mapping[str, int]) -> list[str]:
    """The forms e, e's and es mean the letter e; "is" and "as" are words."""
    return [match[1] for match in _LETTER.finditer(question) if match[0][1:] != "s" or not common.get(match[0].lower())]


def _items(question: str) -> tuple[str, ...]:
    """The words of the longest list, which has at least three: pear, apple and fig."""
    longest = max((match[0] for match in _LIST.finditer(question)), key=len, default="")
    return tuple(_WORD.findall(_AND.sub(",", longest)))


_LIST = re.compile(rf"{_WORD.pattern}(?:, {_WORD.pattern})+(?:,? (?:and|or) {_WORD.pattern}|, {_WORD.pattern})")
_AND = re.compile(r",? (?:and|or) (?=\S+$)")
