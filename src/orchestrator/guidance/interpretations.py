"""The possible interpretations of a question's numbers. The calculation uses one of them.

A word such as "second" may be a number or not. A fact such as the 60 minutes of an hour may be needed or not. Each
interpretation is tried, and ``expression_ranker`` scores it.
"""

from __future__ import annotations

from dataclasses import dataclass

from orchestrator.core.numbers import Number, numbers_in
from orchestrator.guidance.units import Fact, facts

MOST_NUMBERS = 6  # including those of facts


@dataclass(frozen=True, slots=True)
class Interpretation:
    """The numbers of a question in one interpretation.

    Attributes:
        own: The numbers that the question contains.
        facts: The facts that it does not say, but needs.
    """

    own: tuple[Number, ...]
    facts: tuple[Fact, ...] = ()

    @property
    def values(self) -> list[str]:
        """All numbers in digits: the question's own, then those of the facts."""
        return [*(number.value for number in self.own), *(fact.value for fact in self.facts)]


def interpretations(question: str) -> list[Interpretation]:
    """Return the interpretations of a question. The first has no doubtful number words and no facts."""
    numbers = tuple(numbers_in(question))
    sure = tuple(number for number in numbers if not number.doubtful)
    known = facts(question)
    chosen = [(), *((fact,) for fact in known), *([tuple(known)] if len(known) > 1 else [])]
    return [
        Interpretation(own, taken)
        for own in dict.fromkeys((sure, numbers))
        for taken in chosen
        if not taken or len(own) + len(taken) <= MOST_NUMBERS
    ]
