"""What a server is, by what it says of itself: recorded lists of models, and servers that answer wrongly."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx
import httpx2
import pytest
import pytest_httpx2  # noqa: F401 - teaches respx to intercept httpx2
import respx
from hypothesis import given
from hypothesis import strategies as st
from tests.guidance.gbnf import accepts

from orchestrator import ConfigError, ModelError, Orchestrator, Tool
from orchestrator.core.protocols import AsksItsServer, ModelOptions
from orchestrator.core.tool import Request
from orchestrator.core.types import Message
from orchestrator.models import _prefill, _recognition, _served, completions, openai
from orchestrator.models._checks import is_near
from orchestrator.models._served import UNKNOWN, Question, Served, entries_in, entry_of, is_small, weights_in

NAME = "SmolLM2-135M-Instruct"
LLAMA = {
    "models": [{"name": "m.gguf", "model": "m.gguf", "details": {"format": "gguf", "parameter_size": ""}}],
    "object": "list",
    "data": [
        {
            "id": "m.gguf",
            "object": "model",
            "created": 1796073973,
            "owned_by": "llamacpp",
            "meta": {"vocab_type": 2, "n_vocab": 49152, "n_params": 134515008, "size": 96576768, "ftype": "Q4_1"},
        }
    ],
}
VLLM = {
    "object": "list",
    "data": [
        {
            "id": "tuned",
            "object": "model",
            "owned_by": "vllm",
            "root": "HuggingFaceTB/SmolLM2-360M-Instruct",
            "parent": None,
            "max_model_len": 8192,
        }
    ],
}
OLLAMA = {"object": "list", "data": [{"id": "smollm:135m", "object": "model", "owned_by": "library"}]}
TAGS = {
    "models": [
        {
            "name": "smollm:135m",
            "model": "smollm:135m",
            "size": 91728461,
            "digest": "9077fe9d2ae1",
            "details": {"format": "gguf", "family": "llama", "parameter_size": "134.52M", "quantization_level": "Q4_0"},
        },
        {"name": "llama3.2:latest", "model": "llama3.2:latest", "details": {"parameter_size": "3.2B"}},
    ]
}
STUDIO = {
    "object": "list",
    "data": [{"id": "qwen3-0.6b", "object": "model", "owned_by": "organization_owner"}],
}
STUDIO_OWN = {
    "object": "list",
    "data": [
        {
            "id": "qwen3-0.6b",
            "object": "model",
            "type": "llm",
            "publisher": "qwen",
            "arch": "qwen3",
            "compatibility_type": "gguf",
            "quantization": "Q4_K_M",
            "state": "loaded",
            "max_context_length": 40960,
        }
    ],
}
NOT_HERE = {"error": "Unexpected endpoint or method. (GET /api/tags)"}  # LM Studio says it with status 200


class FakeServer:
    """A server with fixed answers: a JSON value, bytes, a status, or a function of the handler."""

    def __init__(self, answers: dict[str, Any], header: str = "uvicorn") -> None:
        self.asked: list[str] = []
        self.keys: list[str | None] = []
        self.bodies: list[dict[str, Any]] = []
        self.refuses: tuple[str, int, dict[str, Any]] | None = None  # a field, and what is said to it
        owner = self

        class Handler(BaseHTTPRequestHandler):
            server_version, sys_version = header, ""

            def do_GET(self) -> None:
                owner.asked.append(self.path)
                owner.keys.append(self.headers["authorization"])
                answer = answers.get(self.path, 404)
                if callable(answer):
                    answer(self)
                    return
                status = answer if isinstance(answer, int) and answer > 99 else 200
                self.reply(status, answer if isinstance(answer, bytes) else json.dumps(answer).encode())

            def do_POST(self) -> None:
                owner.asked.append(self.path)
                owner.bodies.append(json.loads(self.rfile.read(int(self.headers["content-length"]))))
                if owner.refuses and owner.refuses[0] in owner.bodies[-1]:
                    self.reply(owner.refuses[1], json.dumps(owner.refuses[2]).encode())
                    return
                piece = {"delta": {"content": "Hello."}, "text": "Hello.", "finish_reason": "stop"}
                self.reply(200, f"data: {json.dumps({'choices': [piece]})}\n\ndata: [DONE]\n\n".encode())

            def reply(self, status: int, body: bytes) -> None:
                self.send_response(status)
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

            def version_string(self) -> str:
                return header

        class Quiet(ThreadingHTTPServer):
            daemon_threads, block_on_close = True, False

            def handle_error(self, *_: object) -> None:
                """A client that hangs up."""

        self._http = Quiet(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._http.server_port}/v1"
        threading.Thread(target=self._http.serve_forever, args=(0.01,), daemon=True).start()

    def close(self) -> None:
        self._http.shutdown()
        self._http.server_close()


Serve = Callable[..., FakeServer]


@pytest.fixture
def serve() -> Iterator[Serve]:
    running: list[FakeServer] = []

    def start(answers: dict[str, Any], header: str = "uvicorn") -> FakeServer:
        running.append(FakeServer(answers, header))
        return running[-1]

    yield start
    for each in running:
        each.close()


@pytest.fixture(autouse=True)
def _nothing_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_served, "_known", {})
    monkeypatch.setattr(_prefill, "_known_modes", {})


def recognised(server: FakeServer, model: str) -> Served:
    question = Question(server.url, model)
    _recognition.recognise(question, None)
    return _served.known(question) or UNKNOWN


def test_llama_cpp_is_told_by_the_owner_of_its_model_or_by_its_header(serve: Serve) -> None:
    assert recognised(serve({"/v1/models": LLAMA}), "x") == Served("llama.cpp", "grammar", small=True)
    bare = {"data": [{"id": "m", "owned_by": "me", "meta": {"n_params": 8_030_261_312}}]}
    assert recognised(serve({"/v1/models": bare}, "llama.cpp"), "x") == Served("llama.cpp", "grammar")


def test_the_size_is_in_the_name_of_the_file_if_the_list_does_not_say_it(serve: Serve) -> None:
    bare = {"/v1/models": {"data": [{"id": "default", "owned_by": "llamacpp"}]}}
    small = {"model_path": "/models/SmolLM2-135M-Instruct.Q4_1.gguf", "model_alias": "default"}
    assert recognised(serve(bare | {"/props": small}), "m").small
    others: tuple[Any, ...] = ({"model_path": "/models/Qwen3-8B-Q4_K_M.gguf"}, {"role": "router"}, [], 404, 500, b"{")
    for other in others:
        assert recognised(serve(bare | {"/props": other}), "m") == Served("llama.cpp", "grammar")


@pytest.mark.parametrize(
    ("version", "field"),
    [
        ({"version": "0.12.0"}, "structured_outputs"),
        ({"version": "0.12.0rc1.dev31+g1234567"}, "structured_outputs"),
        ({"version": "1.0"}, "structured_outputs"),
        ({"version": "0.11.2"}, "guided_grammar"),
        ({"version": "0.9.1.dev0"}, "guided_grammar"),
        ({"version": None}, "structured_outputs"),
        (["0.9"], "structured_outputs"),
        (404, "structured_outputs"),
        (b"<html>", "structured_outputs"),
    ],
)
def test_vllm_s_field_depends_on_its_version(serve: Serve, version: Any, field: str) -> None:
    server = serve({"/v1/models": VLLM, "/version": version})
    assert recognised(server, "tuned") == Served("vLLM", field, small=True)  # type: ignore[arg-type]


def test_ollama_takes_no_grammar_and_is_continued(serve: Serve) -> None:
    server = serve({"/v1/models": OLLAMA, "/api/tags": TAGS})
    assert recognised(server, "smollm:135m") == Served("Ollama", None, small=True)
    assert recognised(server, "llama3.2") == Served("Ollama", None, small=False)
    model = openai.create("smollm:135m", ModelOptions(base_url=server.url))
    assert (model.info.grammars, model.info.small, model.info.resume_mode) == (False, True, "prefill")


def test_lm_studio_takes_no_grammar(serve: Serve) -> None:
    server = serve({"/v1/models": STUDIO, "/api/tags": NOT_HERE, "/api/v0/models": STUDIO_OWN})
    assert recognised(server, "qwen3-0.6b") == Served("LM Studio", None, small=True)
    assert server.asked == ["/v1/models", "/api/tags", "/api/v0/models"]


def hangs(handler: BaseHTTPRequestHandler) -> None:
    time.sleep(3)


def drips(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.end_headers()
    for _ in range(40):
        handler.wfile.write(b" ")
        handler.wfile.flush()
        time.sleep(0.1)


def is_endless(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.end_headers()
    for _ in range(10_000):
        handler.wfile.write(b" " * 65_536)


def breaks_off(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.send_header("content-length", "100")
    handler.end_headers()
    handler.wfile.write(b'{"data": [')


def redirects(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(302)
    handler.send_header("location", "/elsewhere")
    handler.end_headers()


WRONG: dict[str, Any] = {
    "no JSON": b"It works!",
    "HTML": b"<!doctype html><html><body>Welcome to nginx!</body></html>",
    "nothing": b"",
    "no UTF-8": b"\xff\xfe\x00",
    "a list": [],
    "a number": 5,
    "no models": {"object": "list", "data": None},
    "odd entries": {"data": [None, 3, "m", []]},
    "deep": b"[" * 200_000,
    "a long number": b'{"data": [{"id": ' + b"1" * 9_000 + b"}]}",
    "404": 404,
    "401": 401,
    "500": 500,
    "a redirect": redirects,
    "a broken body": breaks_off,
    "an endless body": is_endless,
    "a hang": hangs,
    "a slow body": drips,
}


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG.keys())
@pytest.mark.parametrize("asynchronous", [False, True])
def test_a_server_that_answers_wrongly_stays_unknown_and_the_run_goes_on(
    serve: Serve, wrong: Any, asynchronous: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_recognition, "SECONDS", 0.3)
    server = serve({"/v1/models": wrong, "/elsewhere": LLAMA})
    orc = Orchestrator("openai:m", tools=["CALCULATOR"], options=ModelOptions(base_url=server.url))
    assert isinstance(orc.model, AsksItsServer)
    began = time.monotonic()
    orc.model.recognise()
    assert time.monotonic() - began < 2
    run = asyncio.run(orc.arun("Hi")) if asynchronous else orc.run("Hi")
    assert (run.answer, run.guided) == ("Hello.", False)
    assert "/elsewhere" not in server.asked
    assert not any("gramma" in key for body in server.bodies for key in body)


@pytest.mark.parametrize("asynchronous", [False, True])
def test_a_small_model_is_guided_without_being_told_and_its_server_asked_once(serve: Serve, asynchronous: bool) -> None:
    server = serve({"/v1/models": LLAMA})
    orc = Orchestrator("openai:m", tools=["CALCULATOR"], options=ModelOptions(base_url=server.url))
    assert server.asked == []  # not before the first run
    runs = [asyncio.run(orc.arun("What is 2 + 3?")) if asynchronous else orc.run("What is 2 + 3?") for _ in range(2)]
    assert all(run.guided for run in runs)
    assert server.asked.count("/v1/models") == 1
    first = server.bodies[0]
    assert '"2+3"' in first["grammar"].replace(" ", "") or "2 + 3" in first["grammar"]
    assert first["temperature"] == 0
    assert orc.guidance


def test_many_runs_at_once_ask_the_server_once(serve: Serve) -> None:
    server = serve({"/v1/models": LLAMA})
    orc = Orchestrator("openai:m", tools=["CALCULATOR"], options=ModelOptions(base_url=server.url))

    async def all_of_them() -> None:
        await asyncio.gather(*(orc.arun("What is 2 + 3?") for _ in range(8)))

    asyncio.run(all_of_them())
    assert server.asked.count("/v1/models") == 1


def test_the_event_loop_is_not_blocked_while_the_server_is_asked(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_recognition, "SECONDS", 0.5)
    server = serve({"/v1/models": hangs})
    orc = Orchestrator("openai:m", tools=["CALCULATOR"], options=ModelOptions(base_url=server.url))

    async def ticks() -> int:
        asked = asyncio.create_task(orc.arun("Hi"))
        count = 0
        while not asked.done():
            await asyncio.sleep(0.02)
            count += 1
        assert (await asked).answer == "Hello."
        return count

    assert asyncio.run(ticks()) >= 10


def test_a_large_model_writes_freely(serve: Serve) -> None:
    large = {"data": [{"id": "m", "owned_by": "llamacpp", "meta": {"n_params": 8_030_261_312}}]}
    server = serve({"/v1/models": large})
    orc = Orchestrator("openai:m", tools=["CALCULATOR"], options=ModelOptions(base_url=server.url))
    assert not orc.run("What is 2 + 3?").guided
    assert "temperature" not in server.bodies[0]
    told = Orchestrator("openai:m", tools=["CALCULATOR"], options=ModelOptions(base_url=server.url), guidance=True)
    assert told.run("What is 2 + 3?").guided


def test_the_calls_of_a_large_model_are_held_to_the_schemas_of_its_tools(serve: Serve) -> None:
    large = {"data": [{"id": "m", "owned_by": "llamacpp", "meta": {"n_params": 8_030_261_312}}]}
    server = serve({"/v1/models": large})
    schema = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
    forecast = Tool.from_schema("FORECAST", "the weather", schema, lambda city: f"sunny in {city}")
    options = ModelOptions(base_url=server.url)
    Orchestrator("openai:m", tools=["CALCULATOR", forecast], options=options).run("Hi")
    Orchestrator("openai:m", tools=["CALCULATOR"], options=options).run("Hi")
    Orchestrator("openai:m", tools=[forecast], options=options, guidance=False).run("Hi")
    grammar = server.bodies[0]["grammar"]
    assert accepts(grammar, 'Hi. [FORECAST:{"city": "Oslo [old]"}] is')
    assert accepts(grammar, "[CALCULATOR:2+2]")
    assert not accepts(grammar, "Hi. [FORECAST:Oslo]")
    assert ["grammar" in body for body in server.bodies] == [True, False, False]


@pytest.mark.parametrize(
    "options",
    [{"tools": ()}, {"guidance": False}, {"protocol": "native"}],
    ids=["no tools", "no guidance", "native"],
)
def test_a_server_is_not_asked_if_the_answer_changes_nothing(serve: Serve, options: dict[str, Any]) -> None:
    server = serve({"/v1/models": LLAMA})
    options = {"tools": ["CALCULATOR"]} | options
    assert Orchestrator("openai:m", options=ModelOptions(base_url=server.url), **options).run("Hi").answer == "Hello."
    assert server.asked == ["/v1/chat/completions"]


def test_a_server_is_not_asked_if_the_caller_has_said_it(serve: Serve) -> None:
    server = serve({"/v1/models": LLAMA})
    options = ModelOptions(base_url=server.url, grammars="structured_outputs")
    run = Orchestrator("openai:m", tools=["CALCULATOR"], options=options).run("What is 2 + 3?")
    assert run.guided
    assert server.asked == ["/v1/chat/completions"]
    assert "grammar" in server.bodies[0]["structured_outputs"]


def test_only_this_server_s_key_is_sent(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-of-openai")
    server = serve({"/v1/models": LLAMA})
    openai.create("m", ModelOptions(base_url=server.url)).recognise()
    openai.create("n", ModelOptions(base_url=server.url, api_key="its-own")).recognise()
    assert server.keys == [None, "Bearer its-own"]


def test_a_server_that_is_not_ready_is_asked_again(serve: Serve) -> None:
    answers: dict[str, Any] = {"/v1/models": 503}
    server = serve(answers)
    orc = Orchestrator("openai:m", tools=["CALCULATOR"], options=ModelOptions(base_url=server.url))
    assert not orc.run("What is 2 + 3?").guided
    answers["/v1/models"] = LLAMA
    assert orc.run("What is 2 + 3?").guided


def test_a_server_that_is_down_is_the_run_s_error_and_asked_again(unused: int) -> None:
    orc = Orchestrator("openai:m", options=ModelOptions(base_url=f"http://127.0.0.1:{unused}/v1"))
    with pytest.raises(ModelError, match="no connection"):
        orc.run("Hi")
    with pytest.raises(ModelError, match="no connection"):
        asyncio.run(orc.arun("Hi"))
    assert isinstance(orc.model, AsksItsServer)
    assert not orc.model.recognised


@pytest.fixture
def unused() -> int:
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def test_guidance_that_a_recognised_server_cannot_give_is_refused(serve: Serve) -> None:
    server = serve({"/v1/models": OLLAMA, "/api/tags": TAGS})
    orc = Orchestrator("openai:smollm:135m", options=ModelOptions(base_url=server.url), guidance=True)
    with pytest.raises(ConfigError, match="guidance needs a server that takes grammars"):
        orc.run("Hi")
    other = Orchestrator("openai:llama3.2", options=ModelOptions(base_url=server.url), guidance=True)
    with pytest.raises(ConfigError, match="guidance needs a server that takes grammars"):
        asyncio.run(other.arun("Hi"))


def test_a_chat_whose_question_could_not_begin_takes_the_next_one(serve: Serve) -> None:
    server = serve({"/v1/models": OLLAMA, "/api/tags": TAGS})
    chat = Orchestrator("openai:llama3.2", options=ModelOptions(base_url=server.url), guidance=True).chat()
    for _ in range(2):
        with pytest.raises(ConfigError, match="guidance needs"):
            asyncio.run(chat.arun("Hi"))


def test_a_stream_that_is_closed_before_it_began_has_a_run(serve: Serve) -> None:
    server = serve({"/v1/models": LLAMA})
    orc = Orchestrator("openai:m", tools=["CALCULATOR"], options=ModelOptions(base_url=server.url))

    async def left() -> Any:
        async with orc.astream("Hi") as events:
            pass
        return events.run

    assert asyncio.run(left()).finish == "cancelled"
    assert server.asked == []


def test_a_run_that_is_cancelled_while_the_server_is_asked_is_cancelled(serve: Serve) -> None:
    server = serve({"/v1/models": hangs})
    orc = Orchestrator("openai:m", tools=["CALCULATOR"], options=ModelOptions(base_url=server.url))

    async def cancelled() -> Any:
        events = orc.astream("Hi")
        task = asyncio.ensure_future(anext(events))
        await asyncio.sleep(0.1)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        return events.run

    began = time.monotonic()
    assert asyncio.run(cancelled()).finish == "cancelled"
    assert time.monotonic() - began < 1.5


def test_an_empty_question_is_refused_before_the_server_is_asked(serve: Serve) -> None:
    server = serve({"/v1/models": LLAMA})
    orc = Orchestrator("openai:m", tools=["CALCULATOR"], options=ModelOptions(base_url=server.url))
    with pytest.raises(ConfigError, match="the question is empty"):
        orc.astream(" ")
    assert server.asked == []


REFUSALS = [
    (400, {"error": {"code": 400, "message": "Failed to parse grammar", "type": "invalid_request_error"}}),
    (400, {"error": {"message": "Invalid structured_outputs: xgrammar does not support …", "type": "BadRequestError"}}),
    (422, {"detail": "guided decoding is disabled"}),
    (501, {"error": "this build has no GBNF support"}),
]


@pytest.mark.parametrize(("status", "complaint"), REFUSALS)
@pytest.mark.parametrize("backend", ["openai", "completions"])
@pytest.mark.parametrize("asynchronous", [False, True])
def test_a_recognised_server_that_refuses_a_grammar_gets_none_from_then_on(
    serve: Serve, status: int, complaint: dict[str, Any], backend: str, asynchronous: bool
) -> None:
    server = serve({"/v1/models": VLLM, "/version": {"version": "0.12.0"}})
    server.refuses = "structured_outputs", status, complaint
    orc = Orchestrator(f"{backend}:tuned", tools=["CALCULATOR"], options=ModelOptions(base_url=server.url))
    run = asyncio.run(orc.arun("What is 2 + 3?")) if asynchronous else orc.run("What is 2 + 3?")
    assert run.answer == "Hello."
    assert ["structured_outputs" in body for body in server.bodies] == [True, False]
    assert not orc.run("What is 2 + 3?").guided
    assert len(server.bodies) == 3


@pytest.mark.parametrize("backend", ["openai", "completions"])
def test_a_refusal_of_anything_else_or_of_what_the_caller_said_is_an_error(serve: Serve, backend: str) -> None:
    server = serve({"/v1/models": VLLM, "/version": {"version": "0.12.0"}})
    server.refuses = "structured_outputs", 400, {"error": {"message": "prompt is empty"}}
    orc = Orchestrator(f"{backend}:tuned", tools=["CALCULATOR"], options=ModelOptions(base_url=server.url))
    with pytest.raises(ModelError, match="prompt is empty"):
        orc.run("What is 2 + 3?")
    server.refuses = "guided_grammar", 400, {"error": {"message": "no grammar here"}}
    told = ModelOptions(base_url=server.url, grammars="guided_grammar")
    with pytest.raises(ModelError, match="no grammar here"):
        Orchestrator(f"{backend}:tuned", tools=["CALCULATOR"], options=told).run("What is 2 + 3?")


# --- Recorded responses that know nothing of the question ---


ANSWER = b'data: {"choices":[{"delta":{"content":"Hello."},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n'


@pytest.mark.parametrize("asynchronous", [False, True])
def test_an_app_s_recorded_responses_stay_as_they_are(asynchronous: bool) -> None:
    with respx.mock(using="httpcore2") as http:  # every route must be called, and every call must have a route
        route = http.post("http://localhost:8000/v1/chat/completions").mock(httpx.Response(200, content=ANSWER))
        orc = Orchestrator("openai:m", options=ModelOptions(base_url="http://localhost:8000/v1"))
        for count in (1, 2):
            run = asyncio.run(orc.arun("Hi")) if asynchronous else orc.run("Hi")
            assert (run.answer, run.guided, route.call_count, http.calls.call_count) == ("Hello.", False, count, count)


@pytest.mark.parametrize("error", [RuntimeError("sockets are blocked"), AssertionError("not recorded"), OSError("no")])
def test_whatever_goes_wrong_with_the_question_is_harmless(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    def fails(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(httpx2.Client, "stream", fails)
    model = openai.create("m", ModelOptions(base_url="http://localhost:8000/v1"))
    model.recognise()
    assert not model.info.grammars
    assert not model.recognised


# --- What the answers mean ---


@pytest.mark.parametrize(
    ("address", "near"),
    [
        ("http://localhost:8000/v1", True),
        ("http://127.0.0.1:8000/v1", True),
        ("http://[::1]:8000/v1", True),
        ("http://0.0.0.0:8000/v1", True),
        ("http://192.168.1.20:11434/v1", True),
        ("http://10.0.0.7/v1", True),
        ("http://172.16.5.4/v1", True),
        ("http://100.100.1.2/v1", True),  # a private network over the internet (RFC 6598)
        ("http://[fd12::1]/v1", True),
        ("http://[fe80::1%eth0]/v1", True),
        ("http://ollama:11434/v1", True),
        ("http://host.docker.internal:1234/v1", True),
        ("http://vllm.default.svc.cluster.local/v1", True),
        ("http://box.local/v1", True),
        ("https://api.openai.com/v1", False),
        ("https://eu.api.openai.com/v1", False),
        ("https://api.mistral.ai/v1", False),
        ("https://llm.example.com/v1", False),
        ("https://8.8.8.8/v1", False),
        ("https://[2606:4700::1111]/v1", False),
        ("http://models.test/v1", False),
        ("https://my.internal.example.com/v1", False),
    ],
)
def test_only_servers_on_this_machine_or_in_its_network_are_asked(address: str, near: bool) -> None:
    assert is_near(address) is near
    assert openai.create("m", ModelOptions(base_url=address, api_key="k")).recognised is not near
    assert completions.create("m", ModelOptions(base_url=address)).recognised is not near


@pytest.mark.parametrize(
    ("entry", "names", "small"),
    [
        ({"meta": {"n_params": 134_515_008}}, (), True),
        ({"meta": {"n_params": 999_885_952}}, (), True),
        ({"meta": {"n_params": 1_235_814_400}}, ("tiny-10M",), False),
        ({"meta": {"size": 96_576_768}}, (), True),
        ({"meta": {"n_params": None, "size": 4_000_000_000}}, ("m-135M",), False),
        ({"meta": None, "details": {"parameter_size": "134.52M"}}, (), True),
        ({"details": {"parameter_size": "8.0B"}}, ("smollm:135m",), False),
        ({"details": {"parameter_size": ""}, "id": "gemma3:270m"}, (), True),
        ({"root": "Qwen/Qwen2.5-0.5B-Instruct", "id": "served"}, (), True),
        ({"root": "Qwen/Qwen3-30B-A3B"}, (), False),
        ({"id": "served"}, ("models/SmolLM2-360M-Instruct-Q8_0.gguf",), True),
        ({"id": "phi-3-mini-4k-instruct"}, (), False),
        ({"id": "mixtral-8x7b"}, (), False),
        ({"id": "gpt-oss"}, (), False),
        ({}, (), False),
    ],
)
def test_a_model_is_small_by_its_weights(entry: dict[str, Any], names: tuple[str, ...], small: bool) -> None:
    assert is_small(entry, *names) is small


@given(st.floats(0.1, 999.9), st.sampled_from("MmBb"), st.sampled_from(["-", "_", ":", " ", "/"]))
def test_the_number_of_weights_is_read_from_any_name(number: float, unit: str, before: str) -> None:
    written = f"{number:.1f}"
    factor = 1e6 if unit in "Mm" else 1e9
    assert weights_in(f"model{before}{written}{unit}-instruct-4k") == float(written) * factor


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(["data", "models", "id", "meta", "details", "owned_by", "n_params"]), inner, max_size=4
            )
        ),
    )
)
def test_any_json_is_read_or_refused(listed: Any) -> None:
    try:
        entries = entries_in(listed)
    except ValueError:
        return
    assert is_small(entry_of(entries, "m"), "m") in (True, False)


# --- Prompts in one string ---


def test_a_server_that_is_no_llama_cpp_gets_the_plain_template(serve: Serve) -> None:
    server = serve({"/v1/models": VLLM, "/version": {"version": "0.12.1"}})
    run = Orchestrator("completions:tuned", options=ModelOptions(base_url=server.url)).run("Hi")
    assert run.guided
    assert server.bodies[0]["prompt"].endswith("User: Hi\nAssistant:")
    assert "grammar" in server.bodies[0]["structured_outputs"]


def test_a_grammar_goes_nowhere_without_a_request_for_it(serve: Serve) -> None:
    server = serve({"/v1/models": LLAMA})
    model = openai.create("m", ModelOptions(base_url=server.url))
    model.recognise()
    list(model.stream(Request((Message("user", "Hi"),), "", 9, 5.0)))
    list(model.stream(Request((Message("user", "Hi"),), "", 9, 5.0, temperature=0.5, grammar="root ::= [a-z]+")))
    free, held = server.bodies
    assert not {"temperature", "grammar"} & free.keys()
    assert (held["temperature"], held["grammar"]) == (0.5, "root ::= [a-z]+")
