"""A process beside this one that takes the samples. Whoever is killed, it finishes and writes down what it had begun:
requests under way are paid for, and are not to be bought again.

``beside`` starts it, ``serve`` is what it does.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from tempfile import TemporaryFile
from typing import IO, cast

from orchestrator.core.errors import ConfigError, OrchestratorError
from orchestrator.evals.durable.database import launched
from orchestrator.runtime.subprocesses import second_process

_LOOK = 2.0  # seconds
_GLANCE = 0.2  # seconds
_THREADS = 264  # the largest concurrency, and some for DBOS
_MISTAKE = 2  # its exit status for a ConfigError
_FAILED = 3  # and for an OrchestratorError


@contextmanager
def beside() -> Iterator[Beside]:
    """The process, getting ready. At the end it begins nothing new, and is waited for."""
    with TemporaryFile() as errors:
        try:
            process = second_process("orchestrator.evals.durable.beside", "serve", errors=errors)
        except OSError as error:
            raise ConfigError(f"a durable evaluation needs a second process ({error}): pass --db none") from error
        with process:
            yield Beside(process, errors)


class Beside:
    """What can be said to it."""

    def __init__(self, process: subprocess.Popen[bytes], errors: IO[bytes]) -> None:
        self._process, self._errors = process, errors

    def begin(
        self, url: str, queue: str | None = None, idle: float | None = None, *, keys: Mapping[str, str] | None = None
    ) -> None:
        """Take samples of one queue or of all, until there has been nothing to do for ``idle`` seconds. ``keys`` are
        by their server (``order.server_of``): what is asked elsewhere gets to see none of them.
        """
        line = json.dumps([url, queue, idle, dict(keys or {})])  # through the pipe, so that nobody else can read it
        with suppress(OSError):  # it has died: ``check`` says why
            pipe = cast("IO[bytes]", self._process.stdin)
            pipe.write(line.encode() + b"\n")
            pipe.flush()

    def wait(self, enough: threading.Event) -> None:
        """Until it ends or the flag is set. Raises as ``check`` does."""
        while self._process.poll() is None and not enough.wait(_GLANCE):
            pass
        if self._process.poll():
            self.check()

    def check(self) -> None:
        """Raise OrchestratorError where it has ended: a ConfigError where the database cannot be had."""
        status = self._process.poll()
        if status is None:
            return
        self._errors.seek(0)
        said = self._errors.read().decode("utf-8", "replace").strip()
        if status == _MISTAKE and said:
            raise ConfigError(said)
        if status == _FAILED and said:
            raise OrchestratorError(said)
        why = said.rpartition("\n")[2] or f"status {status}"
        raise OrchestratorError(f"the process that takes the samples has ended ({why}): run the same command again")


def serve() -> None:
    """Take samples until standard input ends. Runs only in a process of its own."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.dup2(2, 1)  # what a tool prints, nobody reads
    from orchestrator.evals.durable import workflows  # noqa: F401, PLC0415 - loaded while the first gets ready

    line = sys.stdin.buffer.readline()
    if not line:
        return
    try:
        _take(*json.loads(line))
    except ConfigError as error:
        sys.stderr.write(str(error))
        sys.exit(_MISTAKE)
    except OrchestratorError as error:
        sys.stderr.write(" ".join(str(error).split()))
        sys.exit(_FAILED)


def _take(url: str, queue: str | None, idle: float | None, keys: dict[str, str]) -> None:
    from orchestrator.evals.durable.workflows import KEYS, take_over_from_the_dead  # noqa: PLC0415 - as in serve

    KEYS.update(keys)
    parted = threading.Event()
    threading.Thread(target=_until_the_end, args=(parted,), daemon=True).start()
    with launched(url, [queue] if queue else None, threads=_THREADS) as at_work:
        from dbos import DBOS  # noqa: PLC0415 - launched by now

        busy = time.monotonic()
        while not parted.wait(min(_LOOK, idle or _LOOK)) and (idle is None or time.monotonic() - busy < idle):
            take_over_from_the_dead(at_work.register)
            if DBOS.list_workflows(status=["ENQUEUED", "PENDING"], limit=1, load_input=False, load_output=False):
                busy = time.monotonic()
        at_work.done = not DBOS.list_workflows(
            status=["ENQUEUED", "PENDING"], queue_name=queue, limit=1, load_input=False, load_output=False
        )


def _until_the_end(parted: threading.Event) -> None:
    while os.read(0, 1):  # not of sys.stdin, whose lock a process that ends must be able to take
        pass
    parted.set()
