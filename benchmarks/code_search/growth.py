"""What happens as an index grows: one size in one process, on functions made up from real words.

A third of the words are drawn with the frequencies of a language (Zipf), the others from the subject of their file, so
that word lists are uneven and vectors lie in groups, as they do in a project.
`python -m benchmarks.code_search.growth CHUNKS` prints one size as JSON.
"""

from __future__ import annotations

import json
import resource
import sys
import tempfile
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np

from orchestrator.code import CodeIndex
from orchestrator.code.embedders import static
from orchestrator.code.vectors import Vectors

SIZES = (1_000, 10_000, 100_000, 500_000)
A_FILE = 100  # functions in a file
A_SUBJECT = 30  # words
QUERIES = 200
BLOCK = 20_000


def measure(chunks: int) -> dict[str, Any]:
    """Builds an index of some ``chunks`` chunks, asks it, and compares its vectors with exact search."""
    with tempfile.TemporaryDirectory() as folder:
        root, db = Path(folder) / "source", Path(folder) / "index"
        _write(root, chunks)
        started, cpu = perf_counter(), _cpu()
        with CodeIndex.build(root, db) as index:
            indexing, cpu = perf_counter() - started, _cpu() - cpu
            count = len(index)
            questions = _questions(chunks)
            for question in questions[:20]:
                index.search(question)
            searching = sorted(_seconds(index, question) for question in questions)
            setup = index.setup
        size = sum(file.stat().st_size for file in db.rglob("*") if file.is_file())
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
        vectors = Vectors(setup.where(db), setup.collection)
        recall = _recall(vectors, root, questions)
        vectors.close()
    return {
        "chunks": count,
        "chunks a second": count / indexing,
        "CPU ms a chunk": cpu / count * 1e3,
        "p50 ms": searching[len(searching) // 2] * 1e3,
        "p99 ms": searching[int(len(searching) * 0.99)] * 1e3,
        "disk MB": size / 1e6,
        "memory MB": memory / 1e6,
        "vector recall@10": recall,
    }


def _cpu() -> float:
    """Seconds of this process and of those it has ended; what else the machine does is not in it."""
    both = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(one.ru_utime + one.ru_stime for one in both)


def _write(root: Path, chunks: int) -> None:
    """Files of functions. Each file has a subject, some words that it uses again and again, as files do."""
    random, words = np.random.default_rng(7), _words()
    for number in range(max(1, chunks // A_FILE)):
        folder = root / f"{words[number % 60]}_{number // 600}"
        folder.mkdir(parents=True, exist_ok=True)
        functions = [_function(random, words, _subject(number, words)) for _ in range(A_FILE)]
        (folder / f"{words[number % 997]}_{number}.py").write_text("\n".join(functions), encoding="utf-8")


def _words() -> list[str]:
    return [word for word in static.create().known if word.isascii() and word.isalpha() and len(word) > 2][:20_000]


def _subject(number: int, words: list[str]) -> list[str]:
    return [str(word) for word in np.random.default_rng(number).choice(words, A_SUBJECT)]


def _drawn(random: np.random.Generator, words: list[str], subject: list[str], count: int) -> list[str]:
    """Two words of three from the subject, the others from the language."""
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
    """Five words of the subject of a file."""
    random, words = np.random.default_rng(11), _words()
    files = random.integers(0, max(1, chunks // A_FILE), QUERIES)
    return [" ".join(random.choice(_subject(int(file), words), 5).tolist()) for file in files]


def _seconds(index: CodeIndex, question: str) -> float:
    started = perf_counter()
    index.search(question)
    return perf_counter() - started


def _recall(vectors: Vectors, root: Path, questions: list[str]) -> float:
    """How many of the ten nearest by exact search are among the ten of the vector index, or as near as its tenth."""
    embedder, chunker = static.create(), _chunker()
    asked = embedder.encode(questions)
    best = np.full((len(asked), 10), -1.0, dtype=np.float32)
    texts: list[str] = []
    for file in [*sorted(root.rglob("*.py")), None]:
        if file is not None:
            chunks = chunker.chunks(file.relative_to(root).as_posix(), file.read_text(encoding="utf-8"))
            texts += [chunk.embedded_text() for chunk in chunks]
        if texts and (file is None or len(texts) >= BLOCK):
            near = np.concatenate([best, asked @ embedder.encode(texts).T], axis=1)
            best, texts = -np.sort(-near, axis=1)[:, :10], []
    kept = 0
    for vector, exact in zip(asked, best, strict=True):
        similarities = np.array(vectors.nearest(vector, 10)[1])
        kept += int((similarities >= exact[-1] - 1e-5).sum())
    return kept / (10 * len(asked))


def _chunker() -> Any:
    from orchestrator.code.chunkers import function

    return function.create()


if __name__ == "__main__":
    print(json.dumps(measure(int(sys.argv[1]))))
