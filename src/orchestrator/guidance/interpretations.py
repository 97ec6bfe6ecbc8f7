"""The ways to read a question's numbers, one of which its calculation is about.

A word such as "second" may be a number or not, and a fact such as the 60 minutes of an hour may be needed or not. Each
way is tried; which one holds is learnt (``learnt``).
"""

from __future__ import annotations

from dataclasses import dataclass

from orchestrator.guidance.numbers import Number, numbers_in
from orchestrator.guidance.units import Fact, facts

MOST_NUMBERS = 6  # with those of facts


@dataclass(frozen=True, slots=True)
class Interpretation:
    """The numbers that a question is read with: its own, and those of facts that it takes for granted."""

    own: tuple[Number, ...]
    facts: tuple[Fact, ...] = ()

    @property
    def values(self) -> list[str]:
        return [*(number.value for number in self.own), *(fact.value for fact in self.facts)]


def interpretations(question: str) -> list[Interpretation]:
    """The plainest first: without doubtful words, without facts."""
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
