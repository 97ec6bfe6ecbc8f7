"""``Parameters``: how the argument of a call is written for a tool with a JSON schema, and how it is read.

    city=Oslo, days=3        by name; a value may contain commas, and may be in quotes
    Oslo, 3                  by position; if only one text is required, "Paris, France" is one text, and a second
                             text must be named
    {"city": "Oslo", "days": 3}

All three are understood, because each model writes the form that it knows. Knows JSON schemas; not tools or models.
"""

from __future__ import annotations

import keyword
import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from orchestrator.core.errors import ConfigError, ToolError
from orchestrator.core.schema.resolved import Schema, lost_references, mapped, resolved
from orchestrator.core.schema.values import (
    allows_null,
    faults,
    faults_of_whole,
    hint,
    is_text,
    json_of,
    value_of_json,
    value_of_text,
)
from orchestrator.core.schema.written import are_all_quoted, named_fields, placed_values

NOTHING = "-"  # the argument for a tool without parameters: a call always has an argument
_WRITABLE = re.compile(r"[$@]?\w(?:[\w.$-]{0,58}\w)?")  # a name that ``name=value`` can begin with


class Parameters:
    """The parameters of one tool.

    Args:
        schema: The JSON schema of an object whose properties are the parameters.
        patterns: Whether regular expressions in it are kept; False for a schema of a stranger.

    Attributes:
        schema: The schema as ``resolved`` writes it.
    """

    def __init__(self, schema: object, *, patterns: bool = True) -> None:
        self.schema: Schema = resolved(schema, patterns=patterns)
        self._properties: dict[str, Schema] = self.schema["properties"]
        self.required: list[str] = self.schema["required"]
        self._names: dict[str, str] = {}
        self._aliases: dict[str, str] = {}  # other ways to write the names
        for name in sorted(self._properties, key=lambda each: each not in self.required):
            alias = _identifier(name, {*self._properties, *self._aliases} - {name})
            self._names[name if _WRITABLE.fullmatch(name) else alias] = name
            self._aliases |= {alias: name, name: name}
        alike = Counter(map(_alike, self._properties))
        self._near = {_alike(name): name for name in self._properties if alike[_alike(name)] == 1}
        self._whole: Mapping[str, Any] | None = None  # the schema as its author wrote it

    @classmethod
    def checked(cls, schema: object, name: str) -> Parameters:
        """Return the parameters of a tool of one's own.

        Args:
            schema: The JSON schema.
            name: The tool's name, for the message.

        Raises:
            ConfigError: The schema is not the JSON schema of an object.
        """
        from jsonschema import Draft202012Validator, SchemaError  # noqa: PLC0415 - 60 ms, for tools with a schema

        try:
            Draft202012Validator.check_schema(schema)
        except SchemaError as error:
            place = "/".join(map(str, error.absolute_path)) or "its root"
            raise ConfigError(
                f"the parameters of the tool {name} are no JSON schema: {error.message} at {place}"
            ) from None
        if not isinstance(schema, Mapping) or schema.get("type", "object") != "object":
            raise ConfigError(
                f"the parameters of the tool {name} must be the JSON schema of an object, "
                "as in {'type': 'object', 'properties': {'city': {'type': 'string'}}, 'required': ['city']}"
            )
        if lost := lost_references(schema):
            raise ConfigError(f"the parameters of the tool {name} refer to {lost[0]}, which is not in the schema")
        made = cls(schema)
        made._whole = schema
        return made

    def check_example(self, argument: str, name: str) -> None:
        """Check the argument of a few-shot example.

        Args:
            argument: The argument.
            name: The tool's name, for the message.

        Raises:
            ConfigError: The argument does not fit the schema.
        """
        try:
            self.read(argument)
        except ToolError as error:
            raise ConfigError(f"an example of the tool {name}, {argument!r}, does not fit: {error}") from None

    @property
    def syntax(self) -> str:
        """How the prompt writes the argument, such as ``city=text, days=number (optional)``."""
        if not self._names:
            return NOTHING
        hints = {name: f"{hint(schema)}{self._optional(theirs)}" for name, theirs, schema in self._listed()}
        return next(iter(hints.values())) if len(hints) == 1 else ", ".join(map("=".join, hints.items()))

    @property
    def shown(self) -> dict[str, Schema]:
        """The schemas of the properties that an example gives, by the names that the prompt uses.

        They are the required ones, or else the first.
        """
        asked = {name: schema for name, theirs, schema in self._listed() if theirs in self.required}
        return asked or {name: schema for name, _, schema in self._listed()[:1]}

    def read(self, argument: str) -> dict[str, Any]:
        """Read the argument of a call.

        Args:
            argument: What the model wrote.

        Returns:
            The values by the names of the schema.

        Raises:
            ToolError: A value is missing or does not fit the schema. The message says how to write the argument.
        """
        if not self._names:
            return self._free(argument.strip())
        values: dict[str, Any] = {}
        wrong: list[str] = []
        for name, (given, as_text) in self._given(argument.strip()).items():
            theirs = self._parameter(name)
            if theirs is None:
                if not self._is_open:
                    wrong.append(f"there is no {name!r}")
                else:
                    values[name] = value_of_json(mapped(self.schema.get("additionalProperties")), given)
            elif theirs in values:
                wrong.append(f"{name} is given twice")
            elif not self._is_left_out(theirs, given, as_text):
                values[theirs] = self._value(theirs, given, as_text)
                wrong += [_of(name, fault) for fault in faults(self._properties[theirs], values[theirs])[:1]]
        wrong += [f"{name} is missing" for name, theirs in self._names.items() if self._is_missing(theirs, values)]
        self._refuse(wrong or self._of_whole(values))
        return values

    def _refuse(self, wrong: Sequence[str]) -> None:
        if wrong:
            raise ToolError(f"{'; '.join(wrong[:3])}; write {self.syntax}")

    def _of_whole(self, values: Mapping[str, Any]) -> list[str]:
        """What is wrong by what a schema of one's own says besides: conditions, all levels, patterns."""
        return [] if self._whole is None else [_of("", fault) for fault in faults_of_whole(self._whole, values)]

    @property
    def _is_open(self) -> bool:
        """Whether the schema says itself that there may be other names."""
        return bool(self.schema.get("additionalProperties")) or "patternProperties" in (self._whole or {})

    def _free(self, argument: str) -> dict[str, Any]:
        """The values for a schema that names no parameters, but may allow any. Else the argument means nothing."""
        if self.schema.get("additionalProperties") is False:
            return {}
        values = self._as_json(argument) if argument.startswith("{") else {}
        if self._is_open and not values and argument not in ("", NOTHING, "{}"):
            raise ToolError('write a JSON object, such as {"name": "value"}')
        self._refuse(self._of_whole(values))
        return values

    def _parameter(self, name: str) -> str | None:
        """The parameter that a name means, also if it is written in another manner: userId for user-id."""
        return self._aliases.get(name) or self._near.get(_alike(name))

    def _listed(self) -> list[tuple[str, str, Schema]]:
        return [(name, theirs, self._properties[theirs]) for name, theirs in self._names.items()]

    def _optional(self, theirs: str) -> str:
        return "" if theirs in self.required else " (optional)"

    def _is_missing(self, theirs: str, values: Mapping[str, Any]) -> bool:
        return theirs in self.required and theirs not in values

    def _is_left_out(self, theirs: str, given: Any, as_text: bool) -> bool:
        """Tell whether an optional parameter is given as null, although null is none of its values."""
        is_null = given is None or (as_text and given in ("null", "None") and not is_text(self._properties[theirs]))
        return is_null and theirs not in self.required and not allows_null(self._properties[theirs])

    def _value(self, theirs: str, given: Any, as_text: bool) -> Any:
        schema = self._properties[theirs]
        return value_of_text(schema, given) if as_text else value_of_json(schema, given)

    def _given(self, argument: str) -> dict[str, tuple[Any, bool]]:
        """Return what is given for each name, and whether it is the text of a value or a JSON value."""
        named = named_fields(argument, self._parameter)
        if not named and argument.startswith("{"):
            return {name: (value, False) for name, value in self._as_json(argument).items()}
        names = [name for name, _ in named]
        self._refuse([f"{name} is given twice" for name in dict.fromkeys(names) if names.count(name) > 1])
        return {name: (text, True) for name, text in (dict(named) or self._placed(argument)).items()}

    def _as_json(self, argument: str) -> dict[str, Any]:
        """The fields of a JSON object, which may also be the value of the only parameter."""
        try:
            value = dict(json_of(argument))
        except (ValueError, RecursionError) as error:
            raise ToolError(f"this is not valid JSON ({error}); write {self.syntax}") from None
        only = len(self._names) == 1 and not self._is_open and not any(map(self._parameter, value))
        only = only and bool(value or self.required)
        return {next(iter(self._names)): value} if only else value

    def _placed(self, argument: str) -> dict[str, str]:
        """The fields by position; or the whole argument as the one text that is required.

        Raises:
            ToolError: There are more or fewer values than parameters.
        """
        required = [name for name, theirs in self._names.items() if theirs in self.required]
        values = [argument] if len(self._names) == 1 else placed_values(argument)
        placed = dict(zip(self._names, values, strict=False))
        fits = len(required) <= len(values) <= len(self._names)
        if len(required) == 1 and is_text(self._schema(required[0])) and not (fits and are_all_quoted(argument)):
            last = dict(zip(list(self._names)[-1:], values[-1:], strict=False))
            others = (placed if fits else self._names).keys() - set(required)
            if not self._commas_separate(argument, placed if fits else last, others):
                return {required[0]: argument}
        if not fits:
            raise ToolError(f"{len(values)} values for {len(self._names)} names; write {self.syntax}")
        return placed

    def _schema(self, name: str) -> Schema:
        return self._properties[self._names[name]]

    def _commas_separate(self, argument: str, fields: Mapping[str, str], others: Collection[str]) -> bool:
        """Tell whether the commas of an argument separate ``fields``, or belong to one text: "Paris, France".

        They separate if each field accepts its value, and none of the ``others`` would accept any text. Otherwise the
        part after a comma might just as well be more of the text.
        """
        any_text = any(self._accepts({name: argument}) for name in others)
        return bool(fields) and self._accepts(fields) and not any_text

    def _accepts(self, fields: Mapping[str, str]) -> bool:
        schemas = {name: self._schema(name) for name in fields}
        return not any(faults(schemas[name], value_of_text(schemas[name], text)) for name, text in fields.items())


def _identifier(name: str, taken: Collection[str]) -> str:
    """Return the name as an identifier that is not taken."""
    plain = re.sub(r"\W", "_", name, flags=re.ASCII)[:60]
    plain = plain if plain[:1].isalpha() or plain[:1] == "_" else f"_{plain}"
    while plain in taken or keyword.iskeyword(plain):
        plain += "_"
    return plain


def _alike(name: str) -> str:
    """Return what names have in common that differ in capitals and signs only: userId, user_id, user-id."""
    return re.sub(r"[\W_]+", "", name).casefold()


def _of(name: str, fault: str) -> str:
    place, _, words = f"{name}{fault}".partition(": ") if fault[:1] in (".", "[") else (name, "", fault)
    return f"{place.removeprefix('.')}: {words}" if place else words
