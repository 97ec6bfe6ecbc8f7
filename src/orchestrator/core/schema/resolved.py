"""Rewrites a JSON schema so that what follows needs only one form of each thing.

References are replaced by what they name, ``allOf`` by one merged schema, ``const`` by ``enum``, OpenAPI's ``nullable``
and "this or null" by a type that includes null, and alternatives at the root by one object with the properties of all.
What is no schema at all counts as "any value", because servers send anything. Pure functions; knows JSON schemas only.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any
from urllib.parse import unquote

Schema = dict[str, Any]

MOST_NODES = 4_000  # of a resolved schema; what comes after them may have any value
MOST_DEPTH = 24
LEVELS = (4, 2, 1)  # how often a schema that is part of itself is written out; fewer times if it is large
_OBJECT = "object"


def resolved(schema: object, *, patterns: bool = True) -> Schema:
    """Return the schema of an object, in the forms that the module's docstring names.

    Args:
        schema: A JSON schema of any draft since 4, as a server or a user wrote it.
        patterns: Whether regular expressions are kept. Those of a stranger could take for ever.

    Returns:
        A schema with ``type``, ``properties`` and ``required``. A schema that is part of itself is written out a few
        levels deep. What is deeper, in another document or nowhere may have any value, as may everything beyond
        ``MOST_NODES`` and ``MOST_DEPTH``.
    """
    whole = _written_out(schema, patterns=patterns)
    for key in ("anyOf", "oneOf"):
        options = [each for each in listed(whole.pop(key, None)) if isinstance(each, dict)]
        if options:
            whole = _merged(whole, _either(options))
    return {
        **whole,
        "type": _OBJECT,
        "properties": mapped(whole.get("properties")),
        "required": [name for name in mapped(whole.get("properties")) if name in listed(whole.get("required"))],
    }


def inlined(schema: object, *, endless: bool = True) -> Schema:
    """Return a schema of any value in the same forms, without references.

    Args:
        schema: A JSON schema.
        endless: Whether a part that contains itself may have any value below the levels that are written out. If not,
            there may be none: each value that fits what is returned fits the schema.
    """
    return _written_out(schema, patterns=True, endless=endless)


def lost_references(schema: object) -> list[str]:
    """Return the references of a schema that lead nowhere, or to another document.

    Args:
        schema: A JSON schema.
    """
    resolver = _Resolver(schema, patterns=True, levels=1)
    resolver.resolve(schema)
    return resolver.lost


def listed(value: object) -> list[Any]:
    """Return ``value`` if it is a list, else an empty list."""
    return value if isinstance(value, list) else []


def mapped(value: object) -> dict[str, Any]:
    """Return ``value`` if it is a dict, else an empty dict."""
    return value if isinstance(value, dict) else {}


def types_of(schema: Mapping[str, Any]) -> list[str]:
    """Return the names of the types that a schema allows; none if it does not say."""
    kinds = schema.get("type")
    return [kind for kind in (kinds if isinstance(kinds, list) else [kinds]) if isinstance(kind, str)]


def options_of(schema: Mapping[str, Any]) -> list[Schema]:
    """Return the alternatives of a resolved schema; only itself if it has none."""
    rest = {key: value for key, value in schema.items() if key not in ("anyOf", "oneOf")}
    options = [each for key in ("anyOf", "oneOf") for each in listed(schema.get(key)) if isinstance(each, dict)]
    return [_merged(rest, each) for each in options] or [dict(schema)]


def _are_distinct(values: object) -> bool:
    return isinstance(values, list) and 0 < len(values) == len(set(values))


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


TYPES = frozenset({"string", "integer", "number", "boolean", "null", "array", "object"})
_SOUND: dict[str, Callable[[Any], bool]] = {
    "type": lambda value: (
        value in TYPES if isinstance(value, str) else _are_distinct(value) and TYPES.issuperset(value)
    ),
    "enum": lambda value: isinstance(value, list) and bool(value),
    "required": lambda value: _are_distinct(value) and all(isinstance(each, str) for each in value),
    "nullable": lambda value: value is True,
    "additionalProperties": lambda value: isinstance(value, bool),
    "pattern": lambda value: re.compile(value) is not None,
    **dict.fromkeys(("description", "format"), lambda value: isinstance(value, str)),
    **dict.fromkeys(("default", "examples"), lambda _: True),
    **dict.fromkeys(
        ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"),
        _is_number,
    ),
    "multipleOf": lambda value: _is_number(value) and value > 0,
    **dict.fromkeys(
        ("minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties"),
        lambda value: _is_number(value) and int(value) == value >= 0,
    ),
}
KEYWORDS = frozenset(_SOUND)
"""The keywords that stay as they are, if their value is sound. The others do not change what a call looks like."""


def _is_sound(key: str, value: object) -> bool:
    try:
        return _SOUND[key](value)
    except (TypeError, ValueError, re.error, OverflowError, RecursionError):  # not of the keyword's type
        return False


def _written_out(schema: object, *, patterns: bool, endless: bool = True) -> Schema:
    """Resolve a schema. One that is part of itself is written out as often as there is room."""
    found: Schema = {}
    for levels in LEVELS:
        resolver = _Resolver(schema, patterns=patterns, levels=levels, endless=endless)
        found = resolver.resolve(schema)
        if not resolver.exhausted:
            break
    return found


class _Resolver:
    """Resolves the references of one document.

    Args:
        document: The schema.
        patterns: Whether regular expressions are kept.
        levels: How often a reference may be inside itself.
        endless: Whether anything may be below these levels.

    Attributes:
        lost: The references that lead nowhere.
    """

    def __init__(self, document: object, *, patterns: bool, levels: int, endless: bool = True) -> None:
        self.lost: list[str] = []
        self._levels = levels
        self._endless = endless
        self._document = document
        self._keywords = KEYWORDS if patterns else KEYWORDS - {"pattern"}
        self._left = MOST_NODES

    @property
    def exhausted(self) -> bool:
        """Whether parts of the schema were left out because it is too large."""
        return self._left < 0

    def resolve(self, schema: object, inside: tuple[str, ...] = (), depth: int = 0) -> Schema:
        self._left -= 1
        if schema is False:
            return {"not": {}}
        if not isinstance(schema, dict) or self._left < 0 or depth > MOST_DEPTH:
            return {}
        reference = schema.get("$ref")
        if not self._endless and isinstance(reference, str) and inside.count(reference) >= self._levels:
            return {"not": {}}
        found = self._parts(schema, inside, depth)
        for each in listed(schema.get("allOf")):
            found = _merged(found, self.resolve(each, inside, depth + 1))
        if isinstance(reference, str) and inside.count(reference) < self._levels:
            named = self._named(reference)
            if named is None:
                self.lost.append(reference)
            found = _merged(self.resolve(named, (*inside, reference), depth + 1), found)
        return _with_null(found)

    def _parts(self, schema: Schema, inside: tuple[str, ...], depth: int) -> Schema:
        """Return the schema's own keywords, with the schemas inside it resolved."""
        found: Schema = {}
        for key, value in schema.items():
            if key == "properties":
                found[key] = {name: self.resolve(each, inside, depth + 1) for name, each in mapped(value).items()}
            elif key in ("items", "additionalProperties") and isinstance(value, dict):
                found[key] = self.resolve(value, inside, depth + 1)
            elif key in ("anyOf", "oneOf", "prefixItems") and listed(value):
                found[key] = [self.resolve(each, inside, depth + 1) for each in listed(value)]
            elif key == "const":
                found["enum"] = [value]
            elif key in self._keywords and _is_sound(key, value):
                found[key] = value
        return found

    def _named(self, reference: str) -> object:
        """Return the part of the document that ``#/$defs/Name`` names; None if there is none."""
        if not reference.startswith("#"):
            return None
        part: object = self._document
        for step in reference[1:].split("/")[1:]:
            name = unquote(step).replace("~1", "/").replace("~0", "~")
            if isinstance(part, list) and name.isdigit() and int(name) < len(part):
                part = part[int(name)]
            elif isinstance(part, dict):
                part = part.get(name)
            else:
                return None
        return part


def _merged(first: Schema, second: Schema) -> Schema:
    """Return a schema that asks for both. Where only one can be told, it is the second's."""
    both = {**first, **second}
    if "properties" in first and "properties" in second:
        names = mapped(first["properties"]) | mapped(second["properties"])
        ours = mapped(first["properties"])
        both["properties"] = {
            name: _merged(ours[name], each) if name in ours and ours[name] is not each else each
            for name, each in names.items()
        }
    if "required" in first and "required" in second:
        both["required"] = list(dict.fromkeys([*listed(first["required"]), *listed(second["required"])]))
    if "enum" in first and "enum" in second:
        both["enum"] = [each for each in listed(second["enum"]) if each in listed(first["enum"])]
    return both


def _either(options: Iterable[Schema]) -> Schema:
    """Return one object for alternatives: the properties of all; required is what each of them requires."""
    found: Schema = {"properties": {}}
    required: list[Any] | None = None
    for option in options:
        found["properties"] = found["properties"] | mapped(option.get("properties"))
        asked = listed(option.get("required"))
        required = asked if required is None else [name for name in required if name in asked]
    return {**found, "required": required or []}


def _with_null(schema: Schema) -> Schema:
    """Write "this or null" as a type: ``{"anyOf": [{"type": "integer"}, {"type": "null"}]}`` as ["integer", "null"]."""
    nullable = schema.pop("nullable", False) is True
    for key in ("anyOf", "oneOf"):
        options = listed(schema.get(key))
        plain = [each for each in options if types_of(each) != ["null"]]
        if len(plain) == 1 and isinstance(plain[0], dict):
            nullable = nullable or len(plain) < len(options)
            rest = {name: value for name, value in schema.items() if name != key}
            schema = _merged(plain[0], rest)
    if not nullable:
        return schema
    if types_of(schema):
        schema["type"] = list(dict.fromkeys([*types_of(schema), "null"]))
    if "enum" in schema and None not in listed(schema["enum"]):
        schema["enum"] = [*listed(schema["enum"]), None]
    return schema
