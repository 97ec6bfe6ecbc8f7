"""Sorting: words by the alphabet, numbers by size."""

from __future__ import annotations

import re
from random import Random

from orchestrator.evals.datasets.letters import WORDS
from orchestrator.evals.extract import stated
from orchestrator.evals.types import Dataset, DatasetOptions, Item, Sample, Score

USUAL = 100
_TOKEN = re.compile(r"[a-z0-9]+")


def create(options: DatasetOptions) -> Dataset:
    """Seeded questions, four to nine words or numbers each."""
    random = Random(f"sorting:{options.seed}")
    items = []
    for at in range(options.n or USUAL):
        count = random.randint(4, 9)
        if random.random() < 0.5:
            values = random.sample(sorted(set(WORDS)), count)
            question, ordered = "Sort these words alphabetically", sorted(values)
        else:
            values = [str(value) for value in random.sample(range(1, 1_000), count)]
            question, ordered = "Sort these numbers from the smallest to the largest", sorted(values, key=int)
        kind = "numbers" if values[0].isdecimal() else "words"
        items.append(Item(f"{at:05}", f"{question}: {', '.join(values)}", ", ".join(ordered), kind=kind))
    return Dataset("sorting", tuple(items), score, ("PYTHON",))


def score(item: Item, sample: Sample) -> Score:
    """Whether the last of the listed words that the answer names stand in the right order, whatever stands between."""
    wanted = _TOKEN.findall(item.gold.lower())
    found, _ = stated(sample.answer)
    named = [token for token in _TOKEN.findall(found.lower()) if token in wanted][-len(wanted) :]
    return Score(named == wanted, ", ".join(named))
