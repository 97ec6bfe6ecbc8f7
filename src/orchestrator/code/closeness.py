"""Which chunk of a file answers: word by word, how near a chunk and its name lie to a question.

A vector of a whole chunk tells files apart, and less well the functions of one file, which share most of their words.
So each word of the question looks for the nearest word of the chunk, and each word of the chunk's name for the nearest
of the question, a word counting by its rarity (as in ColBERT: Khattab & Zaharia, 2020). The words' vectors are those of
the static model, whatever embedder an index has. Knows chunks, not ranks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from orchestrator.code.embedders import static
from orchestrator.code.identifiers import distinct_terms
from orchestrator.code.protocols import Chunk

NEAR = 0.5  # a cosine of two words from which on they count as one
LONGEST = 6_000  # characters of a chunk that are looked at
_AT_ONCE = 64  # words; a larger product is shared out among threads, which take 8 ms to meet where the cores are busy

Rarity = Callable[[Iterable[str]], NDArray[np.float32]]
"""How rare each of these terms is in the index."""


def closeness(asked: Sequence[str], chunks: Sequence[Chunk], rarity: Rarity) -> NDArray[np.float32]:
    """For each chunk from 0 to 2: how much of the question it says, and how much of its name the question says."""
    names = [distinct_terms(chunk.name) for chunk in chunks]
    texts = [name | distinct_terms(chunk.text[:LONGEST]) for name, chunk in zip(names, chunks, strict=True)]
    places = {term: place for place, term in enumerate(dict.fromkeys(chain.from_iterable(texts)))}
    near = _nearness(asked, list(places))
    rare, rare_named = rarity(asked), rarity(places)
    found = np.zeros(len(chunks), np.float32)
    for number, (name, text) in enumerate(zip(names, texts, strict=True)):
        if asked and text:
            found[number] = _mean(near[:, [places[term] for term in text]].max(axis=1), rare)
        if asked and name:
            of_name = [places[term] for term in name]
            found[number] += _mean(near[:, of_name].max(axis=0), rare_named[of_name])
    return found


def _nearness(some: Sequence[str], others: Sequence[str]) -> NDArray[np.float32]:
    """(some, others): 1 from a cosine of ``NEAR`` on, and down to 0."""
    mine, theirs = _units(some), _units(others)
    found = np.empty((len(some), len(others)), np.float32)
    for start in range(0, len(others), _AT_ONCE):
        stretch = slice(start, start + _AT_ONCE)
        np.matmul(mine, theirs[stretch].T, out=found[:, stretch])
    return (found / np.float32(NEAR)).clip(0, 1)


def _units(words: Sequence[str]) -> NDArray[np.float32]:
    model = static.create()
    vectors = model.vectors[[model.row(word) for word in words]]
    units: NDArray[np.float32] = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), np.float32(1e-6))
    return units


def _mean(values: NDArray[np.float32], weights: NDArray[np.float32]) -> np.float32:
    return np.float32(values @ weights / max(weights.sum(), np.float32(1e-6)))
