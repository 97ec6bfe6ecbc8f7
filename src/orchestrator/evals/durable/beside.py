"""The worker process, which makes the samples. It outlives its parent and saves the samples that are in flight.

Requests that were sent must be paid, and must not be sent again. So if the parent is killed, the worker finishes the
samples that it has begun, saves them and ends. ``beside`` starts the process; ``serve`` runs in it. Knows processes and
queues; not what a sample is.
"""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from tempfile import TemporaryFile
from typing import IO

from orchestrator.core.errors import ConfigError, OrchestratorError
from orchestrator.evals.durable.database import launched, needed
from orchestrator.runtime.subprocesses import Channel, ChildProcess

_LOOK = 2.0  # seconds
_GLANCE = 0.2  # seconds
_THREADS = 264  # the largest concurrency, and some for DBOS


@contextmanager
def beside() -> Iterator[Beside]:
    """Start the worker process. At the end of the block it begins no new sample, and the block waits for its end.

    Raises:
        ConfigError: This program cannot start a second process, or the extra is missing.
    """
    needed()
    with TemporaryFile() as errors:
        try:
            process = ChildProcess(__name__, errors=errors)
        except OSError as error:
            raise ConfigError(f"a durable evaluation needs a second process ({error}): pass --db none") from error
        try:
            yield Beside(process, errors)
        finally:
            process.finish()


class Beside:
    """The worker process, as its parent sees it."""

    def __init__(self, process: ChildProcess, errors: IO[bytes]) -> None:
        self._process, self._errors = process, errors

    def begin(
        self, url: str, queue: str | None = None, idle: float | None = None, *, keys: Mapping[str, str] | None = None
    ) -> None:
        """Tell the process to make samples. ``check`` raises its errors.

        Args:
            url: The database.
            queue: The queue of the samples; None means all queues.
            idle: The process ends after so many seconds without work; None means never.
            keys: API keys by their server (``spec.server_of``). A key is sent to no other server. Keys go through the
                pipe, so that no other process can read them.
        """
        self._process.send((url, queue, idle, dict(keys or {})))

    def wait(self, stop: threading.Event) -> None:
        """Wait until the process ends or the flag is set.

        Raises:
            OrchestratorError: The process has failed, as in ``check``.
        """
        while self._process.exit_status() is None and not stop.wait(_GLANCE):
            pass
        if self._process.exit_status():
            self.check()

    def check(self) -> None:
        """Do nothing while the process runs.

        Raises:
            ConfigError: The process has ended, because the database cannot be used.
            OrchestratorError: The process has ended for any other reason.
        """
        status = self._process.exit_status()
        if status is None:
            return
        with suppress(EOFError):
            self._process.receive()  # raises the error with which it ended
        self._errors.seek(0)
        said = self._errors.read().decode("utf-8", "replace").strip()
        why = said.rpartition("\n")[2] or f"status {status}"
        raise OrchestratorError(f"the process that takes the samples has ended ({why}): run the same command again")


def serve(channel: Channel) -> None:
    """Make samples until the parent ends or closes its end of the pipe. It runs in the worker process."""
    from orchestrator.evals.durable import workflows  # noqa: PLC0415 - loads while the parent prepares

    url, queue, idle, keys = channel.receive()
    workflows.KEYS.update(keys)
    parted = threading.Event()
    channel.on_end = parted.set  # samples that have begun are finished
    try:
        _take(url, queue, idle, parted)
    except OrchestratorError as error:
        channel.send(error)
        sys.exit(1)


def _take(url: str, queue: str | None, idle: float | None, parted: threading.Event) -> None:
    from orchestrator.evals.durable.workflows import take_over_from_the_dead  # noqa: PLC0415 - as in serve

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
