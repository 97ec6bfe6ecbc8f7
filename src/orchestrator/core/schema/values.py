"""Reads one value by its JSON schema, as it was meant: ``30`` is the number 30, and ``"30"`` too, for a number.

A model writes text. What type a text has is decided by the schema, and only where the schema leaves it open by the
text. The checks themselves are the jsonschema library's, the reference implementation in Python (MIT, since 2012).
Knows JSON schemas; not tools.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from math import isfinite
from typing import TYPE_CHECKING, Any

from orchestrator.core.schema.resolved import Schema, listed, mapped, options_of, types_of

if TYPE_CHECKING:
    from jsonschema import Draft202012Validator, ValidationError

MOST_FAULTS = 3
MOST_SHOWN, MOST_TOLD = 60, 160  # characters of a value in a message, and of a message
MOST_FIELDS, MOST_NESTED, MOST_CHOICES = 12, 2, 12  # of a hint
_INTEGER = re.compile(r"[+-]?(?:\d+|\d{1,3}(?:,\d{3})+)(?:\.0+)?")
_NUMBER = re.compile(r"[+-]?(?:(?:\d+|\d{1,3}(?:,\d{3})+)(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?")
_BOOLEANS = {"true": True, "false": False, "yes": True, "no": False, "on": True, "off": False}
_HINTS = {"string": "text", "integer": "number", "number": "number", "boolean": "true|false", "null": "null"}
_FORMATS = {"date": "YYYY-MM-DD", "date-time": "YYYY-MM-DDTHH:MM", "time": "HH:MM"}


def value_of_text(schema: Schema, text: str) -> Any:
    """Return the value that a text means.

    Args:
        schema: The resolved schema of the value.
        text: What the model wrote, without quotes around it.

    Returns:
        The value of the first alternative of the schema that the text fits; but if a float would not be written as the
        text is, as with 19.90, and the schema allows text, the text. If it fits none, what it most likely means: then
        the check says what is wrong.
    """
    readings = [(option, value) for option in options_of(schema) for value in _readings(option, text)]
    fitting = [value for option, value in readings if not faults(option, value)]
    exact = [value for value in fitting if not isinstance(value, float) or repr(value) == text]
    return _first([*exact, *fitting, *(value for _, value in readings)], text)


def value_of_json(schema: Schema, value: Any) -> Any:
    """Return the value that a JSON value means: parts that are written as text, but belong to another type, are read.

    Args:
        schema: The resolved schema of the value.
        value: What the model wrote.
    """
    options = sorted(options_of(schema), key=lambda option: bool(faults(option, value)))  # as it is, if that fits
    readings = [(option, _as_option(option, value)) for option in options]
    return next((read for option, read in readings if not faults(option, read)), readings[0][1])


def json_of(text: str) -> Any:
    """Read a text as JSON. NaN, Infinity and numbers beyond a float's range are none.

    Args:
        text: The text.

    Raises:
        ValueError: It is not valid JSON.
        RecursionError: It is nested too deeply.
    """
    return json.loads(text, parse_constant=_finite, parse_float=_finite)


def _finite(text: str) -> float:
    value = float(text)
    if not isfinite(value):
        raise ValueError(f"{text} is no number of JSON")
    return value


def faults(schema: Schema, value: Any) -> list[str]:
    """Return what is wrong with a value, in words for the model; at most three faults.

    Args:
        schema: The resolved schema of the value.
        value: The value.
    """
    return _told(_validator(json.dumps(schema, default=str)).iter_errors(value))


def faults_of_whole(schema: Mapping[str, Any], value: Any) -> list[str]:
    """Return what is wrong with a value by a schema as its author wrote it, with references and conditions.

    Args:
        schema: A valid JSON schema whose references lead somewhere.
        value: The value.
    """
    return _told(
        error
        for error in _validator(json.dumps(schema, default=str)).iter_errors(value)
        if not (error.instance is None and error.schema.get("nullable") is True)  # as OpenAPI says it
    )


def _told(errors: Iterable[ValidationError]) -> list[str]:
    found = []
    for error in errors:
        place = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in error.absolute_path)
        found.append(f"{place}: {_worded(error)}" if place else _worded(error))
        if len(found) == MOST_FAULTS:
            break
    return found


def allows_null(schema: Schema) -> bool:
    """Tell whether null is a value of the schema, and not only the absence of one."""
    return not faults(schema, None)


def is_text(schema: Schema) -> bool:
    """Tell whether any text fits, and nothing else: the schema asks for a string, and says nothing of which."""
    return types_of(schema) == ["string"] and not _OF_STRINGS & schema.keys()


_OF_STRINGS = {"enum", "pattern", "format", "minLength", "maxLength"}


def hint(schema: Schema, depth: int = 0, *, null: bool = False) -> str:
    """Return how the prompt writes a value, such as ``text``, ``YYYY-MM-DD``, ``low|high`` or ``[number, …]``.

    Args:
        schema: The resolved schema of the value.
        depth: How many objects and lists the value is inside of; -1 writes out one level more.
        null: Whether it says where the value may be null.
    """
    if null and allows_null(schema):
        return f"{_hint(schema, depth, null=null)}|null"
    return _hint(schema, depth, null=null)


def _hint(schema: Schema, depth: int, *, null: bool) -> str:
    if choices := [each for each in listed(schema.get("enum")) if each is not None]:
        shown = [each if isinstance(each, str) else json.dumps(each) for each in choices[:MOST_CHOICES]]
        return "|".join([*shown, *(["…"] if len(choices) > MOST_CHOICES else [])])
    options = options_of(schema)
    if len(options) > 1:
        return "|".join(dict.fromkeys(_hint(each, depth, null=null) for each in options if types_of(each) != ["null"]))
    kinds = [kind for kind in types_of(schema) if kind != "null"]
    return "|".join(dict.fromkeys(_hint_of(kind, schema, depth, null=null) for kind in kinds)) or "text"


def _hint_of(kind: str, schema: Schema, depth: int, *, null: bool) -> str:
    if kind == "string":
        return _FORMATS.get(str(schema.get("format")), "text")
    if kind == "array":
        items = mapped(schema.get("items"))
        return f"[{hint(items, depth + 1, null=null)}, …]" if items and depth < MOST_NESTED else "[…]"
    if kind == "object":
        required = listed(schema.get("required"))
        fields = [
            f'"{name}": {hint(each, depth + 1, null=null)}{"" if name in required else " (optional)"}'
            for name, each in list(mapped(schema.get("properties")).items())[:MOST_FIELDS]
            if depth < MOST_NESTED
        ]
        return f"{{{', '.join(fields) or '…'}}}"
    return _HINTS.get(kind, "text")


def _readings(option: Schema, text: str) -> list[Any]:
    """Return what a text may mean, the reading that says most first."""
    found: list[Any] = [each for each in listed(option.get("enum")) if _name(each) == text]
    found += [each for each in listed(option.get("enum")) if _name(each).casefold() == text.casefold()]
    kinds = types_of(option) or ["null", "boolean", "integer", "number", "array", "object", "string"]
    for kind in ("null", "boolean", "integer", "number", "array", "object"):
        if kind in kinds and (value := _READERS[kind](text)) is not _NOTHING:
            found.append(value_of_json(option, value) if kind in ("array", "object") else value)
    return [*found, text] if "string" in kinds else found


def _as_option(option: Schema, value: Any) -> Any:
    kinds = types_of(option)
    if isinstance(value, str):
        as_it_is = value in listed(option.get("enum")) if "enum" in option else not kinds or "string" in kinds
        return value if as_it_is else _first(_readings(option, value), value)
    if isinstance(value, list):
        items = mapped(option.get("items"))
        return [value_of_json(items, each) for each in value] if items else value
    if isinstance(value, dict):
        return _object(option, value)
    if isinstance(value, float) and value.is_integer() and "integer" in kinds and "number" not in kinds:
        return int(value)
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return _name(value) if number and "string" in kinds and not {"integer", "number"} & {*kinds} else value


def _object(option: Schema, value: Mapping[str, Any]) -> dict[str, Any]:
    """Read the fields of an object. A null that is no value of its field means that the field is left out."""
    properties, required = mapped(option.get("properties")), listed(option.get("required"))
    read = {}
    for name, each in value.items():
        schema = mapped(properties.get(name))
        if each is None and name in properties and name not in required and not allows_null(schema):
            continue
        read[name] = value_of_json(schema, each) if schema else each
    return read


def _worded(error: ValidationError) -> str:
    """Return a fault in the words of the prompt's syntax, not of JSON Schema."""
    shown = json.dumps(error.instance, ensure_ascii=False, default=str)
    shown = shown if len(shown) <= MOST_SHOWN else f"{shown[: MOST_SHOWN - 1]}…"
    match error.validator:
        case "required":
            missing = [name for name in error.validator_value if name not in error.instance]
            return f"{', '.join(missing)} is missing"
        case "additionalProperties":
            return f"there is no {', '.join(each for each in error.instance if each not in error.schema['properties'])}"
        case "type" if isinstance(error.instance, float) and "integer" in types_of(error.schema):
            return f"write a whole number, not {shown}"
        case "type" | "enum" | "anyOf" | "oneOf":
            return f"write {hint(error.schema)}, not {shown}"
    return error.message if len(error.message) <= MOST_TOLD else f"{error.message[: MOST_TOLD - 1]}…"


def _first(values: list[Any], otherwise: Any) -> Any:
    return values[0] if values else otherwise


_NOTHING = object()


def _null(text: str) -> Any:
    return None if text.lower() in ("null", "none") else _NOTHING


def _boolean(text: str) -> Any:
    return _BOOLEANS.get(text.lower(), _NOTHING)


def _integer(text: str) -> Any:
    if not _INTEGER.fullmatch(text):
        return _NOTHING
    try:
        return int(text.partition(".")[0].replace(",", ""))
    except ValueError:  # more digits than Python reads
        return _NOTHING


def _number(text: str) -> Any:
    if not _NUMBER.fullmatch(text):
        return _NOTHING
    whole = _integer(text) if "." not in text else _NOTHING
    if whole is not _NOTHING:
        return whole
    value = float(text.replace(",", ""))
    return value if isfinite(value) else _NOTHING


def _json(text: str) -> Any:
    if text[:1] not in ("[", "{"):
        return _NOTHING
    try:
        return json_of(text)
    except (ValueError, RecursionError):
        return _NOTHING


def _array(text: str) -> Any:
    value = _json(text)
    return value if isinstance(value, list) else _NOTHING


def _of_fields(text: str) -> Any:
    value = _json(text)
    return value if isinstance(value, dict) else _NOTHING


_READERS = {
    "null": _null,
    "boolean": _boolean,
    "integer": _integer,
    "number": _number,
    "array": _array,
    "object": _of_fields,
}


def _name(value: Any) -> str:
    """Return how a model writes a value."""
    return value if isinstance(value, str) else json.dumps(value)


@lru_cache(maxsize=512)
def _validator(schema: str) -> Draft202012Validator:
    from jsonschema import Draft202012Validator, validators  # noqa: PLC0415 - loaded by the first call with a schema
    from referencing import Registry  # noqa: PLC0415

    known = json.loads(schema)
    draft = validators.validator_for(known, default=Draft202012Validator)
    return draft(known, registry=Registry())  # an empty registry: nothing is fetched
