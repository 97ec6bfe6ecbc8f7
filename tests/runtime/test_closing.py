"""A stream is closed by another thread or task than its reader's. The async functions say that they need asyncio."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import AsyncGenerator, Callable, Coroutine, Generator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar

import pytest

from orchestrator import ConfigError, Delta, ModelInfo, ModelOptions, Orchestrator, Policy, Request, Tool
from orchestrator.models.scripted import ScriptedModel
from orchestrator.runtime.tool_runs import arun_tool, run_tool

SECONDS = 30.0


class Talker:
    """A model that says a word whenever it is allowed to, and notes that its connection was closed."""

    def __init__(self) -> None:
        self.info = ModelInfo("talker")
        self.next_word = threading.Semaphore(1)
        self.waits = threading.Event()
        self.closed = threading.Event()

    def stream(self, request: Request) -> Generator[Delta, None, None]:
        try:
            while True:
                self.waits.set()
                assert self.next_word.acquire(timeout=SECONDS)
                yield Delta("word ")
        finally:
            self.closed.set()

    async def astream(self, request: Request) -> AsyncGenerator[Delta, None]:
        try:
            yield Delta("word ")
            self.waits.set()
            await asyncio.sleep(SECONDS)
        finally:
            self.closed.set()


def read(stream: Any, events: list[Any]) -> threading.Thread:
    thread = threading.Thread(target=lambda: events.extend(stream), daemon=True)
    thread.start()
    return thread


def test_another_thread_closes_a_stream_that_waits_for_the_model():
    model, events = Talker(), list[Any]()
    stream = Orchestrator(model, tools=[]).stream("q")
    reader = read(stream, events)
    assert model.waits.wait(SECONDS)
    stream.close()
    model.next_word.release()
    reader.join(SECONDS)
    assert not reader.is_alive()
    assert model.closed.is_set()
    assert (stream.run.finish, stream.ended) == ("cancelled", True)
    assert all(event.text.strip() == "word" for event in events)
    assert list(stream) == []


def test_another_thread_closes_a_stream_between_two_events():
    model = Talker()
    stream = Orchestrator(model, tools=[]).stream("q")
    assert next(stream)
    closer = threading.Thread(target=stream.close)
    closer.start()
    closer.join(SECONDS)
    assert model.closed.is_set()
    assert stream.run.finish == "cancelled"
    assert list(stream) == []


def test_many_threads_close_one_stream_at_once():
    model, events = Talker(), list[Any]()
    stream = Orchestrator(model, tools=[]).stream("q")
    reader = read(stream, events)
    closers = [threading.Thread(target=stream.close) for _ in range(8)]
    for each in closers:
        each.start()
    for each in (*closers, reader):
        model.next_word.release()
        each.join(SECONDS)
        assert not each.is_alive()
    assert stream.run.finish == "cancelled"


@pytest.mark.parametrize("timeout", [None, 20.0], ids=["in the reader's thread", "in a thread of its own"])
def test_a_tool_closes_the_stream_of_its_own_run(timeout):
    streams: list[Any] = []
    stop = Tool("STOP", "stops", lambda _: streams[0].close() or "stopped", timeout=timeout)
    model = ScriptedModel(["[STOP:now]", "never said"])
    streams.append(Orchestrator(model, tools=[stop]).stream("q"))
    events = list(streams[0])
    assert [type(each).__name__ for each in events] == ["ToolCall", "ToolResult"]
    assert streams[0].run.finish == "cancelled"
    assert len(model.requests) == 1


def test_an_approver_closes_the_stream_of_its_own_run():
    streams: list[Any] = []
    tool = Tool("ACT", "acts", str.upper)
    orchestrator = Orchestrator(
        ScriptedModel(["[ACT:now]", "never said"]),
        tools=[tool],
        policy=Policy(ask=["ACT"]),
        approve=lambda _: streams[0].close() is None,
    )
    streams.append(orchestrator.stream("q"))
    list(streams[0])
    assert (streams[0].run.finish, streams[0].run.answer) == ("cancelled", "")


def test_a_chat_does_not_close_what_another_thread_reads():
    model, events = Talker(), list[Any]()
    chat = Orchestrator(model, tools=[]).chat()
    stream = chat.stream("one")
    reader = read(stream, events)
    assert model.waits.wait(SECONDS)
    with pytest.raises(ConfigError, match="still being answered"):
        chat.stream("two")
    assert not stream.ended
    stream.close()
    model.next_word.release(4)
    reader.join(SECONDS)
    assert stream.ended


async def aread(stream: Any) -> list[Any]:
    return [event async for event in stream]


async def test_another_task_closes_a_stream_that_waits_for_the_model():
    model = Talker()
    stream = Orchestrator(model, tools=[]).astream("q")
    reader = asyncio.create_task(aread(stream))
    assert await asyncio.to_thread(model.waits.wait, SECONDS)
    await stream.aclose()
    (event,) = await asyncio.wait_for(reader, SECONDS)
    assert event.text.strip() == "word"
    assert model.closed.is_set()
    assert (stream.run.finish, reader.cancelled()) == ("cancelled", False)
    await stream.aclose()


async def test_a_reader_that_is_cancelled_as_well_is_cancelled():
    model = Talker()
    stream = Orchestrator(model, tools=[]).astream("q")
    reader = asyncio.create_task(aread(stream))
    assert await asyncio.to_thread(model.waits.wait, SECONDS)
    reader.cancel()
    await stream.aclose()
    with pytest.raises(asyncio.CancelledError):
        await reader
    assert stream.run.finish == "cancelled"


async def test_a_time_limit_around_the_reader_still_works():
    model = Talker()
    stream = Orchestrator(model, tools=[]).astream("q")
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05):
            await aread(stream)
    assert stream.run.finish == "cancelled"


async def test_an_async_tool_closes_the_stream_of_its_own_run():
    streams: list[Any] = []

    async def run(_: str) -> str:
        await streams[0].aclose()
        return "stopped"

    model = ScriptedModel(["[STOP:now]", "never said"])
    streams.append(Orchestrator(model, tools=[Tool("STOP", "stops", run)]).astream("q"))
    await aread(streams[0])
    assert streams[0].run.finish == "cancelled"
    assert len(model.requests) == 1


async def test_an_async_approver_closes_the_stream_of_its_own_run():
    streams: list[Any] = []

    async def approve(_: object) -> bool:
        await streams[0].aclose()
        return True

    tool = Tool("ACT", "acts", str.upper)
    model = ScriptedModel(["[ACT:now]", "never said"])
    streams.append(Orchestrator(model, tools=[tool], policy=Policy(ask=["ACT"]), approve=approve).astream("q"))
    await aread(streams[0])
    assert streams[0].run.finish == "cancelled"


def stepped(coroutine: Coroutine[Any, Any, object]) -> None:
    """Step a coroutine as any other event loop than asyncio's does."""
    with suppress(StopIteration):
        coroutine.send(None)


ORCHESTRATOR = Orchestrator(ScriptedModel(lambda _: "a"), tools=[])


@pytest.mark.parametrize(
    "call",
    [
        lambda: ORCHESTRATOR.arun("q"),
        lambda: aread(ORCHESTRATOR.astream("q")),
        lambda: ORCHESTRATOR.chat().arun("q"),
        lambda: aread(ORCHESTRATOR.chat().astream("q")),
        lambda: ORCHESTRATOR.acompare("q", "direct"),
        lambda: arun_tool(Tool("ECHO", "echoes", str), "x"),
    ],
    ids=["arun", "astream", "chat.arun", "chat.astream", "acompare", "a tool"],
)
def test_another_event_loop_than_asyncios_is_told_in_a_sentence(call: Callable[[], Coroutine[Any, Any, object]]):
    with pytest.raises(ConfigError, match=r"the async functions need asyncio: call them in asyncio\.run"):
        stepped(call())


class Stalls(BaseHTTPRequestHandler):
    """Says a word, or nothing, and then is silent until the client goes away."""

    words: ClassVar[list[bytes]] = []
    asked: ClassVar[threading.Event] = threading.Event()
    left: ClassVar[threading.Event] = threading.Event()
    requests: ClassVar[list[str]] = []

    def do_POST(self) -> None:
        self.requests.append(self.path)
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        for word in self.words:
            self.wfile.write(word)
        self.asked.set()
        self.connection.settimeout(SECONDS)
        if self.connection.recv(1) == b"":
            self.left.set()

    def log_message(self, *_: object) -> None:
        pass


WORD = b'data: {"choices": [{"index": 0, "delta": {"content": "Hello"}, "text": "Hello"}]}\n\n'


@pytest.mark.parametrize(
    "words", [[], [WORD], [WORD, b": still here\n\n"], [WORD[:20]]], ids=["none", "one", "note", "half"]
)
@pytest.mark.parametrize("provider", ["openai", "completions"])
def test_closing_cuts_the_connection_to_a_server_that_is_silent(monkeypatch, words, provider):
    monkeypatch.setattr(Stalls, "words", words)
    for name in ("asked", "left"):
        monkeypatch.setattr(Stalls, name, threading.Event())
    monkeypatch.setattr(Stalls, "requests", [])
    with ThreadingHTTPServer(("127.0.0.1", 0), Stalls) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        options = ModelOptions(base_url=f"http://127.0.0.1:{server.server_port}/v1")
        stream, events = Orchestrator(f"{provider}:m", tools=[], options=options).stream("q"), list[Any]()
        reader = read(stream, events)
        assert Stalls.asked.wait(SECONDS)
        deadline = time.monotonic() + SECONDS / 3
        while words[:1] == [WORD] and not events and time.monotonic() < deadline:
            time.sleep(0.01)
        time.sleep(0.2)  # the client waits for more
        stream.close()
        reader.join(SECONDS / 3)
        assert not reader.is_alive()
        assert Stalls.left.wait(SECONDS / 3)
        assert stream.run.finish == "cancelled"
        assert "".join(event.text for event in events) == ("Hello" if words[:1] == [WORD] else "")
        assert len(Stalls.requests) == 1
        server.shutdown()


def test_closing_does_not_wait_for_a_tool_that_hangs():
    begun, go_on = threading.Event(), threading.Event()

    def hang(_: str) -> str:
        begun.set()
        go_on.wait(SECONDS)
        return "late"

    model = ScriptedModel(["[HANG:x]", "never said"])
    stream, events = Orchestrator(model, tools=[Tool("HANG", "hangs", hang)]).stream("q"), list[Any]()
    reader = read(stream, events)
    assert begun.wait(SECONDS)
    stream.close()
    reader.join(SECONDS / 3)
    assert not reader.is_alive()
    go_on.set()
    assert stream.run.finish == "cancelled"
    assert len(model.requests) == 1


def test_a_closed_stream_ends_no_later_wait_of_the_same_thread():
    stream = Orchestrator(ScriptedModel(["[ECHO:a]", "b"]), tools=[Tool("ECHO", "echoes", str.upper)]).stream("q")
    next(stream)
    stream.close()

    def wait(_: str) -> str:
        time.sleep(0.5)
        return "done"

    assert run_tool(Tool("WAIT", "waits", wait, timeout=20.0), "x").result == "done"
    assert (
        Orchestrator(ScriptedModel(["[ECHO:a]", "b"]), tools=[Tool("ECHO", "echoes", str.upper)]).run("q").answer == "b"
    )
