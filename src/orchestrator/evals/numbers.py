"""Finds the number that a text gives as its answer. Knows which number of a statement counts; not what is right.

A box must hold one number. After a cue the first number counts, or the right side of an equation. Without a cue it is
the last sentence with numbers: the last number after "=", "is", "are", "so" …, or else the last one. An operand is
never the answer, nor is a bound ("at least 3") or a number that is only compared with. Two numbers with "and" or "or"
between them are no answer.
"""

from __future__ import annotations

import re
from dataclasses import replace

from orchestrator.evals.extract import Statement, plain, statements
from orchestrator.evals.notation import Found, Number, number_of, numbers, read, readable, same
from orchestrator.evals.notes import before_aside

__all__ = ["Number", "number_in", "number_of", "read", "same"]

_SAYS = re.compile(
    r"(?:=|≈|→|\b(?:is|are|was|were|be|equals?|so|thus|hence|therefore|total(?:\sof|s)?|makes|gives|leaves|leaving))"
    r"[\s,:]*(?:(?:only|now|exactly|about|approximately|just|equal to|still|a total of|there (?:is|are))\s+)*"
    r"[$€£¥₹(]?\s?$",
    re.IGNORECASE,
)
_EQUALS_NEXT = re.compile(r"[^=.,;(\d]{0,20}=")
_NEGATED = re.compile(
    r"(?:\bnot|n't|\bnever|\brather than|\binstead of)\s+(?:exactly\s+|equal to\s+)?[(*]?$", re.IGNORECASE
)
_COMPARED = re.compile(  # "at least 3", "> 3", "up from 40"
    r"(?:\b(?:at (?:least|most)|(?:more|less|fewer|greater|smaller|larger|higher|lower) than|up to|(?:up|down) from"
    r"|compared (?:to|with)|(?:is|are) (?:over|under|above|below))|[<>≤≥])\s*=?\s*[($]?$",
    re.IGNORECASE,
)
_OR_MORE = re.compile(
    r"(?:\s+[A-Za-z]+)?,?\s+(?:or (?:more|less|fewer|higher|lower)|at (?:least|most))\b", re.IGNORECASE
)
_JOINED = re.compile(r"\s*(?:,\s*)?(?P<word>\band\b|\bor\b|&|,|;)\s*(?:[A-Za-z]\w?\s*=\s*)?", re.IGNORECASE)
_WORDS_ONLY = re.compile(r"(?:[\s.,:;()%°'/-]|[A-Za-z]{2,}|\b[amgshlLNJWVAKCFdI]\b)*")
_SENTENCE = re.compile(r"(?<=[.!?])\s+|\n+")
_READ_BEFORE = 80  # characters before a number: a limit, because a text may have thousands of numbers


def number_in(text: str) -> Number | None:
    """Return the number that a text gives as its answer.

    Args:
        text: What the model wrote.

    Returns:
        The number, or None if the text gives no number, several, or an expression that is not evaluated. A quotient
        such as 100 / 8 is returned, but ``Number.evaluated`` is false.
    """
    whole = read(before_aside(plain(text)), units=True)
    if whole and whole.evaluated:
        return whole
    for statement in statements(text):
        sentence, found = _telling(statement)
        if found:
            whole = read(sentence, units=True)
            return whole if whole and whole.evaluated else _CHOSEN[statement.kind](sentence, found) or whole
    return None


def _telling(statement: Statement) -> tuple[str, list[Found]]:
    """The sentence of a statement that counts, with its numbers: the first or the last one that has numbers."""
    said = readable(statement.text)
    sentences = [said] if statement.kind == "box" else _SENTENCE.split(said)
    for sentence in sentences if statement.kind == "after" else reversed(sentences):
        found = [each for each in numbers(sentence) if not _is_other(sentence, each)]
        if found:
            return sentence, found
    return "", []


def _is_other(sentence: str, found: Found) -> bool:
    """Whether a number is no answer, because the text denies it or only compares the answer with it."""
    before = _before(sentence, found)
    return bool(_NEGATED.search(before) or _COMPARED.search(before) or _OR_MORE.match(sentence, found.end))


def _only(box: str, found: list[Found]) -> Number | None:
    """The one number of a box, with nothing but words around it."""
    if "≈" in box:
        return _last(box, found)
    around = box[: found[0].start] + box[found[0].end :]
    return found[0].number if len(found) == 1 and found[0].free and _WORDS_ONLY.fullmatch(around) else None


def _first(sentence: str, found: list[Found]) -> Number | None:
    if found[0].free and not _EQUALS_NEXT.match(sentence, found[0].end):
        return _alone(sentence, found, 0)
    said = [at for at, each in enumerate(found) if each.free and _said(sentence, each)]
    ends = [at for at in said if not _EQUALS_NEXT.match(sentence, found[at].end)]
    return _alone(sentence, found, ends[0]) if ends else _division(found[0])


def _last(sentence: str, found: list[Found]) -> Number | None:
    free = [at for at, each in enumerate(found) if each.free]
    said = [at for at in free if _said(sentence, found[at])]
    return _alone(sentence, found, (said or free)[-1]) if free else _division(found[-1])


_CHOSEN = {"box": _only, "after": _first, "worked": _last, "before": _last, "rest": _last}


def _division(found: Found) -> Number | None:
    """A quotient that nobody has evaluated. It is right only if the gold answer is written in the same way."""
    return found.number if found.number.parts else None


def _alone(sentence: str, found: list[Found], at: int) -> Number | None:
    """The number at an index, unless it is one of several that are listed: "3 or 4"; "1, 2, 3"."""
    begin, end = at, at
    words: set[str] = set()
    while begin and (joined := _join(sentence, found[begin - 1], found[begin])) and joined not in ",;":
        begin, words = begin - 1, words | {joined}
    while end + 1 < len(found) and (joined := _join(sentence, found[end], found[end + 1])):
        end, words = end + 1, words | {joined}
    listed = end - begin > 1 or words - {",", ";"} or not re.search(r"\w", sentence[found[end].end :])
    other = next((each for each in found[begin : end + 1] if not _alike(each.number, found[at].number)), None)
    return None if listed and other else _with_approximation(sentence, found, at)


def _with_approximation(sentence: str, found: list[Found], at: int) -> Number:
    """The number at an index. In "1/3 ≈ 0.33" it has two forms."""
    near = [other for other in (at - 1, at + 1) if 0 <= other < len(found) and found[other].free]
    also = [found[other].number for other in near if _between(sentence, found, at, other) == "≈"]
    return replace(found[at].number, also=also[0]) if also else found[at].number


def _between(sentence: str, found: list[Found], one: int, other: int) -> str:
    return sentence[found[min(one, other)].end : found[max(one, other)].start].strip()


def _join(sentence: str, one: Found, other: Found) -> str:
    joined = _JOINED.fullmatch(sentence, one.end, other.start)
    return joined["word"].lower() if joined else ""


def _alike(one: Number, other: Number) -> bool:
    """Whether two numbers are one answer in two forms: 0.25 or 1/4 or 25 %."""
    return any(same(one.value * factor, other.value) or same(one.value, other.value * factor) for factor in (1, 100))


def _said(sentence: str, found: Found) -> bool:
    return _SAYS.search(_before(sentence, found)) is not None


def _before(sentence: str, found: Found) -> str:
    return sentence[max(0, found.start - _READ_BEFORE) : found.start]
