"""Asks the process that runs algebra. It is started on first use and killed at a deadline. The other side is server.py.

A thread cannot be stopped while sympy holds the interpreter lock; a process can. The process answers one question at a
time, and callers wait for their turn. Knows nothing of sympy.
"""

from __future__ import annotations

import atexit
import os
import subprocess
import threading
from collections.abc import Mapping
from fractions import Fraction
from typing import cast

from orchestrator.core.errors import ToolError
from orchestrator.runtime.subprocesses import ChildProcess
from orchestrator.tools._calculator.nodes import Node, Number
from orchestrator.tools._calculator.unit_names import SizeOf

START_SECONDS = 60.0
"""Time for the interpreter and sympy to load on a busy machine. It is not part of a question's deadline."""
LONGEST_SECONDS = 3_600.0
_FIRST = Number(Fraction(0)), START_SECONDS
"""The first question to a new process: 0. Its answer means that sympy is loaded."""


def ask(tree: Node, *, deadline: float) -> str:
    """Ask the worker to evaluate an expression.

    Args:
        tree: The expression, after ``screening.screen``.
        deadline: The longest wait for the answer, in seconds, at most 3,600.

    Returns:
        The answer as text.

    Raises:
        ToolError: The worker refuses the expression, does not answer in time, or cannot be started.
    """
    return str(_asked(tree, deadline))


def ask_sizes(definitions: Mapping[str, str]) -> Mapping[str, SizeOf]:
    """Ask the worker for the sizes of units.

    Args:
        definitions: Symbols, each with its definition by sympy's units.

    Returns:
        For each symbol, its factor and what it measures.

    Raises:
        ToolError: The worker cannot be started.
    """
    return cast("Mapping[str, SizeOf]", _asked(definitions, START_SECONDS))


def _asked(question: Node | Mapping[str, str], deadline: float) -> object:
    with _WORKER.lock:
        try:
            return _WORKER.answer(question, min(max(deadline, 0.0), LONGEST_SECONDS))
        except TimeoutError:
            raise ToolError(
                f"too large: it did not finish in {deadline:g} seconds; ask for something simpler or for a part"
            ) from None
        except EOFError:
            raise ToolError(
                "too large: the algebra process ended before its answer; ask for something simpler"
            ) from None


def close() -> None:
    """End the worker, if there is one. The next question starts another."""
    with _WORKER.lock:
        _WORKER.drop()


def worker_id() -> int | None:
    """Return the process id of the running worker, or None if there is none."""
    process = _WORKER.process
    return process.pid if process and process.exit_status() is None else None


class _Worker:
    """The only worker of this program. ``lock`` is held while it is asked."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.process: ChildProcess | None = None

    def answer(self, question: Node | Mapping[str, str], seconds: float) -> object:
        """Ask the worker. If it dies, ask a second one: the first may have been killed while it was idle."""
        try:
            return self._exchange(self._started(), (question, seconds), seconds)
        except EOFError:
            return self._exchange(self._started(), (question, seconds), seconds)

    def drop(self) -> None:
        process, self.process = self.process, None
        if process is not None:
            process.kill()

    def _started(self) -> ChildProcess:
        if self.process is not None:
            return self.process
        try:
            self.process = ChildProcess("orchestrator.tools._calculator.server", errors=subprocess.DEVNULL)
            self._exchange(self.process, _FIRST, START_SECONDS)
        except (EOFError, OSError) as error:  # TimeoutError is an OSError
            raise ToolError("algebra is not available: its process did not start; use plain numbers") from error
        return self.process

    def _exchange(self, process: ChildProcess, question: object, seconds: float) -> object:
        """Send a question and return its answer.

        A worker that gives no answer is killed, also after an interrupt: its late answer would be read as the next one.
        """
        try:
            process.send(question)
            return process.receive(seconds)
        except ToolError:  # a refusal is an answer too
            raise
        except BaseException:
            self.drop()
            raise

    def end_at_exit(self) -> None:
        """Kill the worker without waiting for the lock: at the program's end no answer is needed."""
        if self.process is not None:
            self.process.kill()

    def forget_after_fork(self) -> None:
        """Drop the worker. The lock may be held by a thread that the forked process does not have."""
        self.lock, self.process = threading.Lock(), None


_WORKER = _Worker()
atexit.register(_WORKER.end_at_exit)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_WORKER.forget_after_fork)
