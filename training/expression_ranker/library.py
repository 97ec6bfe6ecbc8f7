"""The shapes that worked examples have: those that come to the same for any numbers are one, under several spellings."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from fractions import Fraction

from orchestrator.core.errors import ToolError
from orchestrator.core.types import Example
from orchestrator.guidance.argument_templates import argument_template
from orchestrator.guidance.expression_templates import filled, flat_templates, left_out
from orchestrator.guidance.interpretations import MOST_NUMBERS, Interpretation, interpretations
from orchestrator.tools._calculator import calculate

PROBES = (("7", "13", "29", "53", "101", "211"), ("11", "4", "17", "6", "23", "9"))
FEW = 2  # numbers
SEEN_OF_FEW, SEEN_OF_MORE = 2, 3  # times that a shape must be seen
SEEN_OFTEN = 10  # times, for a shape to be known with numbers left out as well
MOST_LEFT_OUT = 2

Spellings = tuple[int, list[str]]

_NUMBER = re.compile(r"(?<![A-Za-z_\d.])\d+(?:\.\d+)?(?![A-Za-z_])")


def library(examples: Sequence[Example]) -> list[Spellings]:
    """How many numbers each shape takes, and its spellings, the most frequent first."""
    spelt: dict[str, Counter[str]] = defaultdict(Counter)
    takes: dict[str, int] = {}
    for example in examples:
        found = shape_of(example)
        if found and found[0] <= MOST_NUMBERS and "{" in found[1] and "abs" not in found[1]:
            meaning = _meaning(*found)
            takes[meaning] = found[0]
            spelt[meaning][found[1]] += 1
    kept = {
        key: each for key, each in spelt.items() if each.total() >= (SEEN_OF_FEW if takes[key] <= FEW else SEEN_OF_MORE)
    }
    often = [(takes[key], each.most_common(1)[0][0]) for key, each in kept.items() if each.total() >= SEEN_OFTEN]
    for text, numbers in (*flat_templates(), *((text, numbers) for numbers, text in _left_out(often))):
        meaning = _meaning(numbers, text)
        takes[meaning] = numbers
        kept.setdefault(meaning, Counter([text]))
    return [(takes[key], [text for text, _ in each.most_common()]) for key, each in kept.items()]


def _left_out(shapes: Sequence[tuple[int, str]]) -> Iterator[tuple[int, str]]:
    """The shapes with a number more that they have no use for, and with two."""
    for _ in range(MOST_LEFT_OUT):
        shapes = [
            (numbers + 1, more)
            for numbers, text in shapes
            if numbers < MOST_NUMBERS
            for more in left_out(text, numbers)
        ]
        yield from shapes


def shape_of(example: Example) -> tuple[int, str] | None:
    """How many numbers the question has in the reading that its argument fits best, and the shape."""
    found = told(example)
    return found and (len(found[0].values), found[1])


def told(example: Example) -> tuple[Interpretation, str] | None:
    """The reading that leaves the argument the fewest numbers of its own, and the argument with places for the others."""
    pattern = argument_template(example.question, example.argument)
    if pattern.words or pattern.letters or pattern.texts:
        return None
    ways = [(*_placed(example.argument, numbers.values), numbers) for numbers in interpretations(example.question)]
    _, _, text, numbers = min(ways, key=lambda way: way[:2])
    return numbers, text


def _placed(argument: str, values: Sequence[str]) -> tuple[int, int, str]:
    """Interpretation of ``argument`` that are none of ``values``, values that are unused, and the shape."""
    known = [Fraction(value) for value in values]
    used: set[int] = set()
    own = 0

    def place(match: re.Match[str]) -> str:
        nonlocal own
        same = [at for at, value in enumerate(known) if value == Fraction(match[0])]
        if not same:
            own += 1
            return match[0]
        at = next((at for at in same if at not in used), same[0])
        used.add(at)
        return f"{{{at}}}"

    text = _NUMBER.sub(place, argument)
    return own, len(values) - len(used), text


def value(expression: str) -> str | None:
    try:
        return calculate(expression)
    except ToolError:
        return None


def _meaning(numbers: int, text: str) -> str:
    """The same for two shapes that give the same results; itself for one whose results are too large to compare."""
    values = [value(filled(text, probe[: max(numbers, 1)])) for probe in PROBES]
    return f"{numbers} {text if None in values else values}"
