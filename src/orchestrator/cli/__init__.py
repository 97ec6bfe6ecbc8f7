"""The command line: parses options, calls the library, prints.

Exit status: 0 answered, 1 not answered, 2 wrong use. Every start imports all files of ``commands/``, so these files
import large modules inside their functions.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from functools import partial
from importlib import import_module
from pkgutil import iter_modules
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from orchestrator import __version__
from orchestrator.cli import commands, terminal


class _Commands(TyperGroup):
    """All commands. An error of the package ends a command with a line about it, not with a traceback."""

    def __init__(self, **attributes: Any) -> None:
        super().__init__(**attributes)
        _refuse_empty(self)

    def invoke(self, ctx: Any) -> Any:  # Any: newer typer has its own click, older has not
        with terminal.mistakes_explained():
            try:
                return super().invoke(ctx)
            except Exception as error:
                if _is_no_option(error):
                    error.message += _HINT  # type: ignore[attr-defined]
                raise


app = typer.Typer(
    cls=_Commands,
    help="Tools for any language model through plain text.\n\n"
    "orchestrator COMMAND --help lists the options of a command.\n\n"
    'Example: orchestrator ask "What is 323 * 458?" --model embedded',
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)


_HINT = "; write -- before a text that begins with -, as in: orchestrator tool CALCULATOR -- -5+3"


def _is_no_option(error: Exception) -> bool:
    """Return whether a text such as ``-5+3`` was read as an option; ``--jsno`` is a misspelt one."""
    given = str(getattr(error, "option_name", ""))
    return type(error).__name__ == "NoSuchOption" and not re.match("--[a-z]", given)


def _refuse_empty(command: Any) -> None:
    """Let no option of the command and its subcommands have an empty value, unless that is its default.

    Each option checks what was typed, before it makes a number, a path or a choice of it.
    """
    for option in command.params:
        if option.param_type_name == "option":
            option.process_value = partial(_filled, option, option.process_value)
    for each in getattr(command, "commands", {}).values():
        _refuse_empty(each)


def _filled(option: Any, process: Callable[[Any, Any], Any], context: Any, value: Any) -> Any:
    for each in value if isinstance(value, list | tuple) else [value]:
        if isinstance(each, str) and not each.strip(" ,") and each != option.default:
            raise typer.BadParameter("it is empty: give a value, or leave the option out", param=option)
    return process(context, value)


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"orchestrator {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    _: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None: ...


def main() -> None:
    """Run the command line. This is the console script's entry point."""
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(errors="replace")  # old Windows code pages lack some characters
    app()


for _name in sorted(module.name for module in iter_modules(commands.__path__)):
    app.add_typer(import_module(f"{commands.__name__}.{_name}").commands)
