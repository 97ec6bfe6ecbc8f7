"""The few-shot examples in the order of their similarity to a question. Ranked once; prompt and guide both use it.

Knows tools and examples as values; not how many are shown or what follows from them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from heapq import nlargest

from orchestrator.core.types import Example, Tool
from orchestrator.guidance.example_files import no_tool_examples
from orchestrator.guidance.similarity import ExampleIndex, index_of, similarities


@dataclass(frozen=True, slots=True, eq=False)
class Ranking:
    """One question, and how similar each example is to it.

    Attributes:
        question: the question that was compared.
        tools: the tools whose examples were ranked, by name.
        index: the examples of all tools in their order, then those that need no tool.
        similarities: for each example of the index, from 0 (nothing in common) to 1 (the same).

    """

    question: str
    tools: Mapping[str, Tool]
    index: ExampleIndex
    similarities: Sequence[float]

    def best(self, count: int) -> list[int]:
        """The places of the ``count`` most similar examples in the index, the most similar first."""
        return nlargest(count, range(len(self.similarities)), key=self.similarities.__getitem__)

    def nearest(self, count: int) -> list[tuple[Tool | None, Example]]:
        """The ``count`` most similar examples with their tools, the most similar last; None is no tool."""
        owners = (*self.tools.values(), None)
        return [(owners[self.index.groups[at]], self.index.examples[at]) for at in reversed(self.best(count))]

    def of(self, text: str) -> Ranking:
        """The same examples, ranked for another text: a part of the question, or the question completed."""
        if text == self.question:
            return self
        return Ranking(text, self.tools, self.index, similarities(text, self.index))


def rank(question: str, tools: Mapping[str, Tool], no_tool: Sequence[Example] | None = None) -> Ranking:
    """Rank the examples of ``tools`` and of questions that need none.

    Args:
        question: the user's question.
        tools: the tools, by name.
        no_tool: examples that need no tool; by default those of this package.

    """
    none = no_tool_examples() if no_tool is None else no_tool
    index = index_of((*(tool.examples for tool in tools.values()), none))
    return Ranking(question, tools, index, similarities(question, index))
