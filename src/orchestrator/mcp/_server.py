"""Serves tools to any MCP client, over standard input and output or over HTTP. Knows the SDK and tools as values.

A tool has its JSON schema, or else one text under the name that the prompt shows: ``expression`` for CALCULATOR. Its
examples are part of the description. If a tool raises ToolError, the result is marked as an error, so that the client's
model reads it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from orchestrator.core.errors import ConfigError
from orchestrator.core.function_calling import PARAMETER, function_of, parameter_of, text_of
from orchestrator.core.tool import Tool
from orchestrator.runtime.extras import require
from orchestrator.runtime.tool_runs import arun_tool

if TYPE_CHECKING:
    from mcp.server.lowlevel import Server

MOST_EXAMPLES = 3


def serve_stdio(tools: Mapping[str, Tool], version: str) -> None:
    """Serve until the client closes standard input. Nothing else may write to standard output.

    Args:
        tools: The tools by name.
        version: The version that the server tells its clients.

    Raises:
        ConfigError: The extra ``mcp`` is missing.
    """
    server = _server(tools, version)
    import anyio  # noqa: PLC0415 - comes with the SDK
    from mcp.server.stdio import stdio_server  # noqa: PLC0415

    async def serve() -> None:
        async with stdio_server() as (read, write):
            await server.run(read, write, server.create_initialization_options())

    anyio.run(serve)


def serve_http(
    tools: Mapping[str, Tool], version: str, host: str, port: int, started: Callable[[str], None] = lambda _: None
) -> None:
    """Serve at ``http://host:port/mcp`` until interrupted.

    On a loopback address, requests from web pages are refused. There is no authentication: everybody who reaches
    another address can use the tools.

    Args:
        tools: The tools by name.
        version: The version that the server tells its clients.
        host: The address to listen on.
        port: The port to listen on; 0 takes a free one.
        started: Called with the address of the server, once clients can connect.

    Raises:
        ConfigError: The extra ``mcp`` is missing, or the port cannot be opened.
    """
    server = _server(tools, version)
    import socket  # noqa: PLC0415

    from orchestrator.mcp import _http  # noqa: PLC0415 - the SDK and uvicorn, which comes with it

    try:
        listener = socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    except (OSError, OverflowError) as error:
        raise ConfigError(f"cannot listen on {host} port {port} ({error}): choose another with --port") from None
    with listener:
        named = f"[{host}]" if ":" in host else host
        started(f"http://{named}:{listener.getsockname()[1]}/mcp")
        _http.http_server(server, listener).run(sockets=[listener])


def _server(tools: Mapping[str, Tool], version: str) -> Server[Any]:
    require("an MCP server", "mcp", "mcp", "mcp_types")
    import mcp_types  # noqa: PLC0415 - the SDK loads when it is used
    from mcp.server.lowlevel import Server  # noqa: PLC0415

    offered = [_offered(tool) for tool in tools.values()]

    async def list_tools(_context: object, _params: object) -> mcp_types.ListToolsResult:
        return mcp_types.ListToolsResult(tools=offered)

    async def call_tool(_context: object, params: mcp_types.CallToolRequestParams) -> mcp_types.CallToolResult:
        tool = tools.get(params.name)
        if tool is None:
            text, ok = f"there is no tool {params.name!r}; there are {', '.join(tools)}", False
        elif not (argument := _argument(tool, params.arguments or {})):
            text, ok = f"{params.name} needs one text, {parameter_of(tool)}: {tool.syntax}", False
        else:
            result = await arun_tool(tool, argument)
            text, ok = result.result, result.ok
        return mcp_types.CallToolResult(content=[mcp_types.TextContent(type="text", text=text)], is_error=not ok)

    return Server("orchestrator", version=version, on_list_tools=list_tools, on_call_tool=call_tool)


def _argument(tool: Tool, given: Mapping[str, object]) -> str:
    """Return the argument of a call; "" if the tool takes one text and there is none."""
    if tool.parameters is not None:
        return json.dumps(given, ensure_ascii=False)
    values = [given[name] for name in (parameter_of(tool), PARAMETER) if name in given]  # PARAMETER: as in version 0.1
    return text_of(values[0]).strip() if values else ""


def _schema(tool: Tool, samples: Sequence[str]) -> dict[str, Any]:
    schema: dict[str, Any] = function_of(tool)["parameters"]
    if tool.parameters is None:
        schema["properties"][parameter_of(tool)]["examples"] = samples
    return schema


def _offered(tool: Tool) -> Any:
    import mcp_types  # noqa: PLC0415

    examples = tool.examples[:MOST_EXAMPLES]
    written = "".join(f"\n{each.argument} → {each.result}" for each in examples)
    return mcp_types.Tool(
        name=tool.name,
        description=f"{tool.description}{f'. For example:{written}' if written else ''}",
        input_schema=_schema(tool, [each.argument for each in examples]),
        annotations=mcp_types.ToolAnnotations(open_world_hint=tool.sends_data),
    )
