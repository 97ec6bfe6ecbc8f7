"""``OutputType``: the type that an answer must have. It knows the type's JSON schema, and how a text becomes a value.

A type is anything that pydantic has a schema for, or a JSON schema itself: then the value is plain JSON. The answer is
JSON. What models often write around it is left out: a fence, or words around one object.
Knows texts and types; not models, and not how a model is held to the schema.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from inspect import isroutine
from typing import TYPE_CHECKING, Any

from orchestrator.core.run import ConfigError

if TYPE_CHECKING:
    from pydantic.json_schema import GenerateJsonSchema

WRAPPED = "value"
"""The name of the only field of the object that a server is asked for if the answer itself is no object."""

MOST_FAULTS = 3
_DEFINITIONS = ("$defs", "definitions")
_KINDS = "a pydantic model, a dataclass, a TypedDict, an Enum, a Literal, int, list[…] and the like, or a JSON schema"


@dataclass(frozen=True, slots=True)
class _Reader:
    """What is known of a type.

    Attributes:
        schema: Its JSON schema.
        read: Returns the value of a JSON text, or raises ValueError.
    """

    schema: Mapping[str, Any]
    read: Callable[[str], Any]


class OutputType:
    """The type of one run's answer. ``of`` makes one.

    Attributes:
        schema: The JSON schema, without titles.
        is_text: Whether any text is valid: the type is ``str``. The answer is then no JSON.
    """

    def __init__(self, reader: _Reader) -> None:
        self._reader = reader
        self.schema: dict[str, Any] = _untitled(reader.schema)
        self.is_text: bool = self.schema == {"type": "string"}
        self._last: tuple[str, Any] | None = None

    @classmethod
    def of(cls, kind: object) -> OutputType | None:
        """Return the output type that a caller names; None for None.

        Args:
            kind: A type, or a JSON schema as a mapping.

        Raises:
            ConfigError: It has no JSON schema, or is none.
        """
        if kind is None:
            return None
        if isinstance(kind, Mapping):
            return cls(_plain_reader(kind))
        if isroutine(kind):
            raise ConfigError(f"output_type {kind!r:.80} is a function: pass {_KINDS}")
        try:
            hash(kind)
        except TypeError:
            return cls(_typed_reader(kind))
        return cls(_kept_reader(kind))

    def __deepcopy__(self, _: object) -> OutputType:
        return self  # dataclasses.asdict copies what it finds

    @property
    def sent(self) -> dict[str, Any]:
        """The schema for servers that take only that of an object: another value is in its field ``value``."""
        definitions = {key: value for key, value in self.schema.items() if key in _DEFINITIONS}
        if whole := self._object(self.schema):
            return {**whole, **definitions}
        inner = {key: value for key, value in self.schema.items() if key not in definitions}
        return {
            "type": "object",
            "properties": {WRAPPED: inner},
            "required": [WRAPPED],
            "additionalProperties": False,
            **definitions,
        }

    def answer_in(self, words: str) -> str:
        """Return the JSON in a model's words; the words themselves if there is none, or more than one.

        Args:
            words: What the model wrote, without its thinking.
        """
        text = words.strip()
        if self.is_text:
            return text
        found = next((each for each in _candidates(text) if _is_json(each)), None)
        if found is None:
            in_quotes = json.dumps(text, ensure_ascii=False)
            return in_quotes if text and text[0] not in '{["' and self._fits(in_quotes) else text
        inner = _unwrapped(found)
        return inner if inner and not self._fits(found) and self._fits(inner) else found

    def read(self, text: str) -> Any:
        """Return the value of an answer.

        Args:
            text: The JSON text, as ``answer_in`` returns it.

        Raises:
            ValueError: The text is not valid. The message says why, in words for the model.
        """
        if self._last is None or self._last[0] != text:
            self._last = (text, text if self.is_text else self._reader.read(text))
        return self._last[1]

    def fault(self, text: str) -> str:
        """Return what is wrong with an answer, in words for the model; "" if it is valid.

        Args:
            text: The JSON text, as ``answer_in`` returns it.
        """
        try:
            self.read(text)
        except ValueError as error:
            return str(error)
        return ""

    def _fits(self, text: str) -> bool:
        return not self.fault(text)

    def _object(self, schema: Mapping[str, Any]) -> dict[str, Any]:
        """Return the schema, or the one that it refers to, if it is that of an object; else {}."""
        named = re.fullmatch(r"#/(\$defs|definitions)/([^/~%]+)", str(schema.get("$ref")))
        found = self.schema.get(named[1], {}).get(named[2], {}) if named else schema
        return dict(found) if found.get("type") == "object" and not {"anyOf", "oneOf", "$ref"} & {*found} else {}


def asked_for(output: OutputType | None, *, small: bool) -> str:
    """Return what comes before a question whose answer must have a type; "" if nothing needs to be said.

    A small model gets the form of the answer, because it writes a schema on instead of an answer. Any other gets the
    schema.

    Args:
        output: The type.
        small: Whether the model is small.
    """
    if output is None or output.is_text:
        return ""
    from orchestrator.core.schema import inlined  # noqa: PLC0415 - for typed answers only
    from orchestrator.core.schema.values import hint  # noqa: PLC0415

    if small:
        form = hint(inlined(output.schema), -1, null=True)
        return f"Write the answer as JSON in this form, without other words: {form}\n\n"
    schema = json.dumps(output.schema, ensure_ascii=False)
    return f"Write the answer as JSON, without other words, by this JSON schema: {schema}\n\n"


# --- The JSON in an answer --------------------------------------------------------------------------------------------

_FENCE = re.compile(
    r"^[ \t]*```[ \t]*(?:json\w*)?[ \t]*\n(.*?)\n?[ \t]*```[ \t]*$", re.DOTALL | re.MULTILINE | re.IGNORECASE
)
_DECODER = json.JSONDecoder()


def _candidates(text: str) -> Iterator[str]:
    """The text, what its only fence holds, and the only object among its words."""
    yield text
    fenced = _FENCE.findall(text)
    if len(fenced) == 1:
        yield fenced[0].strip()
    objects = list(_objects(text))
    if len(objects) == 1:
        yield objects[0]


def _objects(text: str) -> Iterator[str]:
    """The JSON objects and lists in a text that are not inside another one; "" for half an object."""
    at = 0
    while opened := _OPENS.search(text, at):
        try:
            _, at = _DECODER.raw_decode(text, opened.start())
        except (ValueError, RecursionError):
            at = opened.end()
            if _HALF.match(text, opened.start()):
                yield ""
        else:
            yield text[opened.start() : at]


_HALF = re.compile(r'\{\s*"')
_OPENS = re.compile(r"\{|\[(?=\s*[\[{\"\d\]-])")


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def _unwrapped(text: str) -> str:
    """Return the JSON of the only field of an object, if its name is ``value``; else ""."""
    field = re.match(rf'\s*\{{\s*"{WRAPPED}"\s*:\s*', text)
    if not field:
        return ""
    _, end = _DECODER.raw_decode(text, field.end())
    return text[field.end() : end] if text[end:].strip() == "}" else ""


# --- Types ------------------------------------------------------------------------------------------------------------


def _plain_reader(schema: Mapping[str, Any]) -> _Reader:
    """The reader of a JSON schema: the value is plain JSON."""
    from jsonschema import Draft202012Validator, SchemaError  # noqa: PLC0415 - 60 ms, for answers with a schema

    from orchestrator.core.schema.resolved import lost_references  # noqa: PLC0415
    from orchestrator.core.schema.values import faults_of_whole, json_of  # noqa: PLC0415

    try:
        Draft202012Validator.check_schema(schema)
        json.dumps(schema)
    except SchemaError as error:
        place = "/".join(map(str, error.absolute_path)) or "its root"
        raise ConfigError(f"output_type is no JSON schema: {error.message} at {place}") from None
    except (TypeError, ValueError) as error:
        raise ConfigError(f"output_type is no JSON schema: {error}") from None
    if lost := lost_references(schema):
        raise ConfigError(f"the schema in output_type refers to {lost[0]}, which is not in it")

    def read(text: str) -> Any:
        value = _parsed(json_of, text)
        if found := faults_of_whole(schema, value):
            raise ValueError("; ".join(each.removeprefix(".") for each in found))
        return value

    return _Reader(schema, read)


def _typed_reader(kind: object) -> _Reader:
    """The reader of a type that pydantic knows."""
    from pydantic import PydanticUserError, TypeAdapter, ValidationError  # noqa: PLC0415 - 40 ms, for typed answers

    from orchestrator.core.schema.values import json_of  # noqa: PLC0415
    from orchestrator.core.typed_dicts import readable  # noqa: PLC0415

    try:
        adapter: TypeAdapter[Any] = TypeAdapter(readable(kind))
        schema = adapter.json_schema(schema_generator=_plain_numbers())
    except (PydanticUserError, NameError, TypeError, AttributeError, ValueError) as error:
        why = str(error).partition("\n")[0]
        raise ConfigError(f"there is no JSON schema of output_type {kind!r:.80} ({why}): pass {_KINDS}") from error

    def read(text: str) -> Any:
        _parsed(json_of, text)  # pydantic would also read NaN and 1e999
        try:
            return adapter.validate_json(text, strict=True)
        except ValidationError as error:
            raise ValueError("; ".join(map(_told, error.errors(include_url=False)[:MOST_FAULTS]))) from None
        except Exception as error:  # a validator of the type; nothing may end the run here
            raise ValueError(f"{type(error).__name__}: {error}") from error

    return _Reader(schema, read)


@cache
def _plain_numbers() -> type[GenerateJsonSchema]:
    from pydantic.json_schema import GenerateJsonSchema  # noqa: PLC0415

    class PlainNumbers(GenerateJsonSchema):
        """A decimal is a number. It may be a text for pydantic, but no schema says which texts."""

        def decimal_schema(self, schema: Any) -> dict[str, Any]:
            return {"type": "number"} | {
                name: float(schema[key]) for key, name in _LIMITS.items() if schema.get(key) is not None
            }

    return PlainNumbers


_LIMITS = {"ge": "minimum", "gt": "exclusiveMinimum", "le": "maximum", "lt": "exclusiveMaximum"}
_kept_reader = lru_cache(maxsize=64)(_typed_reader)


def _parsed(json_of: Callable[[str], Any], text: str) -> Any:
    try:
        return json_of(text)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"this is not JSON ({error})" if text else "there is no answer") from None


def _told(error: Mapping[str, Any]) -> str:
    place = ".".join(map(str, error["loc"]))
    return f"{place}: {error['msg']}" if place else str(error["msg"])


def _untitled(schema: Any) -> Any:
    """Return a schema without its titles, which only repeat names."""
    if not isinstance(schema, Mapping):
        return [_untitled(each) for each in schema] if isinstance(schema, list | tuple) else schema
    return {
        key: {name: _untitled(each) for name, each in value.items()}
        if key in ("properties", "patternProperties", *_DEFINITIONS) and isinstance(value, Mapping)
        else value
        if key in ("enum", "const", "default", "examples")
        else _untitled(value)
        for key, value in schema.items()
        if key != "title"
    }
