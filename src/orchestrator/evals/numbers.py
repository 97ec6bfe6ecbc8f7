"""Finds the number that a text gives as its answer: 1,234 · −3 · 3/4 · 1 1/2 · 12.5 % · 2 million · 1.5e3 · three.

A text often has several numbers. The first of these that exists is taken: the number after a cue or in a box; the right
side of the last equation; the number after the last "is", "are", "so" …; the last number. Operands of an expression are
not answers. Knows numbers; not what is right.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

from orchestrator.evals.extract import stated

_DIGITS = r"(?:\d{1,3}(?:,\d{3})+(?!\d)|\d+)(?:\.\d+)?|\.\d+"
_NUMBER = re.compile(
    rf"(?P<sign>(?<![\w)\]])[-−–+]\s?|\b(?:minus|negative)\s+)?[$€£]?\s?(?P<minus>-)?(?:"
    rf"(?P<whole>\d+)\s+(?P<top>\d+)/(?P<bottom>\d+)(?![\d/])"
    rf"|(?P<over>{_DIGITS})\s?/\s?(?P<under>\d+(?:\.\d+)?)(?![\d/])"
    rf"|(?P<digits>{_DIGITS})(?:[eE](?P<exponent>[-+]?\d{{1,3}})\b|\s?[×x*]\s?10\s?\^\s?\{{?(?P<power>[-−]?\d{{1,3}})\}}?)?"
    rf"(?:\s?(?P<scale>thousand|million|billion|trillion)\b)?"
    r")(?![\d])",
    re.IGNORECASE,
)
_SCALES = {"thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12}
_UNITS = "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen"
_TENS_WORDS = "twenty thirty forty fifty sixty seventy eighty ninety"
_SMALL = {word: value for value, word in enumerate(f"{_UNITS} seventeen eighteen nineteen".split())}
_TENS = {word: 10 * value for value, word in enumerate(_TENS_WORDS.split(), 2)}
_WORD = re.compile(
    rf"(?P<sign>\b(?:minus|negative)\s+)?\b(?:(?P<tens>{'|'.join(_TENS)})(?:[-\s](?P<ones>{'|'.join(list(_SMALL)[1:10])}))?"
    rf"|(?P<small>{'|'.join(_SMALL)}))\b(?:\s(?P<hundred>hundred)\b)?",
    re.IGNORECASE,
)
_OPERATOR_AFTER = re.compile(r"\s*(?:[+*×·÷^/]|[-−–](?=\s*[\d(])|\\times|\\cdot|\\div|x\s(?=\d))")
_OPERATOR_BEFORE = re.compile(r"(?:[+*×·÷^/]|[\d)]\s*[-−–]|\\times|\\cdot|\\div|\d\sx)\s*\(?$")
_SAYS = re.compile(
    r"(?:=|\\approx|≈|\b(?:is|are|was|were|be|equals?|so|thus|hence|therefore|total(?:\sof|s)?|makes|gives|leaves|leaving))"
    r"[\s,:]*(?:(?:only|now|exactly|about|approximately|just|equal to|still|a total of|there (?:is|are))\s+)*"
    r"[$€£(]?\s?$",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"(?<=[.!?])\s+|\n+")


@dataclass(frozen=True, slots=True)
class Number:
    """A number in a text.

    Attributes:
        value: Its exact value.
        text: The way it was written.
    """

    value: Fraction
    text: str


def number_in(text: str) -> Number | None:
    """Return the number that a text gives as its answer; None if there is none."""
    text = _readable(text)
    found, by_cue = stated(text)
    sentences = [each for each in _SENTENCE.split(found) if numbers(each)]
    if not sentences:
        anywhere = numbers(text) if by_cue else []
        return anywhere[-1][2] if anywhere else None
    return _first_said(sentences[0]) if by_cue else _last_said(sentences[-1])


def number_of(text: str) -> Fraction | None:
    """Return the value of a text that is one number, such as a gold answer, with or without %, $, € or £; else None."""
    text = _readable(text).strip().rstrip(".%").strip()
    match = _NUMBER.fullmatch(text)
    return _value(match) if match else None


def same(one: Fraction, other: Fraction) -> bool:
    """Return whether numbers are equal. If one is no integer, a relative difference of a millionth is allowed."""
    if one == other:
        return True
    if one.denominator == other.denominator == 1:
        return False
    return abs(one - other) <= abs(other) / 10**6


def numbers(text: str) -> list[tuple[int, int, Number]]:
    """Return each number with its start and end in the text. Number words count only if the text has no digits."""
    pattern = _NUMBER if any(character.isdecimal() for character in text) else _WORD
    value_of = _value if pattern is _NUMBER else _word_value
    found = []
    for match in pattern.finditer(text):
        value = value_of(match)
        if value is not None:
            found.append((match.start(), match.end(), Number(value, match.group().strip(" $€£"))))
    return found


def _first_said(sentence: str) -> Number:
    """The answer after a cue: the right side of an equation, or else the first number that is no operand."""
    if "=" in sentence:
        return _last_said(sentence)
    return _free(sentence)[0][2]


def _last_said(sentence: str) -> Number:
    free = _free(sentence)
    said = [number for start, _, number in free if _SAYS.search(_before(sentence, start))]
    return said[-1] if said else free[-1][2]


def _free(sentence: str) -> list[tuple[int, int, Number]]:
    found = numbers(sentence)
    free = [
        each
        for each in found
        if not _OPERATOR_AFTER.match(sentence, each[1]) and not _OPERATOR_BEFORE.search(_before(sentence, each[0]))
    ]
    return free or found


def _before(sentence: str, start: int) -> str:
    """The 80 characters before a number. The limit is there because a text may have thousands of numbers."""
    return sentence[max(0, start - 80) : start]


def _readable(text: str) -> str:
    text = re.sub(r"\\d?frac\{(\d+)\}\{(\d+)\}", r"\1/\2", text)
    text = re.sub(r"(?<![\d.])\d{1,3}(?:\.\d{3}){2,}(?![\d.])", lambda match: match.group().replace(".", ","), text)
    text = re.sub(r"(?<=\d)(?:\{,\}|[\u202f\u00a0\u2009](?=\d{3}(?!\d))|\\[,!])(?=\d)", ",", text)
    return text.replace("\\%", "%").replace("\\$", "$").replace("−", "-")


def _value(match: re.Match[str]) -> Fraction | None:
    part = match.groupdict()
    try:
        if part["whole"]:
            value = int(part["whole"]) + Fraction(int(part["top"]), int(part["bottom"]))
        elif part["over"]:
            value = Fraction(part["over"].replace(",", "")) / Fraction(part["under"])
        else:
            power = int((part["exponent"] or part["power"] or "0").replace("−", "-"))
            value = Fraction(part["digits"].replace(",", "")) * Fraction(10) ** power
    except (ZeroDivisionError, ValueError):  # 3/0; more digits than Python reads
        return None
    value *= _SCALES.get((part["scale"] or "").lower(), 1)
    sign = (part["sign"] or "").strip().lower()
    return -value if part["minus"] or sign in ("-", "−", "–", "minus", "negative") else value


def _word_value(match: re.Match[str]) -> Fraction:
    part = {name: (found or "").lower() for name, found in match.groupdict().items()}
    value = _TENS.get(part["tens"], 0) + _SMALL.get(part["ones"] or part["small"], 0)
    value *= 100 if part["hundred"] else 1
    return Fraction(-value if part["sign"] else value)
