"""The cosines of all pairs in a set of texts. Knows vectors; no experiment. Texts without a vector are left out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from math import isnan, nan

from orchestrator.experiments._embedders import Named
from orchestrator.experiments._measures import cosine, mean


@dataclass(frozen=True)
class Similarities:
    """The similarities of some texts.

    Attributes:
        texts: The texts.
        vectors: A row for each text; zeros if the embedder knows no word of it.
    """

    texts: tuple[str, ...]
    vectors: tuple[tuple[float, ...], ...]

    @classmethod
    def of(cls, embedder: Named, texts: Sequence[str]) -> Similarities:
        """Embed texts."""
        return cls(tuple(texts), tuple(tuple(row) for row in embedder.encode(texts).tolist()))

    @cached_property
    def unknown(self) -> tuple[str, ...]:
        """The texts without a vector."""
        return tuple(text for text, row in zip(self.texts, self.vectors, strict=True) if not any(row))

    @cached_property
    def matrix(self) -> list[list[float]]:
        """The cosine of each pair; not a number if one of them has no vector."""
        size = range(len(self.texts))
        values = [[1.0 if any(self.vectors[row]) and row == column else nan for column in size] for row in size]
        for one, other in combinations(size, 2):
            if any(self.vectors[one]) and any(self.vectors[other]):
                values[one][other] = values[other][one] = cosine(self.vectors[one], self.vectors[other])
        return values

    def between(self, one: str, other: str) -> float | None:
        """Return the cosine of two of the texts; None if one of them has no vector."""
        value = self.matrix[self.texts.index(one)][self.texts.index(other)]
        return None if isnan(value) else value

    def all_pairs(self) -> list[float]:
        """Return the cosines of all pairs that have one."""
        pairs = combinations(range(len(self.texts)), 2)
        return [value for one, other in pairs if not isnan(value := self.matrix[one][other])]

    def nearest_share(self, kinds: Sequence[object]) -> float:
        """Return the share of texts whose nearest other text is of the same kind.

        A text without a vector has no nearest text and counts as a miss.

        Args:
            kinds: The kind of each text.
        """
        hits = []
        for row, kind in enumerate(kinds):
            others = [
                (value, -column) for column, value in enumerate(self.matrix[row]) if column != row and not isnan(value)
            ]
            hits.append(float(bool(others) and kinds[-max(others)[1]] == kind))
        return mean(hits)
