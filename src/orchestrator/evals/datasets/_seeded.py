"""Makes questions up: the same ones for the same seed. Knows no particular dataset."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from orchestrator.evals.types import DatasetOptions, Item

USUAL = 100


def seeded(name: str, options: DatasetOptions, make: Callable[[Random, str], Item]) -> tuple[Item, ...]:
    """As many questions as the options say, or a hundred. ``make`` draws one, which gets the id that it is given."""
    random = Random(f"{name}:{options.seed}")
    return tuple(make(random, f"{at:05}") for at in range(options.n or USUAL))
