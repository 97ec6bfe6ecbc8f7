"""From files to what an index keeps of them: chunks with ids, the vectors and the words of the new ones.

Pure work on files, many at a time, in this process or another (``workers.py``). Knows no index.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from orchestrator.code.index.lexical import Words
from orchestrator.code.index.reading import Reading, read
from orchestrator.code.protocols import Chunk, Chunker, Embedder

EMBEDDED = 6_000  # characters of a chunk that an embedder reads


@dataclass(frozen=True, slots=True)
class Task:
    """A file to read. ``sha256`` is what it was, empty for a new one; ``ids`` are the chunks it had."""

    path: str
    sha256: bytes = b""
    ids: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class FileResult:
    """What a file is now. ``unchanged`` where its bytes are what they were; ``reason`` where it is not indexed."""

    path: str
    sha256: bytes
    reason: str = ""
    unchanged: bool = False
    chunks: tuple[tuple[str, Chunk], ...] = ()


@dataclass(frozen=True, slots=True)
class Analysed:
    """Some files, and the vectors and words of those of their chunks that are new, in the same order."""

    files: tuple[FileResult, ...]
    new: tuple[tuple[str, Chunk], ...]
    vectors: NDArray[np.float32]
    words: Words


def analyse(root: Path, tasks: Sequence[Task], chunker: Chunker, embedder: Embedder) -> Analysed:
    """Never raises for what is in a file, nor for one that cannot be read."""
    files = tuple(_file(root, task, chunker) for task in tasks)
    known = frozenset[str]().union(*(task.ids for task in tasks))
    new = tuple(each for file in files for each in file.chunks if each[0] not in known)
    return Analysed(files, new, _embedded(new, embedder), Words.of(new))


def _embedded(new: Sequence[tuple[str, Chunk]], embedder: Embedder) -> NDArray[np.float32]:
    if not new:
        return np.empty((0, embedder.dimension), np.float32)
    texts = [chunk.embedded_text()[:EMBEDDED] for _, chunk in new]
    vectors = np.array(embedder.encode(texts), dtype=np.float32)
    vectors[~vectors.any(axis=1)] = embedder.dimension**-0.5  # a cosine needs some direction
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
    """The chunks with their ids. An id stays as long as the chunk's words do, wherever its lines move."""
    seen: Counter[tuple[str, str]] = Counter()
    found = []
    for chunk in chunker.chunks(path, reading.text):
        if chunk.text.strip():
            same = (chunk.name, chunk.text)
            whole = "\0".join((path, chunk.name, str(seen[same]), "\n".join(chunk.defines), chunk.text))
            seen[same] += 1
            found.append((hashlib.sha256(whole.encode("utf-8", "surrogatepass")).hexdigest()[:32], chunk))
    return found
