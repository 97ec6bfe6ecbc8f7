"""The words, phrases, code and ratings of the experiments, read from ``data/`` when first used. Knows no embedder."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TypeVar

from pydantic import TypeAdapter

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Expectation:
    """What the notes expect of the similarity of two words.

    Attributes:
        pair: The words.
        wanted: How similar they are, in words.
        least: The lowest expected rank among all pairs; 1 is the highest.
        most: The highest expected rank.
    """

    pair: tuple[str, str]
    wanted: str
    least: float
    most: float


@dataclass(frozen=True, slots=True)
class Inputs:
    """The inputs of the first two experiments.

    Attributes:
        words: The notes' words.
        related: The pairs of these words with the same kind.
        expected: What the notes expect of some pairs.
        phrases: The notes' phrases, as pairs with the same meaning.
        more_phrases: More such pairs.
        groups: More words by their group. Words of one group should be more similar than words of different groups.
        tasks: Snippets by language. The snippets of one task do the same job. The first task is the notes'.
    """

    words: tuple[str, ...]
    related: tuple[tuple[str, str], ...]
    expected: tuple[Expectation, ...]
    phrases: tuple[tuple[str, str], ...]
    more_phrases: tuple[tuple[str, str], ...]
    groups: dict[str, tuple[str, ...]]
    tasks: tuple[dict[str, str], ...]


@dataclass(frozen=True, slots=True)
class Samples:
    """Python files to be cut.

    Attributes:
        notes: The notes' two functions, of about 30 and 50 lines, by path.
        edges: Files that are hard for chunkers, by what they are.
    """

    notes: dict[str, str]
    edges: dict[str, str]


@dataclass(frozen=True, slots=True)
class Ratings:
    """Pairs of words with people's ratings of their similarity.

    Attributes:
        pairs: The pairs.
        ratings: The rating of each pair; higher is more similar.
        source: Where the ratings come from.
    """

    pairs: tuple[tuple[str, str], ...]
    ratings: tuple[float, ...]
    source: str = "WordSim-353, rated by 13 to 16 people each (Finkelstein et al., CC BY 4.0)"


@cache
def inputs() -> Inputs:
    """Return the inputs of the first two experiments."""
    return read(Inputs, "inputs.toml")


@cache
def samples() -> Samples:
    """Return the files of the chunking experiment."""
    return read(Samples, "samples.toml")


def rated_words() -> Ratings:
    """Return the 353 pairs of WordSim-353 and their mean ratings, from 0 to 10."""
    rows = [line.split("\t") for line in text_of("wordsim353.tsv").splitlines() if line and not line.startswith("#")]
    return Ratings(tuple((one, other) for one, other, _ in rows), tuple(float(rating) for *_, rating in rows))


def read(kind: type[T], name: str) -> T:
    """Return the value in a TOML file of ``data/``."""
    return TypeAdapter(kind).validate_python(tomllib.loads(text_of(name)))


def text_of(name: str) -> str:
    """Return the text of a file of ``data/``."""
    return (files(__package__) / "data" / name).read_text("utf-8")
