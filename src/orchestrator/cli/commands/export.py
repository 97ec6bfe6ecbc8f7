"""The command ``export``: writes stored runs as training data."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from orchestrator.cli import terminal
from orchestrator.cli.options import text_of
from orchestrator.core.errors import ConfigError
from orchestrator.core.run import Run
from orchestrator.runtime.registry import plugin

commands = typer.Typer()


@commands.command()
def export(
    runs: Annotated[
        str, typer.Argument(help="A file with one run on each line, as --save writes it; - reads standard input.")
    ],
    training: Annotated[
        bool,
        typer.Option(
            "--training", help="Required: write segments of text, each marked as written by the model or inserted."
        ),
    ] = False,
    out: Annotated[Path | None, typer.Option(help="The file to write.", show_default="standard output")] = None,
    vocabulary: Annotated[
        str | None,
        typer.Option(help="Add token ids and a mask in this vocabulary, such as qwen3 (see orchestrator tokens)."),
    ] = None,
    every: Annotated[
        bool, typer.Option("--all", help="Also write runs without a successful call or without a faithful answer.")
    ] = False,
) -> None:
    """Write stored runs as training data, one JSON object per line.

    The model learns from its own text only, so each piece of text is marked: written by the model, or inserted
    (prompt, results, template).

    Example: orchestrator export runs.jsonl --training --out training.jsonl
    """
    from orchestrator.core.training_data import as_row, worth_learning  # noqa: PLC0415 - only this command needs it

    if not training:
        raise ConfigError("say what to export the runs as: --training")
    tokenizer = plugin("models.tokenizers", vocabulary)() if vocabulary else None
    stored = _read(runs)
    kept = stored if every else list(worth_learning(stored))
    lines = "".join(f"{json.dumps(as_row(run, tokenizer), ensure_ascii=False)}\n" for run in kept)
    lines = lines.encode("utf-8", "replace").decode()  # a model may write half a surrogate pair
    if out:
        out.write_text(lines, "utf-8")
    else:
        typer.echo(lines, nl=False)
    terminal.note(f"{len(kept)} of {len(stored)} runs written")


def _read(source: str) -> list[Run]:
    try:
        text = text_of("-") if source == "-" else Path(source).read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"cannot read the runs in {source} ({error}): give a file with one run a line") from error
    runs = []
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            try:
                runs.append(Run.from_json(line))
            except ConfigError as error:
                raise ConfigError(f"line {number} of {source}: {error}") from error
    return runs
