"""A report as a value: headings, text, tables, figures, and questions with computed answers. Knows no experiment."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from orchestrator.experiments._embedders import Named


@dataclass(frozen=True, slots=True)
class Table:
    """Cells are text; a number is formatted by whoever made it."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    caption: str = ""


@dataclass(frozen=True, slots=True)
class Figure:
    """A drawing. ``name`` is its file's, ``svg`` the drawing, ``caption`` what is to be seen."""

    name: str
    svg: str
    caption: str


@dataclass(frozen=True, slots=True)
class Code:
    """A piece of code, shown as it is."""

    text: str


Block = str | Table | Figure | Code


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and what stands under it."""

    heading: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """A question of the notes, its answer, and the rule by which the numbers gave it.

    ``held`` is whether an expectation was met; None where nothing was expected.
    """

    question: str
    answer: str
    rule: str
    held: bool | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """What an experiment found. ``decision`` is what it supports, ``edges`` are (case, impact, mitigation), ``choices``
    what it settles for a search: (what, how).
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
    """A plugin of the kind ``experiments``: ``create() -> Experiment``."""

    @property
    def name(self) -> str: ...

    def run(self, embedders: tuple[Named, ...]) -> Report: ...


def table(header: Iterable[str], rows: Iterable[Iterable[object]], caption: str = "") -> Table:
    """A table of anything that can be shown: numbers get three places, yes and no words."""
    return Table(tuple(header), tuple(tuple(shown(cell) for cell in row) for row in rows), caption)


def shown(value: object) -> str:
    if value is None or value != value:  # noqa: PLR0124 - not a number
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{round(value, 3) + 0.0:.3f}"  # never −0.000
    return f"{value:,}" if isinstance(value, int) else str(value)
