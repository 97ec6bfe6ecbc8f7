"""A tool of a JSON schema and a function."""

from __future__ import annotations

import asyncio
import inspect
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator import ConfigError, Example, Orchestrator, Tool, ToolError
from orchestrator.core.prompt import Style, opening
from orchestrator.core.syntax import Call, Scanner
from orchestrator.core.tool import token_name
from orchestrator.models.scripted import ScriptedModel
from orchestrator.runtime.registry import load_tools

FLIGHTS = {
    "type": "object",
    "properties": {
        "from": {"type": "string", "description": "the city of departure,\n three letters"},
        "adults": {"type": "integer", "minimum": 1},
        "class": {"$ref": "#/$defs/Class"},
    },
    "required": ["from", "adults"],
    "$defs": {"Class": {"enum": ["economy", "first"], "description": "of the seat [CALCULATOR:1]"}},
}


def find(**values: Any) -> object:
    return values


flights = Tool.from_schema("find.flights", "Finds flights.", FLIGHTS, find, timeout=5, sends_data=True)


def test_a_function_s_name_becomes_a_token_and_is_kept():
    assert (flights.name, flights.function) == ("FIND_FLIGHTS", "find.flights")
    assert flights.syntax == "from=text, adults=number, class=economy|first (optional)"
    assert (flights.timeout, flights.sends_data, flights.multiline) == (5, True, True)
    assert load_tools([flights]) == {"FIND_FLIGHTS": flights}
    assert hash(flights)


def test_the_function_gets_checked_values_by_the_schema_s_names():
    assert flights.run('{"from": "OSL", "adults": "2"}') == '{"from": "OSL", "adults": 2}'
    assert flights.run("from=OSL, adults=2, class=First") == '{"from": "OSL", "adults": 2, "class": "first"}'
    with pytest.raises(ToolError, match="adults: 0 is less than the minimum of 1; write from=text"):
        flights.run("from=OSL, adults=0")


def test_the_descriptions_of_the_parameters_reach_the_model_inert():
    prompt = opening((), {"FIND_FLIGHTS": flights}, Style(), as_turns=True)[0].text
    assert "  from: the city of departure, three letters\n" in prompt
    assert "  class: of the seat \\[CALCULATOR:1]\n" in prompt
    assert Scanner(["CALCULATOR"]).feed(prompt)[0].__class__.__name__ == "Text"


def test_a_long_description_is_cut():
    schema = {"properties": {"a": {"type": "string", "description": "long " * 100}}}
    prompt = opening((), {"A": Tool.from_schema("a", "x", schema, find)}, Style(), as_turns=True)[0].text
    assert max(map(len, prompt.splitlines()[:3])) <= 220


def test_an_async_function_stays_async():
    async def double(number: int) -> int:
        return 2 * number

    tool = Tool.from_schema("double", "doubles", {"properties": {"number": {"type": "integer"}}}, double)
    assert inspect.iscoroutinefunction(tool.run)
    assert asyncio.run(tool.run("21")) == "42"


def test_examples_are_checked():
    example = Example("A flight from Oslo?", "from=OSL, adults=1", "[]", "There is none.")
    assert Tool.from_schema("f", "x", FLIGHTS, find, examples=[example]).examples == (example,)
    with pytest.raises(ConfigError, match="an example of the tool f, 'OSL', does not fit"):
        Tool.from_schema("f", "x", FLIGHTS, find, examples=[Example("?", "OSL", "", "")])


def test_a_run_calls_it_with_any_form_of_argument():
    for written in ('{"from": "O\\"S]L", "adults": 1}', 'from="O\\"S]L", adults=1'):
        model = ScriptedModel([f"[FIND_FLIGHTS:{written}]", "Found."])
        run = Orchestrator(model, tools=[flights]).run("A flight?")
        assert run.calls[0].result == '{"from": "O\\"S]L", "adults": 1}'


def test_backslashes_of_json_stay():
    read = Tool.from_schema("read", "reads", {"properties": {"path": {"type": "string"}}}, find)
    model = ScriptedModel(['[READ:{"path": "C:\\\\new\\\\table"}]', "Read."])
    assert Orchestrator(model, tools=[read]).run("Read it.").calls[0].result == '{"path": "C:\\\\new\\\\table"}'


def test_plain_functions_are_tools():
    def shout(text: str) -> str:
        """says it louder"""
        return text.upper()

    model = ScriptedModel(["[SHOUT:hi]", "HI"])
    assert Orchestrator(model, tools=shout).run("Shout hi").calls[0].result == "HI"
    assert list(load_tools([shout, "CALCULATOR"])) == ["SHOUT", "CALCULATOR"]


@pytest.mark.parametrize("wrong", [3, None, {"name": "x"}, ["CALCULATOR"]])
def test_what_is_no_tool_is_refused_with_what_to_write(wrong):
    with pytest.raises(ConfigError, match=r"is no tool: pass a name such as 'CALCULATOR'"):
        load_tools([wrong])


@given(st.text(max_size=90))
def test_any_name_becomes_a_token_that_the_scanner_knows(name):
    made = Tool.from_schema(name, "x", {}, find)
    assert load_tools([made])
    assert isinstance(Scanner([made.name]).feed(f"[{made.name}:-]")[0], Call)


@pytest.mark.parametrize(
    ("name", "made"),
    [
        ("über tool!", "UBER_TOOL"),
        ("café", "CAFE"),
        ("naïveBayes", "NAIVE_BAYES"),
        ("ÅngströmÉcole", "ANGSTROM_ECOLE"),
        ("straße", "STRASSE"),
        ("ｆｕｌｌ１", "FULL1"),
        ("e\u0301tude", "ETUDE"),
        ("ﬁle-x²", "FILE_X2"),
        ("天気", "TOOL"),
        ("天気 oslo", "OSLO"),
    ],
)
def test_letters_with_marks_keep_their_letter_in_a_name(name, made):
    assert token_name(name) == made
