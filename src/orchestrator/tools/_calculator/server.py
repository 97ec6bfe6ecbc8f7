"""The worker process itself: reads trees from standard input, one JSON line each, and writes one line per answer.

It ends when standard input ends (the parent has gone), and by its own alarm when the parent cannot kill it.
Runs only in a process of its own: it changes limits and signals.
"""

from __future__ import annotations

import json
import os
import queue
import signal
import sys
import threading
from typing import Any

from orchestrator.core.errors import ToolError
from orchestrator.runtime.subprocesses import limit_memory

MEMORY_BYTES = 1 << 30


def serve() -> None:
    """Answer until standard input ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    answers = os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # nothing that a library prints can get among the answers
    questions: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    threading.Thread(target=_read, args=(questions,), daemon=True).start()
    from orchestrator.tools._calculator.algebra import answer  # noqa: PLC0415 -- sympy: half a second

    limit_memory(MEMORY_BYTES)
    _write(answers, {"ready": True})
    while True:
        question = json.loads(questions.get())
        _set_alarm(question["seconds"])
        _write(answers, _answered(answer, question["tree"]))
        _set_alarm(0)


def _read(questions: queue.SimpleQueue[bytes]) -> None:
    """In a thread, so that the end of the input ends the process in the middle of a calculation too."""
    for line in sys.stdin.buffer:
        questions.put(line)
    os._exit(0)


def _answered(answer: Any, tree: list[Any]) -> dict[str, str]:
    """The answer or the words of the refusal. Nothing that sympy raises ends the worker."""
    try:
        return {"answer": answer(tree)}
    except ToolError as error:
        return {"error": str(error)}
    except (MemoryError, RecursionError, OverflowError):
        return {"error": "too large: it needs too much memory; ask for something simpler"}
    except NotImplementedError:
        return {"error": "no exact solution was found; try nsolve(equation, x, guess) for a number"}
    except Exception as error:  # noqa: BLE001 -- sympy raises anything; the worker goes on
        reason = " ".join(str(error).split())[:200] or type(error).__name__
        return {"error": f"undefined or not supported here: {reason}; write it in another form"}


def _set_alarm(seconds: float) -> None:
    """The system ends the process two seconds after the parent should have, whatever holds the interpreter's lock."""
    if hasattr(signal, "setitimer"):
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.setitimer(signal.ITIMER_REAL, seconds + 2 if seconds else 0)


def _write(pipe: Any, message: dict[str, Any]) -> None:
    pipe.write(json.dumps(message).encode() + b"\n")
