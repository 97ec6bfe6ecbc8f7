"""The command ``adapt``: trains a small adapter of the embedded model for one's own tools."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from orchestrator.cli import terminal
from orchestrator.cli.options import AsJson
from orchestrator.core.errors import ConfigError
from orchestrator.core.tool import Tool
from orchestrator.runtime.extras import require

if TYPE_CHECKING:
    from orchestrator.posttraining.adapting import Adapted, Progress

commands = typer.Typer()


@commands.command()
def adapt(
    tools: Annotated[Path, typer.Option(help="A Python file whose functions and Tools are the tools.")],
    questions: Annotated[
        Path,
        typer.Option(
            help='Questions as JSON lines: {"question": "Weather in Oslo?", "calls": [{"name": "weather", "arguments": '
            '{"city": "Oslo"}}]}. One without calls may have an "answer".'
        ),
    ],
    out: Annotated[Path, typer.Option("--out", "-o", help="The adapter's file.")] = Path("adapter.gguf"),
    epochs: Annotated[int, typer.Option(min=1, help="How often each question is seen.")] = 4,
    seed: Annotated[int, typer.Option(help="Chooses the held-out third and the order.")] = 0,
    as_json: AsJson = False,
) -> None:
    """Train a small adapter of the embedded model for your own tools, and measure it.

    Two thirds of the questions are learnt; the rest is asked before and after. A hundred questions take a few minutes
    on two cores. Ctrl-C keeps what is done, and the same command goes on. Use the adapter with --adapter FILE, or
    ModelOptions(adapter=FILE) in a program.

    Example: orchestrator adapt --tools mytools.py --questions mine.jsonl
    """
    require("training", "train", "torch", "gguf", "numpy")
    from dataclasses import replace  # noqa: PLC0415 - only this command needs these

    from orchestrator.posttraining.adapting import OWN, adapt  # noqa: PLC0415
    from orchestrator.posttraining.rows import read_rows  # noqa: PLC0415
    from orchestrator.runtime.registry import load_tools  # noqa: PLC0415

    known = load_tools(_tools_in(tools))
    rows = read_rows(questions, known)
    with _progress() as on_progress:
        made = adapt(known, rows, out, replace(OWN, epochs=epochs, seed=seed), on_progress)
    if as_json:
        terminal.print_json(_as_json(made))
    else:
        _show(made)


def _tools_in(path: Path) -> list[Any]:
    """The Tools of a Python file, and the public functions that are defined in it."""
    spec = spec_from_file_location("adapted_tools", path)
    if spec is None or spec.loader is None or not path.is_file():
        raise ConfigError(f"{path} is no Python file")
    module = module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        raise ConfigError(f"{path} cannot be run: {type(error).__name__}: {error}") from error
    found = [
        each
        for name, each in vars(module).items()
        if isinstance(each, Tool)
        or (not name.startswith("_") and callable(each) and getattr(each, "__module__", "") == module.__name__)
    ]
    if not found:
        raise ConfigError(f"{path} has no tools: write functions with a docstring, or Tools")
    return found


@contextmanager
def _progress() -> Iterator[Progress]:
    """One bar after the other, on standard error."""
    from rich.progress import Progress as Bars  # noqa: PLC0415

    with Bars(console=terminal.err, transient=True) as bars:
        tasks: dict[str, Any] = {}

        def on_progress(what: str, done: int, total: int) -> None:
            if what not in tasks:
                tasks[what] = bars.add_task(what, total=total)
            bars.update(tasks[what], completed=done)

        yield on_progress


def _rates(made: Adapted) -> dict[str, tuple[int, tuple[float, float]]]:
    from orchestrator.evals.statistics import accuracy_interval  # noqa: PLC0415

    rates = {}
    for name, outcomes in (("before", made.before), ("after", made.after)):
        right = sum(each.right for each in outcomes)
        interval = accuracy_interval(right, len(outcomes))
        rates[name] = (right, (interval.low, interval.high))
    return rates


def _show(made: Adapted) -> None:
    for name, (right, (low, high)) in _rates(made).items():
        terminal.write(
            f"{name:7}{right} of {len(made.after)} held-out questions right  [{low:.0%}, {high:.0%}]", end="\n"
        )
    terminal.write(
        f"{made.adapter}: trained on {made.trained} questions; use it with --adapter {made.adapter}", end="\n"
    )


def _as_json(made: Adapted) -> dict[str, Any]:
    return {
        "adapter": str(made.adapter),
        "trained": made.trained,
        "held_out": len(made.after),
        **{name: {"right": right, "interval": interval} for name, (right, interval) in _rates(made).items()},
        "questions": [
            {
                "question": old.row.question,
                "asked": [f"[{call.name}:{call.argument}]" for call in old.row.calls],
                "before": list(old.calls),
                "after": list(new.calls),
                "right": new.right,
            }
            for old, new in zip(made.before, made.after, strict=True)
        ],
        "curve": [{"step": each.step, "loss": each.loss, "held_out": each.held_out} for each in made.curve],
    }
