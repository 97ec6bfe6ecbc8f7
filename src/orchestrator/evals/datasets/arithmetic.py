"""Arithmetic with precedence, such as 100 + 200 * 3: integers with an integer result."""

from __future__ import annotations

from random import Random

from orchestrator.evals.datasets._seeded import seeded
from orchestrator.evals.scorers import number
from orchestrator.evals.types import Dataset, DatasetOptions, Item

_PHRASES = ("What is {expression}?", "{expression} = ?", "Calculate {expression}.", "Work out {expression}.")
_SHAPES = (
    "{a} + {b} * {c}",
    "{a} * {b}",
    "{a} * {b} - {c}",
    "{a} - {b} * {c}",
    "({a} + {b}) * {c}",
    "{p} / {b} + {c}",
    "{a} + {p} / {b}",
    "{a} * {b} + {c} * {d}",
    "({a} - {b}) * ({c} + {d})",
    "{a} + {b} - {c} * {d}",
)


def create(options: DatasetOptions) -> Dataset:
    """Return questions made from the seed."""
    return Dataset("arithmetic", seeded("arithmetic", options, _item), number.score)


def _item(random: Random, name: str) -> Item:
    shape = random.choice(_SHAPES)
    a, b, c, d = (random.randint(2, random.choice((9, 99, 999))) for _ in range(4))
    values = {"a": a, "b": b, "c": c, "d": d, "p": b * random.randint(2, 99)}
    question = random.choice(_PHRASES).format(expression=shape.format(**values))
    return Item(name, question, str(_value(shape, values)))


def _value(shape: str, values: dict[str, int]) -> int:
    """The value, written out for each shape, so that no text is evaluated. Divisions are exact by construction."""
    a, b, c, d, p = (values[name] for name in "abcdp")
    by_shape = (a + b * c, a * b, a * b - c, a - b * c, (a + b) * c, p // b + c, a + p // b, a * b + c * d,
                (a - b) * (c + d), a + b - c * d)  # fmt: skip
    return by_shape[_SHAPES.index(shape)]
