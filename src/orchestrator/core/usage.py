"""Token counts, and how each number is known. Values; knows nothing else of the project."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Source = Literal["reported", "counted", "estimated"]
"""How a number is known.

- ``reported``: the server said it.
- ``counted``: the pieces of the stream were counted.
- ``estimated``: it was computed from the length of the text.
"""


@dataclass(frozen=True, slots=True)
class Count:
    """A number of tokens, and how it is known. The source of a sum is the weakest source of its parts.

    Attributes:
        value: The number.
        source: How it is known.
    """

    value: int
    source: Source

    def __add__(self, other: Count) -> Count:
        weakest = max(self.source, other.source, key=("reported", "counted", "estimated").index)
        return Count(self.value + other.value, weakest)


@dataclass(frozen=True, slots=True)
class Usage:
    """The tokens and the cost of one request or of a whole run.

    Attributes:
        input_tokens: Tokens that the model read.
        output_tokens: Tokens that the model wrote.
        cached_tokens: The input tokens that were in the server's cache.
        cost: US dollars; None if the price is not known.
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
