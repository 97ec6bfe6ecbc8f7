"""The tables of quality: every system on every set of questions. Knows systems and sets; not Markdown."""

from __future__ import annotations

import tempfile
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from benchmarks.code_search import queries, systems
from benchmarks.code_search.docstrings import Kind, docstrings
from benchmarks.code_search.metrics import Scores, mean, scores
from benchmarks.code_search.queries import QuerySet
from benchmarks.code_search.systems import BM25_ONLY, DENSE_ONLY, NO_EMBEDDING, USUAL, WITHOUT, Answers

SOURCE = Path(__file__).parents[2] / "src" / "orchestrator"
CHUNKERS = ("function", "block", "line")
KINDS: tuple[Kind, ...] = ("held out", "trained on")
OTHERS = Path(__file__).parent / "sets" / "others"  # our annotations, in the published form


def repositories(checkouts: Path, annotations: Path, semble: str | None) -> dict[str, Any]:
    """Measure which files the systems find for published questions.

    Args:
        checkouts: The folder of the repositories.
        annotations: The folder of the annotations.
        semble: A Python interpreter with semble; None without it.

    Returns:
        All measures for each system, also by repository, category and language.
    """
    sets = queries.published(checkouts, annotations)
    rows: dict[str, dict[str, list[tuple[QuerySet, Answers]]]] = defaultdict(lambda: defaultdict(list))
    for asked in sets:
        for label, answers in _all(asked, semble):
            rows[label][asked.name].append((asked, answers))
    return {
        label: _summary([pair for pairs in named.values() for pair in pairs], by_file=True)
        for label, named in rows.items()
    }


def own(count: int, semble: str | None, known: dict[str, Any]) -> dict[str, Any]:
    """Measure which lines the systems find: in our source, our SQL, and the standard library.

    Args:
        count: How many docstrings of each kind to ask for; 0 for none.
        semble: A Python interpreter with semble; None without it.
        known: Earlier results, which are updated.
    """
    with tempfile.TemporaryDirectory() as folder:
        sets = [queries.spans(SOURCE), queries.sql()]
        if count:
            whole, alone = Path(folder) / "whole", Path(folder) / "alone"
            for kind in KINDS:
                sets += [docstrings(whole, count, kind=kind), docstrings(alone, count, alone=True, kind=kind)]
        for asked in sets:
            known[asked.name] = {
                label: {"about": asked.about, **_summary([(asked, answers)], by_file=False)}
                for label, answers in _all(asked, semble)
                if label != "ripgrep"  # its results are whole files, which contain any line
            }
        return known


def ablation(checkouts: Path, annotations: Path, count: int) -> dict[str, dict[str, float]]:
    """Measure the ranking without each of its parts: NDCG@10 by file, and MRR by lines.

    Args:
        checkouts: The folder of the repositories.
        annotations: The folder of the published annotations.
        count: How many held-out docstrings to ask for.
    """
    rows: dict[str, dict[str, float]] = {label: {} for label in ("all parts", *(f"without {part}" for part in WITHOUT))}
    with tempfile.TemporaryDirectory() as folder:
        for name, by_file, sets in (
            ("eight", True, queries.published(checkouts, annotations)),
            ("others", True, queries.published(checkouts, OTHERS)),
            ("library", False, [docstrings(Path(folder), count)]),
            ("spans", False, [queries.spans(SOURCE)]),
            ("sql", False, [queries.sql()]),
        ):
            answers = [systems.ours("function", "static", USUAL, *WITHOUT.values())(asked) for asked in sets]
            for row, each in zip(rows.values(), zip(*answers, strict=True), strict=True):
                found = _summary([*zip(sets, each, strict=True)], by_file=by_file)
                row[name] = found["mean of repositories"] if by_file else found["all"]["mrr"]
    return rows


def _all(asked: QuerySet, semble: str | None) -> Iterator[tuple[str, Answers]]:
    ways = {"hybrid": USUAL, "dense only": DENSE_ONLY, "no embedding": NO_EMBEDDING, "BM25": BM25_ONLY}
    for chunker in CHUNKERS:
        for way, answers in zip(ways, systems.ours(chunker, "static", *ways.values())(asked), strict=True):
            if chunker == CHUNKERS[0] or way in {"hybrid", "dense only"}:
                yield f"{way}, {chunker}", answers
    yield "ripgrep", systems.ripgrep(asked)
    if semble and (theirs := systems.semble(semble, asked)):
        yield "semble here", theirs


def _summary(pairs: list[tuple[QuerySet, Answers]], *, by_file: bool) -> dict[str, Any]:
    """All questions count the same in ``all``. ``mean of repositories`` is a mean of means, as in semble's table."""
    every: list[Scores] = []
    groups: dict[str, dict[str, list[Scores]]] = {"by category": {}, "by language": {}, "by repository": {}}
    for asked, answers in pairs:
        for query, found in zip(asked.queries, answers.found, strict=True):
            one = scores(query, found, by_file=by_file)
            every.append(one)
            for group, key in zip(groups, (query.category, asked.language, asked.name), strict=True):
                groups[group].setdefault(key, []).append(one)
    searching = sorted(second for _, answers in pairs for second in answers.searching)
    indexing = sum(answers.indexing for _, answers in pairs)
    chunks = sum(answers.chunks for _, answers in pairs)
    each = [mean(rows).ndcg10 for rows in groups["by repository"].values()]
    return {
        "all": asdict(mean(every)),
        "mean of repositories": sum(each) / len(each),
        **{group: {key: asdict(mean(rows)) for key, rows in named.items()} for group, named in groups.items()},
        "queries": len(every),
        "chunks": chunks,
        "chunks a second": chunks / indexing if indexing else None,
        "p50 ms": searching[len(searching) // 2] * 1e3,
        "p99 ms": searching[int(len(searching) * 0.99)] * 1e3,
    }
