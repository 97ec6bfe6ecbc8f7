"""The systems that are compared: our index in several forms, BM25 alone, ripgrep, and semble if it is installed.

A system is a function of a set of questions. It returns a ranked list for each question, and the seconds of indexing
and of each search. Knows systems; not measures.
"""

from __future__ import annotations

import json
import re
import subprocess
import tempfile
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from time import perf_counter
from typing import Any

from benchmarks.code_search.metrics import Found, K
from benchmarks.code_search.queries import QuerySet

from orchestrator.code import CodeIndex
from orchestrator.code.identifiers import STOP_WORDS
from orchestrator.code.ranking.weights import Ranking

USUAL = Ranking()
_OFF: dict[str, Any] = {
    **dict.fromkeys(("chunk", "dense", "file", "path", "names", "symbol", "several", "close", "description"), 0),
    **dict.fromkeys(("repeat", "tests", "init", "prose", "old"), 1),
}
_BARE = replace(USUAL, **_OFF | {"repeat": USUAL.repeat})  # a file counts once, so these forms lose most without it
DENSE_ONLY = replace(_BARE, dense=1)
BM25_ONLY = replace(_BARE, chunk=1)
NO_LOOK = replace(USUAL, close=0, description=0)
NO_EMBEDDING = replace(NO_LOOK, dense=0)
WITHOUT = {part: replace(USUAL, **{part: off}) for part, off in _OFF.items()} | {"close, description": NO_LOOK}
"""The default ranking without one part."""


@dataclass(frozen=True, slots=True)
class Stretch:
    path: str
    start_line: int
    end_line: int


@dataclass(frozen=True, slots=True)
class Answers:
    """The answers of a system.

    Attributes:
        found: A ranked list for each question, in their order.
        indexing: The seconds of indexing.
        searching: The seconds of each search.
        chunks: The number of chunks; 0 if the system has none.
    """

    found: Sequence[Sequence[Found]]
    indexing: float
    searching: tuple[float, ...]
    chunks: int = 0


System = Callable[[QuerySet], Answers]


def ours(
    chunker: str = "function", embedder: str = "static", *rankings: Ranking
) -> Callable[[QuerySet], list[Answers]]:
    """Return a system with our index, which is built once and searched with each ranking.

    Args:
        chunker: The registered name of the chunker.
        embedder: The registered name of the embedder.
        rankings: The rankings. The default is the default ranking.
    """

    def answer(asked: QuerySet) -> list[Answers]:
        with tempfile.TemporaryDirectory() as folder:
            started = perf_counter()
            with CodeIndex.build(asked.root, folder, chunker=chunker, embedder=embedder) as index:
                indexing = perf_counter() - started
                index.search("warm up")
                given = []
                for ranking in rankings or (USUAL,):
                    found, searching = [], []
                    for query in asked.queries:
                        started = perf_counter()
                        found.append(index.search(query.text, K, ranking=ranking))
                        searching.append(perf_counter() - started)
                    given.append(Answers(found, indexing, tuple(searching), len(index)))
                return given

    return answer


def ripgrep(asked: QuerySet) -> Answers:
    """Search with ripgrep as a person would: each word of the question; files with the most different words first."""
    found, searching = [], []
    for query in asked.queries:
        started = perf_counter()
        words = {word for word in re.findall(r"\w{3,}", query.text) if word.lower() not in STOP_WORDS}
        kinds: Counter[str] = Counter()
        lines: Counter[str] = Counter()
        for word in sorted(words):
            for path, count in _counts(word, asked.root):
                kinds[path] += 1
                lines[path] += count
        best = sorted(kinds, key=lambda path: (-kinds[path], -lines[path], path))[:K]
        found.append([Stretch(path, 1, 10**9) for path in best])
        searching.append(perf_counter() - started)
    return Answers(found, 0.0, tuple(searching))


def _counts(word: str, root: Path) -> list[tuple[str, int]]:
    command = ["rg", "--fixed-strings", "--ignore-case", "--count", "--with-filename", "--", word, "."]
    ran = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    rows = (line.rpartition(":") for line in ran.stdout.splitlines())
    return [(path.removeprefix("./"), int(count)) for path, _, count in rows]


def semble(python: str, asked: QuerySet) -> Answers | None:
    """Search with semble, without embeddings if its weights are not on this machine.

    Args:
        python: An interpreter with semble.
        asked: The questions.

    Returns:
        The answers; None if semble failed.
    """
    runner = Path(__file__).with_name("semble_runner.py")
    questions = json.dumps({"root": str(asked.root), "queries": [query.text for query in asked.queries]})
    with tempfile.TemporaryDirectory() as cache:
        ran = subprocess.run(
            [python, str(runner)],
            input=questions,
            capture_output=True,
            text=True,
            check=False,
            env={"SEMBLE_CACHE_LOCATION": cache, "PATH": "/usr/bin:/bin", "HF_HUB_OFFLINE": "1", "HOME": cache},
        )
    if ran.returncode:
        return None
    given = json.loads(ran.stdout)
    found = [[Stretch(*hit) for hit in hits] for hits in given["found"]]
    return Answers(found, given["indexing"], tuple(given["searching"]), given["chunks"])
