"""``--save``: runs kept in a file, one a line, as ``export`` reads them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from orchestrator.core.errors import ConfigError
from orchestrator.core.run import Run

Save = Annotated[
    Path | None, typer.Option("--save", help="Append each run to this file, a line of JSON, for orchestrator export.")
]


def keeper(path: Path | None) -> Callable[[Run], None]:
    """What appends a run to the file. It is opened once now: a mistake is told before anything is asked and paid."""
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
