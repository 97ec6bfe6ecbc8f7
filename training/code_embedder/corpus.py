"""Mined pairs as sparse matrices of term weights: a row for each text, a column for each row of the model."""

from __future__ import annotations

import json
from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from training.code_embedder.pairs import Pair

from orchestrator.code.embedders.static import weighted

FEWEST_TERMS = 5  # different terms in the code of a pair
PATH_PARTS = 2  # at the end of a path; the parts before say where a package was unpacked
ASKED = 10  # a description with a term counts as ten codes with it, because people ask with such terms


@dataclass(frozen=True, slots=True)
class Corpus:
    """The pairs as matrices of term weights. Row n of both matrices is pair n.

    Attributes:
        descriptions: Shape (pairs, columns).
        codes: Shape (pairs, columns).
    """

    descriptions: csr_matrix
    codes: csr_matrix


@dataclass(frozen=True, slots=True)
class Counted:
    """The pairs over all their terms.

    Attributes:
        corpus: The matrices.
        vocabulary: The term of each column.
    """

    corpus: Corpus
    vocabulary: list[str]

    def commonest(self, size: int) -> list[str]:
        """Return the ``size`` terms that occur in the most texts. A description counts ten times."""
        columns = len(self.vocabulary)
        held = np.bincount(self.corpus.codes.indices, minlength=columns)
        held = held + ASKED * np.bincount(self.corpus.descriptions.indices, minlength=columns)
        return [self.vocabulary[n] for n in np.argsort(-held, kind="stable")[:size]]

    def over(self, rows: NDArray[np.int32], columns: int) -> Corpus:
        """Return the pairs with other columns.

        Args:
            rows: The new column of each term, shape (terms,). Terms may share a column.
            columns: The number of new columns.
        """
        both = (self.corpus.descriptions, self.corpus.codes)
        return Corpus(*(csr_matrix((m.data, rows[m.indices], m.indptr), shape=(m.shape[0], columns)) for m in both))


def read(pairs: Path) -> Iterator[Pair]:
    """Yield the pairs of a `pairs.jsonl`."""
    with pairs.open(encoding="utf-8") as lines:
        for line in lines:
            yield Pair(*json.loads(line))


def counted(pairs: Iterable[Pair]) -> Counted:
    """Weigh the terms of descriptions and codes as the static embedder does, with path and name before the code."""
    numbers: dict[str, int] = {}
    descriptions, codes = _Rows(numbers), _Rows(numbers)
    for pair in pairs:
        path = "/".join(PurePosixPath(pair.path).parts[-PATH_PARTS:])
        description, code = weighted(pair.description), weighted(f"{path}\n{pair.name}\n{pair.code}")
        if len(code) >= FEWEST_TERMS and len(description) > 1:
            descriptions.append(description)
            codes.append(code)
    return Counted(Corpus(descriptions.matrix(), codes.matrix()), list(numbers))


class _Rows:
    """Collects the rows of a sparse matrix. A new term gets the next column."""

    def __init__(self, numbers: dict[str, int]) -> None:
        self._numbers = numbers
        self._columns, self._weights, self._ends = array("i"), array("f"), array("q", [0])

    def append(self, weights: dict[str, float]) -> None:
        self._columns.extend(self._numbers.setdefault(term, len(self._numbers)) for term in weights)
        self._weights.extend(weights.values())
        self._ends.append(len(self._columns))

    def matrix(self) -> csr_matrix:
        weights = np.frombuffer(self._weights, dtype=np.float32)
        columns = np.frombuffer(self._columns, dtype=np.int32)
        return csr_matrix((weights, columns, np.array(self._ends)), shape=(len(self._ends) - 1, len(self._numbers)))
