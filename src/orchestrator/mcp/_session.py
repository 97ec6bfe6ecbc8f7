"""A session with one MCP server. It is kept open in a separate thread, and opened again after it broke.

The SDK is asynchronous, and a session must be closed by the task that opened it. But tools are called from any thread.
So a thread runs an event loop with one task, which holds the session open; requests are handed to that loop. Knows the
SDK; not tools.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import re
import shlex
import threading
import weakref
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from concurrent.futures import CancelledError, Future
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from orchestrator.core.errors import ConfigError, ToolError
from orchestrator.mcp._failures import answered, first, malformed, stopped, timed_out
from orchestrator.mcp._stderr import LastLines
from orchestrator.runtime.extras import require
from orchestrator.runtime.settings import passed_on

if TYPE_CHECKING:
    from mcp import Client
    from mcp_types import CallToolResult, Tool

T = TypeVar("T")
STARTING = 60.0  # seconds: the first start of a command may download it
MOST_PAGES = 100  # pages of a list of tools; a server with endless pages must not hang the program
CLOSING = 10.0  # seconds; the SDK gives a process six seconds to end


@dataclass(frozen=True, slots=True)
class Target:
    """How a server is reached.

    Attributes:
        command: The command that starts it, as words. Empty for an address.
        url: Its address. Empty for a command.
        env: Environment variables for the command, besides those that every command gets. They may hold secrets.
        headers: HTTP headers for the address. They may hold secrets.
    """

    command: tuple[str, ...] = ()
    url: str = ""
    env: Mapping[str, str] = field(default_factory=dict, repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)

    @staticmethod
    def of(server: str | Sequence[str], env: Mapping[str, str], headers: Mapping[str, str]) -> Target:
        """Make the target for a command or an address.

        Args:
            server: The command, as one text or as words, or the address.
            env: Environment variables for a command.
            headers: HTTP headers for an address.

        Raises:
            ConfigError: ``server`` is neither a command nor an address.
        """
        if isinstance(server, str) and server.strip().lower().startswith(("http://", "https://")):
            return Target(url=server.strip(), headers=headers)
        try:
            command = _words(server) if isinstance(server, str) else tuple(server)
        except ValueError as error:  # a closing quote is missing
            raise ConfigError(f"cannot read the command of the MCP server {server!r}: {error}") from None
        if not command or not all(isinstance(word, str) for word in command):
            raise ConfigError(f"an MCP server is a command or an http(s) address, not {server!r}")
        return Target(command, env=env)

    @property
    def name(self) -> str:
        """The name for messages: without arguments and query, which may hold secrets."""
        return self.url.partition("?")[0] or os.path.basename(self.command[0])  # noqa: PTH119 - a name, not a path


class Connection:
    """Calls the tools of one server from any thread. The session is opened on first use.

    Args:
        target: The server.
        timeout: Seconds for each call.
    """

    def __init__(self, target: Target, timeout: float) -> None:
        self._target = target
        self._timeout = timeout
        self._lock = threading.Lock()
        self._open: list[_Session] = []  # one or none; a list, which the finalizer can hold without the connection
        self._finalizer = weakref.finalize(self, _close_all, self._open)

    def list_tools(self) -> list[Tool]:
        """Return all tools that the server offers.

        Raises:
            ConfigError: The server cannot be reached.
        """
        try:
            return self._session().ask(_list_tools, STARTING)
        except Exception as error:
            self.close()
            why = self._why(error, STARTING)
            raise ConfigError(f"no tools from the MCP server {self._target.name}: {why}") from error

    def call_tool(self, name: str, arguments: dict[str, Any]) -> CallToolResult:
        """Call a tool and return the server's result.

        Args:
            name: The server's name for the tool.
            arguments: The values by property names.

        Raises:
            ToolError: The server does not start, does not answer in time, stops, or refuses the call.
        """
        from mcp import MCPError  # noqa: PLC0415 - the SDK loads when it is used

        _check_characters(arguments)
        try:
            session = self._session()
        except Exception as error:
            raise ToolError(f"the server {self._target.name} does not start: {self._why(error, STARTING)}") from error
        try:
            return session.ask(lambda client: client.call_tool(name, arguments, self._timeout), self._timeout)
        except MCPError as error:
            if timed_out(error):
                raise ToolError(self._why(TimeoutError(), self._timeout)) from error
            if not stopped(error):
                raise ToolError(f"the server refused the call: {error.message}") from error
            said = self._drop(session)
            raise ToolError(f"the server {self._target.name} stopped while it worked; call it again{said}") from error
        except TimeoutError as error:
            self._drop(session)
            raise ToolError(self._why(error, self._timeout)) from error
        except Exception as error:
            if harm := malformed(error):
                raise ToolError(f"the server {self._target.name} failed: {harm}") from error
            said = self._drop(session)
            why = self._why(error, 0)
            raise ToolError(f"the server {self._target.name} failed: {why}; call it again{said}") from error

    def close(self) -> None:
        """Close the session, if there is one. A later call opens it again."""
        with self._lock:
            _close_all(self._open)

    def _session(self) -> _Session:
        with self._lock:
            if not self._open:
                self._open.append(_Session(self._target))
            return self._open[0]

    def _drop(self, session: _Session) -> str:
        """Close a session that is of no use any more; return what its process wrote last, for a message."""
        with self._lock:
            if session in self._open:
                self._open.remove(session)
        session.close()
        return f" (it wrote: {said})" if (said := session.said()) else ""

    def _why(self, error: BaseException, timeout: float) -> str:
        error = first(error)
        if isinstance(error, TimeoutError):
            return f"no answer within {timeout:g} seconds{f' (it wrote: {error})' if str(error) else ''}"
        if isinstance(error, FileNotFoundError) and self._target.command:
            return f"there is no command {self._target.command[0]!r}: install it, or check its spelling"
        return malformed(error) or str(error) or type(error).__name__


def _close_all(sessions: list[_Session]) -> None:
    while sessions:
        sessions.pop().close()


class _Session:
    """An open session, and the thread that keeps it open. The constructor raises the error of a failed start."""

    def __init__(self, target: Target) -> None:
        self._target = target
        self._opened: Future[tuple[asyncio.AbstractEventLoop, asyncio.Event, Client]] = Future()
        self._stderr = LastLines() if target.command else None
        self._task: asyncio.Task[None] | None = None
        self._process: asyncio.SubprocessTransport | None = None
        self._thread = threading.Thread(target=self._run, name=f"mcp {target.name}", daemon=True)
        self._thread.start()
        try:
            self._loop, self._stop, self._client = self._opened.result(STARTING)
        except BaseException as error:
            self._cancel()
            if isinstance(error, Exception) and (said := self.said() or self._how_it_ended(error)):
                raise (TimeoutError if isinstance(error, TimeoutError) else ConfigError)(said) from error
            raise

    def ask(self, request: Callable[[Client], Awaitable[T]], timeout: float) -> T:
        """Make a request in the session's event loop, and wait for its result."""

        async def asked() -> T:
            return await request(self._client)

        coroutine = asked()
        try:
            future = asyncio.run_coroutine_threadsafe(coroutine, self._loop)
        except RuntimeError:  # the loop has ended
            coroutine.close()
            raise ConnectionError("the session is closed") from None
        try:
            return future.result(timeout + 5)  # the SDK's own timeout comes first
        except CancelledError:
            raise ConnectionError("the session was closed") from None
        except BaseException:
            future.cancel()
            raise

    def close(self) -> None:
        with suppress(RuntimeError):  # the loop has ended
            self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(CLOSING)

    def said(self) -> str:
        """Return the last lines that the process of a command wrote to standard error, without secrets."""
        return self._stderr.said([*self._target.env.values(), *_passwords(passed_on())]) if self._stderr else ""

    def _run(self) -> None:
        with (
            suppress(BaseException),  # the future holds the error, or the session is closed
            asyncio.Runner(loop_factory=self._new_loop) as runner,
        ):
            runner.run(self._hold_open())

    def _new_loop(self) -> asyncio.AbstractEventLoop:
        """Return an event loop that keeps the process of a command, which the SDK shows to nobody."""
        loop = asyncio.new_event_loop()
        start = loop.subprocess_exec

        async def keeping(*given: Any, **options: Any) -> Any:
            self._process, protocol = await start(*given, **options)
            return self._process, protocol

        loop.subprocess_exec = keeping  # type: ignore[method-assign]
        return loop

    def _how_it_ended(self, error: Exception) -> str:
        """Return why a command that wrote nothing did not start; "" if its process has not ended by itself."""
        status = self._process.get_returncode() if self._process else None
        if status is None or status < 0 or not stopped(cause := first(error)):
            return ""
        return f"{cause}: it ended with status {status}"

    async def _hold_open(self) -> None:
        self._task = asyncio.current_task()
        try:
            try:
                await self._hold_open_as("legacy" if self._target.command else "auto")
            except Exception as error:
                if self._process is None or self._opened.done() or not answered(error):
                    raise
                self._stderr = LastLines()
                await self._hold_open_as("auto")  # a server that no longer knows the plain handshake
        except BaseException as error:
            if not self._opened.done():
                self._opened.set_exception(error)
            raise

    async def _hold_open_as(self, mode: str) -> None:
        async with _opened(self._target, self._stderr, mode) as client:
            stop = asyncio.Event()
            self._opened.set_result((asyncio.get_running_loop(), stop, client))
            await stop.wait()

    def _cancel(self) -> None:
        """Stop opening the session."""
        if self._task and self._thread.is_alive():
            with suppress(RuntimeError):
                self._task.get_loop().call_soon_threadsafe(self._task.cancel)
        self._thread.join(CLOSING)


@asynccontextmanager
async def _opened(target: Target, stderr: LastLines | None, mode: str) -> AsyncGenerator[Client, None]:
    """Open a session. ``mode`` is the SDK's: ``legacy`` begins with the handshake that every server knows.

    The SDK's default asks first for what only new servers know, and waits ten seconds for those that do not answer.
    """
    require("an MCP server", "mcp", "mcp", "mcp_types")
    from mcp import Client, StdioServerParameters, stdio_client  # noqa: PLC0415
    from mcp.client.streamable_http import streamable_http_client  # noqa: PLC0415

    logging.getLogger("mcp").addHandler(logging.NullHandler())  # else a server's invalid line is shown to the user
    if stderr is None:
        import httpx2  # noqa: PLC0415

        patience = httpx2.Timeout(STARTING, read=None)  # each call has its own timeout
        async with (
            httpx2.AsyncClient(headers=dict(target.headers), timeout=patience) as web,
            Client(
                streamable_http_client(target.url, http_client=web), read_timeout_seconds=STARTING, mode=mode
            ) as client,
        ):
            yield client
    else:
        command, *arguments = target.command
        process = StdioServerParameters(command=command, args=arguments, env=passed_on() | dict(target.env))
        with stderr.file:
            transport = stdio_client(process, errlog=stderr.file)
            async with Client(transport, read_timeout_seconds=STARTING, mode=mode) as client:
                stderr.file.close()  # the process has it, and its end is to be seen
                yield client


async def _list_tools(client: Client) -> list[Tool]:
    tools: list[Tool] = []
    cursor: str | None = None
    for _ in range(MOST_PAGES):
        page = await client.list_tools(cursor=cursor)
        tools += page.tools
        cursor = page.next_cursor
        if not cursor:
            break
    return tools


def _words(command: str) -> tuple[str, ...]:
    """Split a command line into words. On Windows a backslash is part of a path, so quotes are removed by hand."""
    if os.name == "nt":
        return tuple(word.strip('"') for word in shlex.split(command, posix=False))
    return tuple(shlex.split(command))


def _check_characters(arguments: Mapping[str, Any]) -> None:
    """Raise ToolError if the arguments have half of a surrogate pair: it cannot be sent, and would end the session."""
    text = json.dumps(arguments, ensure_ascii=False)
    if half := re.search(r"[\ud800-\udfff]", text):
        raise ToolError(f"the argument has half a character, \\u{ord(half[0]):04x}, which cannot be sent: leave it out")


def _passwords(variables: Mapping[str, str]) -> list[str]:
    """Return the passwords in addresses, such as that of a proxy."""
    parts = (value.rpartition("@")[0].rpartition("//")[2].partition(":")[2] for value in variables.values())
    return [password for password in parts if password]
