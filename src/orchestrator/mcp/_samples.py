"""Makes few-shot examples for a tool from its JSON schema and its description.

A small model copies the examples it sees. So the values look real and differ between the examples. Knows schemas.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from orchestrator.core.schema.parameters import NOTHING
from orchestrator.core.schema.resolved import listed
from orchestrator.core.syntax import inert_line
from orchestrator.core.tool import Example

MOST_SAMPLE = 60  # characters of a value
MOST_CHOICES = 12  # values of an enumeration

_NAMED = re.compile(
    r"(?:e\.g\.|for example|such as)[,:]?\s*((?:['\"`][^'\"`]{1,60}['\"`](?:,?\s*(?:or|and)?\s*)?)+)", re.IGNORECASE
)
_QUOTED = re.compile(r"['\"`]([^'\"`]{1,60})['\"`]")
_GETTING = re.compile(r"^(?:get|fetch|read|find|show|look ?up|retrieve|query|list|describe|search)\s+(?:the\s+)?")
_LIKELY = {
    "date-time": ("2025-03-14T09:30:00", "2024-11-02T17:45:00", "2025-06-21T12:05:00"),
    "date": ("2025-03-14", "2024-11-02", "2025-06-21"),
    "time": ("09:30", "17:45", "12:05"),
    "uri": ("https://example.com", "https://example.org/news", "https://example.net"),
    "email": ("ann@example.com", "bob@example.org", "eve@example.net"),
}
_MARKS = {"YYYY-MM-DD": "date", "HH:MM": "time"}  # texts in a description
_ENDINGS = {"datetime": "date-time", "timestamp": "date-time", "date": "date", "time": "time"}  # of property names
_ENDINGS |= {"url": "uri", "uri": "uri", "mail": "email"}
_BY_TYPE = {
    "integer": ("3", "12", "5"),
    "number": ("2.5", "14.2", "7.9"),
    "boolean": ("true", "false", "true"),
    "array": ("[1, 2]", "[3]", "[4, 5]"),
    "object": ("{}", "{}", "{}"),
}


def examples(about: str, name: str, inputs: Mapping[str, Any], output: object) -> tuple[Example, ...]:
    """Make three few-shot examples: a question, the call's argument, a result and an answer.

    Args:
        about: The tool's description.
        name: The server's name for the tool.
        inputs: The JSON schemas of the properties that the examples give, by name.
        output: The JSON schema of the result, if the server has one.
    """
    title = inert_line(re.sub(r"[_\W]+", " ", name), MOST_SAMPLE).strip().lower() or "tool"
    subject = _GETTING.sub("", title)
    please = f"Please {title}" if subject == title else f"What is the {subject}"
    if len(inputs) == 1:  # values named in the tool's description belong to its only property
        ((only, schema),) = inputs.items()
        inputs = {only: {"description": about} | (schema if isinstance(schema, dict) else {})}
    made: list[Example] = []
    for turn, asked in enumerate((f"{about.rstrip('. ')}:", f"{please} for", f"{title[:1].upper()}{title[1:]}:")):
        values = {each: _sample(each, schema, turn) for each, schema in inputs.items()}
        listed = ", ".join(values.values()) or "now"
        result, answer = _outcome(f"{subject} for {listed}", values, output, turn)
        made.append(Example(f"{asked} {listed}", _written(values), result, answer))
    return tuple(made)


def choices(schema: Mapping[str, Any]) -> list[str | int]:
    """Return the values of an enumeration; none if there are many or one cannot be written unchanged."""
    values = listed(schema.get("enum"))
    plain = [each for each in values if isinstance(each, str | int) and str(each) == inert_line(str(each), MOST_SAMPLE)]
    return plain if 0 < len(plain) == len(values) <= MOST_CHOICES else []


def _written(values: Mapping[str, str]) -> str:
    if len(values) == 1:
        return next(iter(values.values()))
    return ", ".join(f"{name}={value}" for name, value in values.items()) or NOTHING


def _outcome(subject: str, given: Mapping[str, str], output: object, turn: int) -> tuple[str, str]:
    """Return a possible result of the tool, and the answer that a model would give."""
    properties = output.get("properties") if isinstance(output, dict) else None
    plain = [
        (name, schema)
        for name, schema in (properties.items() if isinstance(properties, dict) else ())
        if isinstance(schema, dict) and schema.get("type") in ("string", "integer", "number", "boolean")
    ]
    fields = {
        inert_line(name, MOST_SAMPLE): given.get(name) or _sample(name, schema, turn) for name, schema in plain[:4]
    }
    told = next((name for name in fields if name not in given), None)
    if told is None:
        return subject, f"It is {subject}."
    return json.dumps(fields, ensure_ascii=False), f"The {told.replace('_', ' ')} is {fields[told]}."


def _sample(name: str, schema: object, turn: int) -> str:
    """Return a possible value. Values that the schema itself names are preferred."""
    known = schema if isinstance(schema, dict) else {}
    about = str(known.get("description", ""))
    named = [each for match in _NAMED.finditer(about) for each in _QUOTED.findall(match[1])]
    default = [] if known.get("default") in (None, "") else [known["default"]]
    candidates = [*choices(known), *listed(known.get("examples")), *named] or default
    if candidates:
        return inert_line(str(candidates[turn % len(candidates)]), MOST_SAMPLE)
    likely = _LIKELY.get(_kind(name, known, about)) or _BY_TYPE.get(str(known.get("type")))
    return likely[turn] if likely else inert_line(name.replace("_", " "), MOST_SAMPLE) or "text"


def _kind(name: str, schema: Mapping[str, Any], about: str) -> str:
    """Return what a text means by its description, its format or the end of its name; "" if they do not say."""
    if schema.get("type", "string") != "string":
        return ""
    marked = next((kind for mark, kind in _MARKS.items() if mark in about), "")
    word = re.sub(r"[\W_]+", "", name.lower())
    return (
        marked or str(schema.get("format", "")) or next((_ENDINGS[end] for end in _ENDINGS if word.endswith(end)), "")
    )
