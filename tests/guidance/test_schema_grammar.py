"""The grammar of a JSON schema: it accepts the values of the schema, and what it accepts fits the schema."""

from __future__ import annotations

import json
import random
from datetime import date, datetime, time, timedelta
from typing import Any, Literal, get_args
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from pydantic import BaseModel, TypeAdapter
from tests.guidance.gbnf import accepts

from orchestrator.core.schema import inlined
from orchestrator.guidance.schema_grammar import FORMATS, Anything, Rules, in_limits, schema_rules


def grammar(schema: Any, *, brackets: bool = True) -> str:
    rules = schema_rules(inlined(schema, endless=False), Anything(brackets=brackets))
    return "\n".join(["root ::= answer", *rules])


def takes(schema: Any, value: object) -> bool:
    return accepts(grammar(schema), json.dumps(value, ensure_ascii=False))


class Node(BaseModel):
    value: int
    left: Node | None = None
    others: list[Node] = []


class Chain(BaseModel):
    next: Chain | None


POINT = {
    "type": "object",
    "properties": {"x": {"type": "integer"}, "y": {"type": "integer"}, "name": {"type": "string"}},
    "required": ["x"],
}
NUMBERS = {"type": "array", "items": {"type": "integer"}}


@pytest.mark.parametrize(
    ("schema", "good", "bad"),
    [
        ({"type": "integer"}, [0, -7, 2**62, 12], [1.5, "1", True, None]),
        ({"type": "number"}, [0, -7.25, 0.5], ["1", [], False]),
        ({"type": "boolean"}, [True, False], [0, "true", None]),
        ({"type": "null"}, [None], [0, "null"]),
        ({"type": "string"}, ["", 'ü \n "q" \\ /', "[a]", "漢字"], [1, None]),
        ({"type": ["string", "null"]}, ["a", None], [1]),
        ({"enum": ["a", 2, None, "ü", "\u2028"]}, ["a", 2, None, "ü"], ["b", "2", True]),
        ({"type": "string", "enum": ["a", 2]}, ["a"], [2]),
        ({"type": "number", "enum": [1, 2.5, True]}, [1, 2.5], [True]),
        ({"const": {"a": [1]}}, [{"a": [1]}], [{"a": [2]}]),
        ({"type": "integer", "minimum": 0}, [0, 5], [-1]),
        ({"type": "integer", "exclusiveMinimum": 0}, [1, 5], [0, -1]),
        ({"type": "integer", "minimum": -2, "maximum": 12}, [-2, 0, 12], [-3, 13]),
        ({"type": "integer", "minimum": 0, "maximum": 10, "multipleOf": 5}, [0, 5, 10], [1, 15]),
        ({"type": "integer", "minimum": 0, "maximum": 99_999}, [0, 99_999], [-1, 100_000]),
        ({"type": "number", "minimum": 0, "maximum": 1}, [0, 0.25, 1], [-0.5, 12]),
        ({"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1}, [0.5, 0.05], [0, 1, 1.5]),
        ({"type": "number", "minimum": 1, "maximum": 3}, [1, 1.25, 2.5, 3], [0.5, 3.5]),
        ({"type": "number", "minimum": 0, "maximum": 4, "multipleOf": 2}, [0, 2, 4], [1, 2.5]),
        ({"type": "number", "exclusiveMinimum": 1, "exclusiveMaximum": 1}, [0.5], []),
        ({"type": "number", "minimum": 0, "maximum": 5000}, [0, 4999.5], [-1]),
        ({"type": "string", "minLength": 2, "maxLength": 3}, ["ab", "abc"], ["a", "abcd"]),
        ({"type": "string", "minLength": 2}, ["ab", "a" * 50], ["a"]),
        ({"type": "string", "format": "date"}, ["2024-02-29", "2023-12-31"], ["2023-02-29", "2023-04-31", "x"]),
        ({"type": "string", "format": "time"}, ["09:30", "23:59:59Z", "10:00+02:00"], ["24:00", "9:30"]),
        ({"type": "string", "format": "date-time"}, ["2024-05-01T09:30:00", "2024-05-01T09:30Z"], ["2024-05-01"]),
        ({"type": "string", "format": "duration"}, ["P3D", "PT2H30M", "PT5M", "PT7S"], ["P", "PT", "3 days"]),
        ({"type": "string", "format": "uuid"}, ["12345678-1234-5678-1234-567812345678"], ["1234"]),
        (NUMBERS, [[], [1], [1, 2, 3]], [["a"], 1]),
        ({**NUMBERS, "minItems": 2, "maxItems": 3}, [[1, 2], [1, 2, 3]], [[1], [1, 2, 3, 4]]),
        ({**NUMBERS, "maxItems": 0}, [[]], [[1]]),
        ({"prefixItems": [{"type": "integer"}, {"type": "string"}], "minItems": 2}, [[1, "a"]], [[1], ["a", 1]]),
        ({"items": {"type": "boolean"}}, [[True]], [[1]]),
        (POINT, [{"x": 1}, {"x": 1, "y": 2}, {"x": 1, "name": "a"}], [{}, {"y": 1}, {"x": 1, "z": 2}, []]),
        ({**POINT, "required": []}, [{}, {"y": 2}, {"x": 1, "name": ""}], [{"z": 1}]),
        ({"properties": {"a": {}}}, [{}, {"a": [1]}, {"a": {"b": None}}], [1]),
        ({"type": "object", "properties": {"a": {}}, "required": ["a", "b"]}, [{"a": 1, "b": "x"}], [{"a": 1}]),
        ({"type": "object", "additionalProperties": {"type": "integer"}}, [{}, {"a": 1, "b": 2}], [{"a": "x"}]),
        ({"type": "object", "additionalProperties": False}, [{}], [{"a": 1}]),
        ({"type": "object", "maxProperties": 0}, [{}], [{"a": 1}]),
        ({"type": "object", "minProperties": 1, "maxProperties": 2}, [{"a": 1}], [{}, {"a": 1, "b": 2, "c": 3}]),
        ({"anyOf": [{"type": "integer"}, NUMBERS, {"type": "null"}]}, [1, [1], None], ["a", ["a"]]),
        ({"oneOf": [{"const": 1}, {"type": "string", "maxLength": 1}]}, [1, "a"], [2, "ab"]),
        ({"anyOf": [{"type": "number"}, {"type": "string", "pattern": "^x"}]}, [1.5], ["x1"]),
        ({"type": "string", "pattern": "^x"}, ["x1", "left to the verification"], [1]),
        ({"properties": {"a": False}, "type": "object"}, [{}], [{"a": 1}]),
        ({}, [1, "a", None, [1, "a"], {"a": True}], []),
        ({"not": {}}, [1], []),
        ({"type": "object", "properties": {"a": False}, "required": ["a"]}, [1], []),
        ({"enum": []}, [1], []),
        ({"type": "integer", "minimum": 3, "maximum": 2}, [1], []),
        ({"type": "array", "prefixItems": [False]}, [1], []),
        ({"properties": {'a "b"\n': {"type": "integer"}}, "type": "object"}, [{'a "b"\n': 1}], [{"a": 1}]),
    ],
    ids=lambda each: json.dumps(each)[:60],
)
def test_a_grammar_takes_the_values_of_its_schema_and_no_others(schema: Any, good: list[Any], bad: list[Any]) -> None:
    for value in good:
        assert takes(schema, value), value
    for value in bad:
        assert not takes(schema, value), value


def test_a_schema_that_contains_itself_takes_a_few_levels() -> None:
    schema = TypeAdapter(Node).json_schema()
    assert takes(schema, {"value": 1})
    assert takes(schema, {"value": 1, "left": {"value": 2, "left": None}, "others": [{"value": 3}, {"value": 4}]})
    deep: dict[str, Any] = {"value": 0}
    for _ in range(20):
        deep = {"value": 0, "left": deep}
    assert not takes(schema, deep)
    assert takes(TypeAdapter(Chain).json_schema(), {"next": {"next": None}})


def test_where_nothing_fits_a_list_or_a_map_is_empty() -> None:
    nothing: dict[str, Any] = {"not": {}}
    for schema, empty in (
        ({"type": "array", "items": nothing}, "[]"),
        ({"type": "object", "additionalProperties": nothing}, "{}"),
    ):
        rules = "\n".join(schema_rules(schema, Anything()))
        assert accepts(rules, empty, "answer")
        assert not accepts(rules, f"{empty[0]}1{empty[1]}", "answer")
    assert accepts(
        "\n".join(schema_rules({"type": "array", "items": nothing, "minItems": 1}, Anything())), "1", "answer"
    )


def test_half_a_surrogate_pair_is_an_escape() -> None:
    assert accepts(grammar({"enum": ["\ud800", "b"]}), r'"\ud800"')


def test_an_enumeration_of_thousands_is_a_tree_of_beginnings() -> None:
    texts = [f"item {number}" for number in range(3_000)]
    rules = grammar({"enum": texts})
    assert max(line.count(" | ") for line in rules.splitlines()) < 20
    assert accepts(rules, '"item 2999"')
    assert not accepts(rules, '"item 3000"')
    assert not accepts(rules, '"item 299')


def test_a_choice_that_begins_another_one_is_taken_too() -> None:
    texts = ["a", "ab", "abc", *(f"b{number}" for number in range(30)), ""]
    rules = Rules("r")
    whole = "\n".join([f"root ::= {rules.choice(texts)}", *rules.lines()])
    assert all(accepts(whole, text) for text in texts)
    assert not accepts(whole, "abcd")
    assert not accepts(whole, "b")


def test_without_brackets_no_text_contains_the_beginning_of_a_call() -> None:
    rules = grammar({"type": "array", "items": {"type": "string"}}, brackets=False)
    assert accepts(rules, '["a]", "\\u005bCALC:2]"]')
    assert not accepts(rules, '["[CALC:2]"]')


@pytest.mark.parametrize("escape", ["\\n", '\\"', "\\\\", "\\u00e9", "\\uD7FF", "\\ue000"])
def test_an_escape_of_json_is_taken(escape: str) -> None:
    assert accepts(grammar({"type": "string"}), f'"{escape}"')


@pytest.mark.parametrize("wrong", ["\\x", "\\ud800", "\\uDFFF", "\n", '"', "\\"])
def test_half_a_character_and_a_raw_line_break_are_not_taken(wrong: str) -> None:
    assert not accepts(grammar({"type": "string"}), f'"{wrong}"')


@given(st.dates(min_value=date(1, 1, 1)), st.times(), st.uuids())
def test_every_date_time_and_id_is_taken(day: date, clock: time, own: UUID) -> None:
    century = day.year % 100 == 0 and (day.month, day.day) == (2, 29)
    assert takes({"type": "string", "format": "date"}, day.isoformat()) != century
    assert takes({"type": "string", "format": "time"}, clock.replace(microsecond=0).isoformat())
    assert takes({"type": "string", "format": "uuid"}, str(own))


@pytest.mark.parametrize("form", sorted(FORMATS))
def test_what_a_format_takes_is_read_by_pydantic(form: str) -> None:
    kinds = {"date": date, "time": time, "date-time": datetime, "duration": timedelta, "uuid": UUID}
    samples = {
        "date": ["2024-02-29", "0004-02-29", "1999-11-30"],
        "time": ["00:00", "23:59:59", "12:00Z"],
        "date-time": ["2024-01-31T00:00", "2024-01-31T23:59:59+01:30"],
        "duration": ["P1D", "PT10H", "PT10H5M", "PT3M20S"],
        "uuid": ["00000000-0000-0000-0000-000000000000"],
    }
    for sample in samples[form]:
        assert takes({"type": "string", "format": form}, sample)
        TypeAdapter(kinds[form]).validate_json(json.dumps(sample), strict=True)


def test_limits_are_those_of_the_schema() -> None:
    assert in_limits({}, 3)
    assert not in_limits({"multipleOf": 2}, 3)
    assert in_limits({"multipleOf": 0.5}, 3)  # left to the verification


Kind = Literal["integer", "number", "string", "boolean", "null"]
PLAIN = st.one_of(
    st.sampled_from(get_args(Kind)).map(lambda kind: {"type": kind}),
    st.lists(st.none() | st.booleans() | st.integers(-99, 99) | st.text(max_size=4), min_size=1, max_size=4).map(
        lambda values: {"enum": values}
    ),
    st.integers(-20, 20).map(lambda low: {"type": "integer", "minimum": low, "maximum": low + 30}),
    st.integers(0, 3).map(lambda least: {"type": "string", "minLength": least, "maxLength": least + 2}),
)


def _object(properties: dict[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
    names = st.lists(st.sampled_from([*properties]), unique=True) if properties else st.just([])
    return names.map(
        lambda required: {
            "type": "object",
            "properties": properties,
            "required": required,
            "additionalProperties": False,
        }
    )


SCHEMAS = st.recursive(
    PLAIN,
    lambda inner: st.one_of(
        st.tuples(inner, st.integers(0, 2)).map(lambda each: {"type": "array", "items": each[0], "minItems": each[1]}),
        st.lists(inner, min_size=1, max_size=3).map(lambda options: {"anyOf": options}),
        st.dictionaries(st.text(max_size=3), inner, max_size=3).flatmap(_object),
    ),
    max_leaves=6,
)


def value_of(schema: dict[str, Any], chance: random.Random) -> Any:  # noqa: PLR0911 - one for each kind
    """A value that fits a schema, in the schema's order."""
    if "enum" in schema:
        return chance.choice(schema["enum"])
    if "anyOf" in schema:
        return value_of(chance.choice(schema["anyOf"]), chance)
    match schema["type"]:
        case "integer":
            return chance.randint(schema.get("minimum", -(10**12)), schema.get("maximum", 10**12))
        case "number":
            return chance.choice([0, 1.5, -20.25, 7])
        case "string":
            length = chance.randint(schema.get("minLength", 0), schema.get("maxLength", 5))
            return "".join(chance.choice('aü "\\\n[]{}漢') for _ in range(length))
        case "boolean":
            return chance.choice([True, False])
        case "null":
            return None
        case "array":
            return [value_of(schema["items"], chance) for _ in range(schema["minItems"] + chance.randint(0, 2))]
    named = [name for name in schema["properties"] if name in schema["required"] or chance.random() < 0.5]
    return {name: value_of(schema["properties"][name], chance) for name in named}


@given(SCHEMAS, st.integers())
def test_any_value_of_any_schema_is_taken(schema: dict[str, Any], seed: int) -> None:
    value = value_of(schema, random.Random(seed))
    Draft202012Validator(schema).validate(value)
    assert takes(schema, value)


@given(SCHEMAS, SCHEMAS, st.integers())
def test_what_does_not_fit_is_not_taken(schema: dict[str, Any], other: dict[str, Any], seed: int) -> None:
    value = value_of(other, random.Random(seed))
    if not Draft202012Validator(schema).is_valid(value):
        assert not takes(schema, value)
