"""Pairs of words with a rating of their similarity: people's, where a package with them is installed."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import metadata
from itertools import combinations
from pathlib import Path

from orchestrator.experiments._inputs import GROUPS

PACKAGE, FILE = "gensim", "wordsim353.tsv"

# For want of ratings by people: synonyms count more than words of one group, and those more than unrelated ones.
SYNONYMS = (
    ("car", "automobile"), ("happy", "glad"), ("big", "large"), ("fast", "quick"), ("begin", "start"), ("cat", "feline"),
    ("boat", "ship"), ("child", "kid"), ("smart", "clever"), ("error", "mistake"), ("delete", "remove"), ("job", "task"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Ratings:
    """``source`` says what the ratings are; higher is more similar."""

    source: str
    pairs: tuple[tuple[str, str], ...]
    ratings: tuple[float, ...]


def rated_words() -> Ratings:
    """WordSim-353 from the package that carries it, or a set graded by rule, which says so."""
    path = _installed()
    return _by_rule() if path is None else _wordsim(path)


def _installed() -> Path | None:
    try:
        files = metadata.files(PACKAGE) or ()
    except metadata.PackageNotFoundError:
        return None
    return next((Path(str(file.locate())) for file in files if file.name == FILE), None)


def _wordsim(path: Path) -> Ratings:
    """Lines of word, word, mean rating from 0 to 10; those that begin with # are about the file."""
    rows = [line.split("\t") for line in path.read_text("utf-8").splitlines() if line and not line.startswith("#")]
    rows = [row for row in rows if len(row) == 3 and row[2].replace(".", "", 1).isdigit()]
    source = "WordSim-353, rated by 13 to 16 people each (Finkelstein et al., CC BY 4.0), as gensim carries it"
    return Ratings(source, tuple((row[0], row[1]) for row in rows), tuple(float(row[2]) for row in rows))


def _by_rule() -> Ratings:
    graded = [(pair, 3.0) for pair in SYNONYMS]
    graded += [(pair, 2.0) for words in GROUPS.values() for pair in combinations(words[:4], 2)]
    firsts = list(GROUPS.values())
    graded += [((one[at], other[at]), 1.0) for one, other in combinations(firsts, 2) for at in (0, 4)]
    source = (
        "graded by rule, not by people (synonyms 3, one group 2, different groups 1); "
        "install gensim for WordSim-353's ratings"
    )
    return Ratings(source, tuple(pair for pair, _ in graded), tuple(grade for _, grade in graded))
