"""How many tokens, and how well that is known. Values; knows nothing else of the project."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Source = Literal["reported", "counted", "estimated"]
"""How a number is known: the server said so, it was counted as it streamed, or it is a guess from the length."""


@dataclass(frozen=True, slots=True)
class Count:
    """A number of tokens and how it is known. A sum is known only as well as its weakest part."""

    value: int
    source: Source

    def __add__(self, other: Count) -> Count:
        weakest = max(self.source, other.source, key=("reported", "counted", "estimated").index)
        return Count(self.value + other.value, weakest)


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens of one request or of a whole run; ``cached_tokens`` is the part of the input the server had kept.

    ``cost`` is in US dollars, None where the price is unknown.
    """

    input_tokens: Count
    output_tokens: Count
    cached_tokens: Count = Count(0, "reported")
    cost: float | None = None

    def __add__(self, other: Usage) -> Usage:
        return Usage(
            self.input_tokens + other.input_tokens,
            self.output_tokens + other.output_tokens,
            self.cached_tokens + other.cached_tokens,
            None if self.cost is None or other.cost is None else self.cost + other.cost,
        )
