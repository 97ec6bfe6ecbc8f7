"""Kills an indexing process with SIGKILL at random points. Run by test_crash.py, in a process of its own.

Everything is imported once and each run is a fork, so that the kills hit the work and not the imports.

    killed.py PROJECT DB KILLS SEED   prints one JSON line: where each was killed, as a share of a whole run
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[3]))

import chromadb  # noqa: F401
import tree_sitter_python  # noqa: F401
from tests.code.conftest import HashEmbedder

from orchestrator.code import CodeIndex
from orchestrator.code.index import indexing
from orchestrator.code.ranking.weights import Ranking

indexing._FLUSH = 60  # many batches, so that every step of one is hit


def build(project: Path, db: Path) -> int:
    """In a child, so that its Chroma goes with it."""
    child = os.fork()
    if child == 0:
        try:
            with CodeIndex.build(project, db, embedder=HashEmbedder()) as index:
                assert index.search("work 3")
                assert set(index._current_vectors().ids()) == index._catalogue.ids()
            os._exit(0)
        except BaseException as error:  # noqa: BLE001 - told to the parent by the status
            print(repr(error), file=sys.stderr, flush=True)
            os._exit(1)
    return child


def opens(db: Path) -> int:
    child = os.fork()
    if child == 0:
        try:
            with CodeIndex.open(db, embedder=HashEmbedder()) as index:
                assert index.search("work 3")
                assert index.search("work 3", ranking=Ranking(dense=0))
            os._exit(0)
        except BaseException as error:  # noqa: BLE001
            print(repr(error), file=sys.stderr, flush=True)
            os._exit(1)
    return child


def succeeds(child: int) -> None:
    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == 0


def edit(project: Path, turn: int) -> None:
    """Other code in every file, so that a run has all its work again."""
    for at in range(40):
        body = "".join(
            f"def work_{at}_{n}(x):\n    y = x + {turn}\n    z = y * {n}\n    return z\n\n" for n in range(9)
        )
        (project / f"file{at}.py").write_text(body, "utf-8")


def main() -> None:
    project, db, kills, seed = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
    chance = random.Random(seed)
    edit(project, 0)
    begun = time.monotonic()
    succeeds(build(project, db))
    whole = time.monotonic() - begun
    shares, killed = [], 0
    for turn in range(1, kills + 1):
        edit(project, turn)
        share = chance.random()
        child = build(project, db)
        time.sleep(share * whole)
        os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        killed += os.WIFSIGNALED(status)
        shares.append(round(share, 2))
        succeeds(opens(db))
    succeeds(build(project, db))
    print(json.dumps({"killed": killed, "shares": shares, "seconds": whole}))


if __name__ == "__main__":
    main()
