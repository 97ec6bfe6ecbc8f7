"""A second Python process that exchanges messages with this one. Both ends are here: ``ChildProcess`` and ``Channel``.

The processes are plain children with pipes. ``multiprocessing`` would import the user's script again in each child.
Messages are pickled: a child runs with the rights of this program, so what it sends is as trusted as the program.
Knows processes and messages; not what they are about.
"""

from __future__ import annotations

import importlib
import json
import os
import pickle
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from io import BufferedReader, BufferedWriter
from typing import IO, Any, Self, cast
from weakref import WeakSet

from orchestrator.core.errors import OrchestratorError


class Channel:
    """Messages to and from another process. A message is anything that can be pickled.

    A thread reads the messages, because Windows cannot wait for a pipe with a deadline.

    Args:
        incoming: The pipe from the other process.
        outgoing: The pipe to the other process.
        on_end: Called in the reading thread when the other process has ended or has closed its pipe.
        marker: The end of the line after which messages begin. What the other process prints before is skipped.

    Attributes:
        on_end: The same function. It may be replaced.
        started: Whether the marker has come.
    """

    def __init__(
        self, incoming: BufferedReader, outgoing: BufferedWriter, on_end: Callable[[], object], marker: bytes = b""
    ) -> None:
        self.on_end = on_end
        self.started = not marker
        self._marker = marker
        self._incoming, self._outgoing = incoming, outgoing
        self._forgotten = False
        self._received: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        threading.Thread(target=self._read, name="messages", daemon=True).start()

    def send(self, message: object) -> None:
        """Send a message. If the other process has ended, the message is lost, and ``receive`` reports the end."""
        data = pickle.dumps(message, pickle.HIGHEST_PROTOCOL)
        if self._forgotten:  # the pipe's lock may be held by a thread that does not exist here
            return
        with suppress(OSError, ValueError):  # ValueError: the pipe is closed
            self._outgoing.write(len(data).to_bytes(_SIZE, "big") + data)
            self._outgoing.flush()

    def receive(self, seconds: float | None = None) -> Any:
        """Wait for the next message.

        Args:
            seconds: The longest wait; None waits without a limit.

        Raises:
            TimeoutError: No message came in time.
            EOFError: The other process has ended, and all its messages have been received.
            OrchestratorError: The other process sent this error instead of an answer.
        """
        try:
            data = self._received.get(timeout=seconds)
        except queue.Empty:
            raise TimeoutError from None
        if not data:
            self._received.put(b"")  # for the next call
            raise EOFError
        message = pickle.loads(data)  # noqa: S301 - from our own program
        if isinstance(message, OrchestratorError):
            raise message
        return message

    def close(self) -> None:
        """Close the outgoing pipe. The other process notices it."""
        self._outgoing.raw.close()  # without a flush, which would wait for the other process or fail

    def forget(self) -> None:
        """Close both pipes in a forked process.

        Locks are not used: a thread that does not exist here may have held them.
        """
        self._forgotten = True
        self._outgoing.raw.close()
        self._incoming.raw.close()
        self._received = queue.SimpleQueue()
        self._received.put(b"")

    def _read(self) -> None:
        """Receive messages without unpickling them.

        A thread that imports modules at the same time as the main thread can find them half loaded.
        """
        try:
            with self._incoming, suppress(OSError):
                while not self.started and (line := self._incoming.readline()):
                    self.started = line.endswith(self._marker)
                while data := _next_message(self._incoming):
                    self._received.put(data)
        finally:
            self._received.put(b"")
            self.on_end()


_SIZE = 8  # bytes before each message, with its length


def _next_message(pipe: BufferedReader) -> bytes:
    """Return the next message; an empty one at the end of the pipe, or if a message was cut off there."""
    size = int.from_bytes(pipe.read(_SIZE), "big")
    data = pipe.read(size)
    return data if len(data) == size else b""


class ChildProcess:
    """A new Python process that runs ``serve(channel)`` of a module.

    The child has this program's ``sys.path``, because scripts extend it. Ctrl-C in the terminal does not reach it. When
    this program ends, however it ends, the child ends too, unless it has replaced ``Channel.on_end``. A forked copy of
    this program treats the child as ended, so that only the original controls it.

    Args:
        module: The module's full name. Its ``serve`` gets the child's end of the channel.
        errors: The child's stderr, as ``subprocess.Popen`` takes it. Whatever the child prints goes there too.

    Attributes:
        pid: The child's process id.

    Raises:
        OSError: This program cannot start a Python process, for example because it is frozen.
    """

    def __init__(self, module: str, *, errors: IO[bytes] | int | None = None) -> None:
        if not sys.executable:
            raise OSError("there is no Python to start a second process with")
        path = [entry for entry in sys.path if isinstance(entry, str)]  # Python ignores all others
        marker = os.urandom(16).hex()
        flags = 0
        if sys.platform == "win32":
            flags = subprocess.CREATE_NO_WINDOW | subprocess.CREATE_NEW_PROCESS_GROUP
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-c", _BOOT, json.dumps(path), module, marker],  # -P: not the working folder
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            creationflags=flags,
            start_new_session=True,
        )
        incoming, outgoing = cast("BufferedReader", self._process.stdout), cast("BufferedWriter", self._process.stdin)
        self._channel = Channel(incoming, outgoing, on_end=lambda: None, marker=_line_of(marker))
        self.pid = self._process.pid
        _CHILDREN.add(self)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    def send(self, message: object) -> None:
        """Send a message, as ``Channel.send`` does."""
        self._channel.send(message)

    def receive(self, seconds: float | None = None) -> Any:
        """Wait for the next message, as ``Channel.receive`` does."""
        return self._channel.receive(seconds)

    @property
    def started(self) -> bool:
        """Whether the child was ready for messages. If it has ended before, it cannot run here."""
        return self._channel.started

    def exit_status(self) -> int | None:
        """Return the exit status; None while the child runs. A negative status is a signal's number."""
        return self._process.poll()

    def kill(self) -> None:
        """End the child now, with the processes that it has started, and wait until it has ended."""
        if sys.platform != "win32" and self._process.poll() is None:  # not ended, so its id is still its own
            with suppress(OSError):
                os.killpg(self.pid, signal.SIGKILL)  # its session is its own
        self._process.kill()
        self.finish()

    def finish(self) -> None:
        """Close the pipe to the child, and wait until the child ends by itself."""
        self._channel.close()
        self._process.wait()

    def forget(self) -> None:
        """Treat the child as ended, because this process is a forked copy of the one that started it."""
        self._process.returncode = 0
        self._channel.forget()


_BOOT = """
import sys, json
sys.path[:] = json.loads(sys.argv[1])
from orchestrator.runtime.subprocesses import run_child
run_child(sys.argv[2], sys.argv[3])
"""

_CHILDREN: WeakSet[ChildProcess] = WeakSet()


def _forget_children() -> None:
    for child in _CHILDREN:
        child.forget()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_children)


def _line_of(marker: str) -> bytes:
    """Return the line that says that messages begin. It is reversed, as a program may print its arguments."""
    return f"{marker[::-1]}\n".encode()


def run_child(module: str, marker: str) -> None:
    """Run ``serve`` of a module in this process, which a ``ChildProcess`` has started.

    Args:
        module: The module's full name.
        marker: Is written before the first message. What was printed until then is no message.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    incoming, outgoing = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # text that a library prints must not get among the messages
    outgoing.write(_line_of(marker))
    outgoing.flush()
    channel = Channel(incoming, outgoing, on_end=partial(os._exit, 0))
    importlib.import_module(module).serve(channel)


def limit_memory(size: int) -> None:
    """Limit this process's address space, if the operating system can: Windows cannot, and macOS refuses.

    Args:
        size: The limit in bytes.
    """
    with suppress(ImportError, ValueError, OSError):
        import resource  # noqa: PLC0415 - POSIX only

        resource.setrlimit(resource.RLIMIT_AS, (size, size))


def end_after(seconds: float) -> None:
    """Let the operating system end this process, whatever holds the interpreter lock. Windows has no such alarm.

    Args:
        seconds: The time from now; 0 cancels it.
    """
    if hasattr(signal, "setitimer"):
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.setitimer(signal.ITIMER_REAL, seconds)
