"""From a query to chunks in order: fuse the lists, add definitions, weigh by kind of file, rerank, order.

Rank fusion (``fusion.py``) finds the right file. Lexical reranking (``closeness.py``) then decides which chunk of the
file comes first. If the query describes a function, all reranked chunks get a new order (``description.py``). Knows the
lexical index and chunks; not where they are stored.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from orchestrator.code.identifiers import terms
from orchestrator.code.index.lexical import Lexical
from orchestrator.code.index.paths import ASKED_FOR, STANDINGS, Standing
from orchestrator.code.index.postings import hashes
from orchestrator.code.protocols import Chunk, Hit
from orchestrator.code.ranking.closeness import closeness
from orchestrator.code.ranking.definitions import add_definitions
from orchestrator.code.ranking.description import fit, weights_for
from orchestrator.code.ranking.fusion import Evidence, Neighbours, fuse
from orchestrator.code.ranking.query import Query
from orchestrator.code.ranking.weights import Ranking, highest

LOOKED_AT = 12  # chunks that are reranked: five times as many find .002 more
DESCRIBED = 16  # the same for a description of a function: twice as many find .005 more
FITTING = 0.25  # the least coverage of a hit; 96 % of true answers have it, and 19 % of the hits of foreign queries

Floats = NDArray[np.float64]
Read = Callable[[Sequence[int]], dict[int, Chunk]]
"""Reads chunks by their rows in the catalogue. A chunk that has gone since is left out."""


@dataclass(frozen=True, slots=True)
class Scored:
    """A chunk, as its position in the lexical index, and its score."""

    doc: int
    score: float


def rank(lexical: Lexical, text: str, dense: Neighbours, count: int, ranking: Ranking, read: Read) -> list[Scored]:
    """Return the best chunks for a query.

    Args:
        lexical: The lexical index.
        text: The query.
        dense: The chunks with the nearest vectors, the nearest first. Only the first 100 count.
        count: How many chunks to return at most.
        ranking: The weights.
        read: Reads the chunks that are reranked.

    Returns:
        The chunks with their scores, the best first.
    """
    if not len(lexical.rows):
        return []
    query = Query.of(text)
    evidence = add_definitions(lexical, query, fuse(lexical, query, dense, ranking), ranking)
    if not evidence.scores:
        return []
    candidates = _weighed(lexical, query, evidence.scores, ranking)
    values = _reranked(lexical, query, evidence, candidates, ranking, read)
    return _ordered(candidates, values, ranking.repeat, count)


def covered(lexical: Lexical, text: str, hit: Hit) -> float:
    """Return which share of the query's terms a hit contains, from 0 to 1. A term is weighted by its idf.

    Args:
        lexical: The lexical index.
        text: The query.
        hit: The hit. Its path, name and text are used.
    """
    query = Query.of(text)
    rarity = lexical.body.rarity(query.hashes)
    held = np.isin(query.hashes, hashes(terms(f"{hit.path} {hit.name} {hit.text}")))
    return float(rarity[held].sum() / rarity.sum()) if query.terms else 0.0


@dataclass(frozen=True, slots=True)
class _Candidates:
    """The chunks that have a score. All arrays have the shape (candidates,).

    ``own`` is the score of a chunk without its file's other chunks; 1 is the first of all lists. ``factors`` are those
    of the kinds of file. ``values`` are the scores before the reranking.
    """

    docs: NDArray[np.int64]
    files: NDArray[np.int32]
    own: Floats
    factors: Floats
    values: Floats


def _weighed(lexical: Lexical, query: Query, scores: dict[int, float], ranking: Ranking) -> _Candidates:
    """Add what the other chunks of a file score, and multiply with the factor of the kind of file."""
    docs = np.fromiter(scores, np.int64, len(scores))
    own = np.fromiter(scores.values(), np.float64, len(scores)) / highest(ranking)
    files = lexical.files[docs]
    factors = _factors(query, ranking)[lexical.standings[files]]
    return _Candidates(docs, files, own, factors, _with_several(own, files, ranking.several) * factors)


def _factors(query: Query, ranking: Ranking) -> Floats:
    """The factor of each kind of file, in the order of ``STANDINGS``; 1 for a kind that the query asks for."""
    asked = set(terms(query.text))
    of: dict[Standing, float] = {
        "code": 1.0, "test": ranking.tests, "init": ranking.init, "prose": ranking.prose, "old": ranking.old,
    }  # fmt: skip
    return np.array([1.0 if asked & ASKED_FOR.get(each, set()) else of[each] for each in STANDINGS])


def _with_several(values: Floats, files: NDArray[np.int32], boost: float) -> Floats:
    """Raise the best chunk of each file, the more, the higher the sum of the file's chunks is."""
    if not boost:
        return values
    numbers, inverse = np.unique(files, return_inverse=True)
    sums = np.bincount(inverse, weights=values)
    best = np.zeros(len(numbers))
    np.maximum.at(best, inverse, values)
    leads = values == best[inverse]
    gained: Floats = values + leads * boost * values.max() * (sums / sums.max())[inverse]
    return gained


def _reranked(
    lexical: Lexical, query: Query, evidence: Evidence, candidates: _Candidates, ranking: Ranking, read: Read
) -> Floats:
    """The scores after the best chunks were compared with the query term by term."""
    description = weights_for(query.text) if ranking.description else None
    if description is None and not ranking.close:
        return candidates.values
    best = np.lexsort((candidates.docs, -candidates.values))[: LOOKED_AT if description is None else DESCRIBED]
    docs = candidates.docs[best]
    rows = lexical.rows[docs].tolist()
    found = read(rows)
    chunks = [found.get(row, _GONE) for row in rows]
    close = closeness(query.terms, chunks, lambda some: lexical.body.rarity(hashes(some)))
    if description is None:
        return _best_of_each_file(candidates, best, candidates.own[best] + ranking.close * (close.said + close.named))
    of_its_file = evidence.file_scores[candidates.files[best]] / max(evidence.file_scores.max(), 1e-9)
    fitting = ranking.description * fit(
        description, chunks, close, _of(docs, evidence.near), of_its_file, _of(docs, evidence.defined)
    )
    return _leading(candidates.values, best, np.exp(fitting - fitting.max()) * candidates.factors[best])


_GONE = Chunk("", 1, 1, "", "")


def _best_of_each_file(candidates: _Candidates, best: NDArray[np.int64], worth: Floats) -> Floats:
    """Deal the scores of the ``best`` chunks out again within each file: the highest goes to the most ``worth``."""
    values, files = candidates.values, candidates.files[best]
    dealt = values.copy()
    dealt[best[np.lexsort((-worth, files))]] = values[best[np.lexsort((-values[best], files))]]
    return dealt


def _of(docs: NDArray[np.int64], values: dict[int, float]) -> Floats:
    """The values of these chunks; 0 for a chunk without one."""
    return np.array([values.get(doc, 0.0) for doc in docs.tolist()])


def _leading(values: Floats, best: NDArray[np.int64], odds: Floats) -> Floats:
    """Order the ``best`` chunks by their odds, from the highest score down, and put all others below them."""
    highest_value, share = values[best[0]], odds / odds.max()
    led: Floats = values * share.min()
    led[best] = highest_value * share
    return led


def _ordered(candidates: _Candidates, values: Floats, repeat: float, count: int) -> list[Scored]:
    """The best ``count`` candidates, the best first. Each further chunk of a file loses by the factor ``repeat``."""
    docs = candidates.docs
    values = values * repeat ** _places_in_file(docs, values, candidates.files)
    order = np.lexsort((docs, -values))[:count]
    return [Scored(int(docs[at]), float(values[at])) for at in order]


def _places_in_file(docs: NDArray[np.int64], values: Floats, files: NDArray[np.int32]) -> NDArray[np.int64]:
    """How many chunks of its own file score higher than each chunk."""
    order = np.lexsort((docs, -values, files))
    grouped = files[order]
    first = np.flatnonzero(np.diff(grouped, prepend=-1))
    places = np.empty(len(files), np.int64)
    places[order] = np.arange(len(files)) - np.repeat(first, np.diff(first, append=len(files)))
    return places
