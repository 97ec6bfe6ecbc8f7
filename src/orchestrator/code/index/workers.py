"""Analyses files in a second process, while this one writes to Chroma, which holds the interpreter's lock as it writes.

If the process crashes on a file (a grammar is C code), that file is left out and reported, and the others go on. The
code of the second process is in ``worker.py``. Knows processes and jobs; not how a file is analysed.
"""

from __future__ import annotations

import sys
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

import numpy as np

from orchestrator.code.index.analysis import Analysed, FileResult, Task, analyse
from orchestrator.code.index.lexical import Words
from orchestrator.code.index.sets import IndexConfig
from orchestrator.runtime.subprocesses import ChildProcess

FILES = 32  # in one job
WORTH_IT = 100  # files; a second process takes half a second to start
_AHEAD = 8  # jobs in flight: about 2,000 chunks, twice what is written to Chroma at a time

Job = Sequence[Task]


@dataclass(slots=True)
class Analyser:
    """Analyses many files in a second process, and few files in this one.

    The second process makes chunker and embedder by their registered names. Objects stay in this process.
    """

    config: IndexConfig
    _worker: ChildProcess | None = field(default=None, init=False)

    @contextmanager
    def expecting(self, files: int) -> Iterator[Analyser]:
        """Start the process now, if there are enough files for it, and end it after the block."""
        try:
            self._start(files)
            yield self
        finally:
            self._end()

    def __call__(self, tasks: Sequence[Task]) -> Iterator[Analysed]:
        """Analyse tasks in batches, in their order. After a crash, the files of the job are tried one by one."""
        self._start(len(tasks))
        if self._worker is None:
            yield from self._here(_jobs(tasks))
            return
        worker, waiting, sent = self._worker, deque(_jobs(tasks)), deque[Job]()
        while waiting or sent:
            while waiting and _may_go(waiting[0], sent):
                worker.send(waiting[0])
                sent.append(waiting.popleft())
            try:
                result = worker.receive()
            except EOFError:
                waiting.extendleft(reversed(sent))
                sent.clear()
                if not worker.started:  # this program cannot have a second process
                    yield from self._here(waiting)
                    return
                broken = waiting.popleft()  # it died on the first job of those that were sent
                if len(broken) == 1:
                    yield _left_out(broken[0], self.config.embedder.dimension)
                else:
                    waiting.extendleft(reversed([(task,) for task in broken]))
                self._end()
                worker = self._worker = self._started()
            else:
                sent.popleft()
                yield result

    def _here(self, jobs: Iterable[Job]) -> Iterator[Analysed]:
        for job in jobs:
            yield analyse(self.config.root, job, self.config.chunker, self.config.embedder)

    def _start(self, files: int) -> None:
        registered = self.config.chunker_plugin and self.config.embedder_plugin
        if self._worker is None and files >= WORTH_IT and registered and sys.executable:
            with suppress(OSError):  # this program cannot start a process: all files are analysed in this one
                self._worker = self._started()

    def _started(self) -> ChildProcess:
        worker = ChildProcess("orchestrator.code.index.worker")
        worker.send((str(self.config.root), self.config.chunker_plugin, self.config.embedder_plugin))
        return worker

    def _end(self) -> None:
        worker, self._worker = self._worker, None
        if worker is not None:
            worker.kill()


def _jobs(tasks: Sequence[Task]) -> Iterator[Job]:
    for start in range(0, len(tasks), FILES):
        yield tasks[start : start + FILES]


def _may_go(job: Job, sent: Sequence[Job]) -> bool:
    """Return whether a job may be sent now. A job of one file is sent alone.

    A process that dies loses the results of earlier jobs too, and the first job without a result is blamed.
    """
    alone = len(job) == 1 or any(len(each) == 1 for each in sent)
    return len(sent) < (1 if alone else _AHEAD)


def _left_out(task: Task, dimension: int) -> Analysed:
    result = FileResult(task.path, b"", reason="its grammar crashed on it")
    return Analysed((result,), (), np.empty((0, dimension), np.float32), Words.of(()))
