"""Reads numbers as people and LaTeX write them: 1,234 · −3 · 3/4 · 1 1/2 · 12.5 % · 2 million · $5k · 3:4 · three.

An expression, such as 25 * 4, 2√3 or 5^2, is no number: nobody has evaluated it. Knows numbers; not which one of a
text is the answer, and not what is right.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from fractions import Fraction
from math import gcd

from orchestrator.evals.latex import plain_math
from orchestrator.evals.number_words import NUMBER_WORDS, SCALES, value_of_words, with_digits

_DIGITS = r"(?:\d{1,3}(?:,\d{3})+(?!\d)|\d{1,2}(?:,\d{2})+,\d{3}(?!\d)|\d+)(?:\.\d+)?|\.\d+"
_NUMBER = re.compile(
    rf"(?P<sign>(?<![\w)\]])[-–+]\s?|\b(?:minus|negative)\s+)?[€£¥₹]?\s?(?P<minus>(?<![\w)\]])-)?(?<![A-Za-z_])(?:"
    rf"(?P<whole>\d+)\s+(?:and\s+)?(?P<top>\d+)/(?P<bottom>\d+)(?![\d/])"
    rf"|(?P<over>{_DIGITS})(?P<space>\s?)/\s?(?P<under>\d+(?:\.\d+)?)(?![\d/])"
    rf"|(?P<first>\d+(?:\.\d+)?)(?P<gap>\s?):(?P=gap)(?P<second>\d+(?:\.\d+)?)(?![\d:])"
    rf"|10\s?\^\s?\{{?(?P<ten>-?\d{{1,3}})(?!\d)\}}?"
    rf"|(?P<digits>{_DIGITS})(?:[eE](?P<exponent>[-+]?\d{{1,3}})\b|\s?[×·x*]\s?10\s?\^\s?\{{?(?P<power>-?\d{{1,3}})\}}?)?"
    rf"(?:\s?(?P<scale>{'|'.join(SCALES)})\b)?"
    r")(?!\d)",
    re.IGNORECASE,
)
_UNIT = r"(?:[%°$€£¥₹µ]|[A-Za-z]{2,}(?![A-Za-z])|[mgshlLNJWVAKCFd](?![A-Za-z]))"
_QUANTITY = re.compile(rf"(?:[\s.]|{_UNIT}(?:\^\{{?-?\d\}}?)?/?)*")
_MANY_PLACES, _ENDLESS = 5, 10**6  # decimal places
_LONGEST = 200  # characters of a text that is one number with its unit
_PER_CENT = r"\s*(?:%|°[CF]?|\bper\s?cents?\b|\bpct\b|\bpercentage(?:\s+points?)?\b)?[\s.%]*"
_NAME = r"[A-Za-z|][^-=≈<>\d+*×·÷^]{0,30}(?:[_({]\w{0,10}[)}|]{0,2})?"
_NAMES = re.compile(rf"^(?:(?:{_NAME}\s*[=≈]|[-\d\s+*×·÷/^().√π]+\s*=)\s*(?=\S)){{1,4}}")
_SPACED = re.compile(r"\d{1,3}(?: \d{3})+(?![\d/])")
_VARIABLE = r"[abcefijknopqrtuvwxyzBDEGHIMOPQRSTUXYZ](?![A-Za-z])"  # glued to a number, and no unit
_OPERATOR_AFTER = re.compile(
    r"\s*(?:[+*×·÷^/±√π∞_]|-(?=\s*[\d(√π])|–(?=\s*\d)|x\s(?=\d))|\((?=[-\d√π])|!(?=[\w)}=/])|:\d"
    rf"|\s+and\s+(?:a|one|two|three)[\s-](?:hal|third|quarter)|{_VARIABLE}"
)
_OPERATOR_BEFORE = re.compile(r"(?:[+*×·÷^/±√_]|[\d)}a-z]\s*-|[\d)]\s*–|\d:|\d\sx)\s*\(?$|\{$|[A-Za-z]\($")
_TUPLE = re.compile(r"[\[({][-\d\s./π√∞+*^]*[,;][-\d\s.,;/π√∞+*^]*[\])}]")
_TERM_BEFORE = re.compile(r"(?:[\d)}%°]|(?<![A-Za-z])[A-Za-z])\s+$")
_DECIMAL_COMMA = re.compile(
    r"(?<![\d.,({\[])(?:(\d+|\d{1,3}(?:\.\d{3})+),(\d{1,2})|(\d{1,3}),(\d{4,})|(0),(\d{3}))(?![\d,])"
)
_SHORT = re.compile(  # "$1.2M", "5k"; "$2B$" is a formula
    r"(?:(?<=[$€£¥₹])|(?<=[$€£¥₹] ))(?P<amount>\d[\d,]*(?:\.\d+)?)(?P<letter>\s?[kKMBT]|m|mn|bn)(?![\w$^])"
    r"|(?<![\w.,])(?P<count>\d[\d,]*(?:\.\d+)?)(?P<short>k|\s?[bm]n)(?![\w$])"
)
_LETTERS = {"k": "thousand", "m": "million", "b": "billion", "t": "trillion"}
_CENTS = re.compile(
    r"(?P<currency>[$€£])?(?<![\d.,])(?P<whole>\d[\d,]*)(?(currency)\s+and|\s+(?:dollars?|euros?|pounds?)(?:,?\s+and|,)?)\s+"
    r"(?P<cents>\d{1,2})\s+(?:cents?|pence)\b",
    re.IGNORECASE,
)
_PER_CENT_NEXT = re.compile(r"\s*(?:%|per\s?cent\b|pct\b)", re.IGNORECASE)
_SIGNS = ("-", "–", "+")
_DOT_GROUPS = re.compile(r"(?<![\d.])\d{1,3}(?:\.\d{3}){2,}(?![\d.])")


@dataclass(frozen=True, slots=True)
class Number:
    """A number in a text.

    Attributes:
        value: Its exact value.
        text: The way it was written.
        parts: The two sides of a quotient or a ratio, as written; None for any other number.
        evaluated: It is a value: no quotient such as 100 / 8, which is a division that nobody has done. A fraction in
            its lowest terms is a value, except for 25 / 2, which has spaces and is more than 1.
        also: The same number in another form, such as the 1/3 of 1/3 ≈ 0.33 or the 3 of 3 dozen.
        per_cent: A percent sign is after it.
    """

    value: Fraction
    text: str
    parts: tuple[Fraction, Fraction] | None = None
    evaluated: bool = True
    also: Number | None = None
    per_cent: bool = False

    def answers(self, gold: Number) -> bool:
        """Return whether this is the gold number, evaluated or written as the gold number is.

        25 % is 0.25 too, but only for a gold share: one between 0 and 1, of exactly this value and without a percent
        sign. For any other gold number, such as 2.5, it would more often be a wrong answer than another notation.
        """
        right = same(self.value, gold.value) and (self.evaluated or self.parts == gold.parts)
        share = self.per_cent and not gold.per_cent and 0 < abs(gold.value) < 1 and self.value / 100 == gold.value
        return right or share or (self.also is not None and self.also.answers(gold))


@dataclass(frozen=True, slots=True)
class Found:
    """A number at a place in a text.

    Attributes:
        start: Where it begins.
        end: Where it ends.
        number: The number.
        free: It is no part of an expression, such as the 4 of 25 * 4, and it is evaluated.
    """

    start: int
    end: int
    number: Number
    free: bool


def number_of(text: str) -> Fraction | None:
    """Return the value of a text that is one number, such as a gold answer; else None. See ``read``."""
    found = read(text)
    return found.value if found else None


def read(text: str, *, units: bool = False) -> Number | None:
    """Return the number that a text is, with or without %, °, a currency, a name as in "x = 5"; or else None.

    Args:
        text: The text, such as a gold answer or what is in a box.
        units: Whether words may follow the number, such as "kg" or "apples".
    """
    text = readable(text[: _LONGEST + 1]).strip()
    if len(text) > _LONGEST:
        return None
    text = re.sub(r"^\((.*)\)$", r"\1", _NAMES.sub("", text)).strip()
    spaced = _SPACED.match(text)
    text = spaced[0].replace(" ", ",") + text[spaced.end() :] if spaced else text
    match = _NUMBER.match(text)
    if not match or _glued(text, match.end()):
        return None
    rest = text[match.end() :]
    allowed = re.fullmatch(_PER_CENT, rest, re.IGNORECASE) or (units and _QUANTITY.fullmatch(rest))
    return _number(match) if allowed else None


def same(one: Fraction, other: Fraction) -> bool:
    """Return whether numbers are equal, as far as both were written out: 0.333333 is 1/3, but 0.33 is not.

    Numbers with few decimal places must be equal. Else a relative difference of a millionth is allowed, if it is less
    than one unit in the last place of the number that has fewer places.
    """
    if one == other:
        return True
    places, most = sorted((_places(one), _places(other)))
    rounded = _MANY_PLACES <= places < _ENDLESS or 0 < places < most == _ENDLESS
    unit = Fraction(1, 10 ** (places if rounded else 9))  # 2.9999999999 is 3
    return abs(one - other) < unit and abs(one - other) <= abs(other) / 10**6


def numbers(text: str) -> list[Found]:
    """Return the numbers of a readable text in their order. Number words count only if the text has no digits."""
    if not any(character.isdecimal() for character in text):
        return [_found_words(match) for match in NUMBER_WORDS.finditer(text)]
    found, listed = [], _tuples(text)
    for match in _NUMBER.finditer(text):
        number = _number(match)
        if number is not None:
            operand = match.end() in listed or _glued(text, match.end()) or _in_expression(text, match)
            free = number.evaluated and not operand
            found.append(Found(match.end() - len(match[0].lstrip()), match.end(), number, free))
    return found


def readable(text: str) -> str:
    """Return a text in which every number is written with commas between thousands and a decimal point."""
    text = _SHORT.sub(_with_scale, _CENTS.sub(_with_cents, text))
    text = with_digits(plain_math(text))
    text = _DOT_GROUPS.sub(lambda match: match[0].replace(".", ","), text)
    return _DECIMAL_COMMA.sub(_with_point, text)


def _with_scale(match: re.Match[str]) -> str:
    return f"{match['amount'] or match['count']} {_LETTERS[(match['letter'] or match['short']).strip()[0].lower()]}"


def _with_cents(match: re.Match[str]) -> str:
    return f"{match['whole']}.{match['cents']:0>2}"


def _with_point(match: re.Match[str]) -> str:
    whole, places = (part for part in match.groups() if part)
    return f"{whole.replace('.', '')}.{places}"


def _found_words(match: re.Match[str]) -> Found:
    number = replace(_dozens(value_of_words(match), match[0].strip()), per_cent=_is_per_cent(match))
    return Found(match.start(), match.end(), number, free=True)


def _is_per_cent(match: re.Match[str]) -> bool:
    return _PER_CENT_NEXT.match(match.string, match.end()) is not None


def _dozens(value: Fraction, text: str) -> Number:
    """A number; of "3 dozen", which may be the answer to "how many dozen", the 3 too."""
    also = Number(value / SCALES["dozen"], text) if text.lower().endswith(("dozen", "dozens")) else None
    return Number(value, text, also=also)


def _glued(text: str, end: int) -> bool:
    return _OPERATOR_AFTER.match(text, end) is not None


def _in_expression(text: str, match: re.Match[str]) -> bool:
    """Whether an operator is before a number. Only 20 characters are read: a text may have thousands of numbers."""
    before = text[max(0, match.start() - 20) : match.start()]
    subtracted = (match["sign"] or "").strip() in _SIGNS and _TERM_BEFORE.search(before)
    return bool(subtracted or _OPERATOR_BEFORE.search(before))


def _tuples(text: str) -> set[int]:
    """The places in tuples, sets and intervals, such as (3, 4); not in (1,234)."""
    found = (each for each in _TUPLE.finditer(text) if not _NUMBER.fullmatch(each[0][1:-1].strip()))
    return {at for each in found for at in range(each.start(), each.end())}


def _number(match: re.Match[str]) -> Number | None:
    part, text = match.groupdict(), match[0].strip(" $€£¥₹")
    sign = (part["sign"] or "").strip().lower()
    factor = -1 if part["minus"] or sign in ("-", "–", "minus", "negative") else 1
    try:
        if part["over"] or part["first"]:
            top, bottom = _exact(part["over"] or part["first"]), _exact(part["under"] or part["second"])
            evaluated = _lowest(top, bottom) and not (part["space"] and top > bottom)
            return Number(factor * top / bottom, text, (factor * top, bottom), evaluated)
        return replace(_dozens(factor * _value(part), text), per_cent=_is_per_cent(match))
    except (ZeroDivisionError, ValueError):  # 3/0; more digits than Python reads
        return None


def _value(part: dict[str, str | None]) -> Fraction:
    if part["whole"]:
        return _exact(part["whole"]) + _exact(part["top"]) / _exact(part["bottom"])
    power = int(part["exponent"] or part["power"] or part["ten"] or "0")
    return _exact(part["digits"] or "1") * Fraction(10) ** power * SCALES.get((part["scale"] or "").lower(), 1)


def _exact(digits: str | None) -> Fraction:
    return Fraction((digits or "").replace(",", ""))


def _lowest(top: Fraction, bottom: Fraction) -> bool:
    return top.denominator == bottom.denominator == 1 and bottom > 1 and gcd(int(top), int(bottom)) == 1


def _places(value: Fraction) -> int:
    """How many decimal places a number has."""
    rest, twos, fives = value.denominator, 0, 0
    while rest % 2 == 0:
        rest, twos = rest // 2, twos + 1
    while rest % 5 == 0:
        rest, fives = rest // 5, fives + 1
    return max(twos, fives) if rest == 1 else _ENDLESS
