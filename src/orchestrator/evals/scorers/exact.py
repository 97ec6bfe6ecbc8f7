"""The same words: white space, capitals, quotes and a last full stop do not count."""

from __future__ import annotations

from orchestrator.evals.extract import folded, stated, stripped
from orchestrator.evals.scorers._argument import takes_none
from orchestrator.evals.types import Item, Sample, Score, Scorer


def create(argument: str = "") -> Scorer:
    """Return the scorer. It takes no argument."""
    takes_none("exact", argument)
    return score


def score(item: Item, sample: Sample) -> Score:
    """Score a sample: the words that the answer states must be the gold answer."""
    found = _stated_words(sample.answer)
    return Score(folded(found) == folded(item.gold), found)


def _stated_words(answer: str) -> str:
    """The words after the cue, to the end of the line; without a cue the last line, after its colon if it has one."""
    found, by_cue = stated(answer)
    lines = [line for line in found.splitlines() if stripped(line)]
    if not lines:
        return ""
    line = lines[0] if by_cue else lines[-1].rpartition(": ")[2]
    return stripped(line)
