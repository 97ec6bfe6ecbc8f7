"""The tools of an MCP server, each as a Tool that is called through one session. Knows sessions and schemas."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from orchestrator.core.errors import ConfigError, ToolError
from orchestrator.core.types import Example, Tool, ToolHints
from orchestrator.mcp._names import tool_names
from orchestrator.mcp._schema import ArgumentReader, as_tool
from orchestrator.mcp._session import Connection, Target

if TYPE_CHECKING:
    from mcp_types import CallToolResult, ContentBlock
    from mcp_types import Tool as ServerTool


def mcp_tools(  # noqa: PLR0913 - each is a choice of the user's, by name and with a default
    server: str | Sequence[str],
    *,
    only: Collection[str] | None = None,
    prefix: str = "",
    examples: Mapping[str, tuple[Example, ...]] | None = None,
    env: Mapping[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
    timeout: float = 60.0,
    untrusted: bool = True,
    sends_data: bool = True,
) -> list[Tool]:
    """The tools of an MCP server: a command with its arguments, or the address of one that speaks streamable HTTP.

    Each gets a name from its own, in capitals and behind ``prefix``, a description, and examples made from its schema.
    ``only`` chooses by the server's names; ``examples`` gives better ones by the same names. ``env`` is added to the
    few variables that a command inherits; ``headers`` are sent to an address. ``timeout`` is in seconds, for each
    call; a server has a minute to start. The session stays open until the tools are dropped or the program ends; a
    server that stops is started again by the next call.

    Raises ConfigError where the server cannot be reached.
    """
    return McpServer(
        server,
        only=only,
        prefix=prefix,
        examples=examples,
        env=env,
        headers=headers,
        timeout=timeout,
        untrusted=untrusted,
        sends_data=sends_data,
    ).tools


class McpServer:
    """A session with an MCP server, and its ``tools``. ``close`` ends it, and a command's process with it."""

    def __init__(  # noqa: PLR0913 - as for mcp_tools
        self,
        server: str | Sequence[str],
        *,
        only: Collection[str] | None = None,
        prefix: str = "",
        examples: Mapping[str, tuple[Example, ...]] | None = None,
        env: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        timeout: float = 60.0,
        untrusted: bool = True,
        sends_data: bool = True,
    ) -> None:
        if not 0 < timeout < 1e9:
            raise ConfigError(f"timeout must be a number of seconds, not {timeout}")
        if isinstance(only, str):
            raise ConfigError(f"only takes several names: ({only!r},) for one")
        self._connection = Connection(Target.of(server, env or {}, headers or {}), timeout)
        offered = {tool.name: tool for tool in self._connection.list_tools()}
        chosen = _chosen(offered, offered.keys() if only is None else only)
        given = examples or {}
        _chosen(offered, given)
        made = [(each, self._tool(name, offered[each])) for name, each in tool_names(chosen, prefix).items()]
        self.tools: list[Tool] = [
            replace(
                tool,
                examples=given.get(each, tool.examples),
                untrusted=untrusted,
                sends_data=sends_data,
                hints=ToolHints(made_up=each not in given),
            )
            for each, tool in made
        ]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """End the session. A tool that is called later opens it again."""
        self._connection.close()

    def _tool(self, name: str, offered: ServerTool) -> Tool:
        reader = ArgumentReader(offered.input_schema)
        return as_tool(name, offered, reader, _run(self._connection, offered.name, reader))


def _chosen(offered: Mapping[str, object], names: Iterable[str]) -> list[str]:
    for name in names:
        if name not in offered:
            raise ConfigError(f"the MCP server has no tool {name!r}; it has {', '.join(offered) or 'none'}")
    return [name for name in offered if name in names]


def _run(connection: Connection, name: str, reader: ArgumentReader) -> Callable[[str], str]:
    def run(argument: str) -> str:
        return _text_of(connection.call_tool(name, reader.read(argument)))

    return run


def _text_of(result: CallToolResult) -> str:
    """The result as text, JSON on one line. Raises ToolError where the server says that the tool failed."""
    text = "\n".join(map(_shown, result.content))
    if not text and result.structured_content is not None:
        text = json.dumps(result.structured_content, ensure_ascii=False)
    if result.is_error:
        raise ToolError(text or "the tool failed without saying why")
    if text[:1] in ("{", "["):
        with suppress(ValueError, RecursionError):  # it only looks like JSON
            return json.dumps(json.loads(text), ensure_ascii=False)
    return text


def _shown(block: ContentBlock) -> str:
    """A block of a result. What is no text is named, not shown."""
    content: Any = block
    match block.type:
        case "text":
            return str(content.text)
        case "image" | "audio":
            return f"({block.type}, {content.mime_type}, {len(content.data) * 3 // 4:,} bytes)"
        case "resource_link":
            return f"(resource {content.name}: {content.uri})"
        case "resource":
            held = content.resource
            return str(held.text) if hasattr(held, "text") else f"(resource {held.uri}, {held.mime_type})"
