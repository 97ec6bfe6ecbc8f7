"""Sources that a result brings with it, numbered so that the model can cite them: ``[1]``. Values; knows nothing else.

A tool that finds something returns ``Found`` instead of text. Its citations are listed in front of its text, and the
numbers go on from result to result of a run, so that ``[3]`` in the answer means one source.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

_CITED = re.compile(r"\[(\d{1,4}(?:\s*[,;]\s*\d{1,4})*)\]")


@dataclass(frozen=True, slots=True)
class Citation:
    """A source. ``text`` is a snippet of it and ``date`` says when it was published, in its own words; or nothing."""

    title: str
    url: str
    text: str = ""
    date: str = ""
    number: int = 0


@dataclass(frozen=True, slots=True)
class Found:
    """What a tool may return instead of text: where it is from, and what more there is to say."""

    citations: tuple[Citation, ...]
    text: str = ""

    def numbered(self) -> Found:
        """With numbers from 1."""
        return replace(self, citations=numbered(self.citations, 1))

    def __str__(self) -> str:
        return "\n\n".join(part for part in (listed(self.citations), self.text) if part)


def numbered(citations: Iterable[Citation], first: int) -> tuple[Citation, ...]:
    """With numbers from ``first`` on."""
    return tuple(replace(each, number=number) for number, each in enumerate(citations, first))


def listed(citations: Iterable[Citation]) -> str:
    """As the model reads them: number, title and date, address, snippet. None of them can pass for another source."""
    return "\n".join("\n".join(filter(None, _lines(each))) for each in citations)


def cited(answer: str, citations: Iterable[Citation]) -> tuple[Citation, ...]:
    """Those whose number stands in ``answer``; all of them where none does."""
    everything = tuple(citations)
    numbers = {int(number) for match in _CITED.findall(answer) for number in re.findall(r"\d+", match)}
    return tuple(each for each in everything if each.number in numbers) or everything


def _lines(citation: Citation) -> tuple[str, ...]:
    number, title, url, text, date = (
        " ".join(str(part).split())
        for part in (citation.number, citation.title, citation.url, citation.text, citation.date)
    )
    return f"[{number}] {title}{f' ({date})' if date else ''}", url and f"  {url}", text and f"  {text}"
