"""The similarity of a chunk and its name to a query, term by term. It tells which function of a file a query means.

The vector of a whole chunk separates files well, but less well the functions of one file, which share most of their
terms. So each term of the query is compared with the nearest term of the chunk, and each term of the chunk's name with
the nearest term of the query (MaxSim, as in ColBERT: Khattab & Zaharia, 2020). A term is weighted by its idf. The
vectors of the terms are those of the static embedder, also if the index has another embedder. Knows chunks; not ranks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from orchestrator.code.embedders import static
from orchestrator.code.identifiers import distinct_terms
from orchestrator.code.protocols import Chunk

NEAR = np.float32(0.5)  # terms with this cosine or a higher one count as the same
LONGEST = 1_200  # characters of a chunk that are used: more do not improve the results
_AT_ONCE = 64  # terms; numpy splits a larger product among threads, which costs 8 ms if the cores are busy

Each = NDArray[np.float32]
Rarity = Callable[[Iterable[str]], Each]
"""Returns the idf of each of these terms in the index."""


@dataclass(frozen=True, slots=True)
class Closeness:
    """The similarities of some chunks to a query. All arrays have the shape (chunks,).

    Attributes:
        said: How much of the query the chunk contains, from 0 to 1.
        named: How much of the chunk's name the query contains, from 0 to 1.
        begun: The similarity of the last part of its name to the first term of the query, from 0 to 1. The first term
            of a description is mostly the verb.
        size: The number of different terms of the chunk that were used.
    """

    said: Each
    named: Each
    begun: Each
    size: Each


def closeness(asked: Sequence[str], chunks: Sequence[Chunk], rarity: Rarity) -> Closeness:
    """Compare chunks with a query term by term.

    Args:
        asked: The terms of the query.
        chunks: The chunks. Their names and first 1,200 characters are used.
        rarity: Returns the idf of terms.
    """
    names = [distinct_terms(chunk.name) for chunk in chunks]
    last_names = [distinct_terms(chunk.name.rpartition(".")[2]) for chunk in chunks]
    texts = [name | distinct_terms(chunk.text[:LONGEST]) for name, chunk in zip(names, chunks, strict=True)]
    places = {term: place for place, term in enumerate(dict.fromkeys(chain.from_iterable(texts)))}
    near = _nearness(asked, list(places))
    of_names = dict.fromkeys(chain.from_iterable(names))
    rare, rare_named = rarity(asked), dict(zip(of_names, rarity(of_names), strict=True))
    said, named, begun = np.zeros((3, len(chunks)), np.float32)
    for number in range(len(chunks)) if asked else ():
        text, name, last = ([places[term] for term in some[number]] for some in (texts, names, last_names))
        if text:
            said[number] = _mean(near[:, text].max(axis=1), rare)
        if name:
            weights = np.array([rare_named[term] for term in names[number]])
            named[number] = _mean(near[:, name].max(axis=0), weights)
        if last:
            begun[number] = near[0, last].max()
    return Closeness(said, named, begun, np.array([len(text) for text in texts], np.float32))


def _nearness(some: Sequence[str], others: Sequence[str]) -> Each:
    """The similarity of each pair, shape (some, others): cosine / ``NEAR``, limited to 0 … 1."""
    (mine, my_lengths), (theirs, their_lengths) = _vectors(some), _vectors(others)
    found = np.empty((len(some), len(others)), np.float32)
    for start in range(0, len(others), _AT_ONCE):
        stretch = slice(start, start + _AT_ONCE)
        np.matmul(mine, theirs[stretch].T, out=found[:, stretch])
    found /= NEAR * my_lengths[:, None]
    found /= their_lengths
    return found.clip(0, 1)


def _vectors(words: Sequence[str]) -> tuple[Each, Each]:
    """The vectors of terms, and their lengths."""
    model = static.create()
    vectors = model.vectors[[model.row(word) for word in words]]
    return vectors, np.maximum(np.sqrt(np.einsum("ij,ij->i", vectors, vectors)), np.float32(1e-6))


def _mean(values: Each, weights: Each) -> np.float32:
    return np.float32(values @ weights / max(weights.sum(), np.float32(1e-6)))
