"""Whether an answer says the tool's value, and nothing that was not asked.

Values in, a verdict out; knows no model and no tool. It is loaded with the first finished run.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Context, Decimal, localcontext
from itertools import chain

from orchestrator.core.answer_check import (
    LONGEST_ANSWER,
    LONGEST_NUMBER,
    NUMBER,
    SPACED,
    carries,
    number_of,
    same_number,
)
from orchestrator.core.kept import gives_up_on, keeps, lists_in
from orchestrator.core.numbers import COMPARED, numbers_in
from orchestrator.core.signs import negative_numbers, signed
from orchestrator.core.types import ToolResult


def faithful(question: str, answer: str, results: Sequence[ToolResult]) -> bool | None:
    """Tell whether an answer contains the last result's value, and the question, the answer and the call agree.

    They agree if each number of the answer is one of the question, of a call or of a result; if no list of the question
    is repeated with another number in it; and if the call keeps what the question writes (see ``kept``), also after an
    error.

    Args:
        question: The user's question.
        answer: The answer.
        results: The results of all calls so far.

    Returns:
        None if there is no value to contain.
    """
    carried = carries(answer, results)
    if not carried:
        return carried
    return _asked(question, results) and _known(question, answer[:LONGEST_ANSWER], results)


def _asked(question: str, results: Sequence[ToolResult]) -> bool:
    """Whether the last call keeps what the question writes, and is no other one after an error."""
    last = results[-1].argument
    failed = [result.argument for result in results if not result.ok]
    return keeps(question, last) and not any(gives_up_on(each, last) for each in failed)


def _known(question: str, answer: str, results: Sequence[ToolResult]) -> bool:
    """Whether the answer has no number from nowhere, and no list with a number that was not in it."""
    told = [told for result in results for told in (result.result, result.argument)]
    with localcontext(Context(prec=300, traps=[])):
        sources = [
            *map(number_of, _asked_numbers(question)),
            *(number_of(each) for text in told for each in _found(text)),
        ]
        known = {each for value in sources for each in (value, value * 100, value / 100)}
        stated = [number_of(each) for each in _found(_APART.sub(" ", answer))]
        named = all(any(_same_size(value, each) for value in known) for each in stated)
    return named and not any(_misquotes(each, question, told[-2]) for each in lists_in(answer))


def _misquotes(listed: Sequence[str], question: str, result: str) -> bool:
    """Whether some numbers of a list are the question's, and another one is not: 4, 9 and 15 for 4, 8 and 15."""
    asked, found = set(_asked_numbers(question)), set(_found(result))
    given = [value for value in listed if value in asked]
    return bool(given) and any(value not in asked and value in found for value in listed)


def _asked_numbers(question: str) -> list[str]:
    numbers = numbers_in(question[:COMPARED])
    negative = negative_numbers(question[:COMPARED], numbers)
    return [signed(number, negative) for number in numbers if len(number.value) <= LONGEST_NUMBER]


def _found(text: str) -> list[str]:
    found = chain(NUMBER.findall(text[:LONGEST_ANSWER]), SPACED.findall(text[:LONGEST_ANSWER]))
    return [each for each in found if len(each) <= LONGEST_NUMBER]


# What is no value: a source [1], the number of a point in a list, 2nd, a number in a name such as GPT4.
_APART = re.compile(r"\[\d+(?:, ?\d+)*\]|^\s*\d+[.)]\s|\b\d+(?:st|nd|rd|th)\b|(?<=[^\W\d_])\d+", re.MULTILINE)


def _same_size(value: Decimal, written: Decimal) -> bool:
    """Tell whether ``written`` is ``value``, rounded or not, with or without its sign: 5 degrees below zero."""
    return same_number(value.copy_abs(), written.copy_abs())
