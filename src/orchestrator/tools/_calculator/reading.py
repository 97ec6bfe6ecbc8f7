"""Finds the expression that a question already contains, in symbols or in words: "34 squared plus 98" is 34**2+98.

Knows how arithmetic is read aloud; not how people ask ("split", "left" and "each" are not in spoken.json).
An expression is returned only if it is the whole calculation: it parses, it uses every number of the question, and no
word of arithmetic is left ("6 plus 7, all squared"). So no other calculation needs to be considered.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Literal

from orchestrator.core.errors import ToolError
from orchestrator.core.numbers import Number, numbers_in
from orchestrator.guidance.dates_times import dates_times_in
from orchestrator.tools._calculator import nodes
from orchestrator.tools._calculator.functions import FUNCTIONS
from orchestrator.tools._calculator.parser import parse

_SIGN = re.compile(r"\*\*|[-+*/^()%!√∛×÷−–·⋅²³]|(?<=[\d\s])x(?=[\s\d])", re.IGNORECASE)
_WORD = re.compile(r"\w+")
_LONGEST = 2_000  # characters of a question that are read
_MOST_PIECES = 200  # numbers and operators
_MOST_CUT = 3  # pieces that may be cut at the ends, such as a stray bracket or sign
_CUT = frozenset("()!-−–+*/")
_ALSO_WORDS = frozenset(("sign", "degrees", "radians", "round"))  # "round 5" asks for more than a function
_SAID = {"square": "({})**2", "cube": "({})**3", "absolute value": "abs({})", "half": "({}/2)"}

_Kind = Literal["number", "sign", "word"]
_Piece = tuple[str, _Kind]  # text for the calculator, and what it was in the question


def expressions_in(question: str) -> tuple[str, ...]:
    """Return the expression in a question, in the calculator's notation.

    Args:
        question: The user's question. Only its first 2,000 characters are read.

    Returns:
        One expression, or nothing if the question contains none or contains more than the expression.
    """
    text = question[:_LONGEST]
    if dates_times_in(text):
        return ()
    runs = _runs(text, {number.start: number for number in numbers_in(text)})
    longest = max(runs, key=len)
    left = sum(1 for run in runs if run is not longest for _, kind in run if kind != "sign")
    expression = "" if left else _trimmed(longest)
    return (expression,) if expression else ()


@cache
def _spoken() -> tuple[Mapping[str, str], re.Pattern[str]]:
    """Return the sign for each spoken word or phrase, and a pattern that finds the longest phrase at a position."""
    signs = json.loads(Path(__file__).with_name("spoken.json").read_text("utf-8"))
    phrases = sorted(signs, key=len, reverse=True)
    return signs, re.compile("|".join(rf"{phrase}\b" for phrase in phrases), re.IGNORECASE)


@cache
def _named() -> re.Pattern[str]:
    """A pattern for a function of one number, "log of -3" or "factorial 5", or as it is written: "gcd(12, 18)"."""
    of_one = {name for name, each in FUNCTIONS.items() if each.fewest == 1 and each.most} - _ALSO_WORDS
    said, written = ("|".join(sorted(names, key=len, reverse=True)) for names in ({*of_one, *_SAID}, FUNCTIONS))
    inside = r"\((?:[^()a-z]|\([^()a-z]*\))*\)"
    return re.compile(
        rf"(?:(?P<said>{said})\s+(?:of\s+)?(?P<sign>[-−]?)(?=[\d.])|(?P<written>(?:{written}){inside}))", re.IGNORECASE
    )


def _runs(text: str, numbers: Mapping[int, Number]) -> list[list[_Piece]]:
    """Return the sequences that hold only numbers and operators.

    If the question says "remainder", a division means the remainder.
    """
    divided = " mod " if "remainder" in text.lower() else "/"
    runs: list[list[_Piece]] = [[]]
    at = 0
    while at < len(text):
        if text[at].isspace():
            at += 1
        elif read := _read(text, at, numbers):
            runs[-1] += [(divided if piece == ("/", "word") else piece[0], piece[1]) for piece in read[0]]
            at = read[1]
        else:
            runs.append([])
            word = _WORD.match(text, at)
            at = word.end() if word else at + 1
    return runs


def _read(text: str, at: int, numbers: Mapping[int, Number]) -> tuple[list[_Piece], int] | None:
    """Return the pieces at a position, and the position after them; None if no arithmetic begins there."""
    signs, phrases = _spoken()
    if named := _named().match(text, at):
        if named["written"]:
            return [(named["written"].lower(), "number")], named.end()
        if number := numbers.get(named.end()):
            name = named["said"].lower()
            return [(_SAID.get(name, f"{name}({{}})").format(named["sign"] + number.value), "number")], number.end
    if phrase := phrases.match(text, at):
        return [(signs[phrase[0].lower()], "word")], phrase.end()
    if sign := _SIGN.match(text, at):
        return [("*" if sign[0] in "xX" else sign[0], "sign")], sign.end()
    if number := numbers.get(at):
        return [(number.value, "number")], number.end
    return None


def _trimmed(pieces: list[_Piece]) -> str:
    """Return the longest part of ``pieces`` that is an expression. Only signs at the ends are cut."""
    if len(pieces) > _MOST_PIECES:
        return ""
    for size in range(len(pieces), max(0, len(pieces) - _MOST_CUT - 1), -1):
        for start in range(len(pieces) - size + 1):
            cut = pieces[:start] + pieces[start + size :]
            part = pieces[start : start + size]
            if {text for text, _ in cut} <= _CUT and _is_expression(part):
                return _text(part)
    return ""


def _text(pieces: Sequence[_Piece]) -> str:
    """The pieces as one expression. A sign belongs to a number that is raised in words: -3 squared is (-3)**2."""
    joined = ""
    for at, (text, kind) in enumerate(pieces):
        raised = kind == "word" and text.startswith("**") and at and pieces[at - 1][1] == "number"
        joined = _SIGNED_END.sub(r"(\1)", joined) + text if raised else joined + text
    return _HALF_AHEAD.sub(r"\1", joined)


_HALF_AHEAD = re.compile(r"^\((-?[\d.]+/2)\)(?!\*\*|!)")
_SIGNED_END = re.compile(r"(?<![\d)!%])(-[\d.]+)$")


def _is_expression(pieces: Sequence[_Piece]) -> bool:
    """Whether the text has one reading and an operator. A sign before a single number is not an operator."""
    text = _text(pieces)
    single = text.lstrip("-−–+(").rstrip(")").replace(".", "")
    if single.isdigit() or not any(character.isdigit() for character in text):
        return False
    if any(one[1] == other[1] == "number" for one, other in pairwise(pieces)):  # 5 dozen minus 8
        return False
    try:
        return not isinstance(parse(text), nodes.Either)
    except ToolError:
        return False
