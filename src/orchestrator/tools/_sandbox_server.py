"""The process between this program and Monty's worker: it runs a snippet there, and writes the text of its value.

Monty is a separate interpreter, not CPython with a filter: it has no files, no network, no environment and no other
packages. Its worker limits time, memory and output of the snippet; a worker that does not stop is killed and replaced.
The value of the last line is written out there, where it belongs: objects with their own ``__repr__``, lists that
contain themselves, and within the worker's limits. If that fails, the value comes here as an object. To write it out
may take any time and memory, so this process has limits too, and ``_sandbox.py`` kills it at a deadline.
Knows nothing of models.
"""

from __future__ import annotations

import ast
import re
from textwrap import dedent
from typing import Any

from orchestrator.core.errors import ConfigError, ToolError
from orchestrator.runtime.subprocesses import Channel, end_after, limit_memory
from orchestrator.tools._sandbox import MEMORY_BYTES, MODULES, MOST_BYTES, TEXT_SECONDS

OWN_MEMORY_BYTES = 512 << 20
_GRACE = 0.5  # seconds after which a worker that does not stop at its limit is killed


def serve(channel: Channel) -> None:
    """Answer questions until the process is ended. The first message says that the worker has started.

    Args:
        channel: The connection to the asking program. A question is the code and its time limit in seconds.
    """
    limit_memory(OWN_MEMORY_BYTES)
    try:
        import pydantic_monty as monty  # noqa: PLC0415 - from an extra; an error in it is told

        pool = monty.Monty(max_processes=1, feed_duration_limit_grace=_GRACE)
        pool.__enter__()
    except Exception as error:  # noqa: BLE001 - told as one sentence
        channel.send(ConfigError(f"the PYTHON tool's worker does not start (reinstall pydantic-monty): {error}"))
        return
    channel.send("started")
    while True:
        code, seconds = channel.receive()
        end_after(seconds + TEXT_SECONDS + 1)  # if the asking program has ended, nobody else does it
        channel.send(_answered(monty, pool, code, seconds))
        end_after(0)


def _answered(monty: Any, pool: Any, code: str, seconds: float) -> str | ToolError:
    """Return the text or the refusal. No exception ends the process."""
    try:
        return _run(monty, pool, _unwrapped(code), seconds)
    except ToolError as error:
        return error
    except (MemoryError, RecursionError):
        return ToolError("the value is too large or too deep to be written out; show a part, such as x[:20]")
    except Exception as error:  # noqa: BLE001 - whatever a value raises when it is made or written out
        return ToolError(f"the value cannot be written out ({type(error).__name__}); show it as text, such as str(x)")


_FENCE = re.compile(r"(`{3,}|~{3,})\w*\n")


def _unwrapped(code: str) -> str:
    """Return the code without a Markdown fence around it, and without the indentation that all lines share."""
    bare = code.strip()
    fence = _FENCE.match(bare)
    if fence and bare.endswith(fence[1], fence.end()):
        code = bare[fence.end() : -len(fence[1])]
    code = dedent(code).strip()
    if not code:
        raise ToolError("no code: write Python, such as 'apple'.count('p')")
    return code


def _run(monty: Any, pool: Any, code: str, seconds: float) -> str:
    """Run a snippet. Return what it printed, then the value of its last line."""
    printed = monty.CollectString(max_bytes=MOST_BYTES)
    limits = {"max_feed_duration_secs": seconds, "max_memory": MEMORY_BYTES, "max_suspensions": 1_000}
    try:
        with pool.checkout(limits=limits, os_policy={"sleep": "zero"}) as session:
            named = _with_named_value(code)
            if named:
                session.feed_run(_DEFINE_TEXT)
            value = session.feed_run(named or code, print_callback=printed)
            assigned = _ASSIGNED.search(code)
            if named:
                value = _written(monty, session)
            elif value is None and not printed.output and assigned:  # ``n = len(word)``: the model wants to see n
                value = session.feed_run(assigned[1])
    except monty.MontyError as error:
        raise ToolError(_explained(error, printed.output, seconds)) from None
    lines = [line for line in (printed.output.rstrip("\n"), _text_of(value)) if line]
    if not lines:
        raise ToolError("the code ran but shows nothing: write the wanted expression as its last line, or print() it")
    return "\n".join(lines)


_VALUE = "value_of_the_last_line_"
_TEXT = "text_of_the_last_line_"
_DEFINE_TEXT = f"""  # with the functions of now: the snippet may give their names to something else
def {_TEXT}(value, text=str, code=repr, is_a=isinstance, kinds=(list, dict, set, tuple)):
    return None if value is None else code(value) if is_a(value, kinds) else text(value)
"""


def _with_named_value(code: str) -> str | None:
    """Return the code with a name for the value of its last line, on the same lines; None if that is no expression."""
    try:
        last = ast.parse(code).body[-1]
    except (SyntaxError, ValueError, RecursionError, MemoryError, IndexError):
        return None
    if not isinstance(last, ast.Expr) or last.end_lineno is None or last.end_col_offset is None:
        return None
    lines = code.encode("utf-8", "surrogatepass").split(b"\n")
    end, start = (last.end_lineno - 1, last.end_col_offset), (last.lineno - 1, last.col_offset)
    lines[end[0]] = lines[end[0]][: end[1]] + b")" + lines[end[0]][end[1] :]
    lines[start[0]] = lines[start[0]][: start[1]] + f"{_VALUE} = (".encode() + lines[start[0]][start[1] :]
    return b"\n".join(lines).decode("utf-8", "surrogatepass")


def _written(monty: Any, session: Any) -> object:
    """Return the text of the value as the sandbox writes it, or else the value: not all values have a text there."""
    try:
        return session.feed_run(f"{_TEXT}({_VALUE})")
    except monty.MontyError:
        return session.feed_run(_VALUE)


_ASSIGNED = re.compile(r"^([^\W\d]\w*)\s*(?::[^=\n]*|[-+*/%&|^]|//|\*\*)?=(?!=)[^\n]*\s*\Z", re.MULTILINE)


def _text_of(value: object) -> str:
    if value is None:
        return ""
    try:
        text = str(value)
    except ValueError:  # an integer that Python does not write out
        raise ToolError("the result has more than 4,300 digits; show a part, such as x % 10**9") from None
    return text if len(text) <= MOST_BYTES else f"{text[:MOST_BYTES]} … {len(text) - MOST_BYTES:,} more characters"


# --- What went wrong, for the model ---


def _explained(error: Any, printed: str, seconds: float) -> str:
    what = error.display("type-msg") if hasattr(error, "display") else "MemoryError: the worker process ended"
    kind = what.partition(":")[0]
    frames = error.traceback() if hasattr(error, "traceback") else []
    where = f" (line {frames[-1].line})" if frames and frames[-1].line > 1 else ""
    before = f"; printed before: {_part(printed.strip())}" if printed.strip() else ""
    if kind == "TimeoutError" and "time limit" in what:
        return f"too slow: not done in {seconds:g} seconds; use fewer steps{before}"
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
