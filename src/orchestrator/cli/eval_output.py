"""The terminal output of ``eval``: a progress bar with accuracy and cost so far, then sentences, a table and the
answers.
"""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from itertools import islice
from pathlib import Path
from textwrap import shorten
from threading import Event as Flag
from types import FrameType
from typing import NoReturn

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text as Styled

from orchestrator.cli import terminal
from orchestrator.cli.options import tool_names
from orchestrator.core.errors import ConfigError
from orchestrator.evals import report
from orchestrator.evals.evaluation import Evaluation, Source, Tally, collect, headline
from orchestrator.evals.once import questions_of, scorer_of
from orchestrator.evals.types import Dataset, DatasetOptions
from orchestrator.evals.wording import dollars, name, percent, power_note
from orchestrator.runtime.settings import Settings

_PAUSE = 10.0  # seconds between two lines about the progress if there is no bar
_CELL = 72  # characters; longer questions and answers are shortened in the terminal


def loaded(dataset: str, n: int | None, seed: int, data: str | None, scorer: str | None, tools: str | None) -> Dataset:
    """Load the questions of a registered dataset or of the user's own file.

    Args:
        dataset: The dataset's name, or the path of a ``.jsonl`` file.
        n: How many questions; None for the dataset's usual number.
        seed: Random seed of datasets that generate their questions.
        data: The file or folder of datasets that read theirs.
        scorer: The scorer to use instead of the dataset's.
        tools: The value of ``--tools``, instead of the dataset's tools.

    Raises:
        ConfigError: The dataset, its file or the scorer does not exist or is not valid.
    """
    found = questions_of(dataset, DatasetOptions(n, seed, data))
    if scorer:
        found = replace(found, scorer=scorer_of(scorer))
    if tools is not None:
        found = replace(found, tools=tuple(tool_names(tools)))
    return found


def database(place: str | None) -> str | None:
    """Return the database's URL for the value of ``--db``; None for "none"."""
    from orchestrator.evals.durable.database import url_of  # noqa: PLC0415

    if place == "none":
        return None
    return url_of(place or str(Settings.from_environment().data / "evals.sqlite"))


def go_on(*, kept: bool) -> str:
    """Say how to continue an interrupted evaluation. ``kept`` is whether its samples are stored."""
    if kept:
        return "Run the same command again to go on from here"
    return "With --db none nothing is kept: the same command begins anew"


@contextmanager
def ended_with_care(then: str) -> Iterator[Flag]:
    """Handle Ctrl-C in two steps.

    The first Ctrl-C sets the flag: nothing new begins, and running samples, which are paid for, are finished. The
    second ends the process at once.

    Args:
        then: How to continue. The second Ctrl-C prints it.

    Yields:
        The flag.
    """
    enough = Flag()

    def first(_: int, __: FrameType | None) -> None:
        signal.signal(signal.SIGINT, second)
        terminal.note("\nfinishing the samples that are under way; Ctrl-C again to leave at once", "warning")
        enough.set()

    def second(_: int, __: FrameType | None) -> None:
        terminal.note(f"\nstopped. {then}", "warning")
        os._exit(terminal.NOT_ANSWERED)

    before = signal.signal(signal.SIGINT, first)
    try:
        yield enough
    finally:
        signal.signal(signal.SIGINT, before)


def collect_with_progress(dataset: Dataset, arms: Sequence[str], source: Source, max_cost: float | None) -> Evaluation:
    """Collect the samples with a progress bar on standard error, until the end or Ctrl-C.

    If standard error is not a terminal, a line is printed every ten seconds instead.

    Args:
        dataset: The questions.
        arms: The arms' names, the baseline first.
        source: Gives the samples.
        max_cost: Begin no more samples after so many US dollars.
    """
    total = len(dataset.items) * len(arms)
    said = time.monotonic()
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=terminal.err, transient=True) as progress:
        task = progress.add_task(dataset.name, total=total)

        def watch(tally: Tally) -> None:
            nonlocal said
            if not terminal.err.is_terminal and time.monotonic() - said >= _PAUSE:
                terminal.note(f"{len(tally.outcomes) + len(tally.failures)} of {total} samples")
                said = time.monotonic()
            progress.update(task, completed=len(tally.outcomes), description=_running(tally, arms))

        with ended_with_care(go_on(kept=source.keeps)) as enough:
            return collect(dataset, arms, source, max_cost=max_cost, watch=watch, stop=enough)


def present(evaluation: Evaluation, title: str, out: Path | None, show: int, *, as_json: bool) -> None:
    """Print the evaluation, and write its report if a folder is given.

    Args:
        evaluation: The evaluation.
        title: The report's title.
        out: The folder for the report.
        show: How many questions to list.
        as_json: Print JSON instead of tables.

    Raises:
        typer.Exit: With status 1, if there are no samples or the evaluation was interrupted.
        ConfigError: The report cannot be written.
    """
    if not evaluation.outcomes:
        why = evaluation.stopped or (evaluation.failures[0].error if evaluation.failures else "there were no questions")
        terminal.note(f"no samples: {why}", "error")
        _not_answered(evaluation)
    if out:
        _write(evaluation, title, out)
    if as_json:
        terminal.print_json(report.as_json(evaluation))
    else:
        _print(evaluation, show)
    if evaluation.broke_off:
        _not_answered(evaluation)


def _not_answered(evaluation: Evaluation) -> NoReturn:
    if evaluation.broke_off:
        terminal.note(go_on(kept=evaluation.kept), "warning")
    raise typer.Exit(terminal.NOT_ANSWERED)


def _print(evaluation: Evaluation, show: int) -> None:
    summary = evaluation.summary
    for line in headline(evaluation, summary):
        terminal.write(line, "bold", end="\n")
    columns, *rows = report.arms_table(summary.arms, evaluation.tools)
    terminal.out.print(_table(columns, rows))
    for contrast in summary.contrasts:
        terminal.write(f"{name(contrast.arm)}: {power_note(contrast)}", "note", end="\n")
    if summary.parts:
        parts = [(arm, part, f"{right:,} of {asked:,}") for arm, part, right, asked in summary.parts]
        terminal.out.print(_table(("arm", "part", "fulfilled"), parts))
    if show:
        answers = report.answer_rows(evaluation.outcomes, evaluation.arms)
        shortened = [[shorten(cell, _CELL, placeholder=" …") for cell in row] for row in islice(answers, show)]
        terminal.out.print(_table(("question", "gold", *evaluation.arms), shortened))


def _running(tally: Tally, arms: Sequence[str]) -> str:
    """Return the progress in one line, such as "direct 12.5 % · cot 10.0 % · $0.0123"."""
    parts = []
    for arm in arms:
        scores = [outcome.score.correct for outcome in tally.outcomes if outcome.sample.arm == arm]
        parts.append(f"{arm} {percent(sum(scores) / len(scores))} %" if scores else arm)
    parts.append(dollars(tally.cost) if tally.cost else "")
    parts.append(f"{len(tally.failures)} failed" if tally.failures else "")
    return " · ".join(part for part in parts if part)


def _table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        table.add_column(column)
    for row in rows:
        table.add_row(*(Styled(terminal.printable(cell)) for cell in row))
    return table


def _write(evaluation: Evaluation, title: str, out: Path) -> None:
    try:
        out.mkdir(parents=True, exist_ok=True)
        (out / "report.md").write_text(report.markdown(evaluation, title), "utf-8", "replace")
        numbers = json.dumps(report.as_json(evaluation), indent=2, ensure_ascii=False) + "\n"
        (out / "report.json").write_text(numbers, "utf-8", "replace")  # a model may write half a surrogate pair
        (out / "answers.jsonl").write_text(report.recording(evaluation), "utf-8", "replace")
    except OSError as error:
        raise ConfigError(f"cannot write the report into {out}: {error}") from error
    terminal.note(f"report: {out / 'report.md'}")
