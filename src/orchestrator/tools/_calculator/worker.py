"""The warm process in which algebra runs, seen from this side: started when first needed, killed at a deadline.

A thread cannot be stopped while sympy holds the interpreter's lock; a process can. It is a plain subprocess with
pipes, not multiprocessing, which would import the user's script again. One question at a time: callers wait in line.
Knows nothing of sympy. The other side is server.py.
"""

from __future__ import annotations

import atexit
import json
import os
import queue
import subprocess
import threading
from contextlib import suppress
from typing import IO, Any, cast

from orchestrator.core.errors import ToolError
from orchestrator.runtime.subprocesses import second_process
from orchestrator.tools._calculator.tree import Node, to_json

START_SECONDS = 60.0
"""For the interpreter and sympy to load, on a busy machine. Not part of a question's deadline."""
LONGEST_SECONDS = 3_600.0


def ask(tree: Node, *, deadline: float) -> str:
    """The worker's answer. Raises ToolError when it refuses, or when it is not done after `deadline` seconds."""
    seconds = min(max(deadline, 0.0), LONGEST_SECONDS)
    question = {"tree": to_json(tree), "seconds": seconds}
    with _CURRENT.lock:
        try:
            return _asked_twice(question, seconds)
        except _Late:
            raise ToolError(
                f"too large: it did not finish in {deadline:g} seconds; ask for something simpler or for a part"
            ) from None


def close() -> None:
    """End the worker, if there is one. The next question starts another."""
    with _CURRENT.lock:
        _CURRENT.drop()


def _end_at_exit() -> None:
    """Without waiting in line: at the end of the program no answer matters any more."""
    if _CURRENT.process is not None:
        _CURRENT.process.kill()


def worker_id() -> int | None:
    """The process id of the worker that waits for questions; None when there is none."""
    process = _CURRENT.process
    return process.pid if process and process.is_alive() else None


def _asked_twice(question: dict[str, Any], deadline: float) -> str:
    """A worker may have been killed while it waited, unnoticed; then one more is started."""
    for _ in range(2):
        answer = _CURRENT.started().exchange(question, deadline)
        if answer is not None:
            return _checked(answer)
        _CURRENT.drop()
    raise ToolError("too large: the algebra process ended before its answer; ask for something simpler")


def _checked(answer: dict[str, Any]) -> str:
    if "error" in answer:
        raise ToolError(str(answer["error"]))
    return str(answer["answer"])


class _Late(Exception):
    """No answer at the deadline."""


class _Process:
    """One worker process: its pipes, and a thread that reads its answers (no pipe can be waited for on Windows)."""

    def __init__(self) -> None:
        self._answers: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._process = _spawn()
        self.pid = self._process.pid
        self._questions = cast("IO[bytes]", self._process.stdin)
        threading.Thread(
            target=_forward,
            args=(cast("IO[bytes]", self._process.stdout), self._answers),
            name="calculator-worker",
            daemon=True,
        ).start()
        self._await_ready()

    def _await_ready(self) -> None:
        try:
            ready = self._next_answer(START_SECONDS)
        except BaseException:
            self.kill()
            raise
        if ready is None:
            self.kill()
            raise ToolError("algebra is not available: the process for it did not start; use plain numbers")

    def is_alive(self) -> bool:
        return self._process.poll() is None

    def exchange(self, question: dict[str, Any], deadline: float) -> dict[str, Any] | None:
        """The answer; None when the process has died. On anything else, an interrupt too, the process is killed:
        it may still be busy, and its late answer would be taken for the next one.
        """
        try:
            self._questions.write(json.dumps(question).encode() + b"\n")
            self._questions.flush()
            return self._next_answer(deadline)
        except OSError:
            return None
        except BaseException:
            _CURRENT.drop()
            raise

    def kill(self) -> None:
        """End it now, and wait until it has gone."""
        self._process.kill()
        self._process.wait()
        self.release()

    def release(self) -> None:
        """Close this side's pipe. After a fork this is all: the process belongs to the parent."""
        with suppress(OSError):
            self._questions.close()

    def forget(self) -> None:
        """In a forked child: let go of the parent's worker without waiting for it or warning that it still runs."""
        self._process.returncode = 0
        self.release()

    def _next_answer(self, seconds: float) -> dict[str, Any] | None:
        try:
            line = self._answers.get(timeout=seconds)
        except queue.Empty:
            raise _Late from None
        return json.loads(line) if line else None


def _forward(pipe: IO[bytes], answers: queue.SimpleQueue[bytes | None]) -> None:
    """Until the pipe ends; then None, which is how a death is noticed."""
    with pipe:
        for line in pipe:
            answers.put(line)
    answers.put(None)


def _spawn() -> subprocess.Popen[bytes]:
    try:
        return second_process("orchestrator.tools._calculator.server", "serve", errors=subprocess.DEVNULL)
    except OSError as error:
        raise ToolError("algebra is not available in this program; use plain numbers") from error


class _Current:
    """The one worker of this process, and the line in front of it."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.process: _Process | None = None

    def started(self) -> _Process:
        if self.process is None or not self.process.is_alive():
            self.drop()
            self.process = _Process()
        return self.process

    def drop(self) -> None:
        process, self.process = self.process, None
        if process is not None:
            process.kill()


_CURRENT = _Current()


def _forget_after_fork() -> None:
    """The child has no thread that reads the answers, and the lock may be held by a thread that is not there."""
    process, _CURRENT.process = _CURRENT.process, None
    _CURRENT.lock = threading.Lock()
    if process is not None:
        process.forget()


atexit.register(_end_at_exit)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_after_fork)
