"""Chat servers that send thinking as text, because their chat template opened it in the prompt."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
import pytest_httpx2  # noqa: F401 - teaches respx to intercept httpx2
import respx

from orchestrator import Orchestrator, ToolCall, ToolResult
from orchestrator.core.protocols import ModelOptions
from orchestrator.core.run import Run
from orchestrator.models import _thinking
from orchestrator.models.openai import create

SERVER = "http://models.test/v1"
THOUGHT = "Perhaps [CALCULATOR:1+1] first?\n</think>\n"
CLOSINGS = [
    "</think>",
    "[/THINK]",
    "</thinking>",
    "<|end_of_thought|>",
    "<|end|><|start|>assistant<|channel|>final<|message|>",
]


@pytest.fixture(autouse=True)
def _nothing_learnt(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_thinking, "_known", {})


@pytest.fixture
def http() -> Iterator[respx.Router]:
    with respx.mock(using="httpcore2") as router:
        yield router


def chunks(text: str, size: int = 5, finish: str | None = "stop", **delta: Any) -> bytes:
    events: list[dict[str, Any]] = [{"choices": [{"delta": delta}]}] if delta else []
    events += [{"choices": [{"delta": {"content": text[at : at + size]}}]} for at in range(0, len(text), size)]
    events.append({"choices": [{"delta": {}, "finish_reason": finish}]})
    return ("".join(f"data: {json.dumps(event)}\n\n" for event in events) + "data: [DONE]\n\n").encode()


def asked(http: respx.Router, *bodies: bytes, thinks: bool | None = None, **options: Any) -> Run:
    responses = [httpx.Response(200, content=body) for body in bodies]
    http.post(f"{SERVER}/chat/completions").mock(side_effect=responses)
    model = ModelOptions(base_url=SERVER, thinks=thinks)
    return Orchestrator("openai:m", tools=["CALCULATOR"], options=model, **options).run("What is 2*3?")


@pytest.mark.parametrize("closing", CLOSINGS)
@pytest.mark.parametrize("size", [1, 5, 10_000])
def test_no_call_in_the_thinking_is_made_and_none_of_it_is_in_the_answer(
    http: respx.Router, closing: str, size: int
) -> None:
    run = asked(http, chunks(f"Perhaps [CALCULATOR:1+1] or [CALCULATOR:9] first?\n{closing}\nIt is 6.", size))
    assert (run.answer, run.calls, run.finish) == ("It is 6.", (), "answered")


async def test_the_async_driver_makes_none_either(http: respx.Router) -> None:
    http.post(f"{SERVER}/chat/completions").mock(return_value=httpx.Response(200, content=chunks(f"{THOUGHT}It is 6.")))
    run = await Orchestrator("openai:m", options=ModelOptions(base_url=SERVER)).arun("What is 2*3?")
    assert (run.answer, run.calls) == ("It is 6.", ())


def test_calls_behind_the_thinking_are_made_in_every_step(http: respx.Router) -> None:
    first, second = (
        chunks(f"{THOUGHT}So [CALCULATOR:2*3] or"),
        chunks("Now [CALCULATOR:5]? No.</think>[CALCULATOR:2*4]"),
    )
    run = asked(http, first, second, chunks("Both are known.\n</think>\n\nThey are 6 and 8."))
    assert [call.argument for call in run.calls] == ["2*3", "2*4"]
    assert run.answer == "They are 6 and 8."


@pytest.mark.parametrize(("sentences", "thinks"), [(60, None), (400, True)])
def test_long_thinking_after_the_call_is_waited_for(http: respx.Router, sentences: int, thinks: bool | None) -> None:
    thought = f"Perhaps [CALCULATOR:1+1]?{' Let me think.' * sentences}\n</think>\n"
    run = asked(http, chunks(f"{thought}It is 6.", 40), thinks=thinks)
    assert (run.answer, run.calls) == ("It is 6.", ())


def test_a_server_that_has_shown_that_it_thinks_is_waited_for_to_its_end(http: respx.Router) -> None:
    asked(http, chunks("Hm.\n</think>\nIt is 6."))
    assert create("m", ModelOptions(base_url=SERVER)).info.thinks is True
    run = asked(http, chunks(f"Perhaps [CALCULATOR:1+1]?{' Let me think.' * 900}\n</think>\nIt is 6.", 40))
    assert (run.answer, run.calls) == ("It is 6.", ())


@pytest.mark.parametrize(
    "body",
    [
        chunks("It is 6."),
        chunks("<think>Hm.</think>It is 6."),
        chunks("It is 6.", reasoning_content="Hm."),
        chunks("It is 6.", reasoning="Hm.", finish=None),
        chunks("Well. " * 2_000),
    ],
)
def test_another_answer_shows_that_the_text_does_not_begin_in_thinking(http: respx.Router, body: bytes) -> None:
    assert create("m", ModelOptions(base_url=SERVER)).info.thinks is None
    asked(http, body)
    assert create("m", ModelOptions(base_url=SERVER)).info.thinks is False
    assert create("other", ModelOptions(base_url=SERVER)).info.thinks is None


@pytest.mark.parametrize("body", [chunks("It is", finish=None), chunks("It is", finish="length"), chunks("")])
def test_half_an_answer_shows_nothing(http: respx.Router, body: bytes) -> None:
    asked(http, body)
    assert create("m", ModelOptions(base_url=SERVER)).info.thinks is None


def test_openai_never_sends_thinking_and_the_user_knows_best() -> None:
    assert create("m", ModelOptions(api_key="k")).info.thinks is False
    assert create("m", ModelOptions(api_key="k", thinks=True)).info.thinks is True
    assert create("m", ModelOptions(base_url=SERVER, thinks=False)).info.thinks is False


def test_a_call_that_was_no_thinking_is_made_when_the_model_has_stopped_and_costs_nothing_more(
    http: respx.Router,
) -> None:
    run = asked(http, chunks("[CALCULATOR:2*3] It is 5."), chunks("It is 6."))
    assert ([call.argument for call in run.calls], run.answer) == (["2*3"], "It is 6.")
    assert run.text == "[CALCULATOR:2*3][CALCULATOR_RESULT:6]It is 6."


@pytest.mark.parametrize("thinks", [False, None])
def test_a_server_that_is_known_not_to_think_is_stopped_at_the_call(server: Any, thinks: bool | None) -> None:
    options = ModelOptions(base_url=server.url, thinks=thinks)
    if thinks is None:
        server.pieces = [chunks("Hello.")]
        Orchestrator("openai:m", options=options).run("Hi")
    server.stopped.clear()
    server.sent, server.pause = 0, 0.005
    piece = b'data: {"choices":[{"delta":{"content":" or"}}]}\n\n'
    server.pieces = [b'data: {"choices":[{"delta":{"content":"[CALCULATOR:2*3]"}}]}\n\n', *[piece] * 2_000]
    stream = Orchestrator("openai:m", tools=["CALCULATOR"], options=options).stream("What is 2*3?")
    assert isinstance(next(stream), ToolCall)
    assert isinstance(next(stream), ToolResult)  # the stream is closed before the tool runs
    assert server.stopped.wait(5)
    assert server.sent < 1_000
    stream.close()
