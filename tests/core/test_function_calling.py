from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.core.function_calling import arguments_of, as_written, example_call, function_call, function_of
from orchestrator.core.tool import Tool


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_an_ideal_call_keeps_its_argument_whatever_is_in_it(argument: str) -> None:
    call = example_call(Tool("PYTHON", "", str), argument)
    assert call.argument == argument.strip()
    assert function_call("PYTHON", arguments_of(call)) == call


@pytest.mark.parametrize(
    ("arguments", "argument"),
    [
        ('{"argument": " 6*7 "}', "6*7"),
        ('{"expression": "6*7"}', "6*7"),  # another key, but the only one
        ('{"argument": "6*7", "unit": "m"}', "6*7"),
        ('"6*7"', "6*7"),
        ("42", "42"),
        ('{"argument": 42}', "42"),
        ('{"city": "Oslo", "days": 3}', '{"city": "Oslo", "days": 3}'),
        ('{"argument": ["6", "7"]}', ""),
        ('{"argument": null}', ""),
        ('{"argument": "6*', ""),
        ("", ""),
        ("{}", ""),
        ("[" * 100_000, ""),
    ],
)
def test_what_can_only_mean_one_thing_is_understood_and_the_rest_is_empty(arguments: str, argument: str) -> None:
    assert function_call("CALCULATOR", arguments).argument == argument


def test_a_function_has_one_parameter_described_by_the_tool_s_syntax() -> None:
    function = function_of(Tool("CLOCK", "the time in a city", str, syntax="city"))
    assert function["name"] == "CLOCK"
    assert function["parameters"]["properties"] == {"city": {"type": "string", "description": "city"}}
    assert function["parameters"]["required"] == ["city"]


DAYS = Tool.from_schema("days", "x", {"properties": {"n": {"type": "integer"}, "of": {"type": "string"}}}, str)


@pytest.mark.parametrize(
    ("argument", "arguments"),
    [
        ("3, a", '{"n": 3, "of": "a"}'),
        ("of=a", '{"of": "a"}'),
        ("made up for nobody", '{"argument": "made up for nobody"}'),
    ],
)
def test_an_example_of_a_tool_with_a_schema_is_a_call_by_its_schema(argument: str, arguments: str) -> None:
    assert arguments_of(example_call(DAYS, argument)) == arguments
    assert function_of(DAYS)["parameters"] is DAYS.parameters


def test_a_call_has_the_argument_that_its_tool_reads() -> None:
    written = function_call("days", '{"n": 3}')
    assert written.argument == "3"
    assert as_written(written, DAYS).argument == '{"n": 3}'
    clock = Tool("CLOCK", "x", str, syntax="city")
    assert as_written(function_call("CLOCK", '{"city": "Oslo", "in": 1}'), clock).argument == "Oslo"
