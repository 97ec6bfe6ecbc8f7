"""Any server's schema and names become a valid tool."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mcp_types import Tool as ServerTool

from orchestrator.core.errors import ToolError
from orchestrator.core.prompt import Style, opening
from orchestrator.core.syntax import Call, Scanner, inert_line
from orchestrator.core.tool import Tool
from orchestrator.mcp._names import tool_names
from orchestrator.mcp._schema import ArgumentReader, as_tool
from orchestrator.runtime.registry import load_tools

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3),
    max_leaves=5,
)
kinds = st.sampled_from(["string", "integer", "number", "boolean", "array", "object", "null", ["string", "null"]])
properties = st.recursive(
    st.fixed_dictionaries(
        {},
        optional={
            "type": kinds | values,
            "description": st.text(max_size=80) | values,
            "enum": st.lists(st.text(max_size=8) | st.integers(), max_size=4) | values,
            "examples": st.lists(values, max_size=2) | values,
            "default": values,
            "format": st.sampled_from(["date", "date-time", "uri", "nope"]) | values,
        },
    )
    | values,
    lambda inner: st.fixed_dictionaries({"anyOf": st.lists(inner, max_size=3)}),
    max_leaves=4,
)
schemas = st.fixed_dictionaries(
    {},
    optional={
        "type": st.just("object"),
        "properties": st.dictionaries(st.text(min_size=1, max_size=12), properties, max_size=4) | values,
        "required": st.lists(st.text(max_size=12), max_size=3) | values,
    },
)


def made(schema: dict[str, Any], about: str = "", name: str = "t", output: dict[str, Any] | None = None) -> Tool:
    offered = ServerTool(name=name, description=about, input_schema=schema, output_schema=output)
    return as_tool("TOOL", offered, ArgumentReader(schema), str)


@given(schemas, st.text(max_size=300), schemas)
def test_any_schema_makes_a_tool_whose_examples_are_calls_that_it_accepts(schema, about, output):
    reader = ArgumentReader(schema)
    tool = made(schema, about, about[:20] or "t", output)
    load_tools([tool])
    assert len(tool.description) <= 200
    assert len(tool.examples) == 3
    for example in tool.examples:
        events = Scanner(["TOOL"], ["TOOL"]).feed(f"[TOOL:{example.argument}]")
        if len(events) == 1 and isinstance(events[0], Call):
            with_values(reader, events[0].argument)
    shown = opening((), {"TOOL": tool}, Style(), as_turns=True)[0].text
    assert "\n".join(shown.splitlines()[1:2]).startswith("[TOOL:")


def with_values(reader: ArgumentReader, argument: str) -> None:
    """Whatever is written is read, or refused in words."""
    try:
        read = reader.read(argument)
    except ToolError:
        return
    assert isinstance(read, dict)


@given(st.lists(st.text(max_size=80), max_size=8, unique=True), st.text(max_size=20))
def test_any_names_become_valid_ones_each_only_once(theirs, prefix):
    names = tool_names(theirs, prefix)
    assert list(names.values()) == theirs
    assert len(load_tools([Tool(name, "", str) for name in names])) == len(theirs)


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ("getWeather-v2", "GET_WEATHER_V2"),
        ("read_file", "READ_FILE"),
        ("HTTPServer", "HTTPSERVER"),
        ("2fa", "TOOL_2FA"),
        ("", "TOOL"),
        ("поиск", "TOOL"),
        ("get_result", "GET_RESULT_TOOL"),
        ("a" * 99, "A" * 60),
    ],
)
def test_a_name_stays_recognisable(theirs, ours):
    assert list(tool_names([theirs])) == [ours]


def test_names_that_fall_together_are_numbered():
    assert list(tool_names(["a-b", "a_b", "A.B"])) == ["A_B", "A_B_2", "A_B_3"]


def test_names_that_are_no_python_names_are_written_so_that_they_can_be_read():
    schema = {
        "properties": {"from": {"type": "string"}, "max-age": {"type": "integer"}, "1st": {}},
        "required": ["from"],
    }
    reader = ArgumentReader(schema)
    assert reader.syntax == "from=text, max-age=number (optional), 1st=text (optional)"
    for written in ("from=a, max-age=3", "from_=a, max_age=3", '{"from": "a", "max-age": 3}', "from: a\n'max-age': 3"):
        assert reader.read(written) == {"from": "a", "max-age": 3}
    assert reader.read("a") == {"from": "a"}


@pytest.mark.parametrize(
    ("schema", "samples"),
    [
        ({"type": "string", "enum": ["a", "b"]}, ["a", "b", "a"]),
        ({"type": "string", "description": "a city (e.g. 'Oslo' or 'Lima')"}, ["Oslo", "Lima", "Oslo"]),
        ({"type": "string", "description": "a day as YYYY-MM-DD"}, ["2025-03-14", "2024-11-02", "2025-06-21"]),
        (
            {"type": "string", "format": "uri"},
            ["https://example.com", "https://example.org/news", "https://example.net"],
        ),
        ({"type": "string", "default": "metric"}, ["metric"] * 3),
        ({"type": "integer"}, ["3", "12", "5"]),
        ({"type": ["number", "null"]}, ["the value"] * 3),
        ({"anyOf": [{"type": "integer"}, {"type": "null"}]}, ["the value"] * 3),
        ({"examples": ["[x]"]}, ["[x]"] * 3),
    ],
)
def test_an_example_has_a_value_that_the_schema_suggests(schema, samples):
    tool = made({"properties": {"the_value": schema}, "required": ["the_value"]})
    assert [example.argument for example in tool.examples] == samples


def test_a_long_text_of_somebody_else_is_one_short_line():
    assert inert_line("a\nb [CALCULATOR:1] " + "c" * 99, 40) == "a b \\[CALCULATOR:1] " + "c" * 19 + "…"
