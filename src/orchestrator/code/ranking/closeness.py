"""How near a chunk and its name lie to a question, word by word: which function of a file it means.

A vector of a whole chunk tells files apart, and less well the functions of one file, which share most of their words.
So each word of the question looks for the nearest word of the chunk, and each word of the chunk's name for the nearest
of the question, a word counting by its rarity (as in ColBERT: Khattab & Zaharia, 2020). The words' vectors are those of
the static model, whatever embedder an index has. Knows chunks, not ranks.
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

NEAR = np.float32(0.5)  # a cosine of two words from which on they count as one
LONGEST = 1_200  # characters of a chunk that are looked at: more tell nothing more
_AT_ONCE = 64  # words; a larger product is shared out among threads, which take 8 ms to meet where the cores are busy

Each = NDArray[np.float32]
Rarity = Callable[[Iterable[str]], Each]
"""How rare each of these terms is in the index."""


@dataclass(frozen=True, slots=True)
class Closeness:
    """(chunks,) each. From 0 to 1: how much of the question a chunk says (``said``), how much of its name the question
    says (``named``), and how near the last part of its name comes to the question's first term (``begun``), which of a
    description is mostly the verb. ``size`` is the number of different terms that were looked at.
    """

    said: Each
    named: Each
    begun: Each
    size: Each


def closeness(asked: Sequence[str], chunks: Sequence[Chunk], rarity: Rarity) -> Closeness:
    """How close each chunk is to a question of these terms."""
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
    """(some, others): 1 from a cosine of ``NEAR`` on, and down to 0."""
    (mine, my_lengths), (theirs, their_lengths) = _vectors(some), _vectors(others)
    found = np.empty((len(some), len(others)), np.float32)
    for start in range(0, len(others), _AT_ONCE):
        stretch = slice(start, start + _AT_ONCE)
        np.matmul(mine, theirs[stretch].T, out=found[:, stretch])
    found /= NEAR * my_lengths[:, None]
    found /= their_lengths
    return found.clip(0, 1)


def _vectors(words: Sequence[str]) -> tuple[Each, Each]:
    """The words' vectors, and their lengths."""
    model = static.create()
    vectors = model.vectors[[model.row(word) for word in words]]
    return vectors, np.maximum(np.sqrt(np.einsum("ij,ij->i", vectors, vectors)), np.float32(1e-6))


def _mean(values: Each, weights: Each) -> np.float32:
    return np.float32(values @ weights / max(weights.sum(), np.float32(1e-6)))
