from __future__ import annotations

import json
from collections.abc import Callable, Iterator

import httpx
import pytest
import pytest_httpx2  # noqa: F401 - teaches respx to intercept httpx2
import respx

from orchestrator.core.chat_template import CHATML, PLAIN
from orchestrator.core.errors import ConfigError, ModelRefused
from orchestrator.core.protocols import GrammarField, Model, ModelOptions
from orchestrator.core.tool import Request
from orchestrator.core.types import Delta, Message, ModelInfo, Price
from orchestrator.core.usage import Count, Usage
from orchestrator.models.completions import create
from orchestrator.models.openai import create as create_chat
from orchestrator.runtime.orchestrator import Orchestrator

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
    with pytest.raises(ConfigError, match=r"pass base_url \(--base-url\), such as http"):
        create("m", ModelOptions())


def test_an_unknown_template_is_a_config_error_that_lists_the_known() -> None:
    with pytest.raises(ConfigError, match="pass one of chatml, llama3, plain"):
        create("m", ModelOptions(base_url=URL, template="vicuna"))


@pytest.mark.parametrize(
    ("field", "sent"),
    [
        ("grammar", {"grammar": "root ::= [0-9]"}),
        ("structured_outputs", {"structured_outputs": {"grammar": "root ::= [0-9]"}}),
        ("guided_grammar", {"guided_grammar": "root ::= [0-9]"}),
    ],
)
@pytest.mark.parametrize(("create_model", "path"), [(create, "completions"), (create_chat, "chat/completions")])
def test_a_grammar_goes_into_the_field_that_the_server_reads(
    http: respx.Router,
    collect: Collect,
    create_model: Callable[[str, ModelOptions], Model],
    path: str,
    field: GrammarField,
    sent: dict[str, object],
) -> None:
    route = http.post(f"{URL}/{path}").mock(return_value=httpx.Response(200, content=BODY))
    model = create_model("m", ModelOptions(base_url=URL, grammars=field))
    assert model.info.grammars
    collect(model, Request((Message("user", "Hi"),), "Hi", 9, 5.0, grammar="root ::= [0-9]"))
    body = json.loads(route.calls.last.request.content)
    assert {key: body[key] for key in body if "gramma" in key or "struct" in key} == sent


def test_a_server_is_not_known_to_obey_grammars_until_its_owner_says_so() -> None:
    assert not create("m", SERVER).info.grammars
    assert not create_chat("m", SERVER).info.grammars
    with pytest.raises(ConfigError, match="'grammar' or 'structured_outputs' or 'guided_grammar' or None, not 'gbnf'"):
        create("m", ModelOptions(base_url=URL, grammars="gbnf"))  # type: ignore[arg-type]


def test_a_served_model_is_held_to_its_examples_when_asked_to(http: respx.Router) -> None:
    call = b'data: {"choices":[{"text":"[CALCULATOR:323*458]","finish_reason":"stop"}]}\n\ndata: [DONE]\n\n'
    answer = call.replace(b"[CALCULATOR:323*458]", b" It is 147934.")
    replies = [httpx.Response(200, content=body) for body in (call, answer)]
    route = http.post(f"{URL}/completions").mock(side_effect=replies)
    options = ModelOptions(base_url=URL, grammars="structured_outputs")
    orc = Orchestrator("completions:m", tools=["CALCULATOR"], options=options, guidance=True)
    assert orc.run("What is 323 * 458?").answer == "It is 147934."
    grammars = [json.loads(sent.request.content)["structured_outputs"]["grammar"] for sent in route.calls]
    assert '"323*458"' in grammars[0]
    assert grammars[1] == 'root ::= " "? ("323 * 458 is 147934.")'
