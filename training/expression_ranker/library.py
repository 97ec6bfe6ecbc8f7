"""The expression templates of the examples.

Those with the same value for any numbers are one template with several spellings.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import product

from orchestrator.core.errors import ToolError
from orchestrator.core.tool import Example
from orchestrator.guidance.argument_templates import argument_template
from orchestrator.guidance.expression_templates import filled
from orchestrator.guidance.interpretations import MOST_NUMBERS, Interpretation, interpretations
from orchestrator.tools._calculator import calculate

# Numbers that are put into templates: those with the same values are the same template.
PROBES = (("7", "13", "29", "53", "101", "211"), ("11", "4", "17", "6", "23", "9"))
FEW = 2  # numbers
SEEN_OF_FEW, SEEN_OF_MORE = 2, 3  # how often a template of few, or of more, numbers must occur
SEEN_OFTEN = 10  # how often a template must occur to be used with unused numbers too
MOST_LEFT_OUT = 2  # unused numbers

Spellings = tuple[int, list[str]]

_NUMBER = re.compile(r"(?<![A-Za-z_\d.])\d+(?:\.\d+)?(?![A-Za-z_])")


def library(examples: Sequence[Example]) -> list[Spellings]:
    """Return the expression templates of the examples.

    Args:
        examples: The examples.

    Returns:
        For each template how many numbers it takes, and its spellings, the most frequent first.
    """
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
    """The templates with one more number that they do not use, and with two."""
    for _ in range(MOST_LEFT_OUT):
        shapes = [
            (numbers + 1, more)
            for numbers, text in shapes
            if numbers < MOST_NUMBERS
            for more in left_out(text, numbers)
        ]
        yield from shapes


def shape_of(example: Example) -> tuple[int, str] | None:
    """Return the expression template of an example, and how many numbers it takes.

    Args:
        example: The example.

    Returns:
        How many numbers the best interpretation of the question has, and the template; None if there is none.
    """
    found = told(example)
    return found and (len(found[0].values), found[1])


def told(example: Example) -> tuple[Interpretation, str] | None:
    """Return the best interpretation of an example's question, and its argument as a template.

    The best interpretation leaves the fewest numbers of the argument unexplained, then the fewest of its own unused.

    Args:
        example: The example.

    Returns:
        None if the argument is not a calculation: it is words, or takes letters or texts from the question.
    """
    pattern = argument_template(example.question, example.argument)
    if pattern.words or pattern.letters or pattern.texts:
        return None
    ways = [(*_placed(example.argument, numbers.values), numbers) for numbers in interpretations(example.question)]
    _, _, text, numbers = min(ways, key=lambda way: way[:2])
    return numbers, text


def _placed(argument: str, values: Sequence[str]) -> tuple[int, int, str]:
    """Put slots into an argument.

    Returns:
        How many numbers of the argument are not in ``values``, how many of ``values`` are unused, and the template.
    """
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
    """Calculate an expression; None if the calculator refuses it."""
    try:
        return calculate(expression)
    except ToolError:
        return None


def _meaning(numbers: int, text: str) -> str:
    """A key that is the same for two templates with the same values.

    If a value cannot be calculated, for example because it is too large, the key is the template itself.
    """
    values = [value(filled(text, probe[: max(numbers, 1)])) for probe in PROBES]
    return f"{numbers} {text if None in values else values}"


def flat_templates() -> list[tuple[str, int]]:
    """Return all sums and differences of three to six numbers, and their products.

    No set of examples has every order of signs.

    Returns:
        The text of each template, and how many numbers it takes.
    """
    found = []
    for numbers in range(3, MOST_NUMBERS + 1):
        orders = product("+-", repeat=numbers - 1)
        found += [("{0}" + "".join(f"{sign}{{{at}}}" for at, sign in enumerate(signs, 1)), numbers) for signs in orders]
        found.append(("*".join(f"{{{at}}}" for at in range(numbers)), numbers))
    return found


def left_out(text: str, numbers: int) -> list[str]:
    """Return a template with one more number that it does not use, once for each position of that number.

    Args:
        text: The template's text.
        numbers: How many numbers it takes.
    """
    return [filled(text, [f"{{{at}}}" for at in range(numbers + 1) if at != unused]) for unused in range(numbers + 1)]
