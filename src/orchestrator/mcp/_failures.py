"""What an exception of the SDK means, in words. Knows the SDK's errors; not sessions or tools.

Servers use the SDK's codes for errors of their own: -32000 is any error of a server, and the SDK's for a connection
that has ended. So the SDK's own errors are known by their text too.
"""

from __future__ import annotations

import re

from orchestrator.core.syntax import inert_line

MOST_REASON = 200  # characters
_CLOSED = ("Connection closed", "SSE stream ended", "SSE stream failed")
_TIMED_OUT = re.compile(r"Request '[\w/]+' timed out")


def stopped(error: BaseException) -> bool:
    """Return whether the connection has ended: no answer can come any more."""
    from mcp import MCPError  # noqa: PLC0415 - the SDK loads when it is used
    from mcp_types import CONNECTION_CLOSED  # noqa: PLC0415

    return isinstance(error, MCPError) and error.code == CONNECTION_CLOSED and error.message.startswith(_CLOSED)


def timed_out(error: BaseException) -> bool:
    """Return whether the SDK has waited for an answer in vain."""
    from mcp import MCPError  # noqa: PLC0415
    from mcp_types import REQUEST_TIMEOUT  # noqa: PLC0415

    return isinstance(error, MCPError) and error.code == REQUEST_TIMEOUT and bool(_TIMED_OUT.fullmatch(error.message))


def first(error: BaseException) -> BaseException:
    """Return the first exception of a group of groups, or else the exception itself."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error


def answered(error: BaseException) -> bool:
    """Return whether the server has answered with an error."""
    from mcp import MCPError  # noqa: PLC0415

    cause = first(error)
    return isinstance(cause, MCPError) and not stopped(cause) and not timed_out(cause)


def malformed(error: BaseException) -> str:
    """Return what is wrong with a server's answer that is not of MCP's form; "" if the error is another."""
    if type(error).__name__ != "ValidationError":  # so that pydantic, which comes with the SDK, need not be there
        return ""
    from pydantic import ValidationError  # noqa: PLC0415

    if not isinstance(error, ValidationError):
        return ""
    fault = error.errors(include_url=False, include_context=False, include_input=False)[0]
    place = ".".join(map(str, fault["loc"])) or "the whole"
    what = inert_line(f"{place}: {fault['msg']}", MOST_REASON)
    return f"its answer has not the form that MCP asks for ({what})"
