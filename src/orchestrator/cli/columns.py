"""Arms side by side in a terminal, a column each, as their words come; one under the other in a pipe or without room.

Knows events and rich; not how arms are run.
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

_NARROWEST = 24  # characters of a column


def watched(orchestrator: Orchestrator, question: str, arms: tuple[Arm, ...], *, quiet: bool) -> SideBySide:
    """Ask all arms, showing them as they go unless ``quiet``. What has come so far is shown after Ctrl-C as well."""
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
    """What each arm has said so far. ``console.print`` shows all of it; as ``Live``'s content, the last lines."""

    def __init__(self, arms: Sequence[str]) -> None:
        self._said = {arm: Styled() for arm in arms}
        self._ended = dict.fromkeys(arms, Styled("…", style="dim"))
        self.live = True

    def add(self, arm: str, event: Event | ModelError) -> None:
        """Take in one event of an arm."""
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
                pass  # a diagnostic has no place between the words

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """All of it, or as many last lines as the terminal has, under the names of the arms."""
        beside = console.is_terminal and options.max_width // len(self._said) >= _NARROWEST
        shown = self._beside() if beside else self._below()
        if not self.live or console.height < 4:
            yield shown
            return
        lines = console.render_lines(shown, options, pad=False)
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
