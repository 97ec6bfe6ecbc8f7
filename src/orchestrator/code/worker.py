"""The second process itself: reads jobs from standard input and writes what it analysed. Ends when its input ends.

Runs only in a process of its own.
"""

from __future__ import annotations

import os
import pickle
import signal
import sys
from contextlib import suppress
from pathlib import Path

from orchestrator.code.analysis import analyse
from orchestrator.errors import OrchestratorError
from orchestrator.registry import plugin


def serve() -> None:
    """Work until standard input ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with os.fdopen(os.dup(1), "wb") as results:
        os.dup2(2, 1)  # nothing that a library prints can get among the results
        with suppress(EOFError, BrokenPipeError):  # the parent has gone, or is done
            root, chunker, embedder = pickle.load(sys.stdin.buffer)  # noqa: S301 - from our own parent
            try:
                makers = plugin("code.chunkers", chunker)(), plugin("code.embedders", embedder)()
                while True:
                    job = pickle.load(sys.stdin.buffer)  # noqa: S301
                    pickle.dump(analyse(Path(root), job, *makers), results, pickle.HIGHEST_PROTOCOL)
                    results.flush()
            except OrchestratorError as error:  # a missing extra or key
                pickle.dump(error, results)
