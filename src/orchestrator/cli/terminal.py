"""Shows a run in a terminal while it happens: text, calls and results, each in a different colour.

Answers go to standard output, notes about them to standard error. Knows events and rich; not models.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import typer
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.text import Text as Styled

from orchestrator.core.errors import ConfigError, ModelError, OrchestratorError
from orchestrator.core.run import Event, Finished, Run
from orchestrator.core.types import Diagnostic, Reasoning, Text, ToolCall, ToolResult
from orchestrator.runtime.driver import RunStream

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
_LONGEST_RESULT = 2_000  # characters; longer results are cut

out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)


def write(text: str, style: str = "", end: str = "") -> None:
    """Write a part of the answer to standard output.

    Args:
        text: The text. Control characters are removed.
        style: A key of ``STYLES``, or a style of rich.
        end: Written after the text.
    """
    out.print(Styled(printable(text), style=STYLES.get(style, style)), end=end)


def note(text: str, style: str = "note") -> None:
    """Write a line about the answer to standard error.

    Args:
        text: The line. Control characters are removed.
        style: A key of ``STYLES``, or a style of rich.
    """
    err.print(Styled(printable(text), style=STYLES.get(style, style)))


def printable(text: str) -> str:
    """Remove control characters: text of a model or a web page must not control the terminal."""
    return _CONTROL.sub("", text)


def show_event(event: Event, before: Event | None = None) -> None:
    """Show one event of a run.

    Args:
        event: The event.
        before: The event before it.
    """
    match event:
        case Text(text):
            apart = isinstance(before, ToolResult) and not text[:1].isspace()  # a new message begins without a space
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
    """Return a result as it is shown: in its colour, cut if it is very long."""
    result, more = event.result[:_LONGEST_RESULT], len(event.result) - _LONGEST_RESULT
    result += f" … {more:,} more characters" if more > 0 else ""
    text = printable(f"[{event.name}_{'RESULT' if event.ok else 'ERROR'}:{result}]")
    return Styled(text, style=STYLES["result" if event.ok else "error"])


def summary(run: Run, *, model: bool = True) -> str:
    """Return one line about the run: finish reason, calls, tokens, cost, time and, with ``model``, the model."""
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


def show_run(stream: RunStream, *, quiet: bool = False) -> Run:
    """Show a run to its end, and return it.

    Ctrl-C or a failing server ends it: the note says so, and the run holds what came before.

    Args:
        stream: The run.
        quiet: Show no events.
    """
    try:
        with stream:
            before = None
            for event in stream:
                if not quiet:
                    show_event(event, before)
                before = event
    except ConfigError:  # a tool's: the answer's line is still open
        if not quiet and before:
            write("\n")
        raise
    except KeyboardInterrupt:
        note(f"\nstopped: {summary(stream.run)}", "warning")
    except ModelError as error:
        note(f"\nerror: {error}", "error")
    return stream.run


def print_json(value: object) -> None:
    """Print one JSON document on standard output, in ASCII if the terminal's encoding is not a UTF."""
    out.file.write(json.dumps(value, indent=2, ensure_ascii="utf" not in (sys.stdout.encoding or "").lower()) + "\n")


@contextmanager
def mistakes_explained() -> Iterator[None]:
    """Turn errors into a line on standard error and an exit status.

    A ConfigError exits with status 2. Other errors of the package, Ctrl-C and errors of the output exit with status 1.
    """
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
        if isinstance(error, BrokenPipeError):  # the reader (head, less) has ended
            sys.stderr.close()
        else:  # for example, the output goes to a full disk
            note(f"error: {error}", "error")
        raise typer.Exit(NOT_ANSWERED) from None


def write_code(text: str, path: str, first_line: int) -> None:
    """Write source code with line numbers; in colours if the terminal has them and the language is known.

    Args:
        text: The code.
        path: The file's path, which tells the language.
        first_line: The number of the first line.
    """
    text = printable(text)
    if not out.is_terminal:
        for number, line in enumerate(text.split("\n"), first_line):
            write(f"{number:6}  {line}", end="\n")
        return
    from rich.syntax import Syntax  # noqa: PLC0415 - pygments, 30 ms

    lexer = Syntax.guess_lexer(path, text)
    out.print(Syntax(text, lexer, line_numbers=True, start_line=first_line, theme="ansi_dark", word_wrap=False))


@contextmanager
def progress_bar(what: str, *, of_bytes: bool = False) -> Iterator[Callable[[int, int], None]]:
    """Show a progress bar on standard error.

    Args:
        what: The text before the bar.
        of_bytes: Whether the numbers are bytes.

    Yields:
        The callback ``on_progress(done, total)``. ``total`` 0 means that it is unknown.
    """
    done = DownloadColumn() if of_bytes else MofNCompleteColumn()
    columns = (TextColumn("{task.description}"), BarColumn(), done, TimeRemainingColumn())
    with Progress(*columns, console=err, transient=True) as progress:
        task = progress.add_task(what, total=None)
        yield lambda done, total: progress.update(task, completed=done, total=total or None)
