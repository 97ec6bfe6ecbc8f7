"""Finds the expression that a question already contains, in symbols or in words: "34 squared plus 98" is 34**2+98.

Knows how arithmetic is read aloud; not how people ask ("split", "left" and "each" are not in spoken.json).
An expression is returned only if it parses and uses every number that the question writes in digits.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from orchestrator.core.errors import ToolError
from orchestrator.guidance.numbers import Number, numbers_in
from orchestrator.tools._calculator import nodes
from orchestrator.tools._calculator.parser import parse

_SIGN = re.compile(r"\*\*|[-+*/^()%!√×÷−–·⋅²³]|(?<=[\d\s])x(?=[\s\d])", re.IGNORECASE)
_WORD = re.compile(r"\w+")
_LONGEST = 2_000  # characters of a question that are read
_MOST_PIECES = 200  # numbers and operators
_MOST_CUT = 3  # pieces that may be cut at the ends, such as a stray bracket or sign

_Piece = tuple[str, bool]  # text for the calculator, and whether it is a number written in digits


def expressions_in(question: str) -> tuple[str, ...]:
    """Return the expression in a question, in the calculator's notation.

    Args:
        question: The user's question. Only its first 2,000 characters are read.

    Returns:
        One expression, or nothing if there is none or it does not use all numbers in digits.
    """
    text = question[:_LONGEST]
    numbers = {number.start: number for number in numbers_in(text)}
    written = sum(number.in_digits for number in numbers.values())
    longest = max(_runs(text, numbers), key=len)
    expression = _trimmed(longest, written)
    return (expression,) if expression else ()


@cache
def _spoken() -> tuple[Mapping[str, str], re.Pattern[str]]:
    """Return the sign for each spoken word or phrase, and a pattern that finds the longest phrase at a position."""
    signs = json.loads(Path(__file__).with_name("spoken.json").read_text("utf-8"))
    phrases = sorted(signs, key=len, reverse=True)
    return signs, re.compile("|".join(rf"{phrase}\b" for phrase in phrases), re.IGNORECASE)


def _runs(text: str, numbers: Mapping[int, Number]) -> list[list[_Piece]]:
    """Return the sequences that hold only numbers and operators.

    If the question says "remainder", a division means the remainder.
    """
    signs, phrases = _spoken()
    divided = " mod " if "remainder" in text.lower() else "/"
    runs: list[list[_Piece]] = [[]]
    at = 0
    while at < len(text):
        if text[at].isspace():
            at += 1
        elif phrase := phrases.match(text, at):
            spoken = signs[phrase[0].lower()]
            runs[-1].append((divided if spoken == "/" else spoken, False))
            at = phrase.end()
        elif sign := _SIGN.match(text, at):
            runs[-1].append(("*" if sign[0] in "xX" else sign[0], False))
            at = sign.end()
        elif number := numbers.get(at):
            runs[-1].append((number.value, number.in_digits))
            at = number.end
        else:
            runs.append([])
            word = _WORD.match(text, at)
            at = word.end() if word else at + 1
    return runs


def _trimmed(pieces: list[_Piece], written: int) -> str:
    """Return the longest part of ``pieces`` that is an expression with all ``written`` numbers.

    Only the ends are cut.
    """
    if len(pieces) > _MOST_PIECES:
        return ""
    for size in range(len(pieces), max(1, len(pieces) - _MOST_CUT - 1), -1):
        for start in range(len(pieces) - size + 1):
            part = pieces[start : start + size]
            if sum(in_digits for _, in_digits in part) == written and _is_expression(part):
                return "".join(text for text, _ in part)
    return ""


def _is_expression(pieces: list[_Piece]) -> bool:
    """Whether the text has one reading and an operator. A sign before a single number is not an operator."""
    text = "".join(text for text, _ in pieces)
    if not any(character.isdigit() for character in text) or text.lstrip("-+(").rstrip(")").replace(".", "").isdigit():
        return False
    try:
        return not isinstance(parse(text), nodes.Either)
    except ToolError:
        return False
