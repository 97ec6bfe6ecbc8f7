"""Sources of a tool's result, numbered so that the model can cite them: ``[1]``. Values; knows nothing else.

A tool that finds something returns ``Found`` instead of text. Its citations are listed before its text. The numbers
continue from result to result of a run, so ``[3]`` in the answer means one source.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

_CITED = re.compile(r"\[(\d{1,4}(?:\s*[,;]\s*\d{1,4})*)\]")


@dataclass(frozen=True, slots=True)
class Citation:
    """A source.

    Attributes:
        title: The title.
        url: The address.
        text: A snippet of the source; may be empty.
        date: When it was published, as the source writes it; may be empty.
        number: Its number in the run, from 1. The library sets it; 0 means that it has no number yet.
    """

    title: str
    url: str
    text: str = ""
    date: str = ""
    number: int = 0


@dataclass(frozen=True, slots=True)
class Found:
    """A tool's result with sources. A tool may return it instead of text.

    Attributes:
        citations: The sources.
        text: Further text after the list of sources.
    """

    citations: tuple[Citation, ...]
    text: str = ""

    def numbered(self) -> Found:
        """Return the same result with its citations numbered from 1."""
        return replace(self, citations=numbered(self.citations, 1))

    def __str__(self) -> str:
        return "\n\n".join(part for part in (listed(self.citations), self.text) if part)


def numbered(citations: Iterable[Citation], first: int) -> tuple[Citation, ...]:
    """Return the citations, numbered from ``first``."""
    return tuple(replace(each, number=number) for number, each in enumerate(citations, first))


def listed(citations: Iterable[Citation]) -> str:
    """Write citations for the model: number, title and date, address, snippet.

    Each part is written on one line, so that no part can be mistaken for another source.
    """
    return "\n".join("\n".join(filter(None, _lines(each))) for each in citations)


def cited(answer: str, citations: Iterable[Citation]) -> tuple[Citation, ...]:
    """Return the citations whose number is in the answer; all of them if the answer cites none.

    Args:
        answer: The answer, with numbers such as ``[1]`` or ``[1, 3]``.
        citations: The numbered citations of the run.
    """
    everything = tuple(citations)
    numbers = {int(number) for match in _CITED.findall(answer) for number in re.findall(r"\d+", match)}
    return tuple(each for each in everything if each.number in numbers) or everything


def _lines(citation: Citation) -> tuple[str, ...]:
    number, title, url, text, date = (
        " ".join(str(part).split())
        for part in (citation.number, citation.title, citation.url, citation.text, citation.date)
    )
    return f"[{number}] {title}{f' ({date})' if date else ''}", url and f"  {url}", text and f"  {text}"
