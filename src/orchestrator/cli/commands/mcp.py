"""The command ``mcp``: serves the tools to any MCP client."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

import typer

from orchestrator import __version__
from orchestrator.cli import terminal
from orchestrator.cli.options import tool_names
from orchestrator.core.errors import ConfigError
from orchestrator.core.tool import Tool
from orchestrator.runtime.registry import load_tools, names

SERVED = ("CALCULATOR", "PYTHON", "WEB_SEARCH", "CODE_SEARCH")
commands = typer.Typer()


@commands.command()
def mcp(
    tools: Annotated[
        str | None,
        typer.Option(
            "--tools", "-t", help="Tools to serve by name, separated by commas.", show_default=", ".join(SERVED)
        ),
    ] = None,
    http: Annotated[bool, typer.Option("--http", help="Serve over HTTP instead of standard input and output.")] = False,
    host: Annotated[
        str | None,
        typer.Option(
            help="With --http: the address to listen on. Everybody who reaches it can use the tools.",
            show_default="127.0.0.1",
        ),
    ] = None,
    port: Annotated[
        int | None,
        typer.Option(
            min=0, max=65_535, help="With --http: the port to listen on; 0 takes a free one.", show_default="8000"
        ),
    ] = None,
) -> None:
    """Serve tools to any MCP client.

    Serves over standard input and output until the client disconnects. With --http, serves at http://HOST:PORT/mcp
    until Ctrl-C. On 127.0.0.1 and the other addresses of this machine alone, a request must name the server by the
    address and port that it listens on, or as localhost.

    Example: orchestrator mcp --tools CALCULATOR,PYTHON
    """
    from orchestrator.mcp import _server  # noqa: PLC0415 - the SDK loads for this command only

    if not http and (host or port is not None):
        raise ConfigError("--host and --port are for a server over HTTP: add --http")
    served = load_tools(tool_names(tools)) if tools else _those_that_load(SERVED)
    if not served:
        raise ConfigError("there is no tool to serve: name them with --tools")
    if http:

        def started(address: str) -> None:
            terminal.note(f"serving {', '.join(served)} at {address}; Ctrl-C ends")

        _server.serve_http(served, __version__, host or "127.0.0.1", 8_000 if port is None else port, started)
    else:
        _server.serve_stdio(served, __version__)


def _those_that_load(wanted: Iterable[str]) -> dict[str, Tool]:
    """Load the registered tools whose extras are installed; print a note on standard error for each other tool."""
    loaded: dict[str, Tool] = {}
    registered = {name.upper() for name in names("tools")}
    for name in wanted:
        try:
            loaded |= load_tools([name] if name in registered else [])
        except ConfigError as error:
            terminal.note(f"{name} is left out: {error}", "warning")
    return loaded
