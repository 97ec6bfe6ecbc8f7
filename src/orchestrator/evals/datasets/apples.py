"""Word problems like "you have 5 apples and someone gives you 3 more", with one to four steps."""

from __future__ import annotations

from random import Random

from orchestrator.evals.datasets._seeded import seeded
from orchestrator.evals.scorers import number
from orchestrator.evals.types import Dataset, DatasetOptions, Item

_NAMES = ("Anna", "Ben", "Carla", "David", "Elena", "Farid", "Grace", "Hugo", "Ines", "Jonas", "Kavya", "Liam")
_THINGS = ("apples", "marbles", "books", "pencils", "stamps", "cookies", "shells", "coins", "cards", "eggs")
_GAINS = (
    "{friend} gives {name} {count} more.",
    "{name} buys {count} more.",
    "{name} finds {count} more at home.",
    "Then {name} gets {boxes} boxes with {each} {things} in each.",
)
_LOSSES = ("{name} gives away {count}.", "{name} loses {count}.", "{friend} takes {count} of them.")


def create(options: DatasetOptions) -> Dataset:
    """Return questions made from the seed. Their kind is the number of steps."""
    return Dataset("apples", seeded("apples", options, _item), number.score)


def _item(random: Random, name_of_item: str) -> Item:
    name, friend = random.sample(_NAMES, 2)
    things, have, steps = random.choice(_THINGS), random.randint(3, 60), random.randint(1, 4)
    sentences = [f"{name} has {have} {things}."]
    for _ in range(steps):
        losing = have > 2 and random.random() < 0.5
        count, boxes, each = random.randint(1, have - 1 if losing else 40), random.randint(2, 9), random.randint(2, 12)
        sentence = random.choice(_LOSSES if losing else _GAINS)
        have += -count if losing else boxes * each if "{boxes}" in sentence else count
        sentences.append(sentence.format(name=name, friend=friend, count=count, boxes=boxes, each=each, things=things))
    question = f"{' '.join(sentences)} How many {things} does {name} have now?"
    return Item(name_of_item, question, str(have), kind=f"{steps} step{'s' * (steps > 1)}")
