"""What a question has for the values of a call: its words, its numbers as JSON writes them, its names and quoted texts.

Text in, values out; knows no schema and no grammar.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from orchestrator.core.numbers import COMPARED, Number, numbers_in
from orchestrator.guidance.named_things import Thing, named_things

MOST_WORDS = 400
_SIGNED = re.compile(r"(?<![\w.,)])-(?=\.?\d)")
_EXPONENT = re.compile(r"[eE][+-]?\d+(?!\w)")
_NUMBER = re.compile(r"[-+]?[\d.,]*\d")
_NO_TEXT = re.compile(r"\W*\d+(?:\.\d+|%)+\W*|\W+")  # words that are no value of a text: 0.95, 5%, &
_POWER = re.compile(r"[a-zA-Z]?\^")
_SCALED = re.compile(r"\s?(hundred|thousand|million|billion|trillion)\b", re.IGNORECASE)
_ZEROS = {"hundred": 2, "thousand": 3, "million": 6, "billion": 9, "trillion": 12}
_LISTED = re.compile(r"\s*(?:[,;]|,?\s*(?:and|or|&))?\s*[-+]?")
_OPENING = "\"'([{“‘`«"
_CLOSING = re.compile(r"(?:['’]s|[.,;:!?\"')\]}”’`»]+)$")


@dataclass(frozen=True, slots=True, eq=False)
class Value:
    """A number, name or quoted text of the question.

    Attributes:
        written: How it may be written. A percentage may be a share too: 5 and 0.05.
        first: The index of its first word.
        last: The index of its last word.
        open: The text with what comes before the next word; "" if no word can follow.
        is_marked: Whether it is in quotes or an identifier, so that it is meant as a value.
        is_doubtful: Whether it is a number word that may mean something else: "the two of them".
        date: If it is a date with a year, the date as YYYY-MM-DD.
    """

    written: tuple[str, ...]
    first: int = 0
    last: int = 0
    open: str = ""
    is_marked: bool = False
    is_doubtful: bool = False
    date: str = ""


@dataclass(frozen=True, slots=True)
class Word:
    """A word of the question, and its part in runs of words.

    Attributes:
        whole: The word inside a run.
        last: The word at the end of a run, without the signs after it.
        may_end: Whether a run may end with it: not in the middle of a name.
        may_go_on: Whether another word may follow.
    """

    whole: str
    last: str
    may_end: bool
    may_go_on: bool


@dataclass(frozen=True, slots=True)
class Values:
    """What a question has for values.

    Attributes:
        words: Its words.
        starts: The indexes of the words that a run may begin with: not familiar, and in no name or quoted text.
        numbers: Its numbers, in order.
        number_lists: Its lists of numbers, such as "3, 4 and 5": at least two numbers each.
        texts: Its names and quoted texts, in order.
    """

    words: Sequence[Word]
    starts: Sequence[int]
    numbers: Sequence[Value]
    number_lists: Sequence[Sequence[Value]]
    texts: Sequence[Value]

    def surest_numbers(self, needed: int) -> Sequence[Value]:
        """Return the numbers that are not doubtful, if they are as many as are needed; else all."""
        sure = [each for each in self.numbers if not each.is_doubtful]
        return sure if sure and len(sure) >= needed else self.numbers

    def without_lists(self) -> Values:
        """Return the same values without the numbers of the lists, if other numbers are left."""
        in_lists = [each for group in self.number_lists for each in group]
        single = [each for each in self.numbers if each not in in_lists]
        return replace(self, numbers=single)

    def goes_on(self, text: Value) -> bool:
        """Tell whether more words may follow a name."""
        return bool(text.open) and text.last + 1 < len(self.words)


def values_of(question: str, familiar: Callable[[str], bool]) -> Values:
    """Return what a question has for values.

    Args:
        question: The question. Its first 2,000 characters are read.
        familiar: Tells whether a word is so frequent that no value begins with it.
    """
    question = question[:COMPARED]
    places = list(re.finditer(r"\S+", question))[:MOST_WORDS]
    things = [(thing, covered) for thing in named_things(question) if (covered := _covered(thing, places))]
    closed = {at for thing, covered in things if thing.is_closed for at in covered}
    ends_inside = {at for _, covered in things for at in covered[:-1]}
    words = []
    for at, place in enumerate(places):
        goes_on = at + 1 < len(places) and not {at, at + 1} & closed
        ends = not goes_on or (at not in ends_inside and not familiar(_bare(place[0])))
        words.append(Word(place[0].lstrip(_OPENING), _bare(place[0]), may_end=ends, may_go_on=goes_on))
    in_things = {at for _, covered in things for at in covered}
    free = [
        at
        for at, word in enumerate(words)
        if at not in in_things and not familiar(word.last) and not _NO_TEXT.fullmatch(word.last)
    ]
    starts = [at for at in free if at and not places[at - 1][0].endswith((".", "!", "?"))]
    unnumbered = question
    for thing, _ in things:
        if thing.kind in ("date", "identifier") or (thing.kind == "quote" and not _NUMBER.fullmatch(thing.text)):
            unnumbered = f"{unnumbered[: thing.start]}{'_' * (thing.end - thing.start)}{unnumbered[thing.end :]}"
    return Values(words, starts or free, *_numbers(unnumbered), [_text(*each, question, places) for each in things])


def _covered(thing: Thing, places: Sequence[re.Match[str]]) -> list[int]:
    return [at for at, place in enumerate(places) if place.start() < thing.end and thing.start < place.end()]


def _text(thing: Thing, covered: Sequence[int], question: str, places: Sequence[re.Match[str]]) -> Value:
    goes_on = not thing.is_closed and covered[-1] + 1 < len(places)
    after = question[thing.start : places[covered[-1] + 1].start()] if goes_on else ""
    own = re.sub(r"['’]s$", "", thing.text) if thing.kind == "name" else thing.text
    written = (thing.also, own) if thing.also else (own,)
    return Value(
        written, covered[0], covered[-1], after, is_marked=thing.kind in ("quote", "identifier"), date=thing.also
    )


def _bare(word: str) -> str:
    whole = word.lstrip(_OPENING)
    return _CLOSING.sub("", whole) or whole


def _numbers(question: str) -> tuple[list[Value], list[list[Value]]]:
    """The numbers, with sign, exponent and what follows as a word: "2.5 million"; and the lists of them."""
    found: list[Value] = []
    lists: list[list[Value]] = []
    read = 0
    for number in numbers_in(question):
        is_in_formula = _POWER.match(question, number.end) or question[number.start - 1 : number.start] == "^"
        if number.start < read or is_in_formula:  # it is part of the one before, or of "3x^2"
            continue
        value, end = _number(question, number)
        if found and _LISTED.fullmatch(question[read : number.start]):
            lists[-1].append(value)
        else:
            lists.append([value])
        found.append(value)
        read = end
    return found, [each for each in lists if len(each) > 1]


def _number(question: str, number: Number) -> tuple[Value, int]:
    sign = "-" if _SIGNED.match(question, max(0, number.start - 1)) else ""
    if exponent := _EXPONENT.match(question, number.end):
        return Value((f"{sign}{number.value}{exponent[0]}",)), exponent.end()
    if number.in_digits and (scale := _SCALED.match(question, number.end)):
        return Value((sign + _shifted(number.value, _ZEROS[scale[1].lower()]),)), scale.end()
    value = f"{sign}{number.value}"
    percent = re.match(r"\s*(?:%|percent\b)", question[number.end :])
    if percent:
        return Value((value, repr(round(float(value) / 100, 12)))), number.end + percent.end()
    return Value((value,), is_doubtful=number.doubtful), number.end


def _shifted(value: str, zeros: int) -> str:
    """A decimal number times a power of ten, exactly."""
    whole, _, part = value.partition(".")
    digits = (part + "0" * zeros)[:zeros]
    rest = part[zeros:].rstrip("0")
    return (whole + digits).lstrip("0").rjust(1, "0") + (f".{rest}" if rest else "")
