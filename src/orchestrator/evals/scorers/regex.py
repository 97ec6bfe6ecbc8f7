"""Your own pattern: the last match (its first group, if it has one) is compared with the gold answer."""

from __future__ import annotations

import re

from orchestrator.core.errors import ConfigError
from orchestrator.core.syntax import without_thinking
from orchestrator.evals.numbers import read
from orchestrator.evals.types import Item, Sample, Score, Scorer


def create(argument: str = "") -> Scorer:
    """Return the scorer.

    Args:
        argument: A Python regular expression.

    Raises:
        ConfigError: The argument is empty, or not a regular expression.
    """
    if not argument:
        raise ConfigError(r"the scorer regex needs a pattern: --scorer 'regex:total is (\d+)'")
    try:
        pattern = re.compile(argument)
    except re.error as error:
        raise ConfigError(f"{argument!r} is no regular expression ({error}): correct the pattern") from error
    return lambda item, sample: _score(pattern, item, sample)


def _score(pattern: re.Pattern[str], item: Item, sample: Sample) -> Score:
    matches = list(pattern.finditer(without_thinking(sample.answer)))
    if not matches:
        return Score(False, "")
    found = (matches[-1].group(1 if pattern.groups else 0) or "").strip()
    gold, number = read(item.gold), read(found)
    equal = number.answers(gold) if gold and number else found == item.gold.strip()
    return Score(equal, found)
