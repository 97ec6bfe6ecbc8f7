"""Arithmetic with precedence, such as 100 + 200 * 3: integers with an integer result."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from orchestrator.evals.datasets._seeded import seeded
from orchestrator.evals.scorers import number
from orchestrator.evals.types import Dataset, DatasetOptions, Item

_PHRASES = ("What is {expression}?", "{expression} = ?", "Calculate {expression}.", "Work out {expression}.")
# Each shape with its value, so that no text is evaluated. Divisions are exact, because p is a multiple of b.
_SHAPES: tuple[tuple[str, Callable[[int, int, int, int, int], int]], ...] = (
    ("{a} + {b} * {c}", lambda a, b, c, *_: a + b * c),
    ("{a} * {b}", lambda a, b, *_: a * b),
    ("{a} * {b} - {c}", lambda a, b, c, *_: a * b - c),
    ("{a} - {b} * {c}", lambda a, b, c, *_: a - b * c),
    ("({a} + {b}) * {c}", lambda a, b, c, *_: (a + b) * c),
    ("{p} / {b} + {c}", lambda _, b, c, __, p: p // b + c),
    ("{a} + {p} / {b}", lambda a, b, _, __, p: a + p // b),
    ("{a} * {b} + {c} * {d}", lambda a, b, c, d, _: a * b + c * d),
    ("({a} - {b}) * ({c} + {d})", lambda a, b, c, d, _: (a - b) * (c + d)),
    ("{a} + {b} - {c} * {d}", lambda a, b, c, d, _: a + b - c * d),
)


def create(options: DatasetOptions) -> Dataset:
    """Return questions made from the seed."""
    return Dataset("arithmetic", seeded("arithmetic", options, _item), number.score)


def _item(random: Random, name: str) -> Item:
    shape, value = random.choice(_SHAPES)
    a, b, c, d = (random.randint(2, random.choice((9, 99, 999))) for _ in range(4))
    p = b * random.randint(2, 99)
    question = random.choice(_PHRASES).format(expression=shape.format(a=a, b=b, c=c, d=d, p=p))
    return Item(name, question, str(value(a, b, c, d, p)))
