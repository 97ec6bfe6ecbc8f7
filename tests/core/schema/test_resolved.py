"""Any JSON schema becomes one whose parts have one form each."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from orchestrator.core.schema import inlined, resolved
from orchestrator.core.schema.resolved import MOST_NODES

TEXT, WHOLE = {"type": "string"}, {"type": "integer"}


def one(schema: Any, **document: Any) -> Any:
    """The schema of a property, resolved."""
    return resolved({"properties": {"it": schema}, **document})["properties"]["it"]


@pytest.mark.parametrize(
    ("schema", "becomes"),
    [
        ({"$ref": "#/$defs/A"}, {"enum": ["x", "y"]}),
        ({"$ref": "#/definitions/B"}, {"type": "integer"}),
        ({"$ref": "#/$defs/A", "description": "ours"}, {"enum": ["x", "y"], "description": "ours"}),
        ({"$ref": "#/$defs/a~1b"}, {"type": "string"}),
        ({"$ref": "#/$defs/a%20b"}, {"type": "integer"}),
        ({"$ref": "#/$defs/list/prefixItems/1"}, {"type": "string"}),
        ({"$ref": "#/$defs/list/prefixItems/7"}, {}),
        ({"$ref": "#/$defs/list/prefixItems/1/type/more"}, {}),
        ({"$ref": "#/$defs/none"}, {}),
        ({"$ref": "https://elsewhere.example/schema.json"}, {}),
        ({"$ref": 3}, {}),
        ({"const": "x"}, {"enum": ["x"]}),
        ({"allOf": [{"$ref": "#/definitions/B"}, {"minimum": 2}]}, {"type": "integer", "minimum": 2}),
        ({"allOf": [{"enum": [1, 2, 3]}, {"enum": [2, 3, 4]}]}, {"enum": [2, 3]}),
        ({"anyOf": [{"type": "string"}, {"type": "null"}]}, {"type": ["string", "null"]}),
        ({"oneOf": [{"type": "null"}, {"$ref": "#/$defs/A"}]}, {"enum": ["x", "y", None]}),
        ({"anyOf": [{"type": "integer"}]}, {"type": "integer"}),
        ({"type": "string", "nullable": True}, {"type": ["string", "null"]}),
        ({"type": "string", "nullable": False}, {"type": "string"}),
        ({"nullable": True}, {}),
        ({"enum": ["x", None], "nullable": True}, {"enum": ["x", None]}),
        (
            {"anyOf": [{"type": "string"}, {"type": "integer"}, {"type": "null"}]},
            {"anyOf": [{"type": "string"}, {"type": "integer"}, {"type": "null"}]},
        ),
        (
            {"type": "array", "items": {"$ref": "#/definitions/B"}, "minItems": 1},
            {"type": "array", "items": {"type": "integer"}, "minItems": 1},
        ),
        (
            {
                "allOf": [
                    {"properties": {"a": WHOLE}, "required": ["a"]},
                    {"properties": {"b": TEXT}, "required": ["b"]},
                ]
            },
            {"properties": {"a": WHOLE, "b": TEXT}, "required": ["a", "b"]},
        ),
        (
            {"allOf": [{"properties": {"a": WHOLE}}, {"properties": {"a": {"minimum": 3}}}]},
            {"properties": {"a": {"type": "integer", "minimum": 3}}},
        ),
        ({"type": "strange", "minimum": "low", "pattern": "(", "required": "all", "maxLength": -1}, {}),
        ({"$schema": "x", "$id": "y", "if": {}, "title": "It"}, {}),
        (True, {}),
        (False, {"not": {}}),
        ("text", {}),
    ],
)
def test_each_thing_has_one_form(schema, becomes):
    shared = {"$defs": {"A": {"enum": ["x", "y"]}, "a/b": TEXT, "a b": WHOLE, "list": {"prefixItems": [WHOLE, TEXT]}}}
    assert one(schema, **shared, definitions={"B": {"type": "integer"}}) == becomes


def test_alternatives_at_the_root_are_one_object():
    by_name = {"properties": {"name": TEXT, "limit": WHOLE}, "required": ["name", "limit"]}
    by_id = {"properties": {"id": WHOLE, "limit": WHOLE}, "required": ["id", "limit"]}
    found = resolved({"oneOf": [by_name, by_id]})
    assert list(found["properties"]) == ["name", "limit", "id"]
    assert found["required"] == ["limit"]
    both = resolved({"properties": {"all": TEXT}, "required": ["all"], "anyOf": [by_name, {"$ref": "#/none"}]})
    assert both["required"] == ["all"]


def test_a_schema_that_contains_itself_ends():
    tree = {"type": "object", "properties": {"value": WHOLE, "left": {"$ref": "#/$defs/Tree"}}}
    found = resolved({"properties": {"tree": {"$ref": "#/$defs/Tree"}}, "$defs": {"Tree": tree}})
    for _ in range(4):
        found = found["properties"]["tree" if "tree" in found["properties"] else "left"]
        assert found["properties"]["value"] == WHOLE
    assert found["properties"]["left"] == {}
    assert resolved({"$ref": "#"}) == {"type": "object", "properties": {}, "required": []}


def test_a_schema_that_explodes_ends():
    levels = {f"L{at}": {"type": "array", "prefixItems": [{"$ref": f"#/$defs/L{at + 1}"}] * 10} for at in range(20)}
    found = resolved({"properties": {"it": {"$ref": "#/$defs/L0"}}, "$defs": levels})
    assert len(json.dumps(found)) < 100 * MOST_NODES


def test_the_patterns_of_a_stranger_are_left_out():
    schema = {"properties": {"it": {"type": "string", "pattern": "(a+)+$"}}}
    assert resolved(schema)["properties"]["it"] == {"type": "string", "pattern": "(a+)+$"}
    assert resolved(schema, patterns=False)["properties"]["it"] == {"type": "string"}


KEYS = ["type", "$ref", "allOf", "anyOf", "oneOf", "properties", "required", "enum", "const", "items", "nullable"]
KEYS += ["minimum", "maxLength", "pattern", "multipleOf", "additionalProperties", "prefixItems", "description", "not"]
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.sampled_from(["string", "object", "#", "#/type"])
ANY = st.recursive(
    SCALARS | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=4),
    max_leaves=20,
)


@given(ANY)
def test_whatever_a_server_sends_becomes_a_sound_schema(schema):
    found = resolved(schema)
    Draft202012Validator.check_schema(found)
    assert set(found["required"]) <= set(found["properties"])
    Draft202012Validator.check_schema(inlined(schema))
