"""How often a letter occurs in a word: hard for a model, which reads tokens and not letters."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from random import Random

from orchestrator.evals.datasets._seeded import seeded
from orchestrator.evals.scorers import number
from orchestrator.evals.types import Dataset, DatasetOptions, Item

_PHRASES = (
    "How many {letter}'s are in the word '{word}'?",
    "How many times does the letter {letter} appear in '{word}'?",
    'How many "{letter}" are in "{word}"?',
    "Count the letter {letter} in the word {word}.",
)


def create(options: DatasetOptions) -> Dataset:
    """Return questions made from the seed. About one in ten has the answer 0."""
    return Dataset("letters", seeded("letters", options, _item), number.score, ("CALCULATOR", "PYTHON"))


@cache
def words() -> tuple[str, ...]:
    """Return the words, which are beside this file."""
    return tuple(Path(__file__).with_suffix(".txt").read_text("utf-8").split())


def _item(random: Random, name: str) -> Item:
    word = random.choice(words())
    absent = random.random() < 0.1
    letter = random.choice("bdfghjkz" if absent else _weighted(word))
    question = random.choice(_PHRASES).format(letter=letter, word=word)
    return Item(name, question, str(word.count(letter)))


def _weighted(word: str) -> str:
    """The letters of a word. Repeated letters occur more often, because they are harder to count."""
    return "".join(letter * word.count(letter) for letter in word)
