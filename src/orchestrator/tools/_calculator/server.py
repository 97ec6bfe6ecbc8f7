"""The process that runs algebra. It answers one question after another; worker.py asks them.

It ends when the asking program ends. If that program cannot kill it, its own alarm ends it. It must run in a separate
process, because it sets memory limits and signals.
"""

from __future__ import annotations

import signal
from collections.abc import Callable
from typing import Any

from orchestrator.core.errors import ToolError
from orchestrator.runtime.subprocesses import Channel, limit_memory
from orchestrator.tools._calculator.unit_names import SizeOf

MEMORY_BYTES = 1 << 30  # 1 GiB


def serve(channel: Channel) -> None:
    """Answer questions until the process is ended.

    Args:
        channel: The connection to the asking program. A question is a tree, or definitions of units, and its deadline
            in seconds.
    """
    from orchestrator.tools._calculator.algebra import answer  # noqa: PLC0415 -- sympy: half a second

    limit_memory(MEMORY_BYTES)
    while True:
        question, seconds = channel.receive()
        _set_alarm(seconds + 2)
        channel.send(_answered(_sizes if isinstance(question, dict) else answer, question))
        _set_alarm(0)


def _sizes(definitions: dict[str, str]) -> dict[str, SizeOf]:
    from orchestrator.tools._calculator.sympy_units import sizes  # noqa: PLC0415 -- a sixth of a second

    return sizes(definitions)


def _answered(answer: Callable[[Any], object], question: object) -> object:
    """Return the answer or the refusal. No exception of sympy ends the process."""
    try:
        return answer(question)
    except ToolError as error:
        return error
    except (MemoryError, RecursionError, OverflowError):
        return ToolError("too large: it needs too much memory; ask for something simpler")
    except NotImplementedError:
        return ToolError("no exact solution found; try nsolve(equation, x, guess) for a number")
    except Exception as error:  # noqa: BLE001 -- sympy raises anything; the process goes on
        reason = " ".join(str(error).split())[:200] or type(error).__name__
        return ToolError(f"undefined or not supported here: {reason}; write it in another form")


def _set_alarm(seconds: float) -> None:
    """Let the operating system end this process after ``seconds``, whatever holds the interpreter lock. 0 cancels it.

    The asking program has killed this process before, unless that program has ended. Windows has no such alarm.
    """
    if hasattr(signal, "setitimer"):
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.setitimer(signal.ITIMER_REAL, seconds)
