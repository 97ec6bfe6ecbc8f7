"""Makes questions from a seed: the same seed gives the same questions. Knows no particular dataset."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from orchestrator.core.errors import ConfigError
from orchestrator.evals.types import DatasetOptions, Item

USUAL = 100


def seeded(name: str, options: DatasetOptions, make: Callable[[Random, str], Item]) -> tuple[Item, ...]:
    """Make as many questions as the options say, or 100.

    Args:
        name: The name of the dataset, which is a part of the seed.
        options: The number of questions and the seed.
        make: Makes one question of a random generator and an id.

    Raises:
        ConfigError: A file is given.
    """
    if options.path is not None:
        raise ConfigError(f"{name} makes its questions and reads no file: leave data (--data) out")
    random = Random(f"{name}:{options.seed}")
    return tuple(make(random, f"{at:05}") for at in range(options.n or USUAL))
