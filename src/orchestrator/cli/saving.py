"""The option ``--save``: appends runs to a file, one run per line. The command ``export`` reads this file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from orchestrator.core.errors import ConfigError
from orchestrator.core.run import Run

Save = Annotated[
    Path | None,
    typer.Option(
        "--save", help="Append each run to this file as one line of JSON. orchestrator export reads such a file."
    ),
]


def keeper(path: Path | None) -> Callable[[Run], None]:
    """Return a function that appends a run to the file.

    The file is opened once at the start, so that a wrong path is reported before a model is asked and paid.

    Raises:
        ConfigError: The file cannot be written.
    """
    if path is None:
        return lambda _: None
    _append(path, "")
    return lambda run: _append(path, run.to_json() + "\n")


def _append(path: Path, line: str) -> None:
    try:
        with path.open("a", encoding="utf-8") as file:
            file.write(line)
    except OSError as error:
        raise ConfigError(f"cannot write to {path} (--save): {error}") from error
