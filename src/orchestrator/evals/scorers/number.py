"""A number: 1,234 equals 1234.0, units and currency aside; see ``evals.numbers`` for which of several it is."""

from __future__ import annotations

from orchestrator.core.errors import ConfigError
from orchestrator.evals.numbers import number_in, number_of, same
from orchestrator.evals.scorers._argument import takes_none
from orchestrator.evals.types import Item, Sample, Score, Scorer


def create(argument: str = "") -> Scorer:
    """Takes no argument."""
    takes_none("number", argument)
    return score


def score(item: Item, sample: Sample) -> Score:
    """Whether the answer's number is the gold one. Raises ConfigError where the gold answer is no number."""
    gold = number_of(item.gold)
    if gold is None:
        raise ConfigError(f"the gold answer of {item.id} is no number: {item.gold!r}. Use --scorer exact or choice")
    found = number_in(sample.answer)
    return Score(False, "") if found is None else Score(same(found.value, gold), found.text)
