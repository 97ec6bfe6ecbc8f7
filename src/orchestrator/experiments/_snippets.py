"""Fifteen documented snippets in three languages, and queries with graded relevance, from ``data/snippets.toml``.

The grade of a snippet for a query follows a rule. 5: its main topic is asked for, and its language, if the query names
one. 4: its main topic is asked for. 3: something else that it does is asked for. 2: only its language is asked for.
1: nothing in common.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from orchestrator.experiments._data import read

PHRASINGS = ("question", "keywords", "code")


@dataclass(frozen=True, slots=True)
class Snippet:
    """A snippet.

    Attributes:
        language: Its language.
        category: Its category in the report.
        mainly: Its main topics.
        also: Other things that it does.
        text: The code.
    """

    language: str
    category: str
    mainly: frozenset[str]
    also: frozenset[str]
    text: str


@dataclass(frozen=True, slots=True)
class Need:
    """What somebody looks for, in three phrasings.

    Attributes:
        name: Its name.
        wanted: The topics that are asked for.
        question: The query as a question.
        keywords: The query as keywords.
        code: The query as code.
        language: The language that the queries name; empty if they name none.
        expected: What the notes expect that their question finds; empty if it is not the notes'.
    """

    name: str
    wanted: frozenset[str]
    question: str
    keywords: str
    code: str
    language: str = ""
    expected: str = ""


@dataclass(frozen=True, slots=True)
class Query:
    """A query.

    Attributes:
        need: What it asks for. Queries with the same need ask for the same in other words.
        phrasing: The way it asks: ``question``, ``keywords`` or ``code``.
    """

    need: Need
    phrasing: str

    @property
    def text(self) -> str:
        """The text of the query."""
        return str(getattr(self.need, self.phrasing))


@dataclass(frozen=True, slots=True)
class Corpus:
    """Snippets and what they are searched for.

    Attributes:
        snippets: The snippets.
        needs: What somebody looks for.
        nothing_fits: Questions that no snippet answers.
    """

    snippets: tuple[Snippet, ...]
    needs: tuple[Need, ...]
    nothing_fits: tuple[str, ...]

    @property
    def queries(self) -> tuple[Query, ...]:
        """Every need in every phrasing."""
        return tuple(Query(need, phrasing) for need in self.needs for phrasing in PHRASINGS)

    @property
    def notes(self) -> tuple[Query, ...]:
        """The queries of the notes."""
        return tuple(Query(need, "question") for need in self.needs if need.expected)


@cache
def corpus() -> Corpus:
    """Return the snippets and the queries."""
    return read(Corpus, "snippets.toml")


def grade(query: Query, snippet: Snippet) -> int:
    """Return the grade of a snippet for a query, from 1 to 5, by the rule of this module."""
    need = query.need
    if need.wanted & snippet.mainly:
        return 5 if need.language in ("", snippet.language) else 4
    if need.wanted & snippet.also:
        return 3
    return 2 if need.language == snippet.language else 1
