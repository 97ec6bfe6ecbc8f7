"""Runs a model's Python in a pool of Monty's worker processes, with limits on time, memory and output.

Monty is a separate interpreter, not CPython with a filter: it has no files, no network, no environment and no other
packages. A worker that does not stop at its limit is killed and replaced. Knows nothing of models.
"""

from __future__ import annotations

import atexit
import os
import re
import threading
from typing import TYPE_CHECKING, Any

from orchestrator.core.errors import ConfigError, ToolError
from orchestrator.runtime.extras import require

if TYPE_CHECKING:
    from types import ModuleType

SECONDS = 3.0
"""Time limit of one snippet. If Ctrl-C reaches only this process, it waits for the snippet at most so long."""
MEMORY_BYTES = 128 << 20
MOST_BYTES = 100_000
"""Limit of the printed text, and of the last value."""
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
        ConfigError: The extra ``python`` is missing, or the workers do not start.
    """
    monty, pool = _started()
    printed = monty.CollectString(max_bytes=MOST_BYTES)
    limits = {"max_feed_duration_secs": SECONDS, "max_memory": MEMORY_BYTES, "max_suspensions": 1_000}
    try:
        with pool.checkout(limits=limits, os_policy={"sleep": "zero"}) as session:
            value = session.feed_run(code, print_callback=printed)
            assigned = _ASSIGNED.search(code)
            if value is None and not printed.output and assigned:  # ``n = len(word)``: the model wants to see n
                value = session.feed_run(assigned[1])
    except monty.MontyError as error:
        raise ToolError(_explained(error, printed.output)) from None
    except TimeoutError:
        raise ToolError("the Python workers are all busy; call again") from None
    lines = [line for line in (printed.output.rstrip("\n"), _value_text(value)) if line]
    if not lines:
        raise ToolError("the code ran but shows nothing: write the wanted expression as its last line, or print() it")
    return "\n".join(lines)


_ASSIGNED = re.compile(r"^([^\W\d]\w*)\s*(?::[^=\n]*|[-+*/%&|^]|//|\*\*)?=(?!=)[^\n]*\s*\Z", re.MULTILINE)


def _value_text(value: object) -> str:
    if value is None:
        return ""
    try:
        text = str(value)
    except ValueError:  # an integer that Python does not write out
        raise ToolError("the result has more than 4,300 digits; show a part, such as x % 10**9") from None
    return text if len(text) <= MOST_BYTES else f"{text[:MOST_BYTES]} … {len(text) - MOST_BYTES:,} more characters"


# --- What went wrong, for the model ---


def _explained(error: Any, printed: str) -> str:
    what = error.display("type-msg") if hasattr(error, "display") else "MemoryError: the worker process ended"
    kind = what.partition(":")[0]
    frames = error.traceback() if hasattr(error, "traceback") else []
    where = f" (line {frames[-1].line})" if frames and frames[-1].line > 1 else ""
    before = f"; printed before: {_part(printed.strip())}" if printed.strip() else ""
    if kind == "TimeoutError" and "time limit" in what:
        return f"too slow: not done in {SECONDS:g} seconds; use fewer steps{before}"
    return f"{_part(what)}{where}; {_HINTS.get(kind, 'correct the code and call again')}{before}"


def _part(text: str) -> str:
    return text if len(text) <= 300 else f"{text[:300]} …"


_NO_FILES = "there are no files, no network and no environment here: write the data into the code"
_HINTS = {
    "ModuleNotFoundError": f"only these modules are here: {MODULES}",
    "ImportError": "write it without this import",
    "NameError": "every call starts afresh without input(): define each name in the code first",
    "SyntaxError": "write plain Python, such as 'apple'.count('p')",
    "NotImplementedError": "write it in a simpler way",
    "MemoryError": "write something that keeps and prints less",
    "RecursionError": "write it as a loop",
    "PermissionError": _NO_FILES,
    "FileNotFoundError": _NO_FILES,
    "OSError": _NO_FILES,
    "RuntimeError": _NO_FILES,
}

# --- The pool ---


class _Pool:
    """The workers of this process, started on first use. A forked child cannot use its parent's workers."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.workers: Any = None
        self.forked = False


_POOL = _Pool()


def _started() -> tuple[ModuleType, Any]:
    require("the PYTHON tool", "python", "pydantic_monty")
    import pydantic_monty as monty  # noqa: PLC0415 - from an extra; takes 40 ms

    if _POOL.forked:
        raise ConfigError("PYTHON ran before this process was forked: use it first in the child, or start by spawn")
    with _POOL.lock:
        if _POOL.workers is None:
            try:
                workers = monty.Monty(checkout_timeout=60.0)
                workers.__enter__()
            except (monty.MontyError, OSError, RuntimeError) as error:
                raise ConfigError(
                    f"the PYTHON tool's worker does not start (reinstall pydantic-monty): {error}"
                ) from error
            atexit.register(workers.__exit__, None, None, None)
            _POOL.workers = workers
        return monty, _POOL.workers


def _after_fork() -> None:
    """Mark the parent's pool as unusable: the child lacks its threads, and waiting for them would never end."""
    _POOL.forked = _POOL.workers is not None or _POOL.forked
    _POOL.lock = threading.Lock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
