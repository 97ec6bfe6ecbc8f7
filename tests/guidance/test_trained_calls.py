"""A model that was trained to call tools: it chooses, and the grammar holds its calls to the schema."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.guidance.gbnf import accepts, written

from orchestrator.core.schema import Parameters
from orchestrator.core.tool import Request, Tool
from orchestrator.core.types import ToolResult
from orchestrator.guidance.grammar import WORDS
from orchestrator.guidance.guide import Guide
from orchestrator.guidance.options import Guidance
from orchestrator.guidance.schema_calls import MOST_CALLS, SchemaCalls
from orchestrator.guidance.similarity import rank
from orchestrator.guidance.trained_calls import call_or

REQUEST = Request((), "prompt", 10, 1.0)


def tool(name: str, description: str, properties: dict[str, Any], required: list[str]) -> Tool:
    schema = {"type": "object", "properties": properties, "required": required}
    return Tool.from_schema(name, description, schema, lambda **_: "done")


WEATHER = tool(
    "get.weather",
    "Get the weather forecast of a city.",
    {
        "city": {"type": "string", "description": "The city"},
        "days": {"type": "integer", "description": "Number of days"},
    },
    ["city"],
)
MEAN = tool("mean", "Mean of numbers.", {"values": {"type": "array", "items": {"type": "number"}}}, ["values"])


def result(argument: str, *, ok: bool = True, name: str = WEATHER.name) -> ToolResult:
    return ToolResult(name, argument, "done", ok=ok, seconds=0.0)


def guide(question: str, *tools: Tool) -> Guide:
    return Guide(rank(question, {each.name: each for each in tools}), Guidance(), trained=True)


@pytest.mark.parametrize(
    "text",
    [
        '[GET_WEATHER:{"city": "Oslo"}]',
        '[GET_WEATHER:{"city": "anything at all", "days": 3}]',
        '[MEAN:{"values": [1.0, 2.5]}]',
        "None of my tools can do that.",
    ],
)
def test_a_call_of_any_tool_or_words(text: str):
    assert accepts(guide("weather in Oslo for 3 days", WEATHER, MEAN).grammar([]), text)


@pytest.mark.parametrize(
    "text",
    [
        '[GET_WEATHER:{"days": 3}]',
        '[GET_WEATHER:{"city": 3}]',
        '[GET_WEATHER:{"city": "Oslo", "other": 1}]',
        "[GET_WEATHER:Oslo]",
        '[OTHER:{"city": "Oslo"}]',
        '[MEAN:{"values": ["a"]}]',
        '[GET_WEATHER:{"city": "a [MEAN:"}]',
    ],
)
def test_nothing_that_the_schema_does_not_allow(text: str):
    assert not accepts(guide("weather in Oslo for 3 days", WEATHER, MEAN).grammar([]), text)


def test_an_optional_parameter_of_which_the_question_says_nothing_is_left_out():
    def kept(question: str) -> list[str]:
        return [*SchemaCalls(question, [WEATHER]).probable(WEATHER)["properties"]]

    assert "days" in kept("weather in Oslo for 3 days")
    assert "days" not in kept("weather in Oslo")


def test_a_call_without_any_parameter_of_which_the_question_says_something_is_empty():
    switch = tool("switch", "Switches a light.", {"on": {"type": "boolean"}, "room": {"type": "string"}}, [])
    grammar = guide("hello", switch).grammar([])
    assert accepts(grammar, "[SWITCH:{}]")
    assert not accepts(grammar, '[SWITCH:{"other": 1}]')


def test_after_a_result_another_call_or_an_answer():
    grammar = guide("weather in Oslo and Rome", WEATHER).grammar([result('{"city": "Oslo"}')])
    assert accepts(grammar, '[GET_WEATHER:{"city": "Rome"}]')
    assert not accepts(grammar, "nothing to do with it")


@pytest.mark.parametrize(
    "results",
    [
        [result('{"city": "Oslo"}')] * 2,
        [result(json.dumps({"city": str(number)})) for number in range(MOST_CALLS)],
        [result(json.dumps({"city": str(number)}), ok=False) for number in range(2)],
    ],
    ids=["the same call twice", "many calls", "two errors"],
)
def test_calls_end(results: list[ToolResult]):
    assert not accepts(guide("weather in Oslo", WEATHER).grammar(results), '[GET_WEATHER:{"city": "Rome"}]')


def test_after_one_error_it_may_call_again():
    grammar = guide("weather in Oslo", WEATHER).grammar([result('{"city": "Osl"}', ok=False)])
    assert accepts(grammar, '[GET_WEATHER:{"city": "Oslo"}]')


def test_the_question_decides_with_the_model_whether_a_call_begins():
    asked = guide("What will the weather be in Oslo?", WEATHER).constrain(REQUEST, []).call_bias
    other = guide("Who wrote Hamlet?", WEATHER).constrain(REQUEST, []).call_bias
    assert other < asked
    assert other < 0
    assert guide("What is the weather?", WEATHER).constrain(REQUEST, [result("{}")]).call_bias == 0


def test_tools_without_a_schema_are_not_biased():
    free = Tool("ECHO", "Echoes a text.", str)
    assert guide("echo hello", free).constrain(REQUEST, []).call_bias == 0
    assert SchemaCalls("x", []).bias == 0


def test_no_tool_leaves_what_else_may_be_written():
    assert call_or({}, WORDS) == WORDS


SCHEMAS = st.fixed_dictionaries(
    {},
    optional={
        "text": st.just({"type": "string"}),
        "count": st.just({"type": "integer", "minimum": 0}),
        "share": st.just({"type": "number"}),
        "shares": st.just({"type": "array", "items": {"type": "number"}}),
        "matrix": st.just({"type": "array", "items": {"type": "array", "items": {"type": "number"}}}),
        "names": st.just({"type": "array", "items": {"type": "string"}}),
        "on": st.just({"type": "boolean"}),
        "kind": st.just({"enum": ["a", "b", None]}),
        "inner": st.just({"type": "object", "properties": {"x": {"type": "integer"}}, "required": ["x"]}),
    },
).filter(bool)


@given(SCHEMAS, st.sampled_from(["1 2 a", "hello", "names and shares, on or off"]), st.data(), st.integers(0, 1000))
def test_every_call_that_it_allows_is_valid(properties: dict[str, Any], question: str, data: st.DataObject, seed: int):
    required = data.draw(st.lists(st.sampled_from(sorted(properties)), unique=True))
    one = tool("one", "Does something.", properties, required)
    grammar = call_or({one.name: SchemaCalls(question, [one]).probable(one)}, 'root ::= "no"')
    text = written(grammar, seed)
    if text != "no":
        Parameters(one.parameters or {}).read(text.removeprefix("[ONE:").removesuffix("]"))
