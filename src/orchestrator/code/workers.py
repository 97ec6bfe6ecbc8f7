"""Analyses files in a second process, while this one writes to Chroma, which holds the interpreter's lock as it does.

A plain subprocess with pipes, not multiprocessing, which would import the user's script again. A file on which the
process dies (a grammar is C) is left out and said; the others go on. The other side is ``worker.py``.
"""

from __future__ import annotations

import pickle
import queue
import sys
import threading
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, cast

import numpy as np

from orchestrator.code.analysis import Analysed, FileResult, Task, analyse
from orchestrator.code.lexical import Words
from orchestrator.code.protocols import Chunker, Embedder
from orchestrator.core.errors import OrchestratorError
from orchestrator.runtime.subprocesses import second_process

FILES = 32  # in one job
WORTH_IT = 100  # files; a process of its own takes half a second to start
_AHEAD = 8  # jobs under way: 2,000 chunks or so, twice what is written to Chroma at a time

Job = Sequence[Task]


@dataclass(frozen=True, slots=True)
class Here:
    """Analyses in this process."""

    root: Path
    chunker: Chunker
    embedder: Embedder

    def __call__(self, tasks: Sequence[Task]) -> Iterator[Analysed]:
        for job in _jobs(tasks):
            yield analyse(self.root, job, self.chunker, self.embedder)


@dataclass(slots=True)
class Beside:
    """Analyses in a second process, by the registered names of a chunker and an embedder; few files here."""

    here: Here
    chunker: str
    embedder: str
    _worker: _Worker | None = field(default=None, init=False)

    @contextmanager
    def expecting(self, files: int) -> Iterator[Beside]:
        """The process starts at once where so many files make it worth it, and gets ready while this one does."""
        try:
            self._start(files)
            yield self
        finally:
            self._end()

    def __call__(self, tasks: Sequence[Task]) -> Iterator[Analysed]:
        self._start(len(tasks))
        if self._worker is None:
            yield from self.here(tasks)
            return
        worker, waiting, sent = self._worker, deque(_jobs(tasks)), deque[Job]()
        while waiting or sent:
            while waiting and _may_go(waiting[0], sent) and worker.send(waiting[0]):
                sent.append(waiting.popleft())
            result = worker.receive()
            if result is not None and sent:
                sent.popleft()
                yield result
                continue
            broken = sent.popleft() if sent else waiting.popleft()
            waiting.extendleft(reversed(sent))
            sent.clear()
            if len(broken) == 1:
                yield _left_out(broken[0], self.here.embedder.dimension)
            else:
                waiting.extendleft(reversed([(task,) for task in broken]))
            self._end()
            worker = self._worker = _Worker(self)

    def _start(self, files: int) -> None:
        if self._worker is None and files >= WORTH_IT and sys.executable:
            self._worker = _Worker(self)

    def _end(self) -> None:
        worker, self._worker = self._worker, None
        if worker is not None:
            worker.kill()


def _jobs(tasks: Sequence[Task]) -> Iterator[Job]:
    for start in range(0, len(tasks), FILES):
        yield tasks[start : start + FILES]


def _may_go(job: Job, sent: Sequence[Job]) -> bool:
    """A file by itself goes alone: a process that dies takes results of earlier jobs along, and one is blamed."""
    alone = len(job) == 1 or any(len(each) == 1 for each in sent)
    return len(sent) < (1 if alone else _AHEAD)


def _left_out(task: Task, dimension: int) -> Analysed:
    result = FileResult(task.path, b"", reason="its grammar crashed on it")
    return Analysed((result,), (), np.empty((0, dimension), np.float32), Words.of(()))


class _Worker:
    """The process, and a thread that reads its results."""

    def __init__(self, setup: Beside) -> None:
        self._process = second_process("orchestrator.code.worker", "serve")
        self._jobs = cast("IO[bytes]", self._process.stdin)
        self._results: queue.SimpleQueue[Analysed | OrchestratorError | None] = queue.SimpleQueue()
        results = cast("IO[bytes]", self._process.stdout)
        threading.Thread(target=_forward, args=(results, self._results), name="code-worker", daemon=True).start()
        self.send((str(setup.here.root), setup.chunker, setup.embedder))

    def send(self, job: object) -> bool:
        try:
            pickle.dump(job, self._jobs)
            self._jobs.flush()
        except OSError:  # it has died; that comes out where its results are read
            return False
        return True

    def receive(self) -> Analysed | None:
        """The next result; None where the process has died."""
        result = self._results.get()
        if isinstance(result, OrchestratorError):
            raise result
        return result

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()
        with suppress(OSError):
            self._jobs.close()


def _forward(pipe: IO[bytes], results: queue.SimpleQueue[Analysed | OrchestratorError | None]) -> None:
    with pipe, suppress(EOFError, pickle.UnpicklingError, OSError):
        while True:
            results.put(pickle.load(pipe))  # noqa: S301 - from our own child
    results.put(None)
