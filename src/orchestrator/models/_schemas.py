"""Holds a chat server to the JSON schema of an answer, by the field ``response_format``.

A server that refuses the field, or one schema, is sent the same request without it. This is kept for each (address,
model, schema) until the process ends.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

NAME = "answer"
_REFUSAL = re.compile(r"response[ _]?format|json|schema|structured|guided|grammar", re.IGNORECASE)
_STRICT = frozenset(
    {"type", "properties", "required", "items", "enum", "const", "anyOf", "$ref", "$defs", "description"}
    | {"additionalProperties", "pattern", "format", "minimum", "maximum", "minItems", "maxItems", "multipleOf"}
    | {"exclusiveMinimum", "exclusiveMaximum"}
)
"""Keywords that OpenAI's strict mode knows."""

_refused: set[tuple[str, str, str]] = set()


def response_format(schema: Mapping[str, Any] | None, address: str, model: str) -> dict[str, object]:
    """Return the field of a request's body for the schema of its answer; nothing if there is none, or it was refused.

    Args:
        schema: The schema.
        address: The server's address.
        model: The server's name for the model.
    """
    if schema is None or (address, model, json.dumps(schema)) in _refused:
        return {}
    closed = _closed(schema)
    held: dict[str, object] = {"name": NAME, "schema": closed}
    if _is_strict(closed):
        held["strict"] = True
    return {"response_format": {"type": "json_schema", "json_schema": held}}


def refuses(status: int, complaint: str) -> bool:
    """Tell whether an error of a request with a schema is about the schema.

    Args:
        status: The status of the response.
        complaint: The message of the error, and the field that it names.
    """
    return status in (400, 404, 415, 422, 500, 501) and bool(_REFUSAL.search(complaint))


def note_refusal(schema: Mapping[str, Any], address: str, model: str) -> None:
    """Note that this server does not take this schema."""
    _refused.add((address, model, json.dumps(schema)))


def _closed(schema: Any) -> Any:
    """Return a schema whose objects have no other fields than those that it names, if it leaves that open."""
    if isinstance(schema, list):
        return [_closed(each) for each in schema]
    if not isinstance(schema, Mapping):
        return schema
    found = {
        key: {name: _closed(each) for name, each in value.items()}
        if key in ("properties", "$defs", "definitions") and isinstance(value, Mapping)
        else value
        if key in ("enum", "const", "default", "examples")
        else _closed(value)
        for key, value in schema.items()
    }
    return {**found, "additionalProperties": False} if _is_open(found) else found


def _is_open(schema: Mapping[str, Any]) -> bool:
    return "properties" in schema and not {"additionalProperties", "patternProperties", "allOf"} & {*schema}


def _is_strict(schema: Any) -> bool:
    """Tell whether OpenAI's strict mode takes a schema: it names all fields, and all are required."""
    if isinstance(schema, list):
        return all(map(_is_strict, schema))
    if not isinstance(schema, Mapping):
        return True
    if not _STRICT.issuperset(schema) or schema == {}:
        return False
    if schema.get("type") == "object" and schema.get("additionalProperties") is not False:
        return False
    named = schema.get("properties", {})
    parts = [*named.values(), *schema.get("$defs", {}).values(), schema.get("items", True), schema.get("anyOf", True)]
    return {*named} == {*schema.get("required", named)} and all(map(_is_strict, parts))
