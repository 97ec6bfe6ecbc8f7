"""Finds the numbers of a question, in digits or in words: "3 dozen" is 3 and 12, "two hundred and five" is 205.

Words that imply a number count too: half, twice, a third, a dozen. English only; in a question in another language,
only digits are found. Values only.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

COMPARED = 2_000  # characters of a question that are read and compared

_WORD = re.compile(r"(?:\d{1,3}(?:,\d{3})+(?!\d)|\d+)(?:\.\d+)?|[A-Za-z]+")

# fmt: off
_UNITS = {word: value for value, word in enumerate((
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
))}
_TENS = {word: 10 * value for value, word in enumerate((
    "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety",
), start=2)}
# fmt: on
_SCALES = {"hundred": 100, "thousand": 1_000, "million": 1_000_000, "billion": 1_000_000_000}
_CARRIERS = {
    **dict.fromkeys(("half", "halves", "halve", "halved", "twice", "double", "doubled", "doubles", "second"), 2),
    **dict.fromkeys(("triple", "tripled", "thrice", "third", "thirds"), 3),
    **dict.fromkeys(("quarter", "quarters", "fourth", "quadruple"), 4),
    **dict.fromkeys(("fifth", "fifths"), 5),
    **{word: value for value, word in enumerate(["sixth", "seventh", "eighth", "ninth", "tenth"], start=6)},
    "first": 1,
    "dozen": 12,
}
# Words that are often not meant as numbers: one of them, half past, the second pen, two tests.
_DOUBTFUL = frozenset(("one", "two", "three", "second", "first", "third", "half", "quarter", "quarters", "double"))


@dataclass(frozen=True, slots=True)
class Number:
    """A number in a text.

    Attributes:
        value: The number in digits, without commas.
        start: The position of its first character.
        end: The position after its last character.
        doubtful: Whether it is a word that is often not meant as a number.
        in_digits: Whether it is written in digits.
    """

    value: str
    start: int
    end: int
    doubtful: bool = False
    in_digits: bool = True


def numbers_in(text: str) -> list[Number]:
    """Return the numbers of a text, in order."""
    return list(
        _found_numbers(text, [(match.start(), match.end(), match[0].lower()) for match in _WORD.finditer(text)])
    )


def folded(text: str) -> str:
    """Replace what differs between questions of one form.

    Numbers in digits become 0, and letters that are alone become x. Quoted text becomes ``x``, ``word`` or ``words``.
    """
    text = re.sub(r"(?:\d{1,3}(?:,\d{3})+(?!\d)|\d+)(?:\.\d+)?", "0", text)
    text = _QUOTED.sub(lambda match: f"'{_kind(match[1] or match[2])}'", text)
    return _LETTER.sub("x", text)


_QUOTED = re.compile(r"[\"“”]([^\"“”]+)[\"“”]|(?<!\w)['‘]([^'‘’]+)['’](?!\w)")
_LETTER = re.compile(r"(?<![\w'’])[b-hj-z](?![\w-])", re.IGNORECASE)  # a and I are words


def _kind(quoted: str) -> str:
    return "x" if len(quoted) == 1 else "words" if " " in quoted.strip() else "word"


def _found_numbers(text: str, words: list[tuple[int, int, str]]) -> Iterator[Number]:
    at = 0
    while at < len(words):
        start, end, word = words[at]
        if word[0].isdigit():
            value = re.sub(r"^0+(?=\d)", "", word.replace(",", ""))
            value, end, at = _with_part(value, end, words, at)
            yield Number(value, start, end)
        elif word in _CARRIERS:
            yield Number(str(_CARRIERS[word]), start, end, word in _DOUBTFUL, in_digits=False)
        elif word in _UNITS or word in _TENS:
            number, last = _spelled(text, words, at)
            value, end, at = _with_part(str(number), words[last][1], words, last)
            yield Number(value, start, end, last == at and word in _DOUBTFUL, in_digits=False)
        at += 1


def _with_part(value: str, end: int, words: list[tuple[int, int, str]], at: int) -> tuple[str, int, int]:
    """Add "and a half" or "and a quarter" after a number.

    Returns:
        The value, the position after its last character, and the index of its last word.
    """
    part = _PARTS.get(" ".join(word for _, _, word in words[at + 1 : at + 4]))
    if part is None or "." in value:
        return value, end, at
    return value + part, words[at + 3][1], at + 3


_PARTS = {"and a half": ".5", "and a quarter": ".25"}


def _spelled(text: str, words: list[tuple[int, int, str]], first: int) -> tuple[int, int]:
    """Read a number in words.

    Returns:
        The value of the number word at ``first`` with the words that continue it, and the index of the last of them.
    """
    total, current, last = 0, 0, first
    for at in range(first, len(words)):
        start, _, word = words[at]
        if at > first and text[words[at - 1][1] : start].strip(" ") not in ("", "-"):
            break
        if word in _SCALES:
            total, current = (total, current * 100) if word == "hundred" else (total + current * _SCALES[word], 0)
        elif word in _TENS and current % 100 == 0:
            current += _TENS[word]
        elif word in _UNITS and (current % 100 == 0 or (current % 10 == 0 and 0 < _UNITS[word] < 10)):
            current += _UNITS[word]
        elif word == "and" and words[at - 1][2] in _SCALES:
            continue
        else:
            break
        last = at
    return total + current, last
