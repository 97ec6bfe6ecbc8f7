"""The scorer that fits: choice if the question has choices, number if the gold answer is a number, else exact."""

from __future__ import annotations

import re

from orchestrator.evals.numbers import number_of
from orchestrator.evals.scorers import choice, exact, number
from orchestrator.evals.scorers._argument import takes_none
from orchestrator.evals.types import Item, Sample, Score, Scorer

_LETTER = re.compile(r"\([A-Z]\)")


def create(argument: str = "") -> Scorer:
    """Return the scorer. It takes no argument."""
    takes_none("auto", argument)
    return score


def score(item: Item, sample: Sample) -> Score:
    """Score a sample with the scorer that fits the question."""
    if item.choices or _LETTER.fullmatch(item.gold.strip()):
        return choice.score(item, sample)
    if number_of(item.gold) is not None:
        return number.score(item, sample)
    return exact.score(item, sample)
