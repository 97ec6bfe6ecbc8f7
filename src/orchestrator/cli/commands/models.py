"""The command ``models``: lists the model providers, downloads and deletes the embedded model's weights."""

from __future__ import annotations

import typer

from orchestrator.cli import terminal
from orchestrator.cli.options import WEIGHTS, pulled
from orchestrator.models import _weights
from orchestrator.runtime.registry import about, default_model, names
from orchestrator.runtime.settings import Settings

models = typer.Typer(
    help="List the model providers, or manage the embedded model's weights.\n\nExample: orchestrator models",
    invoke_without_command=True,
)
commands = typer.Typer()
commands.add_typer(models, name="models")


@models.callback()
def list_models(context: typer.Context) -> None:
    """List the model providers, and whether the embedded model's weights are there."""
    if context.invoked_subcommand:
        return
    settings = Settings.from_environment()
    for name in names("models"):
        terminal.write(f"{name:12}", "call")
        terminal.write(about("models", name), end="\n")
    fetched = "fetched" if _weights.installed(settings.cache) else "not fetched yet: orchestrator models pull"
    terminal.write(f"\n{WEIGHTS}: {fetched}\ndefault {default_model(settings)[1]}", "note", end="\n")


@models.command()
def pull() -> None:
    """Download the embedded model's weights (93 MB, once) into your cache folder.

    Example: orchestrator models pull
    """
    terminal.write(f"ready: {pulled(Settings.from_environment().cache)}", end="\n")


@models.command()
def remove() -> None:
    """Delete the embedded model's weights from your cache folder.

    Example: orchestrator models remove
    """
    removed = _weights.remove(Settings.from_environment().cache)
    terminal.write("removed" if removed else "there was nothing to remove", end="\n")
