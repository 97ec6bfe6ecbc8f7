"""The shapes that worked examples have: those that come to the same for any numbers are one, under several spellings."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence

from orchestrator.calculator import calculate
from orchestrator.errors import ToolError
from orchestrator.guide.learnt import readings
from orchestrator.guide.patterns import Place, pattern_of
from orchestrator.guide.shapes import MOST_NUMBERS, flat_shapes, shape
from orchestrator.types import Example

PROBES = (("7", "13", "29", "53", "101", "211"), ("11", "4", "17", "6", "23", "9"))
SEEN_ONCE_IS_ENOUGH = 2  # numbers; a shape of more must be seen twice

Spellings = tuple[int, list[str]]


def library(examples: Sequence[Example]) -> list[Spellings]:
    """How many numbers each shape takes, and its spellings, the most frequent first."""
    spelt: dict[object, Counter[str]] = defaultdict(Counter)
    for example in examples:
        found = shape_of(example)
        if found and 0 < found[0] <= MOST_NUMBERS and "{" in found[1] and "abs" not in found[1]:
            spelt[_meaning(*found)][found[1]] += 1
    kept = {
        key: spellings
        for key, spellings in spelt.items()
        if spellings.total() >= 2 or int(str(key).split()[0]) <= SEEN_ONCE_IS_ENOUGH
    }
    for text, numbers in flat_shapes():
        kept.setdefault(_meaning(numbers, text), Counter([text]))
    return [(int(str(key).split()[0]), [text for text, _ in each.most_common()]) for key, each in kept.items()]


def shape_of(example: Example) -> tuple[int, str] | None:
    """How many numbers the question has in the reading that the argument takes its own from, and the shape."""
    pattern = pattern_of(example.question, example.argument)
    if pattern.words or pattern.letters or pattern.texts:
        return None
    sure, *rest = readings(example.question)
    if rest:
        among_sure = {number: at for at, number in enumerate(sure)}
        places = {at: among_sure.get(number) for at, number in enumerate(rest[0])}
    else:
        places = {at: at for at in range(len(sure))}
    used = [part.at for part in pattern.parts if isinstance(part, Place)]
    if any(places[at] is None for at in used):
        sure, places = rest[0], {at: at for at in range(len(rest[0]))}
    text = "".join(part if isinstance(part, str) else f"{{{places[part.at]}}}" for part in pattern.parts)
    return len(sure), text


def value(expression: str) -> str | None:
    try:
        return calculate(expression)
    except ToolError:
        return None


def _meaning(numbers: int, text: str) -> str:
    """The same for two shapes that give the same results; itself for one whose results are too large to compare."""
    values = [value(shape(text, numbers).filled(probe[: max(numbers, 1)])) for probe in PROBES]
    return f"{numbers} {text if None in values else values}"
