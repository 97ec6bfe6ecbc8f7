"""One of several choices: by its letter, "(B)" or "B", or by its words.

`evals.extract` finds the parts of a text that state the answer, `evals.mentions` the choices that a part names. Two
choices with "and" or "or" between them are no answer, and a choice that is denied ("not A", "A is wrong") is none.
"""

from __future__ import annotations

import re

from orchestrator.evals.extract import gold_text, statements
from orchestrator.evals.latex import plain_math
from orchestrator.evals.mentions import Mention, labelled, mentions
from orchestrator.evals.numbers import number_in, read
from orchestrator.evals.scorers._argument import takes_none
from orchestrator.evals.types import Item, Sample, Score, Scorer

_SENTENCE = re.compile(r"(?<=[.!?])\s+|\n+")
_LABELS = re.compile(r"(?:\W|\b(?:option|choice|answer|letter|the|is|it|final|correct)\b)*", re.IGNORECASE)
_NO_END = r"[^\w.!?\n]*"
_LEAD = (
    rf"{_NO_END}(?:it(?:['’]s|\s+is)\s+)?(?:an?\s+|the\s+)?(?:(?:correct\s+)?(?:option|choice|letter)\s*)?{_NO_END}$"
)
_SO = re.compile(
    r"(?:\b(?:so|thus|hence|therefore|it\s+is|it['’]s|that['’]s|must\s+be|choose|pick|select)|→|=>)" + _LEAD,
    re.IGNORECASE,
)
_IS = re.compile(r"\b(?:is|was|be)" + _LEAD, re.IGNORECASE)
_REASON = re.compile(  # the words before a choice that only explains another: "False, because it is true that …"
    r"\b(?:because|since|as|although|though)\b(?![^.!?\n]*\b(?:so|thus|hence|therefore)\b)[^.!?\n]*$", re.IGNORECASE
)
_FAVOURED = re.compile(
    r"[)\s*\"'’]*(?:(?:is|seems?|looks?|must\s+be|would\s+be)\s+(?:(?:the|a|clearly|much|far|more|most)\s+)*"
    r"(?:best|better|correct|right|likely|probable|plausible|accurate|appropriate)|(?:fits?|works|wins|matches)\b)",
    re.IGNORECASE,
)
_NONE = re.compile(
    r"\W*(?:none|neither|no(?:ne)?\s+of|not\s+(?:listed|given|enough)|unknown|unclear|cannot|can['’]t)\b", re.IGNORECASE
)
_OPTIONS = re.compile(r"^[^\w\n]*A[).:].*\n[^\w\n]*B[).:].*(?:\n[^\w\n]*[C-Z][).:].*)*$", re.MULTILINE)
_BEGINS = re.compile(r"[^\w\0]*\0\W*(?:[.,:;!)]|$)")
_LINES_AFTER_CUE = 3


def create(argument: str = "") -> Scorer:
    """Return the scorer. It takes no argument."""
    takes_none("choice", argument)
    return score


def score(item: Item, sample: Sample) -> Score:
    """Score a sample: the choice that the answer states must be the gold one, a letter or the words of a choice."""
    wanted = labelled(gold_text(item.gold), item.choices)
    found = _chosen(sample.answer, item.choices) or _by_number(sample.answer, item.choices)
    return Score(bool(found) and found == wanted, found)


def _chosen(answer: str, choices: tuple[str, ...]) -> str:
    for statement in statements(_without_options(answer)):
        text = plain_math(statement.text)
        named = _named(text, choices, statement.kind)
        if named is not None:
            return named if len(named) == 1 else ""
    return ""


def _named(text: str, choices: tuple[str, ...], kind: str) -> str | None:
    named = _in_rest(text, choices) if kind in ("rest", "worked") else None
    return _in_cued(text, choices, kind) if named is None and kind != "rest" else named


def _in_cued(text: str, choices: tuple[str, ...], kind: str) -> str | None:
    """The letters that come first after a cue, or last before one; "" if the answer is none of them."""
    lines = [line for line in text.splitlines() if re.search(r"\w", line)]
    for line in lines[:_LINES_AFTER_CUE]:
        found = mentions(line, choices)
        if found:
            return found[-1 if kind == "before" else 0].letters
        if _NONE.match(line):
            return ""
    return None


def _in_rest(text: str, choices: tuple[str, ...]) -> str | None:
    """The letters that a text without a cue gives.

    They are, in this order: a last or a first sentence with nothing else; the choice after "so" or "it is"; one at the
    beginning; the only one that "is best" or "fits"; the choice after "is"; the only one of the last line or of the
    text.
    """
    sentences = [sentence for sentence in _SENTENCE.split(text) if re.search(r"\w", sentence)]
    found = mentions(text, choices)
    if not found:
        return None
    for sentence in (sentences[-1], sentences[0]):
        if (letters := _only(sentence, choices)) is not None:
            return letters
    after_so, after_is = (_after(lead, text, found) for lead in (_SO, _IS))
    favoured = [each for each in found if _FAVOURED.match(text, each.end)]
    begins = [each for each in found[:1] if _BEGINS.match(f"{text[: each.start]}\0{text[each.end :]}")]
    chosen = (after_so or begins or (favoured if _single(favoured) else []) or after_is)[-1:]
    return chosen[0].letters if chosen else _single(mentions(text.rstrip().splitlines()[-1], choices)) or _single(found)


def _after(lead: re.Pattern[str], text: str, found: list[Mention]) -> list[Mention]:
    """The mentions after a lead, without those that give the reason for an earlier one."""
    ends = [0, *(each.end for each in found)]
    return [
        each
        for end, each in zip(ends, found, strict=False)
        if lead.search(text[max(0, each.start - 60) : each.start])
        and not (end and _REASON.search(text[max(end, each.start - 200) : each.start]))
    ]


def _only(sentence: str, choices: tuple[str, ...]) -> str | None:
    """The letters of a sentence with nothing else."""
    found = mentions(sentence, choices)
    around = (sentence[: found[0].start], sentence[found[0].end :]) if len(found) == 1 else ("other words", "")
    return found[0].letters if found and all(_LABELS.fullmatch(side) for side in around) else None


def _single(found: list[Mention]) -> str | None:
    letters = {each.letters for each in found}
    return letters.pop() if len(letters) == 1 else None


def _by_number(answer: str, choices: tuple[str, ...]) -> str:
    """The letter of the choice with the number that the answer gives, if all choices are numbers: 12.5 is 12.50."""
    values = [read(choice, units=True) for choice in choices]
    found = number_in(answer) if values and all(values) else None
    equal = [at for at, value in enumerate(values) if found and value and found.answers(value)]
    return chr(ord("A") + equal[0]) if len(equal) == 1 else ""


def _without_options(text: str) -> str:
    """A text without a list of options, which only repeats the question: A) …, B) …"""
    rest = _OPTIONS.sub("", text)
    return rest if re.search(r"\w", rest) else text
