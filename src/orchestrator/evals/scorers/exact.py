"""The same words: white space, capitals, quotes and a last full stop do not count."""

from __future__ import annotations

import re

from orchestrator.evals.extract import folded, gold_text, stated, stripped
from orchestrator.evals.latex import plain_math
from orchestrator.evals.scorers._argument import takes_none
from orchestrator.evals.types import Item, Sample, Score, Scorer

_BREAK = re.compile(r"[.!?]['\")$*]*\s+(?=[A-Z])|,?\s+(?:because|since|as)\b")
_MARK = re.compile(r"\s*([^\w\s])\s*")


def create(argument: str = "") -> Scorer:
    """Return the scorer. It takes no argument."""
    takes_none("exact", argument)
    return score


def score(item: Item, sample: Sample) -> Score:
    """Score a sample: the words that the answer states must be the gold answer."""
    line = _stated_words(sample.answer)
    wanted, sentence = _form(gold_text(item.gold)), _BREAK.split(line, maxsplit=1)[0]
    found = sentence if _form(sentence) == wanted else line
    return Score(_form(found) == wanted, found)


def _stated_words(answer: str) -> str:
    """The words after the cue, to the end of the line; without a cue the last line, after its colon if it has one."""
    found, by_cue = stated(answer)
    lines = [line for line in found.splitlines() if stripped(line)]
    if not lines:
        return ""
    line = lines[0] if by_cue else lines[-1].rpartition(": ")[2]
    return stripped(line)


def _form(text: str) -> str:
    """A form in which the same words are equal, also with LaTeX around them and with other spaces beside marks."""
    return _MARK.sub(r"\1", folded(plain_math(text)))
