"""Pairs of words with people's ratings of their similarity: WordSim-353, from ``data/``. Knows no embedder."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files

SOURCE = "WordSim-353, rated by 13 to 16 people each (Finkelstein et al., CC BY 4.0)"


@dataclass(frozen=True, slots=True)
class Ratings:
    """Rated pairs of words.

    Attributes:
        source: Where the ratings come from.
        pairs: The pairs.
        ratings: The rating of each pair; higher is more similar.
    """

    source: str
    pairs: tuple[tuple[str, str], ...]
    ratings: tuple[float, ...]


def rated_words() -> Ratings:
    """Read the 353 pairs and their mean ratings, from 0 to 10."""
    text = (files(__package__) / "data" / "wordsim353.tsv").read_text("utf-8")
    rows = [line.split("\t") for line in text.splitlines() if line and not line.startswith("#")]
    return Ratings(SOURCE, tuple((one, other) for one, other, _ in rows), tuple(float(rating) for *_, rating in rows))
