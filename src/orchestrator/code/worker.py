"""The second process itself: reads jobs from standard input and writes what it analysed. Ends when its input ends.

Runs only in a process of its own.
"""

from __future__ import annotations

import os
import pickle
import queue
import signal
import sys
import threading
from contextlib import suppress
from pathlib import Path
from typing import IO

from orchestrator.code.analysis import analyse
from orchestrator.core.errors import OrchestratorError
from orchestrator.runtime.registry import plugin


def serve() -> None:
    """Work until standard input ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with os.fdopen(os.dup(1), "wb") as pipe:
        os.dup2(2, 1)  # nothing that a library prints can get among the results
        results: queue.SimpleQueue[object] = queue.SimpleQueue()
        writer = threading.Thread(target=_write, args=(pipe, results))
        writer.start()
        with suppress(EOFError):  # the parent has gone, or is done
            try:
                _work(results)
            except OrchestratorError as error:  # a missing extra or key
                results.put(error)
        results.put(None)
        writer.join()


def _work(results: queue.SimpleQueue[object]) -> None:
    root, chunker, embedder = pickle.load(sys.stdin.buffer)  # noqa: S301 - from our own parent
    makers = plugin("code.chunkers", chunker)(), plugin("code.embedders", embedder)()
    while True:
        job = pickle.load(sys.stdin.buffer)  # noqa: S301
        results.put(analyse(Path(root), job, *makers))


def _write(pipe: IO[bytes], results: queue.SimpleQueue[object]) -> None:
    """In a thread, so that work goes on while the parent is busy with Chroma and reads nothing."""
    with suppress(BrokenPipeError):
        while (result := results.get()) is not None:
            pickle.dump(result, pipe, pickle.HIGHEST_PROTOCOL)
            pipe.flush()
