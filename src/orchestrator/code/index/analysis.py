"""Analyses files: makes chunks with ids, and the vectors and terms of the new chunks.

It works on many files at a time, in this process or in another (``workers.py``). Knows files, chunkers and embedders;
not the index.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from orchestrator.code.index.lexical import Words
from orchestrator.code.index.long_lines import without_long_lines
from orchestrator.code.index.reading import Reading, read
from orchestrator.code.protocols import Chunk, Chunker, Embedder

EMBEDDED = 6_000  # characters of a chunk that are embedded


@dataclass(frozen=True, slots=True)
class Task:
    """A file to read.

    Attributes:
        path: The path relative to the indexed folder.
        sha256: The hash of the file when it was last read; empty for a new file.
        ids: The ids of the chunks that the index has of it.
    """

    path: str
    sha256: bytes = b""
    ids: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class FileResult:
    """The state of a file now.

    Attributes:
        path: The path relative to the indexed folder.
        sha256: The hash of its bytes; empty if the file cannot be read.
        reason: Why the file is not indexed; empty if it is.
        unchanged: The bytes are the same as before. Then there are no chunks here.
        chunks: All chunks of the file with their ids.
    """

    path: str
    sha256: bytes
    reason: str = ""
    unchanged: bool = False
    chunks: tuple[tuple[str, Chunk], ...] = ()


@dataclass(frozen=True, slots=True)
class Analysed:
    """The result for some files.

    Attributes:
        files: The files, in the order of their tasks.
        new: The chunks that the index does not have yet, with their ids.
        vectors: Their vectors, shape (new chunks, dimension).
        words: Their terms.
    """

    files: tuple[FileResult, ...]
    new: tuple[tuple[str, Chunk], ...]
    vectors: NDArray[np.float32]
    words: Words


def analyse(root: Path, tasks: Sequence[Task], chunker: Chunker, embedder: Embedder) -> Analysed:
    """Analyse files. A file that cannot be read, or is not text, gets a ``reason`` and no error.

    Args:
        root: The indexed folder.
        tasks: The files.
        chunker: Cuts the files.
        embedder: Makes the vectors.

    Raises:
        OrchestratorError: The embedder fails.
    """
    files = tuple(_file(root, task, chunker) for task in tasks)
    known = frozenset[str]().union(*(task.ids for task in tasks))
    new = tuple(each for file in files for each in file.chunks if each[0] not in known)
    return Analysed(files, new, _embedded(new, embedder), Words.of(new))


def _embedded(new: Sequence[tuple[str, Chunk]], embedder: Embedder) -> NDArray[np.float32]:
    if not new:
        return np.empty((0, embedder.dimension), np.float32)
    texts = [chunk.embedded_text()[:EMBEDDED] for _, chunk in new]
    vectors = np.array(embedder.encode(texts), dtype=np.float32)
    vectors[~vectors.any(axis=1)] = embedder.dimension**-0.5  # the cosine of a zero vector is undefined
    return vectors


def _file(root: Path, task: Task, chunker: Chunker) -> FileResult:
    try:
        reading = read(root / task.path)
    except OSError as error:
        return FileResult(task.path, b"", reason=f"unreadable: {error.strerror}")
    if reading.sha256 == task.sha256:
        return FileResult(task.path, reading.sha256, unchanged=True)
    return FileResult(task.path, reading.sha256, reading.reason, chunks=tuple(_identified(task.path, reading, chunker)))


def _identified(path: str, reading: Reading, chunker: Chunker) -> list[tuple[str, Chunk]]:
    """The chunks with their ids. An id depends on path, name and text, not on the lines."""
    seen: Counter[tuple[str, str]] = Counter()
    found = []
    for whole in chunker.chunks(path, reading.text):
        chunk = replace(whole, text=without_long_lines(whole.text)) if reading.long_lines else whole
        if chunk.text.strip():
            same = (chunk.name, chunk.text)
            hashed = "\0".join((path, chunk.name, str(seen[same]), "\n".join(chunk.defines), chunk.text))
            seen[same] += 1
            found.append((hashlib.sha256(hashed.encode("utf-8", "surrogatepass")).hexdigest()[:32], chunk))
    return found
