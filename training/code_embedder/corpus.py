"""Mined pairs as sparse matrices of term weights, one row a text, one column a row of the model."""

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

FEWEST_TERMS = 5  # different ones, in the code of a pair
PATH_PARTS = 2  # of a path's end: what lies above says where a package was unpacked
ASKED = 10  # a term in a description counts as often as in so many codes: it is how people ask


@dataclass(frozen=True, slots=True)
class Corpus:
    """Row n of ``descriptions`` belongs to row n of ``codes``."""

    descriptions: csr_matrix
    codes: csr_matrix


@dataclass(frozen=True, slots=True)
class Counted:
    """The pairs over all their terms: column n of both matrices is ``vocabulary[n]``."""

    corpus: Corpus
    vocabulary: list[str]

    def commonest(self, size: int) -> list[str]:
        """The ``size`` terms that the most texts hold."""
        columns = len(self.vocabulary)
        held = np.bincount(self.corpus.codes.indices, minlength=columns)
        held = held + ASKED * np.bincount(self.corpus.descriptions.indices, minlength=columns)
        return [self.vocabulary[n] for n in np.argsort(-held, kind="stable")[:size]]

    def over(self, rows: NDArray[np.int32], columns: int) -> Corpus:
        """The same with term n in column ``rows[n]``, of ``columns``."""
        both = (self.corpus.descriptions, self.corpus.codes)
        return Corpus(*(csr_matrix((m.data, rows[m.indices], m.indptr), shape=(m.shape[0], columns)) for m in both))


def read(pairs: Path) -> Iterator[Pair]:
    """The pairs of a `pairs.jsonl`."""
    with pairs.open(encoding="utf-8") as lines:
        for line in lines:
            yield Pair(*json.loads(line))


def counted(pairs: Iterable[Pair]) -> Counted:
    """Counts the terms of descriptions and codes, as the product reads them: path and name first."""
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
    """Rows of a sparse matrix as they come; new terms get the next column."""

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
