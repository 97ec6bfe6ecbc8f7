"""Sorting: words by the alphabet, numbers by size."""

from __future__ import annotations

import re
from random import Random

from orchestrator.evals.datasets._seeded import seeded
from orchestrator.evals.datasets.letters import words
from orchestrator.evals.extract import stated
from orchestrator.evals.types import Dataset, DatasetOptions, Item, Sample, Score

_TOKEN = re.compile(r"[a-z0-9]+")


def create(options: DatasetOptions) -> Dataset:
    """Return questions made from the seed, with four to nine words or numbers each."""
    return Dataset("sorting", seeded("sorting", options, _item), score, ("PYTHON",))


def _item(random: Random, name: str) -> Item:
    count = random.randint(4, 9)
    if random.random() < 0.5:
        values = random.sample(sorted(set(words())), count)
        kind, question, ordered = "words", "Sort these words alphabetically", sorted(values)
    else:
        values = [str(value) for value in random.sample(range(1, 1_000), count)]
        kind, question = "numbers", "Sort these numbers from the smallest to the largest"
        ordered = sorted(values, key=int)
    return Item(name, f"{question}: {', '.join(values)}", ", ".join(ordered), kind=kind)


def score(item: Item, sample: Sample) -> Score:
    """Score an answer: the last listed words or numbers in it must be in the right order. Other words are ignored."""
    wanted = _TOKEN.findall(item.gold.lower())
    found, _ = stated(sample.answer)
    named = [token for token in _TOKEN.findall(found.lower()) if token in wanted][-len(wanted) :]
    return Score(named == wanted, ", ".join(named))
