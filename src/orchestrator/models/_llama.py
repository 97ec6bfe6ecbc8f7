"""llama.cpp's server inside this process: started on first use, one for each file of weights, stopped at exit.

Knows xllamacpp and processes; not prompts. What had to be found out by trying:

- The server stops when its object is destroyed, and that waits for requests that are still being written. So the
  connections are cut first.
- Destroyed before its main loop has begun, it waits for ever. So the start ends with a request that the loop answers.
- A forked child has the object and llama.cpp's global state, but none of their threads: destroying either there waits
  for ever. A server that the child starts itself works, and is left to the end of the process.
- The constructor keeps Python's global lock while it loads, so other threads stand still for that time (0.6 s for the
  shipped model), whichever thread it runs in.
"""

from __future__ import annotations

import atexit
import contextlib
import ctypes
import os
import signal
import socket
import threading
import weakref
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import TYPE_CHECKING, Any

from orchestrator.core.errors import ConfigError
from orchestrator.models._slots import Slots

if TYPE_CHECKING:
    import httpx2

CONTEXT_SIZE = 8192  # tokens, at most what the model was trained for; kept small, because its memory grows with it
SLOTS = 4  # requests at a time; they share the context's memory
CACHE_MIB = 512  # for prompts of earlier requests; llama.cpp's own limit is 8 GiB


@dataclass(frozen=True, slots=True)
class Weights:
    """What a server runs; two models with the same one share it."""

    path: Path
    context_size: int


@dataclass(frozen=True, slots=True)
class Running:
    """A server, where it listens (such as ``http://127.0.0.1:41221``), and what its slots hold."""

    server: Any
    address: str
    slots: Slots


def running(weights: Weights) -> Running:
    """The server for ``weights``, started when it does not run yet.

    Raises ConfigError when xllamacpp is missing or the file cannot be loaded.
    """
    with _lock:
        if weights not in _servers:
            with _signals_held_back():
                server = _start(weights)
                _await_main_loop(server.listening_address)
                _servers[weights] = Running(server, server.listening_address, Slots(SLOTS))
        return _servers[weights]


def remember(response: httpx2.Response) -> None:
    """Notes an open response of one of the servers, whose connection is cut before they stop."""
    _responses.add(response)


_lock = threading.RLock()
_servers: dict[Weights, Running] = {}
_responses: weakref.WeakSet[httpx2.Response] = weakref.WeakSet()


def _start(weights: Weights) -> Any:
    _check(weights.path)
    import xllamacpp  # noqa: PLC0415 - in the extra `local`; 34 MB of native code

    parameters = _parameters(xllamacpp.CommonParams(), weights)
    try:
        server = xllamacpp.Server(parameters)
    except RuntimeError as error:
        raise ConfigError(
            f"llama.cpp cannot load {weights.path}: the file is damaged, of an unknown kind, or too large for the "
            "memory. Download it again, or lower context_size"
        ) from error
    _at_exit_once()
    return server


def _await_main_loop(address: str) -> None:
    host, port = address.removeprefix("http://").split(":")
    with contextlib.closing(HTTPConnection(host, int(port))) as connection:
        connection.request("GET", "/slots")
        connection.getresponse().read()


@contextlib.contextmanager
def _signals_held_back() -> Iterator[None]:
    """Ctrl-C while the server starts leaves its constructor or its destructor waiting for ever.

    Held back here, it reaches this thread as soon as the server is kept; the server's threads never see it.
    """
    if not hasattr(signal, "pthread_sigmask"):  # Windows, where signals do not interrupt threads
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _check(path: Path) -> None:
    try:
        with path.open("rb") as file:
            magic = file.read(4)
    except OSError as error:
        raise ConfigError(f"cannot read the weights at {path} ({error.strerror}): check the path") from error
    if magic != b"GGUF":
        raise ConfigError(f"{path} is not a GGUF file: the embedded model takes weights in llama.cpp's own format")


def _parameters(parameters: Any, weights: Weights) -> Any:
    parameters.model.path = str(weights.path)
    parameters.hostnames = ["127.0.0.1"]
    parameters.port = 0  # any free one
    parameters.ui = False
    parameters.verbosity = -1
    parameters.use_jinja = True
    parameters.prefill_assistant = False  # /apply-template is to close the last message too
    parameters.n_ctx = weights.context_size
    parameters.n_parallel = SLOTS
    parameters.kv_unified = True  # one long conversation may use the whole context
    parameters.cache_ram_mib = CACHE_MIB
    # Reading a prompt gains from every core, writing hardly from more than half of them: cores share memory. But
    # llama.cpp's threads wait for each other by spinning, so that one core taken by anything else holds all of them up:
    # on two idle cores, two threads answer in 0.7 s and one in 1.0 s; on two busy ones, one in 1.5 s, two in over 20.
    cores = os.cpu_count() or 2
    parameters.cpuparams.n_threads = max(1, min(8, cores // 2))
    parameters.cpuparams_batch.n_threads = max(1, min(16, cores - _busy(cores)))
    return parameters


def _busy(cores: int) -> int:
    """How many cores are to be left to others: one, where the machine is more than half busy as the server starts."""
    load: float = os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0
    return int(load > cores / 2)


_hooked = False
_forked = False


def _at_exit_once() -> None:
    global _hooked  # noqa: PLW0603 - hooks belong to the process
    if _hooked:
        return
    _hooked = True
    atexit.register(_stop_all)
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=_abandon_all)


def _stop_all() -> None:
    with _lock:
        for response in list(_responses):
            _cut(response)
        if _forked:
            _never_destroy(_servers.values())
        _servers.clear()


def _cut(response: httpx2.Response) -> None:
    if response.is_closed:
        return
    stream = response.extensions.get("network_stream")
    connection = stream.get_extra_info("socket") if stream is not None else None
    if connection is not None:
        with contextlib.suppress(OSError):  # closed already
            connection.shutdown(socket.SHUT_RDWR)


def _abandon_all() -> None:
    """In a forked child: forgets the parent's servers, and makes sure that nothing waits for their threads."""
    global _lock, _forked  # noqa: PLW0603
    _lock = threading.RLock()  # a thread that does not exist here may have held the old one
    _forked = True
    _never_destroy(_servers.values())
    _servers.clear()
    _responses.clear()
    # llama.cpp's own exit code joins its threads too: leave before it runs, with the status that was asked for.
    libc = ctypes.CDLL(None)
    if hasattr(libc, "on_exit"):  # glibc
        libc.on_exit(libc["_exit"], None)


def _never_destroy(servers: Iterable[Running]) -> None:
    for running in servers:
        ctypes.pythonapi.Py_IncRef(ctypes.py_object(running.server))  # a reference that nobody gives back
