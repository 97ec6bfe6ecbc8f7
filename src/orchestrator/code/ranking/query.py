"""A query as terms. Knows text; not the index."""

from __future__ import annotations

import re
from dataclasses import dataclass

from orchestrator.code.identifiers import terms
from orchestrator.code.index.postings import Hashes, hashes


@dataclass(frozen=True, slots=True)
class Query:
    """A query.

    Attributes:
        text: The query as it was written.
        terms: Its different terms, in their order.
        hashes: The terms as the lexical index keeps them, shape (terms,).
    """

    text: str
    terms: tuple[str, ...]
    hashes: Hashes

    @staticmethod
    def of(text: str) -> Query:
        """Make a query of a text. A word with a hyphen also counts without it: e-mail gives mail and email."""
        joined = re.sub(r"\b([^\W\d_]+)-([^\W\d_]+)\b", r"\1-\2 \1\2", text)
        found = tuple(dict.fromkeys(terms(joined)))
        return Query(text, found, hashes(found))
