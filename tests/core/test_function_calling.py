from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.core.function_calling import arguments_of, example_call, function_call, function_of
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
