"""A number: 1,234 equals 1234.0; units and currency are ignored; `evals.numbers` says which of several counts."""

from __future__ import annotations

from orchestrator.core.errors import ConfigError
from orchestrator.evals.extract import gold_text
from orchestrator.evals.numbers import number_in, read
from orchestrator.evals.scorers._argument import takes_none
from orchestrator.evals.types import Item, Sample, Score, Scorer


def create(argument: str = "") -> Scorer:
    """Return the scorer. It takes no argument."""
    takes_none("number", argument)
    return score


def score(item: Item, sample: Sample) -> Score:
    """Score a sample: the number that the answer gives must equal the gold number.

    Raises:
        ConfigError: The gold answer is not a number.
    """
    gold = read(gold_text(item.gold))
    if gold is None:
        raise ConfigError(f"the gold answer of {item.id} is no number: {item.gold!r}. Use --scorer exact or choice")
    found = number_in(sample.answer)
    return Score(False, "") if found is None else Score(found.answers(gold), found.text)
