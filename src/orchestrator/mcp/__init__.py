"""MCP both ways: the tools of any MCP server as text-token tools, and the tools here for any MCP client.

    Orchestrator(tools=[*mcp_tools("uvx mcp-server-time")])           a command: the server runs as a child process
    Orchestrator(tools=[*mcp_tools("https://example.com/mcp")])       an address: streamable HTTP
    with McpServer("uvx mcp-server-time") as server: server.tools     closed at the end of the block

A server is somebody else's program: its results are untrusted and its arguments leave the machine, unless the caller
says otherwise; what it says of itself (its annotations) is no proof. Imports the SDK when first used.
"""

from orchestrator.mcp._client import McpServer, mcp_tools

__all__ = ["McpServer", "mcp_tools"]
