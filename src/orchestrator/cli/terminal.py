"""Shows a run in a terminal as it happens: the model's words, its calls and their results in colours of their own.

Answers go to standard output, everything about them to standard error. Knows events and rich; not models.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Self

import typer
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.text import Text as Styled

from orchestrator.core.errors import ConfigError, ModelError, OrchestratorError
from orchestrator.core.run import Event, Finished, Run
from orchestrator.core.types import Diagnostic, Reasoning, Text, ToolCall, ToolResult
from orchestrator.runtime.driver import RunStream
from orchestrator.runtime.tool_runs import from_tool

NOT_ANSWERED, WRONG_USE = 1, 2  # exit status
STYLES = {
    "call": "bold cyan",
    "result": "green",
    "error": "red",
    "reasoning": "dim italic",
    "note": "dim",
    "warning": "yellow",
}
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_SHOWN = 2_000  # characters of one result

out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)


def write(text: str, style: str = "", end: str = "") -> None:
    """Part of the answer, on standard output."""
    out.print(Styled(printable(text), style=STYLES.get(style, style)), end=end)


def note(text: str, style: str = "note") -> None:
    """A line about the answer, on standard error."""
    err.print(Styled(printable(text), style=STYLES.get(style, style)))


def printable(text: str) -> str:
    """Without control characters: a model's or a web page's text must not steer the terminal."""
    return _CONTROL.sub("", text)


def show(event: Event, before: Event | None = None) -> None:
    """Show one event of a run; ``before`` is the one that came before it."""
    match event:
        case Text(text):
            apart = isinstance(before, ToolResult) and not text[:1].isspace()  # a turn of its own begins without
            write(f" {text}" if apart else text)
        case Reasoning(text):
            write(text, "reasoning")
        case ToolCall(_, _, raw):
            write(raw, "call")
        case ToolResult():
            out.print(result_of(event), end="")
        case Diagnostic(_, _, message):
            note(f"\n{message}", "warning")
        case Finished(run):
            write("\n")
            for each in run.citations:
                note(f"[{each.number}] {each.title} {each.url}")
            note(summary(run), "note" if run.finish == "answered" else "warning")
    if out.is_terminal:
        sys.stdout.flush()


def result_of(event: ToolResult) -> Styled:
    """A result as it is shown: in its colour, and not all of a very long one."""
    result, more = event.result[:_SHOWN], len(event.result) - _SHOWN
    shown = f"{result} … {more:,} more characters" if more > 0 else result
    text = printable(f"[{event.name}_{'RESULT' if event.ok else 'ERROR'}:{shown}]")
    return Styled(text, style=STYLES["result" if event.ok else "error"])


def summary(run: Run, *, model: bool = True) -> str:
    """One line on how the run went; ``model`` says which one it was."""
    usage = run.usage
    parts = [
        run.finish if run.finish == "answered" else f"{run.finish}: {run.detail}",
        f"{len(run.calls)} call{'s' * (len(run.calls) != 1)}",
        f"{usage.output_tokens.value} tokens",
        f"${usage.cost:.6f}" if usage.cost else "",
        f"{run.seconds:.2f} s",
        run.model if model else "",
    ]
    return " · ".join(part for part in parts if part)


def watch(stream: RunStream, *, quiet: bool = False) -> Run:
    """Show a run to its end. Ctrl-C or a failing server ends it; what has come so far is kept, and said."""
    try:
        with stream:
            before = None
            for event in stream:
                if not quiet:
                    show(event, before)
                before = event
    except KeyboardInterrupt:
        note(f"\nstopped: {summary(stream.run)}", "warning")
    except ModelError as error:
        note(f"\nerror: {error}", "error")
    return stream.run


def print_json(value: object) -> None:
    """One JSON document on standard output, in ASCII where the terminal can show no more."""
    out.file.write(json.dumps(value, indent=2, ensure_ascii="utf" not in (sys.stdout.encoding or "").lower()) + "\n")


@contextmanager
def mistakes_explained() -> Iterator[None]:
    """A user's mistake or a server's failure is a line on standard error and an exit status, never a traceback."""
    try:
        yield
    except ConfigError as error:
        note(f"error: {error}", "error")
        raise typer.Exit(WRONG_USE) from None
    except OrchestratorError as error:
        note(f"error: {error}", "error")
        raise typer.Exit(NOT_ANSWERED) from None
    except KeyboardInterrupt:
        note("stopped", "warning")
        raise typer.Exit(NOT_ANSWERED) from None
    except OSError as error:
        if from_tool(error):  # its author needs the traceback
            raise
        if isinstance(error, BrokenPipeError):  # the reader (head, less) has gone
            sys.stderr.close()
        else:  # a full disk behind the output
            note(f"error: {error}", "error")
        raise typer.Exit(NOT_ANSWERED) from None


def write_code(text: str, path: str, first_line: int) -> None:
    """Source code with its line numbers; in colours where the terminal has them and the language is known."""
    from rich.syntax import Syntax  # noqa: PLC0415 - pygments, 30 ms

    text = printable(text)
    if not out.is_terminal:
        for number, line in enumerate(text.split("\n"), first_line):
            write(f"{number:6}  {line}", end="\n")
        return
    lexer = Syntax.guess_lexer(path, text)
    out.print(Syntax(text, lexer, line_numbers=True, start_line=first_line, theme="ansi_dark", word_wrap=False))


class Bar:
    """A progress bar on standard error for ``on_progress(done, total)``; ``total`` 0 where it is unknown."""

    def __init__(self, what: str, *, of_bytes: bool = False) -> None:
        done = DownloadColumn() if of_bytes else MofNCompleteColumn()
        columns = (TextColumn("{task.description}"), BarColumn(), done, TimeRemainingColumn())
        self._progress = Progress(*columns, console=err, transient=True)
        self._task = self._progress.add_task(what, total=None)

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._progress.stop()

    @property
    def update(self) -> Callable[[int, int], None]:
        return lambda done, total: self._progress.update(self._task, completed=done, total=total or None)
