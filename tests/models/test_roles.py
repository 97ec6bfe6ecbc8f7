"""Servers whose chat template takes no system message, or no two messages of one role in a row."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any

import httpx
import pytest
import pytest_httpx2  # noqa: F401 - teaches respx to intercept httpx2
import respx
from hypothesis import given
from hypothesis import strategies as st

from orchestrator import ModelError, ModelOptions, Orchestrator
from orchestrator.models import _retry, _roles

SERVER = "http://models.test/v1"
REFUSALS = [
    (400, "Conversation roles must alternate user/assistant/user/assistant/..."),
    (500, "After the optional system message, conversation roles must alternate user and assistant"),
    (400, "System role not supported"),
    (400, "This model does not support system messages"),
    (422, "Template error: invalid operation: Only user and assistant roles are supported!"),
    (400, "Unsupported value: 'messages[0].role' does not support 'system' with this model."),
    (400, "Developer instruction is not enabled for models/gemma-3-27b-it"),
    (400, 'messages: roles must alternate between "user" and "assistant"'),
    (400, "Unexpected role 'system' at index 0"),
    (400, "Input tag 'system' is not an allowed role"),
]


@pytest.fixture(autouse=True)
def _nothing_learnt(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_roles, "_merged", set())
    monkeypatch.setattr(_retry, "BACKOFF", 3_600.0)  # the second request is made at once


@pytest.fixture
def http() -> Iterator[respx.Router]:
    with respx.mock(using="httpcore2") as router:
        yield router


def says(text: str) -> httpx.Response:
    events: list[dict[str, Any]] = [{"choices": [{"delta": {"content": text}}]}]
    events.append({"choices": [{"delta": {}, "finish_reason": "stop"}]})
    return httpx.Response(200, content="".join(f"data: {json.dumps(event)}\n\n" for event in events).encode())


def strict(refusal: httpx.Response, *answers: str) -> Callable[[httpx.Request], httpx.Response]:
    """A server that takes the user's and the assistant's messages in turn only."""
    left = [*answers]

    def answer(request: httpx.Request) -> httpx.Response:
        roles = [message["role"] for message in json.loads(request.content)["messages"]]
        if roles != ["user", "assistant"] * (len(roles) // 2) + ["user"]:
            return refusal
        return says(left.pop(0))

    return answer


def orchestrator(**options: Any) -> Orchestrator:
    return Orchestrator("openai:m", options=ModelOptions(base_url=SERVER), **options)


@pytest.mark.parametrize(("status", "words"), REFUSALS)
@pytest.mark.parametrize("form", ["error", "message", "detail"])
def test_the_request_is_made_again_with_the_system_text_in_the_user_s_message(
    http: respx.Router, status: int, words: str, form: str
) -> None:
    body = {"error": {"message": words}} if form == "error" else {form: words}
    refusal = httpx.Response(status, json=body)
    route = http.post(f"{SERVER}/chat/completions").mock(side_effect=strict(refusal, "[CALCULATOR:2*3]", "It is 6."))
    run = orchestrator(system="Be brief.").run("What is 2*3?")
    assert (run.answer, [call.result for call in run.calls]) == ("It is 6.", ["6"])
    assert [diagnostic.kind for diagnostic in run.diagnostics] == ["adapted"]
    first, second, third = (json.loads(call.request.content)["messages"] for call in route.calls)
    assert [message["role"] for message in first] == ["system", "user"]
    assert second[0]["content"] == f"{first[0]['content']}\n\nWhat is 2*3?"
    assert second[0]["content"].startswith("Be brief.")
    assert [message["role"] for message in third] == ["user", "assistant", "user"]


def test_it_is_remembered_for_the_server_and_told_in_each_run(http: respx.Router) -> None:
    refusal = httpx.Response(400, json={"error": {"message": REFUSALS[0][1]}})
    route = http.post(f"{SERVER}/chat/completions").mock(side_effect=strict(refusal, "a", "b", "c"))
    for _ in range(2):
        assert [diagnostic.kind for diagnostic in orchestrator().run("Hi").diagnostics] == ["adapted"]
    assert len(route.calls) == 3
    other = Orchestrator("openai:other", options=ModelOptions(base_url=SERVER))
    assert other.model.info.system_role
    assert not orchestrator().model.info.system_role


async def test_the_async_client_does_the_same(http: respx.Router) -> None:
    refusal = httpx.Response(400, json={"message": REFUSALS[2][1]})
    http.post(f"{SERVER}/chat/completions").mock(side_effect=strict(refusal, "Hello."))
    assert (await orchestrator().arun("Hi")).answer == "Hello."


def test_a_chat_and_the_native_protocol_are_merged_too(http: respx.Router) -> None:
    refusal = httpx.Response(400, json={"message": REFUSALS[0][1]})
    http.post(f"{SERVER}/chat/completions").mock(side_effect=strict(refusal, "a", "b", "c"))
    chat = orchestrator().chat()
    assert [chat.run(question).answer for question in ("1?", "2?")] == ["a", "b"]
    assert orchestrator(protocol="native", examples=0).run("3?").answer == "c"


@pytest.mark.parametrize("words", ["bad temperature", "the model is overloaded", "unknown field top_q", "no such tool"])
def test_other_complaints_are_not_asked_again(http: respx.Router, words: str) -> None:
    route = http.post(f"{SERVER}/chat/completions").mock(return_value=httpx.Response(400, json={"message": words}))
    with pytest.raises(ModelError, match=words):
        orchestrator().run("Hi")
    assert len(route.calls) == 1
    assert orchestrator().model.info.system_role


def test_a_server_that_refuses_the_merged_messages_too_is_an_error_after_two_requests(http: respx.Router) -> None:
    refusal = httpx.Response(400, json={"message": REFUSALS[0][1]})
    route = http.post(f"{SERVER}/chat/completions").mock(return_value=refusal)
    with pytest.raises(ModelError, match="roles must alternate"):
        orchestrator().run("Hi")
    assert len(route.calls) == 2


MESSAGES = st.lists(st.tuples(st.sampled_from(["system", "user", "assistant", "tool"]), st.text(max_size=5)))


@given(MESSAGES)
def test_merged_messages_keep_every_text_in_order(messages: list[tuple[str, str]]) -> None:
    sent = [{"role": role, "content": text} for role, text in messages]
    merged = _roles.merged(sent)
    assert "\n\n".join(message["content"] for message in merged) == "\n\n".join(text for _, text in messages)
    assert all(one["role"] != two["role"] for one, two in pairwise(merged))
    assert _roles.merged(merged) == merged
    assert sent == [{"role": role, "content": text} for role, text in messages]


def test_messages_with_calls_and_their_results_are_not_merged() -> None:
    call = {"role": "assistant", "content": "", "tool_calls": [{}]}
    results = [
        {"role": "tool", "content": "1", "tool_call_id": "a"},
        {"role": "tool", "content": "2", "tool_call_id": "b"},
    ]
    assert _roles.merged([call, *results, call]) == [call, *results, call]
