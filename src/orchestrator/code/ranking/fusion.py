"""Rank fusion: makes one score for each chunk from five lists. Knows the lexical index; not chunk texts.

Weighted reciprocal rank fusion (Cormack, Clarke & Büttcher, 2009): a chunk gets weight · (k + 1) / (k + rank) from each
lexical list that it is in; ranks count from 1. The fifth list holds the 100 neighbours by vectors. There a chunk gets
weight · (cosine - last cosine) / (first cosine - last cosine), because the first may be much nearer than the others, or
hardly nearer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from orchestrator.code.index.lexical import Lexical
from orchestrator.code.index.postings import Scores, top
from orchestrator.code.ranking.query import Query
from orchestrator.code.ranking.weights import Ranking

DEPTH = 100  # places of a list that count

Neighbours = Sequence[tuple[int, float]]
"""Chunks, as their positions in the lexical index, with their cosines; the nearest first."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the index says about chunks for one query. A chunk is its position in the lexical index.

    Attributes:
        scores: The score of each chunk that is in a list, or whose file is.
        near: The place of each neighbour's cosine, from 0 (the last) to 1 (the nearest).
        file_scores: BM25 of each file, shape (files,).
        defined: For each chunk that defines a symbol of the query, how much that counts; at most 1 for each symbol.
    """

    scores: dict[int, float]
    near: dict[int, float]
    file_scores: Scores
    defined: dict[int, float] = field(default_factory=dict)


def fuse(lexical: Lexical, query: Query, dense: Neighbours, ranking: Ranking) -> Evidence:
    """Fuse the lists of chunks (text, names, vectors) and of files (text, path).

    Args:
        lexical: The lexical index.
        query: The query.
        dense: The chunks with the nearest vectors, the nearest first. Only the first 100 count.
        ranking: The weights.
    """
    near = _near(dense[:DEPTH]) if ranking.dense else {}
    chunk_scores, file_scores = lexical.body.scores(query.hashes), lexical.file.scores(query.hashes)
    scores = {doc: ranking.dense * share for doc, share in near.items()}
    _add_ranks(scores, chunk_scores, ranking.chunk, ranking.k)
    _add_ranks(scores, lexical.names.scores(query.hashes), ranking.names, ranking.k)
    of_files: dict[int, float] = {}
    _add_ranks(of_files, file_scores, ranking.file, ranking.k)
    _add_ranks(of_files, lexical.path.scores(query.hashes), ranking.path, ranking.k)
    _add_files(scores, of_files, lexical, chunk_scores)
    return Evidence(scores, near, file_scores)


def _near(dense: Neighbours) -> dict[int, float]:
    """The place of each cosine: the range of cosines differs between embedding models."""
    cosines = [cosine for _, cosine in dense] or [0.0]
    last, spread = min(cosines), max(cosines) - min(cosines)
    return {doc: (cosine - last) / spread if spread else 1.0 for doc, cosine in dense}


def _add_ranks(scores: dict[int, float], found: Scores, weight: float, k: float) -> None:
    for at, doc in enumerate(top(found, DEPTH).tolist() if weight else ()):
        scores[doc] = scores.get(doc, 0.0) + weight * (k + 1) / (k + at + 1)


def _add_files(scores: dict[int, float], of_files: dict[int, float], lexical: Lexical, chunk_scores: Scores) -> None:
    """Add the score of a file to its chunks. If none of them has a score, its best chunk gets it, or its first one."""
    present = lexical.files[list(scores)].tolist() if scores else []
    for doc, file in zip(scores, present, strict=True):
        scores[doc] += of_files.get(file, 0.0)
    for file in of_files.keys() - set(present):
        start, end = int(lexical.first[file]), int(lexical.first[file + 1])
        scores[start + int(chunk_scores[start:end].argmax())] = of_files[file]
