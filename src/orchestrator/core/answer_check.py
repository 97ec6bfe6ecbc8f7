"""Checks whether an answer contains the tool's value, and nothing that was not asked.

Values in, a verdict out; knows no model and no tool. A number may be written in another form (147,934 or $147934.00
for 147934), and it may be rounded to two or more decimals. Its value must be the same. Its unit may be written in
another form, or be left out.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Context, Decimal, localcontext
from itertools import chain

from orchestrator.core.kept import gives_up_on, keeps, lists_in
from orchestrator.core.numbers import COMPARED, numbers_in
from orchestrator.core.signs import negative_numbers, signed
from orchestrator.core.told_value import exact_value, told_value
from orchestrator.core.types import ToolResult

_SHORT = 200  # characters; an answer is not expected to repeat a longer result

_SIGN = r"(?:(?<![\w.])[-−])?"  # a hyphen between two numbers, as in 3-5, is no sign
_NUMBER = re.compile(rf"{_SIGN}(?:\d{{1,3}}(?:,\d{{3}})+(?!\d)|\d+)(?:\.\d+)?(?:[eE][+-]?\d+)?")
_SPACED = re.compile(rf"{_SIGN}(?<!\d)\d{{1,3}}(?:[ \u00a0\u2009\u202f]\d{{3}})+(?!\d)(?:\.\d+)?")  # 147 934
_MEASURED = re.compile(rf"({_NUMBER.pattern})(?:°| [^\s\d(]\S*)?")  # 147934, 90°, 8.04672 km
_EXACT_FORM, _ROUNDED_FORM = re.compile(r"= [^,;≈]* ≈ "), re.compile(r" ≈ [^,;≈]*")
_BETWEEN = str.maketrans("−", "-", ", \u00a0\u2009\u202f")
_LONGEST_NUMBER = 100  # characters
_LONGEST_ANSWER = 100_000
_ROUNDED = 10**15  # larger values are not rounded to decimals
_AGREES = {
    "True": re.compile(r"\b(true|yes)\b", re.IGNORECASE),
    "False": re.compile(r"\b(false|no|not)\b|n't\b", re.IGNORECASE),
}


def carried_value(results: Sequence[ToolResult]) -> str | None:
    """Return the value that the answer must contain. It is the last result if that is one short line without sources.

    Args:
        results: The results of all calls so far.

    Returns:
        The value; None if there is none.
    """
    if not results or not results[-1].ok or results[-1].citations:
        return None
    value = results[-1].result.strip()
    return value if value and "\n" not in value and len(value) <= _SHORT else None


def carries(answer: str, results: Sequence[ToolResult]) -> bool | None:
    """Tell whether an answer contains the last result's value.

    Args:
        answer: The answer.
        results: The results of all calls so far.

    Returns:
        None if there is no such value.
    """
    value = carried_value(results)
    if value is None:
        return None
    if value in _AGREES:
        return bool(_AGREES[value].search(answer))
    told, exact = told_value(value), exact_value(value)
    if exact and re.search(rf"(?<![\w./]){re.escape(exact)}(?![\w/])", answer):
        return True
    measured = _MEASURED.fullmatch(told)
    if measured and len(measured[1]) <= _LONGEST_NUMBER:
        return _says(answer[:_LONGEST_ANSWER], measured[1])
    return any(_contains(answer, each) for each in _either_side(told))


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
    return _asked(question, results) and _known(question, answer[:_LONGEST_ANSWER], results)


def _asked(question: str, results: Sequence[ToolResult]) -> bool:
    """Whether the last call keeps what the question writes, and is no other one after an error."""
    last = results[-1].argument
    failed = [result.argument for result in results if not result.ok]
    return keeps(question, last) and not any(gives_up_on(each, last) for each in failed)


def _known(question: str, answer: str, results: Sequence[ToolResult]) -> bool:
    """Whether the answer has no number from nowhere, and no list with a number that was not in it."""
    told = [told for result in results for told in (result.result, result.argument)]
    with localcontext(Context(prec=300, traps=[])):
        sources = [*map(_number, _asked_numbers(question)), *(_number(each) for text in told for each in _found(text))]
        known = {each for value in sources for each in (value, value * 100, value / 100)}
        stated = [_number(each) for each in _found(_APART.sub(" ", answer))]
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
    return [signed(number, negative) for number in numbers if len(number.value) <= _LONGEST_NUMBER]


def _found(text: str) -> list[str]:
    found = chain(_NUMBER.findall(text[:_LONGEST_ANSWER]), _SPACED.findall(text[:_LONGEST_ANSWER]))
    return [each for each in found if len(each) <= _LONGEST_NUMBER]


# What is no value: a source [1], the number of a point in a list, 2nd, a number in a name such as GPT4.
_APART = re.compile(r"\[\d+(?:, ?\d+)*\]|^\s*\d+[.)]\s|\b\d+(?:st|nd|rd|th)\b|(?<=[^\W\d_])\d+", re.MULTILINE)


def _same_size(value: Decimal, written: Decimal) -> bool:
    """Tell whether ``written`` is ``value``, rounded or not, with or without its sign: 5 degrees below zero."""
    return _same(value.copy_abs(), written.copy_abs())


def _either_side(value: str) -> tuple[str, ...]:
    """A value as it is, and without what is on one side of each ≈: x = 1/3 ≈ 0.333."""
    return (value, _ROUNDED_FORM.sub("", value), _EXACT_FORM.sub("= ", value))


def _contains(answer: str, value: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(value)}(?!\w)", answer, re.IGNORECASE) is not None


def _says(answer: str, value: str) -> bool:
    """Tell whether one of the answer's numbers is ``value``.

    The answer may contain any digits, so nothing here raises.
    """
    with localcontext(Context(prec=300, traps=[])):
        wanted = _number(value)
        found = chain(_NUMBER.findall(answer), _SPACED.findall(answer))
        return any(_same(wanted, _number(each)) for each in found if len(each) <= _LONGEST_NUMBER)


def _number(text: str) -> Decimal:
    return Decimal(text.translate(_BETWEEN))


def _same(value: Decimal, written: Decimal) -> bool:
    """Tell whether the numbers are equal, or ``written`` is ``value`` rounded to two or more decimals."""
    if written == value or not (written.is_finite() and abs(value) < _ROUNDED):
        return written == value
    decimals = -int(written.as_tuple().exponent)
    return 2 <= decimals <= _LONGEST_NUMBER and written == round(value, decimals)
