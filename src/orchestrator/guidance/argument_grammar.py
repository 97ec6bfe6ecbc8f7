"""The grammar of an argument by a tool's JSON schema: a JSON object whose values come from the question.

Strings are copied from the question, any run of its words. Numbers are those of the question. Values of an enumeration
are as they are, lists are bounded and go through the question from left to right, and an optional parameter may be left
out. So the model only chooses: which words, which number, whether a parameter has a value.
Knows JSON schemas as ``core.schema`` resolves them, and questions; not the model.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from orchestrator.core.schema.resolved import listed, mapped, options_of, types_of
from orchestrator.guidance.numbers import COMPARED, numbers_in
from orchestrator.guidance.literals import quoted

MOST_DEPTH = 4
MOST_ITEMS = 8
MOST_WORDS = 400  # of the question


def argument_rules(schema: Mapping[str, Any], question: str, familiar: frozenset[str], prefix: str) -> list[str]:
    """Return the rules (GBNF) of a tool's argument. The first one is the argument's, ``prefix``.

    Args:
        schema: The resolved schema of the tool's parameters.
        question: The user's question.
        familiar: Words so frequent that no value begins with one.
        prefix: The beginning of all rules' names, so that the rules of two tools cannot clash: letters and digits.
    """
    return _Rules(question[:COMPARED], familiar, prefix).of(schema)


class _Rules:
    """Collects the rules of one argument."""

    def __init__(self, question: str, familiar: frozenset[str], prefix: str) -> None:
        self._prefix = prefix
        self._rules: dict[str, str] = {}
        self._words = [_Word(match[0]) for match in re.finditer(r"\S+", question)][:MOST_WORDS]
        self._starts = [at for at, word in enumerate(self._words) if word.last.lower() not in familiar]
        self._numbers = _numbers(question)
        self._spare = True  # whether the question has more numbers than the required parameters take

    def of(self, schema: Mapping[str, Any]) -> list[str]:
        taken = [name for name in listed(schema.get("required")) if _is_number(mapped(schema["properties"].get(name)))]
        self._spare = len(self._numbers) > len(taken)
        whole = self._object(schema, 0)
        return [f"{self._prefix} ::= {whole}", *(f"{name} ::= {body}" for name, body in self._rules.items())]

    def _add(self, body: str, name: str = "") -> str:
        name = f"{self._prefix}-{name or len(self._rules)}"
        self._rules.setdefault(name, body)
        return name

    def _object(self, schema: Mapping[str, Any], depth: int) -> str:
        """An object: required parameters, and optional ones that may be left out, in the schema's order."""
        required = listed(schema.get("required"))
        rest_first = rest = '"}"'
        for name, each in reversed(mapped(schema.get("properties")).items()):
            value = self._value(mapped(each), depth + 1, required=name in required)
            if value is None:
                continue
            pair = f"{quoted(json.dumps(name, ensure_ascii=False) + ': ')} {value}"
            left_out = "" if name in required else f" | {rest_first}"
            rest_first, rest = (
                self._add(f"{pair} {rest}{left_out}"),
                self._add(f'", " {pair} {rest}{"" if name in required else f" | {rest}"}'),
            )
        return f'"{{" {rest_first}'

    def _value(self, schema: Mapping[str, Any], depth: int, *, required: bool) -> str | None:
        """A value; None if an optional one cannot come from the question."""
        if choices := [each for each in listed(schema.get("enum")) if each is not None]:
            return self._add(" | ".join(quoted(json.dumps(each, ensure_ascii=False)) for each in choices))
        options = [self._kind(option, kind, depth, required) for option in options_of(schema) for kind in _kinds(option)]
        found = list(dict.fromkeys(each for each in options if each))
        return self._add(" | ".join(found)) if len(found) > 1 else found[0] if found else None

    def _kind(self, schema: Mapping[str, Any], kind: str, depth: int, required: bool) -> str | None:
        if kind in ("integer", "number"):
            return self._number(kind, required=required)
        if kind == "boolean":
            return self._add('"true" | "false"', "boolean")
        if kind == "array":
            return self._array(schema, depth)
        if kind == "object" and depth < MOST_DEPTH and schema.get("properties"):
            return self._add(self._object(schema, depth))
        if kind == "object":
            return '"{}"'
        return self._text()

    def _number(self, kind: str, *, required: bool) -> str | None:
        own = self._fitting(kind) if required or self._spare else []
        if own:
            return self._add(" | ".join(map(quoted, dict.fromkeys(own))), kind)
        if not required:
            return None
        return self._add('"-"? [0-9]{1,9}' if kind == "integer" else '"-"? [0-9]{1,9} ("." [0-9]{1,6})?', kind)

    def _fitting(self, kind: str) -> list[str]:
        return [value for value in self._numbers if kind == "number" or _INTEGER.fullmatch(value)]

    def _text(self) -> str:
        if not self._starts:
            return self._add(r'"\"" [^"\\\x00-\x1f]{1,80} "\""', "text")
        last = len(self._words) - 1
        for at, word in enumerate(self._words):
            more = f' | {quoted(word.whole)} " " {self._prefix}-w{at + 1}' if at < last else ""
            self._add(quoted(word.last) + more, f"w{at}")
        copied = " | ".join(f"{self._prefix}-w{at}" for at in self._starts)
        return self._add(f'"\\"" ({copied}) "\\""', "text")

    def _array(self, schema: Mapping[str, Any], depth: int) -> str:
        items = mapped(schema.get("items")) or {"type": "string"}
        kinds = _kinds(items)
        if kinds[0] in ("integer", "number") and not items.get("enum") and (own := self._fitting(kinds[0])):
            return self._sequence(own, kinds[0])
        item = self._value(items, depth + 1, required=True)
        return self._add(f'"[" {item} (", " {item}){{0,{MOST_ITEMS - 1}}} "]"')

    def _sequence(self, values: Sequence[str], kind: str) -> str:
        """A list of numbers in the question's order: each once, some left out."""
        for at, value in reversed([*enumerate(values)]):
            more = " | ".join(f"{self._prefix}-{kind}{later}" for later in range(at + 1, len(values)))
            self._add(quoted(value) + (f' (", " ({more}))?' if more else ""), f"{kind}{at}")
        firsts = " | ".join(f"{self._prefix}-{kind}{at}" for at in range(len(values)))
        return self._add(f'"[" ({firsts}) "]"', f"{kind}s")


class _Word:
    """A word of the question as JSON writes it inside a string.

    Attributes:
        whole: The word inside a run.
        last: The word at the end of a run, without the signs after it.
    """

    def __init__(self, text: str) -> None:
        whole = text.lstrip("\"'([“‘")
        self.whole = _escaped(whole)
        self.last = _escaped(re.sub(r"(?:['’]s|[.,;:!?\"')\]”’]+)$", "", whole) or whole)


def _escaped(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)[1:-1]


_INTEGER = re.compile(r"-?\d+")
_SIGNED = re.compile(r"(?<![\w.,)])-(?=\.?\d)")
_EXPONENT = re.compile(r"[eE][+-]?\d+(?!\w)")


def _numbers(question: str) -> list[str]:
    """The question's numbers as JSON writes them, in order, with sign and exponent; a percentage as a share too."""
    found: list[str] = []
    read = 0
    for number in numbers_in(question):
        if number.start < read:  # it is the exponent of the one before
            continue
        sign = "-" if _SIGNED.match(question, max(0, number.start - 1)) else ""
        exponent = _EXPONENT.match(question, number.end)
        read = exponent.end() if exponent else number.end
        value = f"{sign}{number.value}{exponent[0] if exponent else ''}"
        found.append(value)
        if question[number.end :].lstrip()[:1] == "%":
            found.append(repr(round(float(value) / 100, 12)))
    return found


def _is_number(schema: Mapping[str, Any]) -> bool:
    return bool({"integer", "number"} & {*_kinds(schema)}) and not schema.get("enum")


def _kinds(schema: Mapping[str, Any]) -> list[str]:
    return [kind for kind in types_of(schema) if kind != "null"] or ["string"]
