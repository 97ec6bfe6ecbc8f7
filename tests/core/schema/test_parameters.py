"""The argument of a call becomes the values of a schema's parameters, in whichever form a model writes it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.core.errors import ConfigError, ToolError
from orchestrator.core.schema import Parameters

TEXT, WHOLE, NUMBER = {"type": "string"}, {"type": "integer"}, {"type": "number"}


def parameters(required: str = "", **properties: Any) -> Parameters:
    return Parameters({"type": "object", "properties": properties, "required": required.split()})


PAGE = Parameters(
    {
        "properties": {
            "Api-Version": TEXT,
            "page-id": WHOLE,
            "$filter": TEXT,
            "class": TEXT,
            "with blank": TEXT,
            "ids[]": {"type": "array", "items": WHOLE},
        },
        "required": ["Api-Version", "page-id"],
    }
)


@pytest.mark.parametrize(
    ("argument", "values"),
    [
        ("Api-Version=2022, page-id=7", {"Api-Version": "2022", "page-id": 7}),
        ("Api_Version=2022, page_id=7", {"Api-Version": "2022", "page-id": 7}),
        ('{"Api-Version": 2022, "page-id": "7"}', {"Api-Version": "2022", "page-id": 7}),
        ("2022-11, 7", {"Api-Version": "2022-11", "page-id": 7}),
        (
            "page-id=7, Api-Version=a=b, $filter=x eq 'y', class=A",
            {"page-id": 7, "Api-Version": "a=b", "$filter": "x eq 'y'", "class": "A"},
        ),
        (
            "with_blank=a b, ids__=[1, 2], Api-Version=1, page-id=2",
            {"with blank": "a b", "ids[]": [1, 2], "Api-Version": "1", "page-id": 2},
        ),
        ('{"ids[]": [1], "Api-Version": "1", "page-id": 2}', {"ids[]": [1], "Api-Version": "1", "page-id": 2}),
    ],
)
def test_names_that_are_no_identifiers_arrive_as_the_schema_has_them(argument, values):
    assert PAGE.read(argument) == values


def test_the_prompt_shows_names_that_can_be_written():
    assert PAGE.syntax == (
        "Api-Version=text, page-id=number, $filter=text (optional), class=text (optional), "
        "with_blank=text (optional), ids__=[number, …] (optional)"
    )


def test_names_that_differ_only_in_signs_stay_apart():
    read = parameters("a-b a_b", **{"a-b": TEXT, "a_b": TEXT, "a b": TEXT}).read
    assert read("a-b=1, a_b=2") == {"a-b": "1", "a_b": "2"}
    assert read("a-b=1, a_b=2, a_b__=3") == {"a-b": "1", "a_b": "2", "a b": "3"}


NULLABLE = parameters("text", text=TEXT, cursor={"anyOf": [TEXT, {"type": "null"}]}, size=WHOLE, on={"type": "boolean"})


@pytest.mark.parametrize(
    ("argument", "values"),
    [
        ('{"text": "x", "cursor": null, "size": null}', {"text": "x", "cursor": None}),
        ("text=x, cursor=null, size=null, on=None", {"text": "x", "cursor": None}),
        ("text=null", {"text": "null"}),
        ("text=x, cursor=abc, size=3", {"text": "x", "cursor": "abc", "size": 3}),
        ('{"text": "", "on": false}', {"text": "", "on": False}),
    ],
)
def test_null_is_a_value_where_the_schema_says_so_and_else_left_out(argument, values):
    assert NULLABLE.read(argument) == values


@pytest.mark.parametrize(
    ("argument", "says"),
    [
        ('{"text": null}', "text: write text, not null; write text=text, "),
        ("size=3", "text is missing"),
        ('{"text": "x", "Text": "y"}', "there is no 'Text'"),
        ('{"text": "x"', "not valid JSON"),
        ("text=x, size=1.5", "size: write number, not"),
        ("text=x, text=y", "text is given twice"),
    ],
)
def test_what_does_not_fit_is_told_with_the_way_to_write_it(argument, says):
    with pytest.raises(ToolError) as caught:
        NULLABLE.read(argument)
    assert says in str(caught.value)
    assert str(caught.value).endswith("write text=text, cursor=text (optional), size=number (optional), "
                                      "on=true|false (optional)")  # fmt: skip


def test_two_names_of_one_parameter_are_given_twice():
    with pytest.raises(ToolError, match="is given twice"):
        PAGE.read('{"page-id": 1, "page_id": 2, "Api-Version": "3"}')


def test_an_object_may_be_the_value_of_the_only_parameter():
    query = parameters("query_model", query_model={"type": "object", "properties": {"query": TEXT, "limit": WHOLE}})
    whole = {"query_model": {"query": "night", "limit": 5}}
    assert query.read('{"query": "night", "limit": 5}') == whole
    assert query.read(json.dumps(whole)) == whole
    assert query.read('query_model={"query": "night", "limit": "5"}') == whole
    assert query.syntax == '{"query": text (optional), "limit": number (optional)}'


def test_nested_faults_are_named_by_their_place():
    people = parameters(
        "people", people={"type": "array", "items": {"properties": {"age": WHOLE}, "required": ["age"]}}
    )
    with pytest.raises(ToolError, match=r'^people\[1\].age: write number, not "old"; write'):
        people.read('[{"age": 1}, {"age": "old"}]')
    with pytest.raises(ToolError, match=r"^people\[0\]: age is missing; write"):
        people.read("[{}]")


def test_a_tool_without_parameters_takes_any_argument_and_passes_what_its_schema_leaves_open():
    assert Parameters({}).syntax == "-"
    assert Parameters({}).read("-") == {}
    assert Parameters({}).read('{"any": 1}') == {"any": 1}
    assert Parameters({"additionalProperties": False}).read('{"any": 1}') == {}


@pytest.mark.parametrize(
    ("schema", "says"),
    [
        ({"type": "array"}, "must be the JSON schema of an object"),
        (
            {"type": "object", "properties": {"a": {"type": "strin"}}},
            "no JSON schema: 'strin' is not valid .* properties/a",
        ),
        ([], "no JSON schema: .* at its root"),
        (True, "must be the JSON schema of an object"),
    ],
)
def test_what_is_no_schema_is_refused_where_the_tool_is_made(schema, says):
    with pytest.raises(ConfigError, match=says):
        Parameters.checked(schema, "T")


VALUES = {"city": st.text(), "days": st.integers(), "rate": st.floats(allow_nan=False, allow_infinity=False)}
FORECAST = parameters("city", city=TEXT, days=WHOLE, rate=NUMBER)


@given(st.fixed_dictionaries(VALUES))
def test_what_is_written_as_json_comes_back(values):
    assert FORECAST.read(json.dumps(values)) == values
    assert FORECAST.read(json.dumps(values, indent=2, ensure_ascii=False)) == values


@given(st.text(st.sampled_from("citydayrate=:,;{}[]\"'\\ \n\t19.null"), max_size=60))
def test_any_text_gives_values_that_fit_or_a_tool_error(text):
    for each in (FORECAST, PAGE, NULLABLE):
        try:
            assert set(each.required) <= set(each.read(text))
        except ToolError as error:
            assert "write " in str(error)  # noqa: PT017
