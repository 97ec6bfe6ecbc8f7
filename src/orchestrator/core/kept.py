"""Whether a call works out what its question asks: its signs, percents, operators, lists and words are kept.

"20% of 50 plus 7" is not 20*50+7, "the square root of -4" not sqrt(4), and "How many a's are in banana?" does not ask
about "are". Only what the question writes is compared, so True does not say that a call is right. A call in which a
number was worked out in the head (3 - -4 as 3+4) counts as another one. Text in, a verdict out; knows no tool.
"""

from __future__ import annotations

import re
from collections import Counter
from decimal import Decimal

from orchestrator.core.numbers import COMPARED, numbers_in
from orchestrator.core.signs import negative_numbers

_VALUE = r"(?:\d{1,3}(?:,\d{3})+(?!\d)|\d+)(?:\.\d+)?"
_CALCULATION = re.compile(r"[\w\s.,()+\-*/^%!√∛×÷−]*")  # no quotes, no JSON, no NAME=VALUE
_OPERATOR = re.compile(r"[-+*/^%!√∛×÷−(]|\bmod\b")
_NUMBER = re.compile(r"(?<![\w.])\d+(?:\.\d+)?(?!\w)")
_TERM = re.compile(r"\d+(?:\.\d+)?|'[^']*'|\"[^\"]*\"|[^\W\d]\w*|\*\*|[^\w\s()]")
_SPELLINGS = {"^": "**", "×": "*", "·": "*", "÷": "/", "−": "-", "–": "-", "mod": "%", "√": "sqrt", "∛": "cbrt"}

_PERCENT = re.compile(rf"({_VALUE})\s*(?:%|per ?cent\b)", re.IGNORECASE)
_SHARE = re.compile(rf"{_PERCENT.pattern}\s+[^\W\d]{{1,4}}\s+[$€£]?({_VALUE})", re.IGNORECASE)  # 20% of 50, 20 % de 50
_MINUS = re.compile(r"[-−–](?=\s*[-\d.(])|\bminus\b", re.IGNORECASE)
# 12-5 may be pages, and 3/4 a date or a fraction; 12 - 5 and 3 / 4 are calculations.
_JOINED = rf"(?:\s*(?:\*\*|[+*^×÷])\s*|\s+[-−/]\s+){_VALUE}"
_WRITTEN = re.compile(rf"(?<![\w.]){_VALUE}(?:{_JOINED})+")
_LISTED = re.compile(rf"(?<![\w.,])-?{_VALUE}(?:,\s+-?{_VALUE})*,?\s+(?:and|or|und|et|y|e|&)\s+-?{_VALUE}(?![\w%])")

_LITERAL = re.compile(r"'([^'\\]*)'|\"([^\"\\]*)\"")
_QUOTED = re.compile(r"[\"“”„]([^\"“”„]+)[\"“”]|(?<!\w)['‘](.+?)['’](?!\w)")
# fmt: off
_HELPING = frozenset((
    "a", "an", "the", "is", "are", "was", "be", "do", "does", "did", "has", "have", "had", "in", "of", "on", "at", "to",
    "how", "many", "much", "what", "which", "there", "times", "time", "it", "letter", "letters", "word", "words",
    "character", "characters", "and", "or", "with", "i", "you", "me",
))
_INTRODUCED = frozenset((
    "in", "of", "word", "text", "string", "phrase", "name", "for", "does", "spell", "from", "say", "reverse", "sort",
))
# fmt: on


def keeps(question: str, argument: str) -> bool:
    """Tell whether a call's argument keeps what its question writes.

    Args:
        question: The user's question. Its first 2,000 characters are read.
        argument: The argument of a call. Of words, JSON and code, only signs and quoted texts are
            compared.
    """
    question = question[:COMPARED]
    if not is_calculation(argument):
        return _keeps_signs(question, argument) and _names_what_is_asked(question, argument)
    return (
        _keeps_signs(question, argument)
        and _keeps_percents(question, argument)
        and _keeps_operators(question, argument)
        and _keeps_lists(question, argument)
    )


def same_question(argument: str, failed: str) -> bool:
    """Tell whether two arguments are two spellings of one: ``10 mod 0`` and ``10 % 0``."""
    return _terms(argument) == _terms(failed)


def gives_up_on(failed: str, argument: str) -> bool:
    """Tell whether a calculation after an error is another one: it lost a number, or has other operators.

    Args:
        failed: The argument of the call that failed.
        argument: The argument of a later call. More numbers than before are a longer way to the same.
    """
    if not (is_calculation(failed) and is_calculation(argument)):
        return False
    before, after = _terms(failed), _terms(argument)
    old, new = (Counter({term: n for term, n in terms.items() if term[0].isdigit()}) for terms in (before, after))
    return new < old or (new == old and before != after)


def is_calculation(argument: str) -> bool:
    """Tell whether an argument is arithmetic with numbers: not words, quoted text, JSON or values by name."""
    return bool(
        _CALCULATION.fullmatch(argument) and _NUMBER.search(argument) and _OPERATOR.search(argument.lstrip(" -"))
    )


def lists_in(text: str) -> list[list[str]]:
    """Return the numbers of each list in a text, with their signs: "4, 8 and 15"."""
    return [_plain_numbers(match[0]) for match in _LISTED.finditer(text)]


def _terms(argument: str) -> Counter[str]:
    return Counter(_SPELLINGS.get(term, term) for term in _TERM.findall(argument))


def _keeps_signs(question: str, argument: str) -> bool:
    """A number with a sign has it, and a calculation has as many minus signs as the question writes."""
    numbers = [number for number in numbers_in(question) if number.in_digits]
    negative = negative_numbers(question, numbers)
    signed = {number.value for number in numbers if number.start in negative}
    signed -= {number.value for number in numbers if number.start not in negative}
    used = signed & set(_NUMBER.findall(argument))
    bare = [value for value in used if not re.search(rf"[-−]\s*\(?\s*{re.escape(value)}(?![\w.])", argument)]
    counted = bool(used) and is_calculation(argument)
    return not bare and (not counted or len(_MINUS.findall(argument)) >= len(_MINUS.findall(question)))


def _keeps_percents(question: str, argument: str) -> bool:
    """If a number of per cent is used beside others, there is a % or a hundred. Of "20% of 50", both are used."""
    percents = Counter(_plain(match[1]) for match in _PERCENT.finditer(question))
    numbers = Counter(_NUMBER.findall(argument))
    beside_others = any(value in percents for value in numbers) and bool(numbers - percents)
    if beside_others and "%" not in argument and "100" not in numbers:
        return False
    shares = [tuple(map(_plain, match.groups())) for match in _SHARE.finditer(question)]
    return all((whole in numbers) == bool(numbers.keys() & _written_share(share)) for share, whole in shares)


def _written_share(percent: str) -> set[str]:
    """The ways to write per cents: 20, 0.2, and also 1.2 and 0.8, which add and take away."""
    share = Decimal(percent).scaleb(-2)
    return {percent, *(f"{value.normalize():f}" for value in (share, 1 + share, 1 - share))}


def _keeps_operators(question: str, argument: str) -> bool:
    """A calculation that the question writes in signs is in the argument, if one of its numbers is."""
    numbers = set(_NUMBER.findall(argument))
    spelled = _spelled(argument)
    return all(
        _spelled(match[0]) in spelled or not numbers.intersection(_plain_numbers(match[0]))
        for match in _WRITTEN.finditer(question)
    )


def _keeps_lists(question: str, argument: str) -> bool:
    """Of a list of three or more numbers, a calculation with two has all."""
    numbers = Counter(_NUMBER.findall(argument))
    lists = [Counter(value.lstrip("-") for value in values) for values in lists_in(question) if len(values) > 2]
    return not any((each & numbers).total() > 1 and each - numbers for each in lists)


def _names_what_is_asked(question: str, argument: str) -> bool:
    """A quoted word of the argument is no helping word of the question, unless the question quotes or introduces it."""
    literals = [] if argument.startswith("{") else [one or other for one, other in _LITERAL.findall(argument)]
    quoted = [(one or other).lower() for one, other in _QUOTED.findall(question)]
    words = re.findall(r"[\w'’]+", question.lower())
    return all(_is_named(literal.lower(), words, quoted) for literal in literals if len(literal) > 1)


def _is_named(literal: str, words: list[str], quoted: list[str]) -> bool:
    at = [place for place, word in enumerate(words) if word == literal]
    if not at or any(literal in each for each in quoted):
        return True
    before = {words[place - 1] if place else "" for place in at}
    return literal not in _HELPING or not before.isdisjoint(_INTRODUCED)


def _spelled(text: str) -> str:
    text = re.sub(r"(?<=\d),(?=\d{3})|\s", "", text)
    return "".join(_SPELLINGS.get(character, character) for character in text)


def _plain(value: str) -> str:
    return value.replace(",", "")


def _plain_numbers(text: str) -> list[str]:
    return [_plain(value) for value in re.findall(rf"(?:(?<![\w.)])-)?{_VALUE}", text)]
