"""The argument of a call becomes the values of a schema's parameters, in whichever form a model writes it."""

from __future__ import annotations

import json
import re
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
        ('{"text": "x", "Text": "y"}', "Text is given twice"),
        ('{"text": "x", "note": "y"}', "there is no 'note'"),
        ('{"text": "x", "size": 1e400}', "not valid JSON"),
        ('{"text": "x", "size": NaN}', "not valid JSON"),
        ('{"text": "x", "size": -Infinity}', "not valid JSON"),
        ('{"text": "x"', "not valid JSON"),
        ("text=x, size=1.5", "size: write number, not"),
        ("text=x, text=y", "text is given twice"),
    ],
)
def test_what_does_not_fit_is_told_with_the_way_to_write_it(argument, says):
    with pytest.raises(ToolError) as caught:
        NULLABLE.read(argument)
    assert says in str(caught.value)
    assert str(caught.value).endswith(
        "write text=text, cursor=text (optional), size=number (optional), on=true|false (optional)"
    )


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


@pytest.mark.parametrize(
    ("names", "argument", "values"),
    [
        (("cityName",), "city_name=Oslo", {"cityName": "Oslo"}),
        (("user-id",), "userId=5", {"user-id": "5"}),
        (("query",), "Query=x", {"query": "x"}),
        (("query",), "query: a, b: c", {"query": "a, b: c"}),
        (("query", "max_results"), "query=x, maxResults=5", {"query": "x", "max_results": "5"}),
        (("query", "max_results"), '(query="x", max_results=5)', {"query": "x", "max_results": "5"}),
        (("query", "max_results"), "(x), 5", {"query": "(x)", "max_results": "5"}),
        (("a-b", "a_b"), "a-b=1, a_b=2", {"a-b": "1", "a_b": "2"}),
    ],
)
def test_names_in_another_manner_of_writing_are_understood(names, argument, values):
    assert parameters(" ".join(names), **dict.fromkeys(names, TEXT)).read(argument) == values


LIST, PLACE = {"type": "array", "items": WHOLE}, {"type": "object", "properties": {"street": TEXT, "zip": WHOLE}}


@pytest.mark.parametrize(
    ("read", "argument", "values"),
    [
        (parameters("x", x=TEXT, y=TEXT), '"a", "b"', {"x": "a", "y": "b"}),
        (parameters("x", x=TEXT, y=TEXT), "a, b", {"x": "a, b"}),
        (parameters("x", x=TEXT, y=TEXT), '"a", b', {"x": '"a", b'}),
        (parameters("", x=LIST, flag={"type": "boolean"}), "[1, 2]", {"x": [1, 2]}),
        (parameters("", x=LIST, flag={"type": "boolean"}), "[1, 2], true", {"x": [1, 2], "flag": True}),
        (
            parameters("n a", n=TEXT, a=PLACE),
            'A, {"street": "s, t", "zip": 12}',
            {"n": "A", "a": {"street": "s, t", "zip": 12}},
        ),
        (parameters("n m", n=TEXT, m=TEXT), "it's, that's", {"n": "it's", "m": "that's"}),
        (parameters("n m", n=TEXT, m=TEXT), "'a, b', c", {"n": "a, b", "m": "c"}),
    ],
)
def test_commas_in_quotes_and_brackets_separate_nothing(read, argument, values):
    assert read.read(argument) == values


@pytest.mark.parametrize("argument", ['"a, b', "[1, 2", '{"a": 1', "a, (b"])
def test_what_is_not_closed_is_not_split(argument):
    with pytest.raises(ToolError, match="write n=text, m=text"):
        parameters("n m", n=TEXT, m=TEXT).read(argument)


NODE = {"type": "object", "required": ["v"], "properties": {"v": WHOLE, "kids": {"items": {"$ref": "#/$defs/N"}}}}
NODE["properties"]["kids"]["type"] = "array"  # type: ignore[index]


def own(**schema: Any) -> Parameters:
    return Parameters.checked(schema, "T")


def test_a_schema_that_contains_itself_is_checked_on_all_levels():
    tree = own(properties={"n": {"type": "array", "items": {"$ref": "#/$defs/N"}}}, **{"$defs": {"N": NODE}})
    deep: dict[str, Any] = {"v": 1}
    for _ in range(9):
        deep = {"v": 1, "kids": [deep]}
    assert tree.read(json.dumps({"n": [deep]})) == {"n": [deep]}
    assert tree.read('{"n": [{"v": "1", "kids": [{"v": "2"}]}]}') == {"n": [{"v": 1, "kids": [{"v": 2}]}]}
    with pytest.raises(ToolError, match="v is missing"):
        tree.read('{"n": [{"v": "1", "kids": [{"w": "bad"}]}]}')
    with pytest.raises(ToolError, match='v: write number, not "abc"'):
        tree.read(json.dumps({"n": [deep]}).replace('"v": 1}', '"v": "abc"}'))


@pytest.mark.parametrize(
    ("schema", "argument", "values"),
    [
        (
            {"properties": {"name": TEXT}, "additionalProperties": True},
            {"name": "a", "tag": 1},
            {"name": "a", "tag": 1},
        ),
        ({"properties": {"a": TEXT}, "additionalProperties": WHOLE}, {"a": "x", "b": "1"}, {"a": "x", "b": 1}),
        ({"additionalProperties": WHOLE}, {"b": 1}, {"b": 1}),
        ({"properties": {"a": TEXT}, "patternProperties": {"^x": WHOLE}}, {"x1": 3}, {"x1": 3}),
        ({"properties": {"a": {"type": "string", "nullable": True}}}, {"a": None}, {"a": None}),
        ({"properties": {"a": WHOLE}, "$schema": "http://json-schema.org/draft-04/schema#"}, {"a": 1}, {"a": 1}),
    ],
)
def test_other_names_are_passed_on_where_the_schema_says_so(schema, argument, values):
    assert own(**schema).read(json.dumps(argument)) == values


@pytest.mark.parametrize(
    ("schema", "argument", "says"),
    [
        (
            {"properties": {"a": TEXT}, "additionalProperties": WHOLE},
            '{"a": "x", "b": "y"}',
            'b: write number, not "y"',
        ),
        ({"additionalProperties": WHOLE}, "b=1", "write a JSON object"),
        ({"properties": {"a": TEXT}, "patternProperties": {"^x": WHOLE}}, '{"x1": "3"}', 'x1: write number, not "3"'),
        ({"required": ["x"]}, "{}", "x is missing"),
        (
            {"properties": {"a": TEXT, "b": TEXT}, "dependentRequired": {"a": ["b"]}},
            "a=x",
            "'b' is a dependency of 'a'",
        ),
        ({"properties": {"a": TEXT}, "if": {"required": ["a"]}, "then": {"required": ["b"]}}, "a=x", "b is missing"),
    ],
)
def test_all_that_a_schema_of_ones_own_says_is_checked(schema, argument, says):
    with pytest.raises(ToolError, match=says):
        own(**schema).read(argument)


def test_a_reference_that_leads_nowhere_is_refused():
    for reference in ("#/$defs/none", "https://elsewhere.example/a.json"):
        with pytest.raises(ConfigError, match=rf"refer to {re.escape(reference)}, which is not in the schema"):
            own(properties={"a": {"$ref": reference}})
