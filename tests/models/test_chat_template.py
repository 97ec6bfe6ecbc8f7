from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
import pytest_httpx2  # noqa: F401 - teaches respx to intercept httpx2
import respx

from orchestrator.core.chat_template import ChatTemplate
from orchestrator.core.errors import ConfigError
from orchestrator.models._chat_template import derived_template

Render = Callable[[list[dict[str, str]], bool], str]


@pytest.fixture
def http() -> Iterator[respx.Router]:
    with respx.mock(using="httpcore2") as router:
        yield router


def derive(http: respx.Router, render: Render) -> ChatTemplate:
    """What is derived from a server whose /apply-template is ``render``."""

    def answer(request: Any) -> httpx.Response:
        body = json.loads(request.content)
        return httpx.Response(200, json={"prompt": render(body["messages"], body["add_generation_prompt"])})

    http.post("http://127.0.0.1:1/apply-template").mock(side_effect=answer)
    return derived_template("http://127.0.0.1:1")


def instruct(messages: list[dict[str, str]], prompt: bool) -> str:
    forms = {"system": "<s>[SYS]{}[/SYS]", "user": "[INST] {} [/INST]", "assistant": " {}</s>"}
    return "".join(forms[message["role"]].format(message["content"]) for message in messages) + " " * prompt


def test_strings_around_messages_are_found_whatever_they_are(http: respx.Router) -> None:
    assert derive(http, instruct) == ChatTemplate(
        name="derived",
        system=("<s>[SYS]", "[/SYS]"),
        user=("[INST] ", " [/INST]"),
        assistant=(" ", "</s>"),
        stop=("</s>",),
    )


def system_in_the_users_turn(messages: list[dict[str, str]], prompt: bool) -> str:
    system, *rest = messages
    text = f"<user>{system['content']}\n\n"
    for number, message in enumerate(rest):
        text += ("" if number == 0 else f"<{message['role']}>") + message["content"] + "<end>\n"
    return text + "<assistant>" * prompt


def a_prompt_that_opens_with_a_thought(messages: list[dict[str, str]], prompt: bool) -> str:
    return instruct(messages, prompt) + "<think>" * prompt


def a_message_twice(messages: list[dict[str, str]], prompt: bool) -> str:
    return instruct(messages, prompt) + messages[0]["content"]


def other_strings_once_answered(messages: list[dict[str, str]], prompt: bool) -> str:
    return instruct(messages, prompt) + ("." if len(messages) == 3 else "")


@pytest.mark.parametrize(
    "render",
    [
        system_in_the_users_turn,
        a_prompt_that_opens_with_a_thought,
        a_message_twice,
        other_strings_once_answered,
        lambda _messages, _prompt: "no message at all",
    ],
)
def test_a_template_that_does_more_is_refused_with_the_way_out(http: respx.Router, render: Render) -> None:
    with pytest.raises(ConfigError, match="pass template= with one of chatml, llama3, plain"):
        derive(http, render)


@pytest.mark.parametrize("answer", [httpx.Response(500), httpx.Response(200, text="?"), httpx.Response(200, json={})])
def test_a_server_that_cannot_render_is_refused_in_the_same_words(http: respx.Router, answer: httpx.Response) -> None:
    http.post("http://127.0.0.1:1/apply-template").mock(return_value=answer)
    with pytest.raises(ConfigError, match="pass template="):
        derived_template("http://127.0.0.1:1")
