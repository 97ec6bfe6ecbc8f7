"""What only real sockets show: that closing stops the server, that connections are reused, that time limits hold."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import os
import socket
import subprocess
import sys
import warnings
from collections.abc import Callable
from typing import Any

import pytest

from orchestrator.core.errors import ModelBadResponse, ModelTimeout, ModelUnreachable
from orchestrator.core.protocols import Model, ModelOptions
from orchestrator.core.tool import Request
from orchestrator.core.types import Delta
from orchestrator.models import _http, _retry, completions, openai

Collect = Callable[[Model, Request], list[Delta]]

PIECE = b'data: {"choices":[{"text":"a","delta":{"content":"a"}}]}\n\n'
END = b'data: {"choices":[{"text":"","delta":{},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n'


@pytest.fixture(params=[openai, completions], ids=["openai", "completions"])
def model(request: pytest.FixtureRequest, server: Any) -> Model:
    made: Model = request.param.create("m", ModelOptions(base_url=server.url))
    return made


def test_closing_the_stream_stops_the_server(
    server: Any, model: Model, asked: Request, take_one: Callable[[Model, Request], Delta]
) -> None:
    server.pieces, server.pause = [PIECE] * 2000, 0.005
    assert take_one(model, asked).text == "a"
    assert server.stopped.wait(5)
    assert server.sent < 1000


def test_consecutive_requests_share_one_connection(server: Any, model: Model, asked: Request) -> None:
    server.pieces = [PIECE, END]
    for _ in range(3):
        assert list(model.stream(asked))[-1].finish == "stop"
    assert server.connections == 1


async def test_consecutive_async_requests_share_one_connection(server: Any, model: Model, asked: Request) -> None:
    server.pieces = [PIECE, END]
    for _ in range(3):
        assert [delta async for delta in model.astream(asked)][-1].finish == "stop"
    assert server.connections == 1


def test_one_model_serves_several_event_loops_and_leaves_nothing_open(
    server: Any, model: Model, asked: Request, recwarn: pytest.WarningsRecorder
) -> None:
    server.pieces = [PIECE, END]

    async def ask_twice_at_once() -> int:
        async def ask() -> int:
            return len([delta async for delta in model.astream(asked)])

        return sum(await asyncio.gather(ask(), ask()))

    with warnings.catch_warnings():
        warnings.simplefilter("always")
        assert asyncio.run(ask_twice_at_once()) == asyncio.run(ask_twice_at_once()) == 4
        gc.collect()
    assert not recwarn.list


def test_an_abandoned_async_stream_leaves_nothing_open(
    server: Any, model: Model, asked: Request, recwarn: pytest.WarningsRecorder
) -> None:
    server.pieces, server.pause = [PIECE] * 2000, 0.005

    async def abandon() -> None:
        async for _ in model.astream(asked):
            break

    with warnings.catch_warnings():
        warnings.simplefilter("always")
        asyncio.run(abandon())
        gc.collect()
    assert server.stopped.wait(5)
    assert not recwarn.list


async def test_cancelling_the_task_stops_the_server(server: Any, model: Model, asked: Request) -> None:
    server.pieces, server.pause = [PIECE] * 2000, 0.005
    started = asyncio.Event()

    async def read() -> None:
        async for _ in model.astream(asked):
            started.set()

    task = asyncio.create_task(read())
    await started.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await asyncio.to_thread(server.stopped.wait, 5)
    assert server.sent < 1000


def test_a_connection_lost_after_text_just_ends_the_stream(
    server: Any, model: Model, asked: Request, collect: Collect
) -> None:
    server.pieces, server.die = [PIECE], True
    assert collect(model, asked) == [Delta("a")]


def test_a_connection_lost_before_any_text_is_tried_again_and_then_an_error(
    server: Any, model: Model, asked: Request, collect: Collect, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_retry, "BACKOFF", 0.0)
    server.die = True
    with pytest.raises(ModelUnreachable, match="broke before any text came"):
        collect(model, asked)
    assert len(server.bodies) == _retry.ATTEMPTS


def test_a_silent_server_is_a_timeout(server: Any, model: Model, collect: Collect) -> None:
    server.pieces, server.pause = [b": ping\n\n"], 60
    with pytest.raises(ModelTimeout, match=r"wrote nothing in 0\.2 s: allow more time"):
        collect(model, Request((), "Hi", 9, timeout=0.2))


def test_a_server_that_only_trickles_comments_is_a_timeout_too(server: Any, model: Model, collect: Collect) -> None:
    server.pieces, server.pause = [b": ping\n\n"] * 1000, 0.01
    with pytest.raises(ModelTimeout):
        collect(model, Request((), "Hi", 9, timeout=0.2))


def test_the_time_limit_ends_a_stream_that_goes_on_for_ever(server: Any, model: Model, collect: Collect) -> None:
    server.pieces, server.pause = [PIECE] * 5000, 0.01
    deltas = collect(model, Request((), "Hi", 9, timeout=0.5))
    assert deltas
    assert deltas[-1].finish is None
    assert len(deltas) < 2500


def test_a_character_cut_in_two_by_the_network_arrives_whole(
    server: Any, model: Model, asked: Request, collect: Collect
) -> None:
    body = 'data: {"choices":[{"text":"é😀","delta":{"content":"é😀"}}]}\n\n'.encode()
    server.pieces = [bytes([byte]) for byte in body] + [END]
    assert collect(model, asked)[0].text == "é😀"


def test_a_body_that_cannot_be_unpacked_is_a_bad_response(
    server: Any, model: Model, asked: Request, collect: Collect
) -> None:
    server.pieces, server.encoding = [b"no gzip"], "gzip"
    with pytest.raises(ModelBadResponse, match="cannot be unpacked"):
        collect(model, asked)


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the queue of waiting connections is longer")
def test_a_server_that_accepts_nobody_is_unreachable(
    asked: Request, collect: Collect, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_http, "CONNECT_SECONDS", 0.05)
    monkeypatch.setattr(_retry, "BACKOFF", 0.0)
    with socket.socket() as listener, contextlib.ExitStack() as stack:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        for _ in range(4):  # fill the queue of connections that wait to be accepted
            waiting = stack.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(listener.getsockname())
        model = completions.create("m", ModelOptions(base_url=f"http://127.0.0.1:{listener.getsockname()[1]}/v1"))
        with pytest.raises(ModelUnreachable, match="in time: is the server running"):
            collect(model, asked)


def test_a_local_server_is_asked_directly_in_spite_of_a_proxy(
    server: Any, asked: Request, collect: Collect, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    server.pieces = [PIECE, END]
    assert collect(completions.create("m", ModelOptions(base_url=server.url)), asked)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")
def test_a_forked_child_uses_its_own_connection(server: Any) -> None:
    server.pieces = [PIECE, END]
    code = f"""
import os, sys
from orchestrator.models.completions import create
from orchestrator.core.protocols import ModelOptions
from orchestrator.core.tool import Request
model = create("m", ModelOptions(base_url={server.url!r}))
ask = lambda: len(list(model.stream(Request((), "Hi", 9, 20.0))))
assert ask() == 2
if os.fork() == 0:
    assert ask() == 2
    sys.exit()
assert os.wait()[1] == 0
assert ask() == 2
"""
    subprocess.run([sys.executable, "-W", "error", "-c", code], check=True, timeout=60)
    assert server.connections == 2


@pytest.mark.parametrize("backend", ["openai", "completions", "embedded", "scripted"])
def test_creating_a_model_loads_nothing_heavy(backend: str) -> None:
    code = f"""
import sys
from orchestrator.models.{backend} import create
from orchestrator.core.protocols import ModelOptions
create("m", ModelOptions(base_url="http://localhost/v1"))
print([name for name in ("openai", "httpx2", "tenacity", "xllamacpp", "pydantic") if name in sys.modules])
"""
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True, timeout=60)
    assert done.stdout.strip() == "[]"
