"""``response_format``: how a chat server is held to a schema, and what happens if it refuses that."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator
from typing import Any, Literal

import httpx
import pytest
import pytest_httpx2  # noqa: F401 - teaches respx to intercept httpx2
import respx
from pydantic import BaseModel

from orchestrator import ModelOptions, ModelRefused, Orchestrator, OutputError, Run
from orchestrator.models import _retry, _schemas
from orchestrator.models._schemas import refuses, response_format

SERVER = "http://models.test/v1"
CHAT = f"{SERVER}/chat/completions"
GOOD = '{"product": "pen", "quantity": 3}'
REFUSALS = [
    (400, "This response_format type is unavailable now"),
    (400, "'response_format.type' must be 'json_object' or 'text'"),
    (422, "response_format.json_schema: Extra inputs are not permitted"),
    (400, "Invalid schema for response_format 'answer': In context=(), 'allOf' is not permitted."),
    (400, "json mode cannot be combined with tool/function calling"),
    (500, "failed to parse grammar"),
    (501, "structured outputs are not supported by this backend"),
]


class Line(BaseModel):
    product: str
    quantity: int


@pytest.fixture(autouse=True)
def _nothing_learnt(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_schemas, "_refused", set())
    monkeypatch.setattr(_retry, "BACKOFF", 3_600.0)  # the second request is made at once


@pytest.fixture
def http() -> Iterator[respx.Router]:
    with respx.mock(using="httpcore2") as router:
        yield router


@pytest.fixture(params=["sync", "async"])
def ask(request: pytest.FixtureRequest) -> Callable[..., Run]:
    def run(orchestrator: Orchestrator, question: str, **options: Any) -> Run:
        if request.param == "sync":
            return orchestrator.run(question, **options)
        return asyncio.run(orchestrator.arun(question, **options))

    return run


def says(text: str) -> httpx.Response:
    events: list[dict[str, Any]] = [{"choices": [{"delta": {"content": text}}]}]
    events.append({"choices": [{"delta": {}, "finish_reason": "stop"}]})
    return httpx.Response(200, content="".join(f"data: {json.dumps(event)}\n\n" for event in events).encode())


def orchestrator(**options: Any) -> Orchestrator:
    return Orchestrator("openai:m", options=ModelOptions(base_url=SERVER), **{"tools": (), **options})


def sent(route: respx.Route) -> list[dict[str, Any]]:
    return [json.loads(call.request.content) for call in route.calls]


def test_a_chat_server_is_held_to_the_schema(http: respx.Router, ask: Callable[..., Run]) -> None:
    route = http.post(CHAT).mock(return_value=says(GOOD))
    assert ask(orchestrator(), "Which line?", output_type=Line).output == Line(product="pen", quantity=3)
    (body,) = sent(route)
    assert body["response_format"] == {
        "type": "json_schema",
        "json_schema": {
            "name": "answer",
            "strict": True,
            "schema": {
                "type": "object",
                "properties": {"product": {"type": "string"}, "quantity": {"type": "integer"}},
                "required": ["product", "quantity"],
                "additionalProperties": False,
            },
        },
    }


def test_a_value_that_is_no_object_comes_in_one(http: respx.Router, ask: Callable[..., Run]) -> None:
    route = http.post(CHAT).mock(return_value=says('{"value": ["a", "b"]}'))
    run = ask(orchestrator(), "Which?", output_type=list[Literal["a", "b"]])
    assert (run.output, run.answer) == (["a", "b"], '["a", "b"]')
    assert list(sent(route)[0]["response_format"]["json_schema"]["schema"]["properties"]) == ["value"]


@pytest.mark.parametrize(("status", "complaint"), REFUSALS)
def test_a_server_that_refuses_it_is_asked_in_words(
    http: respx.Router, ask: Callable[..., Run], status: int, complaint: str
) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        refused = "response_format" in json.loads(request.content)
        return httpx.Response(status, json={"error": {"message": complaint}}) if refused else says(GOOD)

    route = http.post(CHAT).mock(side_effect=answer)
    asked = orchestrator()
    assert ask(asked, "Which line?", output_type=Line).output == Line(product="pen", quantity=3)
    assert ask(asked, "And now?", output_type=Line).output == Line(product="pen", quantity=3)
    assert ["response_format" in body for body in sent(route)] == [True, False, False]
    assert "JSON schema" in sent(route)[-1]["messages"][-1]["content"]


def test_a_complaint_about_something_else_is_an_error(http: respx.Router, ask: Callable[..., Run]) -> None:
    http.post(CHAT).mock(return_value=httpx.Response(400, json={"error": {"message": "no such voice"}}))
    with pytest.raises(ModelRefused, match="no such voice") as caught:
        ask(orchestrator(), "Which line?", output_type=Line)
    assert caught.value.run
    with pytest.raises(OutputError):
        _ = caught.value.run.output


def test_the_field_named_by_the_error_counts_too(http: respx.Router) -> None:
    error = {"error": {"message": "unsupported value", "param": "response_format"}}
    http.post(CHAT).mock(side_effect=[httpx.Response(400, json=error), says(GOOD)])
    assert orchestrator().run("Which line?", output_type=Line).output.quantity == 3


def test_with_tools_in_text_the_schema_comes_with_the_correction(http: respx.Router, ask: Callable[..., Run]) -> None:
    route = http.post(CHAT).mock(side_effect=[says("[CALCULATOR:1+2]"), says("It is three pens."), says(GOOD)])
    run = ask(orchestrator(tools=["CALCULATOR"]), "How many pens?", output_type=Line)
    assert run.output == Line(product="pen", quantity=3)
    assert ["response_format" in body for body in sent(route)] == [False, False, True]


def test_with_functions_the_schema_comes_with_every_request(http: respx.Router, ask: Callable[..., Run]) -> None:
    call = {"index": 0, "id": "a", "function": {"name": "CALCULATOR", "arguments": '{"expression": "1+2"}'}}
    events = [
        {"choices": [{"delta": {"tool_calls": [call]}}]},
        {"choices": [{"delta": {}, "finish_reason": "tool_calls"}]},
    ]
    called = httpx.Response(200, content="".join(f"data: {json.dumps(event)}\n\n" for event in events).encode())
    route = http.post(CHAT).mock(side_effect=[called, says(GOOD)])
    run = ask(orchestrator(tools=["CALCULATOR"], protocol="native"), "How many pens?", output_type=Line)
    assert run.output == Line(product="pen", quantity=3)
    assert ["response_format" in body for body in sent(route)] == [True, True]


def test_without_a_type_nothing_is_added(http: respx.Router) -> None:
    route = http.post(CHAT).mock(return_value=says("Hello"))
    orchestrator().run("Hi")
    orchestrator().run("Hi", output_type=str)
    assert not any("response_format" in body for body in sent(route))


def held(schema: dict[str, Any]) -> dict[str, Any]:
    field: Any = response_format(schema, "a", "m")["response_format"]
    found: dict[str, Any] = field["json_schema"]
    return found


@pytest.mark.parametrize(
    ("schema", "strict"),
    [
        ({"type": "object", "properties": {"a": {"type": "integer"}}, "required": ["a"]}, True),
        ({"type": "object", "properties": {"a": {"type": "integer"}}, "required": []}, False),
        ({"type": "object", "properties": {"a": {"type": "object"}}, "required": ["a"]}, False),
        ({"type": "object", "properties": {"a": {}}, "required": ["a"]}, False),
        ({"type": "object", "properties": {"a": {"type": "string", "minLength": 1}}, "required": ["a"]}, False),
        (
            {"type": "object", "properties": {"a": {"anyOf": [{"type": "null"}, {"oneOf": []}]}}, "required": ["a"]},
            False,
        ),
        ({"type": "object", "properties": {"a": {"items": {"type": "object"}}}, "required": ["a"]}, False),
        (
            {
                "type": "object",
                "properties": {"a": {"$ref": "#/$defs/b"}},
                "required": ["a"],
                "$defs": {"b": {"enum": [1]}},
            },
            True,
        ),
        ({"type": "object", "additionalProperties": {"type": "integer"}}, False),
    ],
    ids=lambda each: json.dumps(each)[:70],
)
def test_strict_is_asked_for_where_it_can_be(schema: dict[str, Any], strict: bool) -> None:
    assert held(schema).get("strict", False) == strict


def test_objects_that_say_nothing_of_other_fields_are_closed_and_no_others() -> None:
    open_one = {
        "type": "object",
        "properties": {"properties": {"enum": [{"properties": {}}]}},
        "additionalProperties": True,
    }
    schema = {"type": "object", "properties": {"a": open_one, "b": {"type": "object", "properties": {}}}}
    found = held(schema)["schema"]
    assert found["additionalProperties"] is False
    assert found["properties"]["a"] == open_one
    assert found["properties"]["b"]["additionalProperties"] is False


@pytest.mark.parametrize(("status", "words"), [(401, "json"), (429, "response_format"), (400, "context too long")])
def test_other_errors_are_not_about_the_schema(status: int, words: str) -> None:
    assert not refuses(status, words)
