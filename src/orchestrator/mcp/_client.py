"""Makes the tools of an MCP server into ``Tool`` values, which share one session. Knows sessions and schemas."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Self

from orchestrator.core.errors import ConfigError, ToolError
from orchestrator.core.tool import Example, Tool, ToolHints
from orchestrator.core.typed import typed
from orchestrator.mcp._names import tool_names
from orchestrator.mcp._schema import ArgumentReader, as_tool
from orchestrator.mcp._session import Connection, Target

if TYPE_CHECKING:
    from mcp_types import CallToolResult, ContentBlock
    from mcp_types import Tool as ServerTool


def mcp_tools(  # noqa: PLR0913 - all options are by name and have a default
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
    """Return the tools of an MCP server.

    Each tool has the server's name for it, in capitals and after ``prefix``, the server's description, and examples
    made from its schema. The session stays open until the tools are dropped or the program ends. If the server stops,
    the next call starts it again.

    Args:
        server: The command that starts the server, as one text or as a list of words, or the server's address
            (streamable HTTP).
        only: The tools to take, by the server's names. None takes all.
        prefix: Put before the tools' names, with an underscore between them.
        examples: Few-shot examples for some of the tools, by the server's names. They replace the examples made from
            the schema.
        env: Environment variables for a command. Otherwise it gets a few of yours: the path, the home, certificates and
            proxies, but no keys.
        headers: HTTP headers for an address.
        timeout: Seconds for each call. The server also has 60 seconds to start.
        untrusted: Whether the results come from the outside world. The policy uses this.
        sends_data: Whether the arguments leave this machine. The policy uses this.

    Raises:
        ConfigError: The server cannot be reached, has no tool of a given name, or an option is not valid.
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
    """A session with an MCP server. A context manager, which closes the session at the end.

    Args:
        server: The command that starts the server, as one text or as a list of words, or the server's address
            (streamable HTTP).
        only: The tools to take, by the server's names. None takes all.
        prefix: Put before the tools' names, with an underscore between them.
        examples: Few-shot examples for some of the tools, by the server's names. They replace the examples made from
            the schema.
        env: Environment variables for a command. Otherwise it gets a few of yours: the path, the home, certificates and
            proxies, but no keys.
        headers: HTTP headers for an address.
        timeout: Seconds for each call. The server also has 60 seconds to start.
        untrusted: Whether the results come from the outside world. The policy uses this.
        sends_data: Whether the arguments leave this machine. The policy uses this.

    Attributes:
        tools: The server's tools.

    Raises:
        ConfigError: The server cannot be reached, has no tool of a given name, or an option is not valid.
    """

    @typed(but=("server",))
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
                hints=ToolHints(synthetic=each not in given),
            )
            for each, tool in made
        ]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the session, and end the process of a command. A later call of a tool opens the session again."""
        self._connection.close()

    def _tool(self, name: str, offered: ServerTool) -> Tool:
        reader, connection = ArgumentReader(offered.input_schema), self._connection

        def run(argument: str) -> str:
            return _text_of(connection.call_tool(offered.name, reader.read(argument)))

        return as_tool(name, offered, reader, run)


def _chosen(offered: Mapping[str, object], names: Iterable[str]) -> list[str]:
    for name in names:
        if name not in offered:
            raise ConfigError(f"the MCP server has no tool {name!r}; it has {', '.join(offered) or 'none'}")
    return [name for name in offered if name in names]


def _text_of(result: CallToolResult) -> str:
    """Return the result as text, JSON on one line. Raises ToolError if the server says that the tool failed."""
    text = "\n".join(map(_block_text, result.content))
    if not text and result.structured_content is not None:
        text = json.dumps(result.structured_content, ensure_ascii=False)
    if result.is_error:
        raise ToolError(text or "the tool failed without saying why")
    if text[:1] in ("{", "["):
        with suppress(ValueError, RecursionError):  # the text only looks like JSON
            return json.dumps(json.loads(text), ensure_ascii=False)
    return text


def _block_text(block: ContentBlock) -> str:
    """Return a block of a result as text. A block that is not text is named, not shown."""
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
