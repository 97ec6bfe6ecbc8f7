"""The scorer that fits: choice for choices or a gold letter, number for a gold number, else exact."""

from __future__ import annotations

import re

from orchestrator.evals.extract import gold_text, stripped
from orchestrator.evals.latex import unwrapped
from orchestrator.evals.numbers import read
from orchestrator.evals.scorers import choice, exact, number
from orchestrator.evals.scorers._argument import takes_none
from orchestrator.evals.types import Item, Sample, Score, Scorer

_LETTER = re.compile(r"\([A-Z]\)|[A-Z]")


def create(argument: str = "") -> Scorer:
    """Return the scorer. It takes no argument."""
    takes_none("auto", argument)
    return score


def score(item: Item, sample: Sample) -> Score:
    """Score a sample with the scorer that fits the question."""
    gold = gold_text(item.gold)
    if item.choices or _LETTER.fullmatch(stripped(unwrapped(gold))):
        return choice.score(item, sample)
    if read(gold) is not None:
        return number.score(item, sample)
    return exact.score(item, sample)
