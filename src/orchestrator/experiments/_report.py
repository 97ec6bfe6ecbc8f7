"""A report as a value: headings, text, tables, figures, and questions with computed answers. Knows no experiment."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from orchestrator.experiments._embedders import Named


@dataclass(frozen=True, slots=True)
class Table:
    """A table. Its cells are text; ``table`` formats numbers."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    caption: str = ""


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure.

    Attributes:
        name: The name of its file, without the ending.
        svg: The drawing.
        caption: What it shows.
    """

    name: str
    svg: str
    caption: str


@dataclass(frozen=True, slots=True)
class Code:
    """A piece of code, which is shown unchanged."""

    text: str


Block = str | Table | Figure | Code


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and the blocks under it."""

    heading: str
    blocks: tuple[Block, ...]


THE_NOTES = (
    "“The notes” are the study notes on language models from which this project grew. They ask for the four experiments, "
    "give their first inputs, and say what to expect; each report answers their questions."
)


@dataclass(frozen=True, slots=True)
class Answer:
    """A question of the notes with its answer.

    Attributes:
        question: The question.
        answer: The answer.
        rule: How the answer was computed from the numbers.
        held: Whether the expectation was met; None if there was none.
    """

    question: str
    answer: str
    rule: str
    held: bool | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """The report of an experiment.

    Attributes:
        name: The name of the experiment.
        title: The heading.
        lead: The first paragraph.
        sections: The sections.
        answers: The questions and answers.
        decision: The decision that the numbers support.
        confidence: How sure the decision is, and why.
        edges: Edge cases: (case, impact, mitigation).
        choices: Settings of a search that it decides: (what, how).
    """

    name: str
    title: str
    lead: str
    sections: tuple[Section, ...]
    answers: tuple[Answer, ...]
    decision: str
    confidence: str
    edges: tuple[tuple[str, str, str], ...] = ()
    choices: tuple[tuple[str, str], ...] = ()


class Experiment(Protocol):
    """Protocol of an experiment. A plugin of the kind ``experiments`` is a file with ``create() -> Experiment``."""

    @property
    def name(self) -> str:
        """The name of the experiment and of its files."""
        ...

    def run(self, embedders: tuple[Named, ...]) -> Report:
        """Run the experiment with these embedders. The same inputs give the same report."""
        ...


def section(heading: str, *blocks: Block) -> Section:
    """Return a section with these blocks."""
    return Section(heading, blocks)


def table(header: Iterable[str], rows: Iterable[Iterable[object]], caption: str = "") -> Table:
    """Return a table of values, formatted by ``shown``."""
    return Table(tuple(header), tuple(tuple(shown(cell) for cell in row) for row in rows), caption)


def shown(value: object) -> str:
    """Return a value as text: a float with three decimal places, a bool as yes or no, a missing value as –."""
    if value is None or value != value:  # noqa: PLR0124 - not a number
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{round(value, 3) + 0.0:.3f}"  # never −0.000
    return f"{value:,}" if isinstance(value, int) else str(value)
