"""Measures of a ranked list: NDCG, recall, hit rate, reciprocal rank, precision. Knows ranks; not systems."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from math import log2
from statistics import fmean
from typing import Protocol

from benchmarks.code_search.queries import Query, Target

K = 10


class Found(Protocol):
    """A result of any system: some lines of a file."""

    @property
    def path(self) -> str: ...
    @property
    def start_line(self) -> int: ...
    @property
    def end_line(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Scores:
    """The measures of one query, or their means over several. All are from 0 to 1; higher is better."""

    ndcg10: float
    recall5: float
    recall10: float
    hit1: float
    hit5: float
    hit10: float
    mrr: float
    precision5: float


def scores(query: Query, found: Sequence[Found], *, by_file: bool) -> Scores:
    """Return how well results answer a query. A target counts once, at its first hit.

    NDCG@10 = Σ 1 / log₂(rank + 1) over the targets that were found, divided by the value of the best order (Järvelin &
    Kekäläinen, 2002, with binary relevance). With one right answer, precision@5 is at most 0.2.

    Args:
        query: The query with its targets.
        found: The results, the best first.
        by_file: The right file is enough. Otherwise the lines must overlap.
    """
    first = [_first_rank(target, found, by_file=by_file) for target in query.targets]
    ranks = sorted({rank for rank in first if rank is not None and rank <= K})
    right = len(query.targets)
    ideal = sum(1 / log2(rank + 1) for rank in range(1, min(K, right) + 1))
    return Scores(
        ndcg10=sum(1 / log2(rank + 1) for rank in ranks) / ideal,
        recall5=sum(rank is not None and rank <= 5 for rank in first) / right,
        recall10=sum(rank is not None and rank <= 10 for rank in first) / right,
        hit1=float(ranks[:1] == [1]),
        hit5=float(any(rank <= 5 for rank in ranks)),
        hit10=float(bool(ranks)),
        mrr=1 / ranks[0] if ranks else 0.0,
        precision5=_answering(query, found[:5], by_file=by_file) / 5,
    )


def mean(many: Iterable[Scores]) -> Scores:
    """Return the means over at least one query."""
    rows = list(many)
    return Scores(*(fmean(getattr(row, field.name) for row in rows) for field in fields(Scores)))


def _first_rank(target: Target, found: Sequence[Found], *, by_file: bool) -> int | None:
    ranked = enumerate(found, 1)
    return next((n for n, hit in ranked if target.is_in(hit.path, hit.start_line, hit.end_line, by_file=by_file)), None)


def _answering(query: Query, found: Sequence[Found], *, by_file: bool) -> int:
    return sum(
        any(target.is_in(hit.path, hit.start_line, hit.end_line, by_file=by_file) for target in query.targets)
        for hit in found
    )
