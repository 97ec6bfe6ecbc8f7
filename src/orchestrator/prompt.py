"""The hidden system prompt: the tools with their syntax, what results look like, and the nearest worked examples.

For a small model the examples decide whether it uses a tool at all, and a few that resemble the question do better
than many that do not. So each tool carries a bank of them, and the prompt shows the nearest, the nearest one last.
Knows tools as values; not models, and not the loop.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import log, sqrt

from orchestrator.types import Example, Tool

EXAMPLES = 4


@dataclass(frozen=True, slots=True)
class Style:
    """How the model is asked: with chain of thought or not, behind which words, with how many examples."""

    cot: bool = False
    system: str = ""
    examples: int = EXAMPLES
