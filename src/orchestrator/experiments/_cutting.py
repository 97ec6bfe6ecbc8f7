"""Measures how well a chunker's chunks answer questions, and which are broken. Knows chunks and vectors; no files."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from textwrap import dedent

from orchestrator.code.protocols import Chunk, Chunker
from orchestrator.experiments._embedders import Named
from orchestrator.experiments._measures import f1, mean
from orchestrator.experiments._targets import Target, inside_functions

TOP_K = 3


@dataclass(frozen=True, slots=True)
class Measured:
    """One chunker with one embedder.

    Attributes:
        embedder: The name of the embedder.
        strategy: The name of the chunker.
        chunks: The number of chunks.
        mean_lines: Their mean number of lines.
        characters: Their length in all.
        dimension: The length of a vector.
        precision: Of the lines in the first three chunks, the share that answers the question; a mean.
        coverage: Of the lines that answer the question, the share in the first three chunks; a mean.
        mrr: The mean reciprocal rank of the first chunk that answers the question.
    """

    embedder: str
    strategy: str
    chunks: int
    mean_lines: float
    characters: int
    dimension: int
    precision: float
    coverage: float
    mrr: float

    @property
    def f1(self) -> float:
        """The harmonic mean of precision and coverage."""
        return f1(self.precision, self.coverage)

    @property
    def kilobytes(self) -> float:
        """The size of the vectors, with four bytes for each number, and of the text."""
        return (self.chunks * self.dimension * 4 + self.characters) / 1_000


def measure(embedder: Named, chunker: Chunker, files: Mapping[str, str], targets: Sequence[Target]) -> Measured:
    """Cut files, embed the chunks, and ask a question for each target."""
    chunks = pieces_of(chunker, files)
    vectors = embedder.encode([chunk.embedded_text() for chunk in chunks])
    questions = embedder.encode([target.question for target in targets])
    precisions, coverages, reciprocal_ranks = [], [], []
    for row, target in enumerate(targets):
        order = sorted(range(len(chunks)), key=lambda at, row=row: (-float(vectors[at] @ questions[row]), at))  # type: ignore[misc]
        returned = {place for at in order[:TOP_K] for place in _places(chunks[at])} if questions[row].any() else set()
        right = returned & target.lines
        precisions.append(len(right) / len(returned) if returned else 0.0)
        coverages.append(len(right) / len(target.lines))
        reciprocal_ranks.append(
            next((1 / place for place, at in enumerate(order, 1) if _answers_it(chunks[at], target)), 0.0)
        )
    mean_lines = mean([chunk.end_line - chunk.start_line + 1 for chunk in chunks])
    characters = sum(len(chunk.text) for chunk in chunks)
    scores = map(mean, (precisions, coverages, reciprocal_ranks))
    return Measured(embedder.name, chunker.name, len(chunks), mean_lines, characters, vectors.shape[1], *scores)


def pieces_of(chunker: Chunker, files: Mapping[str, str]) -> list[Chunk]:
    """Return the chunks of files that are not blank."""
    return [chunk for path, text in files.items() for chunk in chunker.chunks(path, text) if chunk.text.strip()]


def _places(chunk: Chunk) -> set[tuple[str, int]]:
    return {(chunk.path, line) for line in range(chunk.start_line, chunk.end_line + 1)}


def _answers_it(chunk: Chunk, target: Target) -> bool:
    """Whether at least half of the chunk, or half of the target, is in both."""
    places = _places(chunk)
    return 2 * len(places & target.lines) >= min(len(places), len(target.lines))


def broken_of(chunks: Sequence[Chunk], files: Mapping[str, str]) -> list[Chunk]:
    """Return the chunks that begin inside a function, or that do not parse alone."""
    inside = {path: inside_functions(text) for path, text in files.items()}
    return [chunk for chunk in chunks if chunk.start_line in inside[chunk.path] or not _parses(chunk.text)]


def _parses(text: str) -> bool:
    try:
        ast.parse(dedent(text))
    except (SyntaxError, ValueError, RecursionError):
        return False
    return True
