"""Runs llama.cpp's server in this process: started on first use, one server for each file of weights, stopped at exit.

Knows xllamacpp and processes; not prompts. These facts were found by experiment:

- The server stops when its object is destroyed. The destructor waits for requests that are still being answered, so
  their connections are cut first.
- If the object is destroyed before the server's main loop has begun, the destructor waits for ever. So starting ends
  with a request that the main loop answers.
- A forked child has the object and llama.cpp's global state, but none of their threads. Destroying either of them there
  waits for ever. A server that the child starts itself works. It is never destroyed, and ends with the process.
- The constructor holds Python's global interpreter lock while it loads. All other threads wait for that time (0.6 s for
  the shipped model), whichever thread runs it.
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
from functools import cache
from http.client import HTTPConnection
from pathlib import Path
from typing import TYPE_CHECKING, Any

from orchestrator.core.errors import ConfigError
from orchestrator.models._slots import Slots

if TYPE_CHECKING:
    import httpx2

CONTEXT_SIZE = 8192  # tokens: the shipped model was trained for no more, and the memory grows with it
SLOTS = 4  # requests at the same time; they share the context's memory
CACHE_MIB = 512  # of memory for prompts of earlier requests; llama.cpp's default is 8 GiB


@dataclass(frozen=True, slots=True)
class ModelFile:
    """What a server runs. Models with equal values share one server.

    Attributes:
        path: The GGUF file.
        context_size: The context window in tokens.
        adapter: The GGUF file of an adapter (LoRA). Each request says whether it applies.
    """

    path: Path
    context_size: int
    adapter: Path | None = None


@dataclass(frozen=True, slots=True)
class LlamaServer:
    """A running server.

    Attributes:
        server: The xllamacpp object. The server stops when it is destroyed.
        address: Where the server listens, such as ``http://127.0.0.1:41221``.
        slots: The last prompt of each slot.
    """

    server: Any
    address: str
    slots: Slots


def server_for(file: ModelFile) -> LlamaServer:
    """Return the server for a model's file. It is started if it does not run yet.

    Raises:
        ConfigError: The file cannot be loaded.
    """
    with _lock:
        if file not in _servers:
            with _signals_held_back():
                server = _start(file)
                _await_main_loop(server.listening_address)
                _servers[file] = LlamaServer(server, server.listening_address, Slots(SLOTS))
        return _servers[file]


def remember(response: httpx2.Response) -> None:
    """Note an open response of one of the servers. Its connection is cut before the servers stop."""
    _responses.add(response)


_lock = threading.RLock()
_servers: dict[ModelFile, LlamaServer] = {}
_responses: weakref.WeakSet[httpx2.Response] = weakref.WeakSet()


def _start(file: ModelFile) -> Any:
    _check(file.path, "weights")
    if file.adapter:
        _check(file.adapter, "adapter")
    import xllamacpp  # noqa: PLC0415 - from the extra `local`; 34 MB of native code

    parameters = _parameters(xllamacpp.CommonParams(), file)
    if file.adapter:
        adapter = xllamacpp.CommonAdapterLoraInfo()
        adapter.path, adapter.scale = str(file.adapter), 1.0
        parameters.lora_adapters = [adapter]
        parameters.lora_init_without_apply = True
    try:
        server = xllamacpp.Server(parameters)
    except RuntimeError as error:
        raise ConfigError(
            f"llama.cpp cannot load {file.path}{f' with {file.adapter}' if file.adapter else ''}: a file is damaged, "
            "of an unknown kind, or too large for the memory, or the adapter is another model's. Download it again, or "
            "lower context_size"
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
    """Block SIGINT and SIGTERM in this thread while the server starts.

    A Ctrl-C at that time would leave the constructor or the destructor waiting for ever. A blocked signal arrives as
    soon as the server is stored. The server's threads inherit the block and never get these signals.
    """
    if not hasattr(signal, "pthread_sigmask"):  # Windows, where signals do not interrupt threads
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _check(path: Path, what: str) -> None:
    try:
        with path.open("rb") as file:
            magic = file.read(4)
    except OSError as error:
        raise ConfigError(f"cannot read the {what} at {path} ({error.strerror}): check the path") from error
    if magic != b"GGUF":
        raise ConfigError(f"{path} is not a GGUF file: the embedded model takes {what} in llama.cpp's own format")


def _parameters(parameters: Any, file: ModelFile) -> Any:
    parameters.model.path = str(file.path)
    parameters.hostnames = ["127.0.0.1"]
    parameters.port = 0  # any free port
    parameters.ui = False
    parameters.verbosity = -1
    parameters.use_jinja = True
    parameters.prefill_assistant = False  # so that /apply-template closes the last message too
    parameters.n_ctx = file.context_size
    parameters.n_parallel = SLOTS
    parameters.kv_unified = True  # one long conversation may use the whole context
    parameters.cache_ram_mib = CACHE_MIB
    # Evaluating a prompt gains from every core. Generating gains little from more than half of them, because cores
    # share the memory's bandwidth. llama.cpp's threads wait for each other by spinning, so one core that is busy with
    # something else delays all of them. Two idle cores: two threads answer in 0.7 s, one in 1.0 s. Two busy cores: one
    # thread answers in 1.5 s, two in more than 20 s.
    cores = os.cpu_count() or 2
    parameters.cpuparams.n_threads = max(1, min(8, cores // 2))
    parameters.cpuparams_batch.n_threads = max(1, min(16, cores - _busy(cores)))
    return parameters


def _busy(cores: int) -> int:
    """How many cores to leave to other processes: one if more than half are busy when the server starts, else none."""
    load: float = os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0
    return int(load > cores / 2)


_forked = False


@cache
def _at_exit_once() -> None:
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
    """Forget the parent's servers in a forked child, and make sure that nothing waits for their threads."""
    global _lock, _forked  # noqa: PLW0603
    _lock = threading.RLock()  # a thread of the parent may have held the old lock
    _forked = True
    _never_destroy(_servers.values())
    _servers.clear()
    _responses.clear()
    # llama.cpp's exit handler joins its threads too. So the process leaves before that handler runs, with its status.
    libc = ctypes.CDLL(None)
    if hasattr(libc, "on_exit"):  # glibc
        libc.on_exit(libc["_exit"], None)


def _never_destroy(servers: Iterable[LlamaServer]) -> None:
    for each in servers:
        ctypes.pythonapi.Py_IncRef(ctypes.py_object(each.server))  # a reference that is never released
