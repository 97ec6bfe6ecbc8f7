"""The weights of the ranking, in one value. A weight can be turned off to measure what its part is worth."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Ranking:
    """The weights of the ranking.

    Five lists are fused: four lexical ones by reciprocal rank, one by the cosine of the vectors. 0 turns a list or a
    boost off. 1 turns a factor off.

    Attributes:
        chunk: The list of chunks by BM25 of their text.
        dense: The list of chunks by the cosine of their vectors.
        file: The list of files by BM25 of their whole text. The best chunk of a file gets its score.
        path: The list of files by BM25 of their path.
        names: The list of chunks by BM25 of their own name and of the names that they define.
        symbol: Boost for a chunk that defines a symbol of the query, as a share of the highest score of the lists.
        several: Boost for the best chunk of each file, by the sum of the scores of the file's chunks.
        tests: Factor for chunks of test files.
        init: Factor for chunks of ``__init__.py`` files.
        prose: Factor for chunks of documents and examples.
        old: Factor for chunks of superseded code, such as a folder ``v1`` beside ``v2``.
        k: The constant of reciprocal rank fusion. The larger it is, the less the first places differ.
        close: Weight of the lexical reranking of the chunks within a file.
        description: Weight of the reranking for queries that describe a function; 0 turns it off.
        repeat: Factor for each further chunk of a file: the second gets it once, the third twice.
    """

    chunk: float = 1.5
    dense: float = 3.0
    file: float = 0.5
    path: float = 0.7
    names: float = 0.5
    symbol: float = 1.0
    several: float = 0.2
    tests: float = 0.3
    init: float = 0.6
    prose: float = 0.5
    old: float = 0.8
    k: float = 10.0
    close: float = 1.0
    description: float = 1.0
    repeat: float = 0.7


def highest(ranking: Ranking) -> float:
    """Return the score of a chunk that is the first of all five lists. It is never 0."""
    return max(ranking.chunk + ranking.dense + ranking.file + ranking.path + ranking.names, 1e-9)
