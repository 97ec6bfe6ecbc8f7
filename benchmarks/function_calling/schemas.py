"""Writes the benchmark's parameter types as JSON Schema: ``dict`` is an object, ``float`` a number.

Pure functions; knows schemas only.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

# As the benchmark itself translates them for servers with OpenAI's function calling.
_TYPES = {
    **dict.fromkeys(("dict", "hashmap", "hashtable", "object"), "object"),
    **dict.fromkeys(("list", "tuple", "arraylist", "queue", "stack", "array"), "array"),
    **dict.fromkeys(("float", "double", "number"), "number"),
    **dict.fromkeys(("byte", "short", "long", "bigint", "integer", "int"), "integer"),
    **dict.fromkeys(("any", "char", "string", "str"), "string"),
    **dict.fromkeys(("bool", "boolean"), "boolean"),
    "null": "null",
}


def json_schema(node: Mapping[str, Any]) -> dict[str, Any]:
    """Return a schema with JSON Schema's types. A type that is neither its nor the benchmark's is left out.

    Args:
        node: The benchmark's schema of a function's parameters, or of one value. Only the types differ from JSON
            Schema, and ``optional``, which says again what ``required`` says.
    """
    found = {key: value for key, value in node.items() if key != "optional"}
    if "type" in found:
        kinds = found["type"] if isinstance(found["type"], list) else [found["type"]]
        known = [_TYPES[kind] for each in kinds if (kind := str(each).strip().lower()) in _TYPES]
        found.pop("type")
        if known:
            found["type"] = known[0] if len(known) == 1 else list(dict.fromkeys(known))
    if isinstance(found.get("properties"), Mapping):
        found["properties"] = {name: json_schema(each) for name, each in found["properties"].items()}
    for key in ("items", "additionalProperties"):
        if isinstance(found.get(key), Mapping):
            found[key] = json_schema(found[key])
    for key in ("anyOf", "oneOf"):
        if isinstance(found.get(key), list):
            found[key] = [json_schema(each) for each in found[key]]
    if not isinstance(found.get("required", []), list):
        found.pop("required")
    return found
