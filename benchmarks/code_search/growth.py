"""Measures an index of one size, with functions generated from real words, or with real code.

A third of the words have the frequencies of a language (Zipf). The others come from the subject of their file. So
posting lists are uneven and vectors form groups, as in a project. Size 0 is the standard library with the sentences of
its docstrings as questions: their vectors are less similar to code than generated questions. `python -m
benchmarks.code_search.growth CHUNKS` prints one size as JSON.
"""

from __future__ import annotations

import json
import resource
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter
from typing import Any
from unittest import mock

import numpy as np
from benchmarks.code_search.docstrings import docstrings
from numpy.typing import NDArray

from orchestrator.code import CodeIndex
from orchestrator.code.embedders import static
from orchestrator.code.index.analysis import EMBEDDED
from orchestrator.code.index.catalogue import Catalogue
from orchestrator.code.index.sets import IndexConfig
from orchestrator.code.index.vectors import Vectors

SIZES = (0, 1_000, 10_000, 20_000, 100_000, 500_000)
A_FILE = 100  # functions in a file
A_SUBJECT = 30  # words
QUERIES = 200
BLOCK = 5_000


def measure(chunks: int) -> dict[str, Any]:
    """Build an index of about ``chunks`` chunks, search it, and compare its neighbours with an exact search."""
    with tempfile.TemporaryDirectory() as folder, _clocked_puts() as in_chroma:
        root, db = Path(folder) / "source", Path(folder) / "index"
        questions = _written(root, chunks)
        started, cpu = perf_counter(), _cpu()
        with CodeIndex.build(root, db) as index:
            indexing, cpu, in_put = perf_counter() - started, _cpu() - cpu, sum(in_chroma)
            count, setup = len(index), index.setup
            for question in questions[:20]:
                index.search(question)
            searching = sorted(_seconds(index.search, question) for question in questions)
            size = sum(file.stat().st_size for file in db.rglob("*") if file.is_file())
            memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
            edited = next(root.rglob("*.py"))
            edited.write_text(edited.read_text(encoding="utf-8") + "\ndef added(): ...\n", encoding="utf-8")
            updating = _seconds(index.update)
        recall = _recall(setup, db, questions)
    return {
        "chunks": count,
        "chunks a second": count / indexing,
        "CPU ms a chunk": cpu / count * 1e3,
        "of it in Chroma": in_put / count * 1e3,
        "a file anew s": updating,
        "p50 ms": searching[len(searching) // 2] * 1e3,
        "p99 ms": searching[int(len(searching) * 0.99)] * 1e3,
        "disk MB": size / 1e6,
        "memory MB": memory / 1e6,
        "vector recall@10": recall,
    }


@contextmanager
def _clocked_puts() -> Iterator[list[float]]:
    """Collect the CPU seconds of each call that puts vectors into Chroma."""
    spent: list[float] = []
    put = Vectors.put

    def clocked(*given: Any) -> None:
        before = _cpu()
        put(*given)
        spent.append(_cpu() - before)

    with mock.patch.object(Vectors, "put", clocked):
        yield spent


def _cpu() -> float:
    """The CPU seconds of this process and of its ended children, without other work of the machine."""
    both = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(one.ru_utime + one.ru_stime for one in both)


def _written(root: Path, chunks: int) -> list[str]:
    """Write code into ``root``, and return questions about it."""
    if not chunks:
        return [query.text for query in docstrings(root, QUERIES).queries]
    _write(root, chunks)
    return _questions(chunks)


def _write(root: Path, chunks: int) -> None:
    """Write files of functions. Each file has a subject: some words that it uses again and again, as real files do."""
    random, words = np.random.default_rng(7), _words()
    for number in range(max(1, chunks // A_FILE)):
        folder = root / f"{words[number % 60]}_{number // 600}"
        folder.mkdir(parents=True, exist_ok=True)
        subject = _subject(number, words)
        functions = [_function(random, words, subject) for _ in range(A_FILE)]
        (folder / f"{words[number % 997]}_{number}.py").write_text("\n".join(functions), encoding="utf-8")


def _words() -> list[str]:
    return [word for word in static.create().known if word.isascii() and word.isalpha() and len(word) > 2][:20_000]


def _subject(number: int, words: list[str]) -> list[str]:
    return [str(word) for word in np.random.default_rng(number).choice(words, A_SUBJECT)]


def _drawn(random: np.random.Generator, words: list[str], subject: list[str], count: int) -> list[str]:
    """Two of three words from the subject, the others from the language."""
    common = random.zipf(1.2, count) - 1
    own = random.integers(0, len(subject), count)
    return [
        words[c % len(words)] if n % 3 == 2 else subject[o] for n, (c, o) in enumerate(zip(common, own, strict=True))
    ]


def _function(random: np.random.Generator, words: list[str], subject: list[str]) -> str:
    drawn = _drawn(random, words, subject, 24)
    lines = [f"    {a}_{b} = {c}({a}, {b})" for a, b, c in zip(drawn[6::3], drawn[7::3], drawn[8::3], strict=True)]
    given = ", ".join(dict.fromkeys(drawn[3:6]))
    return "\n".join([f"def {'_'.join(drawn[:3])}({given}):", *lines, ""])


def _questions(chunks: int) -> list[str]:
    """Questions of five words from the subject of a file."""
    random, words = np.random.default_rng(11), _words()
    files = random.integers(0, max(1, chunks // A_FILE), QUERIES)
    return [" ".join(random.choice(_subject(int(file), words), 5).tolist()) for file in files]


def _seconds(work: Callable[..., object], *given: str) -> float:
    started = perf_counter()
    work(*given)
    return perf_counter() - started


def _recall(setup: IndexConfig, db: Path, questions: list[str]) -> float:
    """The share of the index's ten neighbours that are at least as near as the tenth of an exact search."""
    asked = setup.embedder.encode(questions)
    best = np.full((len(asked), 10), -1.0, dtype=np.float32)
    for block in _embedded(setup, db):
        near = np.concatenate([best, asked @ block.T], axis=1)
        best = -np.sort(-near, axis=1)[:, :10]
    vectors = setup.vectors(db)
    kept = 0
    for vector, exact in zip(asked, best, strict=True):
        similarities = np.array([cosine for _, cosine in vectors.nearest(vector, 10)])
        kept += int((similarities >= exact[-1] - 1e-5).sum())
    vectors.close()
    return kept / (10 * len(asked))


def _embedded(setup: IndexConfig, db: Path) -> Iterator[NDArray[np.float32]]:
    """The vectors of all chunks, computed again."""
    catalogue = Catalogue(db / setup.key)
    rows = [place.row for place in catalogue.places()]
    for start in range(0, len(rows), BLOCK):
        chunks = catalogue.chunks(rows[start : start + BLOCK]).values()
        yield setup.embedder.encode([chunk.embedded_text()[:EMBEDDED] for chunk in chunks])
    catalogue.close()


if __name__ == "__main__":
    print(json.dumps(measure(int(sys.argv[1]))))
