"""Runs a model's Python in processes that can be killed, and gets only a text of bounded size back.

    this program ── code ──▶ _sandbox_server.py ── code ──▶ Monty's worker
                 ◀─ text ──                     ◀─ value ──

The worker limits time, memory and output of the code, and writes out the value of its last line. If it cannot, the
value leaves it as an object, and a few lines of code make an object that takes minutes to rebuild or to write out. So
the object never comes here. The process between writes its text, and is killed at a deadline. Each call has such a
process for itself; idle processes wait for the next call.
"""

from __future__ import annotations

import atexit
import os
import queue
import subprocess
from contextlib import suppress

from orchestrator.core.errors import ConfigError, ToolError
from orchestrator.runtime.extras import require
from orchestrator.runtime.subprocesses import ChildProcess

SECONDS = 3.0
"""Time limit of one snippet."""
TEXT_SECONDS = 1.0
"""The process that runs the snippet and writes the value's text is killed so many seconds after ``SECONDS``."""
START_SECONDS = 60.0
"""Time for a process to start on a busy machine."""
BUSY_SECONDS = 60.0
"""How long a call waits while as many calls are running as this machine has CPUs."""
MEMORY_BYTES = 128 << 20
MOST_BYTES = 100_000
"""Limit of the printed text, and of the last value's text."""
MOST_CODE = 1_000_000
"""Limit of the code, in characters."""
MODULES = (
    "asyncio, base64, binascii, bisect, collections, copy, csv, dataclasses, datetime, decimal, functools, hashlib, "
    "itertools, json, math, os, pathlib, posixpath, random, re, sys, time, tomllib, typing, unicodedata"
)
"""The modules that Monty 1.4 can import; a test compares this list."""


def execute(code: str) -> str:
    """Run a snippet. Return what it printed, then the value of its last line.

    Args:
        code: The Python code.

    Raises:
        ToolError: The code failed, was too slow, or shows nothing. The message is for the model.
        ConfigError: The extra ``python`` is missing, or the processes do not start.
    """
    require("the PYTHON tool", "python", "pydantic_monty")
    if len(code) > MOST_CODE:
        raise ToolError(f"the code is too long: write at most {MOST_CODE:,} characters")
    try:
        worker = _WORKERS.get(timeout=BUSY_SECONDS)
    except queue.Empty:
        raise ToolError("the Python workers are all busy; call again") from None
    seconds = SECONDS + TEXT_SECONDS
    try:
        return worker.answer((code, SECONDS), seconds)
    except TimeoutError:
        raise ToolError(
            f"too slow: the code and the text of its value were not done in {seconds:g} seconds; "
            "use fewer steps, or show a part of the value, such as x[:20]"
        ) from None
    except EOFError:
        raise ToolError("the process ended before the value was written out; show a part, such as x[:20]") from None
    finally:
        _WORKERS.put(worker)


class _Worker:
    """A process that answers one question at a time. It is started at the first question."""

    def __init__(self) -> None:
        self.process: ChildProcess | None = None

    def answer(self, question: object, seconds: float) -> str:
        """Ask the process. If it gives no answer, it is killed: the next call would get the late answer.

        Raises:
            ToolError: The process refuses.
            TimeoutError: No answer came in time.
            EOFError: The process ended.
            ConfigError: The process does not start.
        """
        try:
            process = self._started()
            process.send(question)
            return str(process.receive(seconds))
        except ToolError:  # an answer too
            raise
        except BaseException:
            self.drop()
            raise

    def drop(self) -> None:
        process, self.process = self.process, None
        if process is not None:
            process.kill()

    def _started(self) -> ChildProcess:
        if self.process is not None and self.process.exit_status() is None:
            return self.process
        self.drop()
        try:
            self.process = ChildProcess("orchestrator.tools._sandbox_server", errors=subprocess.DEVNULL)
            self.process.receive(START_SECONDS)
        except (EOFError, OSError) as error:  # TimeoutError is an OSError
            why = str(error) or type(error).__name__
            raise ConfigError(f"the PYTHON tool's process does not start (reinstall pydantic-monty): {why}") from error
        return self.process


def _idle_workers() -> queue.LifoQueue[_Worker]:
    """One worker for each CPU. The one used last is taken first, so no more processes start than are needed at once."""
    workers: queue.LifoQueue[_Worker] = queue.LifoQueue()
    for _ in range(os.cpu_count() or 1):
        workers.put(_Worker())
    return workers


_WORKERS = _idle_workers()


def _end_idle_workers() -> None:
    with suppress(queue.Empty):
        while True:
            _WORKERS.get_nowait().drop()


def _after_fork() -> None:
    """Take new workers: the old ones answer the original program, and a thread that is not here may hold the lock."""
    global _WORKERS  # noqa: PLW0603 - the one state of this module
    _WORKERS = _idle_workers()


atexit.register(_end_idle_workers)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
