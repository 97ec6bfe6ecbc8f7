"""BM25 over numpy arrays: which documents hold a term, and how often. Knows numbers; not chunks or files.

A term is its 64-bit hash, so no vocabulary must be loaded or merged: the sorted hashes are searched in a file that is
mapped into memory. The chance that any two of a million terms have the same hash is one in 37 million.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

K1, B = 1.2, 0.75  # the usual values of Robertson & Zaragoza, The Probabilistic Relevance Framework (2009)
MANY = 50_000  # documents; a larger index takes short cuts to save time
_MOST = 255  # occurrences in a document that are counted; BM25 is flat long before that

Hashes = NDArray[np.uint64]
Scores = NDArray[np.float32]


class _Hashed(dict[str, int]):
    def __missing__(self, term: str) -> int:
        if len(self) > 1_000_000:
            self.clear()
        value = int.from_bytes(hashlib.blake2b(term.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "little")
        self[term] = value
        return value


_hash_of = _Hashed()


def hashes(terms: Iterable[str]) -> Hashes:
    """Return the 64-bit hash of each term (BLAKE2b). It is the same on every machine."""
    return np.fromiter(map(_hash_of.__getitem__, terms), np.uint64)


@dataclass(frozen=True, slots=True)
class Triples:
    """Triples of term, document and number of occurrences: postings before they are sorted. All arrays are parallel."""

    terms: Hashes
    docs: NDArray[np.int64]
    counts: NDArray[np.uint8]

    @staticmethod
    def counted(terms: Hashes, docs: NDArray[np.int64]) -> Triples:
        """Make triples from two parallel arrays with one entry for each occurrence."""
        return Triples(terms, docs, np.ones(len(terms), np.uint8)).summed()

    @staticmethod
    def joined(parts: list[Triples]) -> Triples:
        """Join triples, one part after the other."""
        parts = [Triples(np.empty(0, np.uint64), np.empty(0, np.int64), np.empty(0, np.uint8)), *parts]
        return Triples(*(np.concatenate([getattr(part, name) for part in parts]) for name in Triples.__slots__))

    def summed(self) -> Triples:
        """Return the triples sorted by term and document, each pair once. Counts end at 255."""
        order = np.lexsort((self.docs, self.terms))
        terms, docs, counts = self.terms[order], self.docs[order], self.counts[order]
        if not len(terms):
            return self
        first = np.flatnonzero(np.concatenate(([True], (terms[1:] != terms[:-1]) | (docs[1:] != docs[:-1]))))
        sums = np.add.reduceat(counts.astype(np.int64), first)
        return Triples(terms[first], docs[first], np.minimum(sums, _MOST).astype(np.uint8))


@dataclass(frozen=True, slots=True)
class Postings:
    """An inverted index. The documents of term i are ``docs[starts[i]:starts[i + 1]]``.

    Attributes:
        terms: The hashes of all terms, sorted, shape (terms,).
        starts: Shape (terms + 1,).
        docs: The documents of all terms, ascending for each term, shape (postings,).
        counts: How often the term occurs in the document, shape (postings,).
        norms: The length part of BM25, K1 · (1 - B + B · length / mean length), shape (documents,).
    """

    terms: Hashes
    starts: NDArray[np.int64]
    docs: NDArray[np.int32]
    counts: NDArray[np.uint8]
    norms: Scores

    @staticmethod
    def made(triples: Triples, size: int) -> Postings:
        """Make the index of ``size`` documents. The documents of the triples are 0 to ``size`` - 1."""
        triples = triples.summed()
        first = np.flatnonzero(np.diff(triples.terms, prepend=triples.terms[:1] + np.uint64(1)))
        terms, starts = triples.terms[first], np.append(first, len(triples.terms))
        return Postings._of(terms, starts, triples.docs.astype(np.int32), triples.counts, size)

    @staticmethod
    def _of(
        terms: Hashes, starts: NDArray[np.int64], docs: NDArray[np.int32], counts: NDArray[np.uint8], size: int
    ) -> Postings:
        lengths = np.bincount(docs, weights=counts, minlength=size).astype(np.float32)
        mean = float(lengths.mean()) if size and lengths.any() else 1.0
        return Postings(terms, starts, docs, counts, (K1 * (1 - B + B * lengths / mean)).astype(np.float32))

    def changed(self, places: NDArray[np.int64], added: Triples, size: int) -> Postings:
        """Return the index after a change of the documents. The result is the same as that of ``made``.

        Only new postings, and those whose order changed, are sorted. One edited file is little work in a large index.

        Args:
            places: The new number of each document, or -1 if it is gone, shape (documents,).
            added: The triples of new documents, with their new numbers.
            size: The number of documents after the change.
        """
        late = places < np.maximum.accumulate(places)  # documents that are now before one that they followed
        moved = self._taken(late & (places >= 0), places)
        return self._without(late | (places < 0), places).inserted(Triples.joined([added, moved]).summed(), size)

    def _without(self, gone: NDArray[np.bool_], places: NDArray[np.int64]) -> Postings:
        """The index without some documents, the others with their new numbers. A term may have no documents left.

        The norms are still those of the old documents.
        """
        kept = ~gone[self.docs]
        starts = self.starts - np.searchsorted(np.flatnonzero(~kept), self.starts)
        return Postings(self.terms, starts, places.astype(np.int32)[self.docs[kept]], self.counts[kept], self.norms)

    def inserted(self, added: Triples, size: int) -> Postings:
        """Return the index with further triples. Terms without documents are left out.

        Args:
            added: The triples, sorted by term and document.
            size: The number of all documents.
        """
        at = np.searchsorted(self.terms, added.terms)  # the term of each triple, or the one after it
        known = np.append(self.terms, np.uint64(0))[at] == added.terms
        known &= at < len(self.terms)
        ends = np.where(known, self.starts[np.minimum(at + 1, len(self.terms))], self.starts[at])
        into = _bisected(self.docs, self.starts[at], ends, added.docs)
        held = np.diff(self.starts) + np.bincount(at[known], minlength=len(self.terms))
        new, new_held = np.unique(added.terms[~known], return_counts=True)
        where = np.searchsorted(self.terms, new)
        terms, held = np.insert(self.terms, where, new), np.insert(held, where, new_held)
        starts = np.append(0, np.cumsum(held[held > 0]))
        docs = np.insert(self.docs, into, added.docs.astype(np.int32))
        return Postings._of(terms[held > 0], starts, docs, np.insert(self.counts, into, added.counts), size)

    def _taken(self, chosen: NDArray[np.bool_], places: NDArray[np.int64]) -> Triples:
        """The triples of the chosen documents, with their new numbers."""
        if not chosen.any():
            return Triples.joined([])
        at = np.flatnonzero(chosen[self.docs])
        terms = self.terms[np.searchsorted(self.starts, at, side="right") - 1]
        return Triples(terms, places[self.docs[at]], self.counts[at])

    def over(self, groups: NDArray[np.int32], size: int) -> Postings:
        """Return the index over groups of neighbouring documents, such as files of chunks.

        Args:
            groups: The group of each document, ascending, shape (documents,).
            size: The number of groups.
        """
        if not len(self.docs):
            return Postings._of(self.terms, self.starts, self.docs, self.counts, size)
        docs = groups[self.docs]
        new = np.diff(docs, prepend=-1) != 0
        new[self.starts[:-1]] = True
        first = np.flatnonzero(new)
        sums = np.minimum(np.add.reduceat(self.counts, first, dtype=np.int64), _MOST).astype(np.uint8)
        return Postings._of(self.terms, np.searchsorted(first, self.starts), docs[first], sums, size)

    def rarity(self, query: Hashes) -> Scores:
        """Return the idf of each term, shape (terms,).

        idf = ln(1 + (N - df + ½) / (df + ½)), where N is the number of documents and df how many of them hold the term
        (Robertson & Zaragoza 2009, with Lucene's 1 + inside the logarithm, so that it is never negative).
        """
        starts, ends = self._spans(query)
        return self._rarity(ends - starts)

    def scores(self, query: Hashes) -> Scores:
        """Return BM25 of every document, shape (documents,).

        BM25 = Σ idf · (K1 + 1) · count / (count + norm), over the terms of the query (Robertson & Zaragoza 2009).
        Among more than 50,000 documents, terms that more than a tenth of them hold are left out, if the other terms
        have more than 70 % of the idf.

        Args:
            query: The hashes of the terms, each once.
        """
        found = np.zeros(len(self.norms), np.float32)
        starts, ends = self._spans(query)
        rarity = self._rarity(ends - starts)
        common = ends - starts > len(self.norms) / 10
        if len(self.norms) > MANY and rarity[~common].sum() > 0.7 * rarity.sum():
            starts, ends, rarity = starts[~common], ends[~common], rarity[~common]
        for start, end, worth in zip(starts, ends, rarity, strict=True):
            docs = self.docs[start:end]
            counts = self.counts[start:end].astype(np.float32)
            found[docs] += worth * (K1 + 1) * counts / (counts + self.norms[docs])
        return found

    def _rarity(self, held: NDArray[np.int64]) -> Scores:
        return np.log1p((len(self.norms) - held + 0.5) / (held + 0.5)).astype(np.float32)

    def holding(self, term: str) -> list[int]:
        """Return the documents that hold a term."""
        starts, ends = self._spans(hashes([term]))
        found: list[int] = self.docs[starts[0] : ends[0]].tolist()
        return found

    def _spans(self, query: Hashes) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        at = np.searchsorted(self.terms, query)
        inside = np.minimum(at, max(len(self.terms) - 1, 0))
        known = (self.terms[inside] == query) if len(self.terms) else np.zeros(len(query), bool)
        starts = np.where(known, self.starts[at * known], 0)
        ends = np.where(known, self.starts[(at + 1) * known], 0)
        return starts, ends

    def save(self, folder: Path, name: str) -> None:
        """Write the arrays to ``folder/name.ARRAY.npy``."""
        for part in self.__slots__:
            np.save(folder / f"{name}.{part}.npy", getattr(self, part))

    @staticmethod
    def load(folder: Path, name: str) -> Postings:
        """Return the index that ``save`` wrote, mapped into memory: a page is read when a query needs it."""
        return Postings(*(mapped(folder / f"{name}.{part}.npy") for part in Postings.__slots__))


def mapped(file: Path) -> Any:
    """Return an array in a file, mapped into memory. It is a plain array: slices of a memmap cost ten times as much."""
    return np.load(file, mmap_mode="r").view(np.ndarray)


def _bisected(
    values: NDArray[np.int32], low: NDArray[np.int64], high: NDArray[np.int64], wanted: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Where each ``wanted`` belongs in its own sorted stretch of ``values``, from ``low`` to ``high``."""
    while (open_ := low < high).any():
        middle = (low + high) // 2
        less = open_ & (values[np.minimum(middle, len(values) - 1)] < wanted)
        low, high = np.where(less, middle + 1, low), np.where(open_ & ~less, middle, high)
    return low


def top(scores: Scores, count: int) -> NDArray[np.int64]:
    """Return the positions of the highest scores above zero, the highest first. Equal scores keep their order."""
    least = np.float32(0)
    if len(scores) > MANY:  # scores above half of the best are mostly enough
        half = scores.max() / 2
        least = half if np.count_nonzero(scores > half) >= count else least
    chosen = np.flatnonzero(scores > least)  # before partitioning, which is slow with many equal zeros
    values = scores[chosen]
    if len(values) > count:
        chosen = chosen[values >= np.partition(values, len(values) - count)[len(values) - count]]
    return chosen[np.argsort(-scores[chosen], kind="stable")][:count]
