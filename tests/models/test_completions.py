from __future__ import annotations

import json
from collections.abc import Callable, Iterator

import httpx
import pytest
import pytest_httpx2  # noqa: F401 - teaches respx to intercept httpx2
import respx

from orchestrator.errors import ConfigError, ModelRefused
from orchestrator.models.completions import create
from orchestrator.protocols import Model, ModelOptions
from orchestrator.templates import CHATML, PLAIN
from orchestrator.types import Count, Delta, ModelInfo, Price, Request, Usage

Collect = Callable[[Model, Request], list[Delta]]

URL = "http://models.test/v1"
SERVER = ModelOptions(base_url=URL)
BODY = (
    b'data: {"choices":[{"text":"Hel","finish_reason":null}]}\n\n'
    b'data: {"choices":[{"text":"lo","finish_reason":"length"}],"usage":null}\n\n'
    b'data: {"choices":[],"usage":{"prompt_tokens":9,"completion_tokens":2}}\n\n'
    b"data: [DONE]\n\n"
)


@pytest.fixture
def http() -> Iterator[respx.Router]:
    with respx.mock(using="httpcore2", assert_all_called=False) as router:
        yield router


def test_a_recorded_answer_becomes_text_finish_and_reported_usage(
    http: respx.Router, collect: Collect, asked: Request
) -> None:
    http.post(f"{URL}/completions").mock(return_value=httpx.Response(200, content=BODY))
    usage = Usage(Count(9, "reported"), Count(2, "reported"))
    assert collect(create("m", SERVER), asked) == [Delta("Hel"), Delta("lo", finish="length"), Delta(usage=usage)]


def test_the_request_holds_the_prompt_and_only_what_was_asked_for(
    http: respx.Router, collect: Collect, asked: Request
) -> None:
    route = http.post(f"{URL}/completions").mock(return_value=httpx.Response(200, content=BODY))
    collect(create("", SERVER), asked)
    assert json.loads(route.calls.last.request.content) == {
        "prompt": "User: Hi\nAssistant:",
        "max_tokens": 9,
        "stream": True,
        "stream_options": {"include_usage": True},
    }
    assert "authorization" not in route.calls.last.request.headers


def test_name_key_temperature_and_stop_are_sent_when_given(http: respx.Router, collect: Collect) -> None:
    route = http.post(f"{URL}/completions").mock(return_value=httpx.Response(200, content=BODY))
    asked = Request((), "a\ud83db", 9, 5.0, temperature=0.5, stop=("\nUser:",))
    collect(create("m", ModelOptions(base_url=URL, api_key=" key ")), asked)
    sent = json.loads(route.calls.last.request.content)
    assert (sent["model"], sent["temperature"], sent["stop"]) == ("m", 0.5, ["\nUser:"])
    assert sent["prompt"] == "a\ufffdb"
    assert route.calls.last.request.headers["authorization"] == "Bearer key"


def test_usage_in_every_chunk_is_known_although_the_stream_is_cut(
    http: respx.Router, collect: Collect, asked: Request
) -> None:
    body = b'data: {"choices":[{"text":"Hel"}],"usage":{"prompt_tokens":9,"completion_tokens":1}}\n\n'
    http.post(f"{URL}/completions").mock(return_value=httpx.Response(200, content=body))
    usage = Usage(Count(9, "reported"), Count(1, "reported"))
    assert collect(create("m", SERVER), asked) == [Delta("Hel", usage=usage)]


def test_an_echo_of_the_prompt_is_dropped(http: respx.Router, collect: Collect, asked: Request) -> None:
    pieces = ["User: Hi", "\nAssis", "tant: He", "llo"]
    body = b"".join(f"data: {json.dumps({'choices': [{'text': piece}]})}\n\n".encode() for piece in pieces)
    http.post(f"{URL}/completions").mock(return_value=httpx.Response(200, content=body))
    assert collect(create("m", SERVER), asked) == [Delta(" He"), Delta("llo")]


def test_an_unknown_model_is_answered_with_the_known_ones(http: respx.Router, collect: Collect, asked: Request) -> None:
    http.post(f"{URL}/completions").mock(return_value=httpx.Response(404))
    http.get(f"{URL}/models").mock(return_value=httpx.Response(200, json={"data": [{"id": "a"}, {"id": "b"}]}))
    with pytest.raises(ModelRefused, match=r"has no model 'm'\. It has: a, b"):
        collect(create("m", SERVER), asked)


def test_a_refused_key_says_how_to_pass_one(http: respx.Router, collect: Collect, asked: Request) -> None:
    http.post(f"{URL}/completions").mock(return_value=httpx.Response(401))
    with pytest.raises(ModelRefused, match="pass the server's key as api_key"):
        collect(create("m", SERVER), asked)


def test_a_password_in_the_address_is_not_shown(http: respx.Router, collect: Collect, asked: Request) -> None:
    http.post(f"{URL}/completions").mock(return_value=httpx.Response(400))
    with pytest.raises(ModelRefused, match=r"http://models\.test/v1") as caught:
        collect(create("m", ModelOptions(base_url="http://me:secret@models.test/v1")), asked)
    assert "secret" not in str(caught.value)


def test_info_carries_the_template_and_the_price() -> None:
    assert create("m", SERVER).info == ModelInfo("completions:m", "raw", PLAIN)
    options = ModelOptions(base_url=URL, template="chatml", price=Price(1, 2))
    assert create("m", options).info == ModelInfo("completions:m", "raw", CHATML, Price(1, 2))


def test_a_missing_address_is_a_config_error_with_an_example() -> None:
    with pytest.raises(ConfigError, match="pass base_url, such as http"):
        create("m", ModelOptions())


def test_an_unknown_template_is_a_config_error_that_lists_the_known() -> None:
    with pytest.raises(ConfigError, match="pass one of chatml, llama3, plain"):
        create("m", ModelOptions(base_url=URL, template="vicuna"))
