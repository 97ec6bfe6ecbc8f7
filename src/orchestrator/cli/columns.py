"""Shows arms side by side in a terminal, one column each, while their text arrives.

In a pipe, or if the terminal is too narrow, the arms are shown one below the other. Knows events and rich; not how arms
are run.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import nullcontext

from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.live import Live
from rich.rule import Rule
from rich.segment import Segment
from rich.table import Table
from rich.text import Text as Styled

from orchestrator.cli import terminal
from orchestrator.core.arms import Arm, SideBySide
from orchestrator.core.errors import ModelError
from orchestrator.core.run import Event, Finished
from orchestrator.core.types import Reasoning, Text, ToolCall, ToolResult
from orchestrator.runtime.orchestrator import Orchestrator

_NARROWEST = 24  # characters; a narrower column cannot be read


def compare_live(orchestrator: Orchestrator, question: str, arms: tuple[Arm, ...], *, quiet: bool) -> SideBySide:
    """Ask all arms and show their answers as they arrive. After Ctrl-C the text so far is shown too.

    Args:
        orchestrator: Asks the arms.
        question: The question.
        arms: The arms.
        quiet: Show nothing.
    """
    columns = Columns([arm.name for arm in arms])
    moving = terminal.out.is_terminal and not quiet
    live = Live(columns, console=terminal.out, transient=True, refresh_per_second=12) if moving else nullcontext()
    try:
        with live:
            asked = orchestrator.acompare(question, arms, lambda arm, event: columns.add(arm.name, event))
            return asyncio.run(asked)
    finally:
        columns.live = False
        if not quiet:
            terminal.out.print(columns)


class Columns:
    """The text of each arm so far. A rich renderable: it shows all text, or the last lines while it is ``live``.

    Args:
        arms: The arms' names.

    Attributes:
        live: Whether the content is shown in a ``Live`` display, so only the last lines fit.
    """

    def __init__(self, arms: Sequence[str]) -> None:
        self._said = {arm: Styled() for arm in arms}
        self._ended = dict.fromkeys(arms, Styled("…", style="dim"))
        self.live = True

    def add(self, arm: str, event: Event | ModelError) -> None:
        """Add one event of an arm, or the error that ended it."""
        said = self._said[arm]
        match event:
            case Text(text):
                said.append(terminal.printable(text))
            case Reasoning(text):
                said.append(terminal.printable(text), style=terminal.STYLES["reasoning"])
            case ToolCall(raw=raw):
                said.append(terminal.printable(raw), style=terminal.STYLES["call"])
            case ToolResult():
                said.append_text(terminal.result_of(event))
            case Finished(run):
                style = terminal.STYLES["note" if run.finish == "answered" else "warning"]
                self._ended[arm] = Styled(terminal.summary(run, model=False), style=style)
            case ModelError():
                self._ended[arm] = Styled(terminal.printable(str(event)), style=terminal.STYLES["error"])
            case _:
                pass  # diagnostics are not shown between the words

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Yield all text, or the arms' names and as many last lines as the terminal has."""
        beside = console.is_terminal and options.max_width // len(self._said) >= _NARROWEST
        content = self._beside() if beside else self._below()
        if not self.live or console.height < 4:
            yield content
            return
        lines = console.render_lines(content, options, pad=False)
        room = console.height - 2
        head = 1 if beside else 0
        for line in lines if len(lines) <= room else [*lines[:head], *lines[head - room :]]:
            yield from line
            yield Segment.line()

    def _beside(self) -> RenderableType:
        grid = Table(box=None, expand=True, padding=(0, 2, 0, 0), header_style="bold")
        for arm in self._said:
            grid.add_column(arm, ratio=1, overflow="fold")
        grid.add_row(*self._said.values())
        grid.add_row(*self._ended.values())
        return grid

    def _below(self) -> RenderableType:
        return Group(*(part for arm, said in self._said.items() for part in (Rule(arm), said, self._ended[arm])))
