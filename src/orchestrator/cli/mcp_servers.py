"""The options ``--mcp`` and ``--mcp-env``: MCP servers, and the environment variables of those that are commands."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from orchestrator.core.errors import ConfigError
from orchestrator.core.tool import Tool
from orchestrator.runtime.settings import key_in

_SERVER = re.compile(r"(?:([A-Z][A-Z0-9_]*)=)?(.+)", re.DOTALL)
_VARIABLE = re.compile(r"(?:([A-Z][A-Z0-9_]*):)?([A-Za-z_][A-Za-z0-9_]*)(?:=(.*))?", re.DOTALL)


@dataclass(frozen=True, slots=True)
class _Server:
    """A value of ``--mcp``.

    Attributes:
        name: The prefix of its tools; "" if there is none.
        server: The command or the address.
        env: The environment variables that it gets.
    """

    name: str
    server: str
    env: dict[str, str] = field(default_factory=dict, repr=False)

    @property
    def is_command(self) -> bool:
        return not self.server.strip().lower().startswith(("http://", "https://"))


def tools_of(servers: Sequence[str], variables: Sequence[str]) -> list[Tool]:
    """Return the tools of MCP servers.

    Args:
        servers: The values of ``--mcp``: a command or an address, with ``NAME=`` before it for a prefix.
        variables: The values of ``--mcp-env``: ``VARIABLE`` or ``VARIABLE=VALUE``, with ``NAME:`` before it for one of
            several servers.

    Raises:
        ConfigError: A server cannot be reached, or it is not clear which one gets a variable.
    """
    parsed = [_Server(match[1] or "", match[2]) for each in servers if (match := _SERVER.fullmatch(each))]
    for text in variables:
        name, key, value = _variable(text)
        _receiver(parsed, name, key).env[key] = (
            key_in(key, f"set it, or give a value, {key}=VALUE") if value is None else value
        )
    if not parsed:
        return []
    from orchestrator.mcp import mcp_tools  # noqa: PLC0415 - the SDK loads if there is a server

    return [tool for each in parsed for tool in mcp_tools(each.server, prefix=each.name, env=each.env)]


def _variable(text: str) -> tuple[str, str, str | None]:
    """Return the server's name, the variable and its value; the value is not in any message, as it may be a secret."""
    match = _VARIABLE.fullmatch(text)
    if not match:
        raise ConfigError("--mcp-env takes VARIABLE, VARIABLE=VALUE or NAME:VARIABLE, such as GITHUB_TOKEN")
    return match[1] or "", match[2], match[3]


def _receiver(servers: Sequence[_Server], name: str, key: str) -> _Server:
    """Return the server that gets a variable. A secret goes to one server, never to all."""
    commands = [each for each in servers if each.is_command and (not name or each.name == name)]
    if len(commands) == 1:
        return commands[0]
    if not servers:
        raise ConfigError(f"--mcp-env {key} is for the command of an MCP server: add --mcp")
    if not commands:
        what = f"no command of --mcp is named {name}" if name else "an MCP server with an address gets no variables"
        raise ConfigError(f"--mcp-env {key}: {what}")
    raise ConfigError(f"--mcp-env {key}: which server gets it? Write NAME:{key}, with --mcp NAME=COMMAND")
