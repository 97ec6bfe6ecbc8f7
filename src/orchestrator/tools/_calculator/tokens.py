"""Splits text into tokens, in one pass. Text that is not arithmetic is refused here, before the parser.

A word's kind depends on what is before it: after a number, m is the metre and x a multiplication sign; inside ``solve``
both are unknowns. Knows nothing of grammar or of what values mean.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from orchestrator.core.errors import ToolError
from orchestrator.tools._calculator.algebra_names import opens_algebra
from orchestrator.tools._calculator.numbers import COMMON, NAME, number_at
from orchestrator.tools._calculator.refusals import (
    CURRENCIES,
    CURRENCY_WORDS,
    refuse_date,
    refuse_joined_units,
    refuse_name,
    refused_character,
    spaced_numbers,
)
from orchestrator.tools._calculator.spelling import SUBSCRIPTS, SUPERSCRIPTS, VULGAR, spelled
from orchestrator.tools._calculator.spoken import SPOKEN, phrase_at
from orchestrator.tools._calculator.unit_names import unit_at

MAX_LENGTH = 1_000  # characters of an expression
Kind = Literal["number", "name", "operator", "superscript", "unit", "root", "multiplier", "to", "end"]


@dataclass(frozen=True, slots=True)
class Token:
    """A token.

    Attributes:
        kind: What it is. A ``root`` is "square root of" in words, a ``multiplier`` is "twice", ``to`` asks for units.
        text: The token in canonical spelling: ``×`` is ``*``. Of a unit, its symbol.
        value: The value of a number, superscript or multiplier; the power of a unit.
        spaced: Whether there is a space before it.
        spoken: Whether a sign is written as a word: minus, squared.
    """

    kind: Kind
    text: str
    value: Fraction = Fraction(0)
    spaced: bool = False
    spoken: bool = False


def tokenize(expression: str) -> list[Token]:
    """Split an expression into tokens. The last one has the kind ``end``.

    Raises:
        ToolError: The text is empty, too long or not arithmetic.
    """
    if len(expression) > MAX_LENGTH:
        raise ToolError(f"too large: the expression is longer than {MAX_LENGTH:,} characters; work in smaller steps")
    text = _without_question(spelled(expression))
    if not text:
        raise ToolError("empty: there is nothing to calculate; write an expression such as 2*(3+4)")
    refuse_date(text)
    return _Scanner(text).tokens()


def _without_question(text: str) -> str:
    """Remove a question's or a spreadsheet's signs: '2+2 = ?' and '=2+2' are 2+2.

    A double == is left: it is a comparison.
    """
    text = text.strip(" \r\n")
    if text.endswith("?"):
        text = text[:-1].rstrip(" ")
    if text.endswith("=") and not text.endswith(("==", "!=", "<=", ">=", ":=")):
        text = text[:-1].rstrip(" ")
    elif text.endswith("!="):
        text = text[:-1]  # '5!=' asks for 5!
    if text.startswith("=") and not text.startswith("=="):
        text = text[1:].lstrip(" ")
    return text


# --- Scanning --------------------------------------------------------------------------------------------------------

_ASCII_DIGITS = frozenset("0123456789")
_NUMERALS = _ASCII_DIGITS | frozenset(VULGAR)
_OPERATOR = re.compile(r"\*\*|//|==|[-+*/%‰^!(),=√∛∜]")
_SUPERSCRIPT = re.compile(r"[⁰¹²³⁴-⁹⁺⁻]+")
_CANONICAL = {"^": "**", "==": "="}
_TO = re.compile(r"->|(?:into|in|to)(?![A-Za-z0-9_])|as(?: an?)?(?= +per ?cent)", re.IGNORECASE)
_IN = re.compile(r"in(?= |%|‰)", re.IGNORECASE)
_PARTS = re.compile(r"(?:(%|a? *per ?cent(?:age)?|pct)|(‰|per ?mille))(?! *[0-9.(√])", re.IGNORECASE)  # behind "in"
_TIMES = re.compile(r"[xX](?= *(?:[0-9(√]|\.[0-9]))")  # 3x4, 3 x (4+1)
_SPACED_TIMES = re.compile(r"[xX](?= +(?:[A-Za-z]|[-+][0-9.(]))")  # 3 x pi, 3 x -4
_MONEY = re.compile(rf"([{''.join(CURRENCIES)}]|(?:{'|'.join(CURRENCY_WORDS)})(?![A-Za-z0-9_])) *", re.IGNORECASE)
_SHARE = r"(?:(?:sales )?tax|vat|gst|tip|gratuity|service|interest|commission|fee|surcharge)"
_ENDS = r"(?= *(?:[-+*/),]|plus\b|minus\b|of\b|(?:in|to|as)\b|$))"
_NOUN = re.compile(_SHARE + _ENDS, re.IGNORECASE)
_REDUCTION = re.compile(rf"(?:off|discount|rebate){_ENDS}", re.IGNORECASE)
_ADDED = re.compile(r"(?:[-+]|plus|minus|less) *[0-9.,]+ *(?:%|per *cent|pct) *\Z", re.IGNORECASE)
_OF_SHARE = re.compile(rf"(?:off|{_SHARE} +on)(?![A-Za-z0-9_])", re.IGNORECASE)  # 15% off 80, 20% tax on 50
_START = Token("end", "")


class _Scanner:
    """Reads tokens from left to right, and remembers what decides over the next one."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._spaced = False
        self._calls: list[tuple[bool, bool]] = []  # for each open parenthesis: of a function? of one with unknowns?
        self._before, self._previous = _START, _START
        self._in_units = False  # behind a unit or its power
        self._linked = False  # behind * or / that follows a unit
        self._money = ""  # the currency sign that was read
        self._money_waits = False  # it is written before its number
        self._amount: Token | None = None  # the number right behind it
        self._measures = False  # whether a unit was read

    def tokens(self) -> list[Token]:
        """Return all tokens."""
        return [*self._all(), Token("end", "the end")]

    def _all(self) -> Iterator[Token]:
        position, text = 0, self._text
        while position < len(text):
            character = text[position]
            if character == " ":
                position, self._spaced = position + 1, True
                continue
            if character in _NUMERALS and self._previous.kind == "number":
                raise spaced_numbers(text, position)
            if self._previous.text == "%" and (noun := self._noun_at(position)):
                position = noun.end()
                continue
            if character not in COMMON and (money := _MONEY.match(text, position)):
                position = self._read_currency(money)
                continue
            token, position = self._token_at(position)
            self._remember(token, position)
            yield token
        if self._money_waits:
            raise ToolError(f"syntax: there is no amount behind {self._money}")
        self._refuse_money_with_units()

    def _noun_at(self, position: int) -> re.Match[str] | None:
        """Return the noun of a percentage, which is read over: 50 + 8% tax, 80 - 15% off. 200 * 15% off is no sum."""
        if self._in_algebra():
            return None
        found = _NOUN.match(self._text, position)
        if found is None and _ADDED.search(self._text, 0, position):
            found = _REDUCTION.match(self._text, position)
        return found

    def _remember(self, token: Token, end: int) -> None:
        previous = self._previous
        if token.text == "(":
            called = previous.kind == "name" and (previous.text not in ("mod", "of") or not _ends_value(self._before))
            algebra = self._in_algebra() or (called and opens_algebra(previous.text, self._text[end:]))
            self._calls.append((called, algebra))
        elif token.text == ")" and self._calls:
            self._calls.pop()
        self._linked = self._in_units and token.text in ("*", "/")
        self._measures |= token.kind == "unit" and token.text not in ("%", "‰")
        self._in_units = token.kind == "unit" or (self._in_units and self._continues_power(token))
        if self._money_waits and token.text not in ("-", "+"):
            if token.kind != "number" and token.text != "(":
                raise ToolError(f"syntax: write a number behind {self._money}")
            self._money_waits, self._amount = False, token
        self._before, self._previous, self._spaced = previous, token, False

    def _continues_power(self, token: Token) -> bool:
        """Whether a token behind a unit belongs to its power: m², m**2, m**-2."""
        exponent = "**" in (self._previous.text, self._before.text)
        return token.kind == "superscript" or token.text == "**" or (exponent and token.text not in ("*", "/"))

    def _token_at(self, position: int) -> tuple[Token, int]:
        """Return the token that begins here, and the position after it."""
        text, character = self._text, self._text[position]
        if self._previous.kind == "to" and (parts := _PARTS.match(text, position)):
            return Token("unit", "%" if parts[1] else "‰", Fraction(1), self._spaced), parts.end()
        if character in _NUMERALS or (character == "." and text[position + 1 : position + 2] in _ASCII_DIGITS):
            value, end = number_at(text, position, separates=any(called for called, _ in self._calls))
            return Token("number", text[position:end], value, self._spaced), end
        word = character not in COMMON or text.startswith("->", position)
        if word and (found := self._word_at(position)):
            return found
        if match := NAME.match(text, position):
            if self._money and self._previous.text == "/" and unit_at(text, position):  # $15/h
                self._measures = True
                self._refuse_money_with_units()
            if self._previous.kind == "number" and not self._spaced and not self._in_algebra():
                refuse_joined_units(match.group(), self._previous.text)
            refuse_name(match.group(), text, match.end())
            return Token("name", match.group().translate(SUBSCRIPTS), spaced=self._spaced), match.end()
        if match := _OPERATOR.match(text, position):
            sign = match.group()
            return Token("operator", _CANONICAL.get(sign, sign), spaced=self._spaced), match.end()
        if match := _SUPERSCRIPT.match(text, position):
            return Token("superscript", match.group(), _superscript(match.group()), self._spaced), match.end()
        raise refused_character(character, text)

    # --- Words -------------------------------------------------------------------------------------------------------

    def _word_at(self, position: int) -> tuple[Token, int] | None:
        """Return the token of a word that is a sign or a unit here, and the position after it, or None."""
        if self._in_algebra():
            return None
        if self._previous.text == "%" and (of := _OF_SHARE.match(self._text, position)):
            off = of[0].lower().startswith("off")
            return Token("operator" if off else "name", "off" if off else "of", spaced=self._spaced), of.end()
        return self._times_at(position) or self._unit_at(position) or self._to_at(position) or self._phrase_at(position)

    def _in_algebra(self) -> bool:
        return bool(self._calls) and self._calls[-1][1]

    def _times_at(self, position: int) -> tuple[Token, int] | None:
        if not _ends_value(self._previous):
            return None
        if _TIMES.match(self._text, position) or (self._spaced and _SPACED_TIMES.match(self._text, position)):
            return Token("operator", "*", spaced=self._spaced), position + 1
        return None

    def _unit_at(self, position: int) -> tuple[Token, int] | None:
        """A unit comes after a number or a parenthesis, after ``in``, or is multiplied with another unit."""
        previous = self._previous
        linked = previous.text in ("*", "/") and self._linked
        if not (previous.kind in ("number", "superscript", "to", "unit") or previous.text == ")" or linked):
            return None
        if previous.kind == "unit" and _TO.match(self._text, position):
            return None  # feet in inches
        found = unit_at(self._text, position)
        if found is None or (_IN.match(self._text, position) and self._is_conversion(position + 2)):
            return None
        symbol, power, end = found
        if previous is self._amount:  # $5m may be five million
            raise ToolError(
                f"ambiguous {self._text[position:end]} behind an amount of money: write 5 million or 5000000"
            )
        return Token("unit", symbol, Fraction(power), self._spaced), end

    def _is_conversion(self, behind: int) -> bool:
        """Whether ``in`` before this position means a conversion, and not the inch: 5 in cm, 3/4 in %."""
        rest = self._text[behind:].lstrip(" ")
        known = _PARTS.match(rest) or unit_at(rest, 0)
        return self._previous.kind != "to" and known is not None and not _TO.match(rest)

    def _to_at(self, position: int) -> tuple[Token, int] | None:
        found = _TO.match(self._text, position)
        if not found or not _ends_value(self._previous) or phrase_at(self._text, position):
            return None
        return Token("to", found.group(), spaced=self._spaced), found.end()

    def _phrase_at(self, position: int) -> tuple[Token, int] | None:
        found = phrase_at(self._text, position)
        if found is None:
            return None
        phrase, end = found
        kind, sign, value = SPOKEN[phrase]
        return Token(kind, sign, value, self._spaced, spoken=True), end

    # --- Money -------------------------------------------------------------------------------------------------------

    def _read_currency(self, found: re.Match[str]) -> int:
        """Read over a currency sign, and return the position after it. Amounts of two currencies have no result."""
        sign = CURRENCY_WORDS.get(found[1].lower(), found[1])
        if self._money and sign != self._money:
            raise ToolError(f"two currencies, {self._money} and {sign}: there are no exchange rates here")
        if self._money_waits:
            raise ToolError(f"syntax: {sign} stands twice before one number")
        behind = _ends_value(self._previous)
        if behind and self._text[found.end() : found.end() + 1] in _NUMERALS:
            raise ToolError(f"syntax: write an operator between two amounts of {sign}")
        self._money, self._money_waits = sign, not behind
        return found.end()

    def _refuse_money_with_units(self) -> None:
        """Amounts are read as numbers, so a result such as 120 h for 8 h * $15 would be no amount."""
        if self._money and self._measures:
            raise ToolError(
                f"units do not match: money ({self._money}) and units do not mix here; write the numbers alone, such "
                "as 15*8 for $15/h * 8 h"
            )


def _ends_value(token: Token) -> bool:
    """Whether a value ends here, before 'mod': 10 mod (3) has one, mod(10, 3) has none."""
    if token.kind == "name":
        return token.text not in ("mod", "of")
    return token.kind in ("number", "superscript", "unit") or token.text in (")", "!", "%", "‰")


def _superscript(text: str) -> Fraction:
    plain = text.translate(SUPERSCRIPTS)
    if not re.fullmatch(r"[+-]?[0-9]+", plain):
        raise ToolError(f"syntax: {text} is not a whole superscript; write the power as **2")
    return Fraction(int(plain))
