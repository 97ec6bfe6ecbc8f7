"""A value arrives as it was meant."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.core.schema import inlined
from orchestrator.core.schema.values import faults, hint, value_of_json, value_of_text

TEXT, WHOLE, NUMBER, YES_NO = {"type": "string"}, {"type": "integer"}, {"type": "number"}, {"type": "boolean"}
NUMBERS = {"type": "array", "items": NUMBER}
PERSON = {"type": "object", "properties": {"name": TEXT, "age": WHOLE, "nick": TEXT}, "required": ["name"]}


@pytest.mark.parametrize(
    ("schema", "text", "value"),
    [
        (NUMBER, "30", 30),
        (NUMBER, "-2.5", -2.5),
        (NUMBER, "30.0", 30.0),
        (NUMBER, "1e3", 1000.0),
        (NUMBER, "12,345.5", 12345.5),
        (NUMBER, ".5", 0.5),
        (NUMBER, "7960607143101464577", 7960607143101464577),
        (WHOLE, "1,234,567", 1234567),
        (WHOLE, "+7", 7),
        (WHOLE, "30.0", 30),
        (YES_NO, "True", True),
        (YES_NO, "no", False),
        (TEXT, "30", "30"),
        (TEXT, "null", "null"),
        (TEXT, "C:\\new\\table", "C:\\new\\table"),
        ({"enum": [1, 2, 3]}, "2", 2),
        ({"enum": ["Celsius", "Fahrenheit"]}, "celsius", "Celsius"),
        ({"enum": ["a", "A"]}, "A", "A"),
        ({"enum": ["1", 1]}, "1", "1"),
        ({"type": ["integer", "null"]}, "null", None),
        ({"type": ["string", "null"]}, "None", None),
        ({"type": ["string", "integer"]}, "5", 5),
        ({"anyOf": [TEXT, WHOLE]}, "5", "5"),
        ({"anyOf": [WHOLE, TEXT]}, "five", "five"),
        ({"anyOf": [NUMBERS, NUMBER]}, "5", 5),
        ({"anyOf": [NUMBERS, NUMBER]}, "[5]", [5]),
        (NUMBERS, '["1", 2.5]', [1, 2.5]),
        (PERSON, '{"name": "Ada", "age": "36"}', {"name": "Ada", "age": 36}),
        ({}, "5", 5),
        ({}, "[1]", [1]),
        ({}, "five", "five"),
        ({"anyOf": [NUMBER, TEXT]}, "19.90", "19.90"),
        ({"anyOf": [NUMBER, TEXT]}, "19.9", 19.9),
        ({"anyOf": [NUMBER, TEXT]}, "1234567890123456.78", "1234567890123456.78"),
    ],
)
def test_a_text_is_what_the_schema_says(schema, text, value):
    found = value_of_text(inlined(schema), text)
    assert (found, type(found)) == (value, type(value))


@pytest.mark.parametrize(
    ("schema", "given", "value"),
    [
        (WHOLE, 30.0, 30),
        (WHOLE, "30", 30),
        (NUMBER, 30.0, 30.0),
        (NUMBER, "30", 30),
        (TEXT, 2022, "2022"),
        (TEXT, 1.5, "1.5"),
        (YES_NO, "true", True),
        (NUMBERS, "[1, 2]", [1, 2]),
        ({"enum": [1, 2]}, "2", 2),
        ({"type": "array"}, [1, "a"], [1, "a"]),
        (PERSON, {"name": "Ada", "age": None, "nick": None}, {"name": "Ada"}),
        (PERSON, {"name": "Ada", "unknown": None}, {"name": "Ada", "unknown": None}),
        ({"properties": {"age": {"type": ["integer", "null"]}}}, {"age": None}, {"age": None}),
        ({"anyOf": [WHOLE, NUMBERS]}, ["3"], [3]),
    ],
)
def test_a_json_value_keeps_its_meaning(schema, given, value):
    found = value_of_json(inlined(schema), given)
    assert (found, type(found)) == (value, type(value))


@pytest.mark.parametrize(
    ("schema", "value", "says"),
    [
        (WHOLE, "soon", 'write number, not "soon"'),
        (WHOLE, True, "write number, not true"),
        (WHOLE, 3.5, "write a whole number, not 3.5"),
        (TEXT, None, "write text, not null"),
        ({"enum": ["low", "high"]}, "middle", 'write low|high, not "middle"'),
        (PERSON, {"age": 3}, "name is missing"),
        ({**PERSON, "additionalProperties": False}, {"name": "a", "b": 1, "c": 2}, "there is no b, c"),
        (PERSON, {"name": "a", "age": "old"}, '.age: write number, not "old"'),
        ({"type": "array", "items": PERSON}, [{"name": "a"}, {}], "[1]: name is missing"),
        ({"type": "integer", "maximum": 9}, 10, "10 is greater than the maximum of 9"),
        ({"anyOf": [WHOLE, YES_NO]}, "x", 'write number|true|false, not "x"'),
        ({"type": "string", "pattern": "^[a-z]+$"}, "A", "does not match"),
        (TEXT, list(range(1000)), "…"),
        ({"type": "string", "maxLength": 3}, "a" * 1000, "…"),
        ({"not": {}}, 1, "should not be valid"),
    ],
)
def test_what_is_wrong_is_said_in_short_words(schema, value, says):
    told = faults(inlined(schema) if schema != {"not": {}} else schema, value)
    assert says in told[0]
    assert len(told[0]) < 200


def test_at_most_three_faults_are_told():
    assert len(faults({"type": "array", "items": WHOLE}, ["a"] * 9)) == 3


@pytest.mark.parametrize(
    ("schema", "written"),
    [
        (TEXT, "text"),
        ({}, "text"),
        ({"type": "null"}, "text"),
        ({"type": ["integer", "null"]}, "number"),
        ({"type": ["integer", "string"]}, "number|text"),
        ({"type": "string", "format": "date"}, "YYYY-MM-DD"),
        ({"type": "string", "format": "colour"}, "text"),
        ({"enum": [1, "b", None]}, "1|b"),
        ({"enum": list(range(20))}, "0|1|2|3|4|5|6|7|8|9|10|11|…"),
        ({"anyOf": [WHOLE, NUMBER, TEXT]}, "number|text"),
        (NUMBERS, "[number, …]"),
        ({"type": "array"}, "[…]"),
        ({"type": "object"}, "{…}"),
        (PERSON, '{"name": text, "age": number (optional), "nick": text (optional)}'),
        ({"type": "array", "items": {"type": "array", "items": {"type": "array", "items": WHOLE}}}, "[[[…], …], …]"),
    ],
)
def test_the_hint_says_how_to_write_it(schema, written):
    assert hint(inlined(schema)) == written


@pytest.mark.parametrize(
    ("schema", "written"),
    [
        ({"type": ["string", "null"]}, "text|null"),
        ({"enum": ["a", None]}, "a|null"),
        ({"anyOf": [{"type": "integer"}, {"type": "string"}, {"type": "null"}]}, "number|text|null"),
        ({"type": "object", "properties": {"a": {"type": ["integer", "null"]}}}, '{"a": number|null (optional)}'),
        ({"type": "array", "items": {"type": ["boolean", "null"]}}, "[true|false|null, …]"),
        ({"type": "string"}, "text"),
    ],
)
def test_a_hint_may_say_where_null_is_a_value(schema: dict[str, object], written: str) -> None:
    assert hint(inlined(schema), null=True) == written
    assert hint(inlined(schema)) == written.replace("|null", "")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


def schema_of(value: object) -> dict[str, object]:
    """A schema that says the type of every part of a value."""
    if isinstance(value, dict):
        return {"type": "object", "properties": {name: schema_of(each) for name, each in value.items()}}
    if isinstance(value, list):
        return (
            {"type": "array", "items": {"anyOf": [schema_of(each) for each in value]}} if value else {"type": "array"}
        )
    kinds = {bool: "boolean", int: "integer", float: "number", str: "string", type(None): "null"}
    return {"type": kinds[type(value)]}


@given(JSON)
def test_a_value_of_the_right_types_is_not_touched(value):
    schema = inlined(schema_of(value))
    read = value_of_json(schema, value)
    assert json.dumps(read) == json.dumps(value) or read == value
    assert not faults(schema, read)


@given(st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.booleans() | st.none())
def test_a_value_written_as_text_comes_back(value):
    read = value_of_text(schema_of(value), json.dumps(value))
    assert (read, type(read)) == (value, type(value))


@given(st.text(), st.sampled_from([TEXT, WHOLE, NUMBER, YES_NO, NUMBERS, PERSON, {}, {"enum": [1, "a"]}]))
def test_any_text_is_read_or_faulted(text, schema):
    read = value_of_text(schema, text)
    assert not faults(schema, read) or all(faults(schema, read))


@pytest.mark.parametrize("text", ["9" * 5_000, "-" + "9" * 5_000, "1e999", "[" * 5_000, '{"a":' * 5_000])
def test_what_is_too_much_for_a_number_or_for_json_is_a_fault(text):
    for schema in (WHOLE, NUMBER, NUMBERS, PERSON):
        assert faults(schema, value_of_text(schema, text))
