"""MCP in both directions: tools of any MCP server for the models here, and the tools here for any MCP client.

    Orchestrator(tools=[*mcp_tools("uvx mcp-server-time")])           a command: the server runs as a child process
    Orchestrator(tools=[*mcp_tools("https://example.com/mcp")])       an address: streamable HTTP
    with McpServer("uvx mcp-server-time") as server: server.tools     closed at the end of the block

An MCP server is somebody else's program. So its results are untrusted and its arguments count as sent to another
machine, unless the caller says otherwise. What the server says about itself (its annotations) is no proof. The MCP SDK
is imported on first use.
"""

from orchestrator.mcp._client import McpServer, mcp_tools

__all__ = ["McpServer", "mcp_tools"]
