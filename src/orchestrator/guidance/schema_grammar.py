"""The grammar (GBNF) of a JSON value by a JSON schema.

What the schema's structure says is in the grammar: objects, lists, choices, and the forms of dates, times and UUIDs.
What it says besides (a pattern, a multiple) is not: the value is verified afterwards. What texts and numbers may be is
said by ``Leaves``: anything, or what is in a text.
Knows JSON schemas as ``core.schema`` resolves them; not models, and not where the values come from.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from math import ceil, floor
from typing import Any, Protocol

from orchestrator.core.schema.resolved import listed, mapped, options_of, types_of
from orchestrator.guidance.literals import quoted

FEW = 16  # alternatives that are listed as they are; more become a tree of their beginnings
MOST_WHOLE = 1_000  # whole numbers of a range that are listed
MOST_CHARACTERS = 1_000  # of a bounded text; a larger bound is left to the verification
MOST_DIGITS = 19  # of a whole number: 64 bits
NOTHING = '"null"'


class Rules:
    """The rules of one grammar, each body once.

    Args:
        prefix: The beginning of all names: letters and digits.
    """

    def __init__(self, prefix: str) -> None:
        self._prefix = prefix
        self._names: dict[str, str] = {}

    def add(self, body: str) -> str:
        """Return the name of the rule with this body."""
        return self._names.setdefault(body, f"{self._prefix}-{len(self._names)}")

    def choice(self, texts: Iterable[str]) -> str:
        """Return the name of the rule that allows each of the texts, and nothing else."""
        return self.add(self._tree(sorted(dict.fromkeys(texts))))

    def lines(self) -> list[str]:
        """Return the rules."""
        return [f"{name} ::= {body}" for body, name in self._names.items()]

    def _tree(self, texts: Sequence[str]) -> str:
        if len(texts) <= FEW:
            return " | ".join(map(quoted, texts))
        branches = []
        for _, group in groupby(texts, key=lambda text: text[:1]):
            alike = [*group]
            begin = _common(alike[0], alike[-1])
            rest = [text[len(begin) :] for text in alike]
            branches.append(quoted(begin) if rest == [""] else f"{quoted(begin)} {self.add(self._tree(rest))}")
        return " | ".join(branches)


def _common(first: str, last: str) -> str:
    """Return the beginning that sorted texts have in common, of which these are the first and the last."""
    differing = (at for at, (one, other) in enumerate(zip(first, last, strict=False)) if one != other)
    return first[: next(differing, len(first))]


class Leaves(Protocol):
    """What the texts and numbers of a value may be.

    Attributes:
        most_items: How many elements a list may have if the schema does not ask for more; half as many in a list inside
            another one, and so on. None for any number.

    Methods:
        text: Return the expression for a text, with its quotes.
        number: Return the expression for a number; None if there can be none. ``kind`` is "integer" or "number".
        chosen: Return those of several choices, as JSON, that are possible.
        listed: Return the expression for a list of such elements, at least one; None if they are independent.
        parts: Return the leaves of each element that such a list can have, in order; none if there is no order.
    """

    @property
    def most_items(self) -> int | None: ...

    def text(self, rules: Rules, schema: Mapping[str, Any]) -> str | None: ...

    def number(self, rules: Rules, schema: Mapping[str, Any], kind: str) -> str | None: ...

    def chosen(self, texts: Sequence[str]) -> Sequence[str]: ...

    def listed(self, rules: Rules, items: Mapping[str, Any]) -> str | None: ...

    def parts(self, items: Mapping[str, Any]) -> Sequence[Leaves]: ...


def schema_rules(schema: Mapping[str, Any], leaves: Leaves, name: str = "answer") -> list[str]:
    """Return the rules of a JSON value. The first one has the given name.

    Args:
        schema: The schema of the value, as ``inlined`` writes it.
        leaves: What its texts and numbers may be.
        name: The name of the first rule, and the beginning of all other names: letters and digits.
    """
    rules = Rules(name)
    values = _Values(rules, leaves, leaves.most_items)
    whole = values.value(schema) or values.anything()
    return [f"{name} ::= {whole}", *rules.lines()]


class _Values:
    """Writes the expressions of values. An expression is None if no value is possible."""

    def __init__(self, rules: Rules, leaves: Leaves, most_items: int | None) -> None:
        self._rules = rules
        self._leaves = leaves
        self._most_items = most_items

    def value(self, schema: Mapping[str, Any]) -> str | None:
        if "not" in schema:
            return None
        if "enum" in schema:
            texts = [_json(each) for each in listed(schema["enum"]) if _is_of(each, types_of(schema))]
            return self._rules.choice(self._leaves.chosen(texts)) if texts else None
        options = options_of(schema)
        if len(options) > 1 or "anyOf" in schema or "oneOf" in schema:
            found = [self.value(option) for option in _plainest(options)]
        else:
            found = [self._of_kind(schema, kind) for kind in _kinds(schema)]
        expressions = [each for each in dict.fromkeys(found) if each]
        return self._rules.add(" | ".join(expressions)) if len(expressions) > 1 else next(iter(expressions), None)

    def anything(self) -> str:
        """Any JSON value, whose objects and lists hold no others."""
        plain = [self._of_kind({}, kind) for kind in ("string", "number", "boolean", "null")]
        flat = self._rules.add(" | ".join(each for each in plain if each))
        key = self._leaves.text(self._rules, {}) or '"\\"\\""'
        listing = self._repeated("[", flat, "]", 0, self._most_items)
        fields = self._repeated("{", f'{key} ": " {flat}', "}", 0, self._most_items)
        return self._rules.add(f"{flat} | {listing} | {fields}")

    def _of_kind(self, schema: Mapping[str, Any], kind: str) -> str | None:
        match kind:
            case "null" | "boolean":
                return NOTHING if kind == "null" else self._rules.add('"true" | "false"')
            case "integer" | "number":
                return self._leaves.number(self._rules, schema, kind)
            case "string":
                return self._leaves.text(self._rules, schema)
            case "array":
                return self._array(schema)
            case "object":
                return self._object(schema) if schema.get("properties") else self._map(schema)
        return self.anything()

    def _object(self, schema: Mapping[str, Any]) -> str | None:
        """An object in the schema's order. What is not required may be left out."""
        required = listed(schema.get("required"))
        own = mapped(schema["properties"])
        properties = {name: own.get(name) for name in [*own, *required]}
        first = rest = '"}"'
        for name, each in reversed(properties.items()):
            value = self.value(mapped(each))
            if value is None:
                if name in required:
                    return None
                continue
            pair = f"{quoted(_json(name) + ': ')} {value}"
            begin, go_on = f"{pair} {rest}", f'", " {pair} {rest}'
            if name in required:
                first, rest = self._rules.add(begin), self._rules.add(go_on)
            else:
                first, rest = self._rules.add(f"{begin} | {first}"), self._rules.add(f"{go_on} | {rest}")
        return self._rules.add(f'"{{" {first}')

    def _map(self, schema: Mapping[str, Any]) -> str:
        """An object with any names."""
        allowed = schema.get("additionalProperties", True)
        least, most = self._bounds(schema, "minProperties", "maxProperties")
        value = self.value(mapped(allowed)) if allowed is not False and most != 0 else None
        key = self._leaves.text(self._rules, {}) if value else None
        if key is None:
            return '"{}"'
        return self._repeated("{", f'{key} ": " {value}', "}", least, most)

    def _array(self, schema: Mapping[str, Any]) -> str | None:
        least, most = self._bounds(schema, "minItems", "maxItems")
        first = [self.value(mapped(each)) for each in listed(schema.get("prefixItems"))]
        if first:
            return None if None in first else self._rules.add(f'"[" {_COMMA.join(map(str, first))} "]"')
        if (
            least <= 1
            and most != 0
            and "maxItems" not in schema
            and (found := self._in_order(mapped(schema.get("items"))))
        ):
            return found if least else self._rules.add(f'{found} | "[]"')
        item = self._inside().value(mapped(schema.get("items"))) if most != 0 else None
        if item is None:
            return '"[]"' if least == 0 else None
        return self._repeated("[", item, "]", least, most)

    def _in_order(self, items: Mapping[str, Any]) -> str | None:
        """A list with at least one element, whose elements have the order of what they come from."""
        if phrases := self._leaves.listed(self._rules, items):
            return phrases
        later = ""  # this element or a later one, and what follows
        for part in reversed(self._leaves.parts(items)):
            item = self._inside(part).value(items)
            more = f'{item} (", " {later})? | {later}'
            later = self._rules.add(more) if item and later else item or later
        return self._rules.add(f'"[" {later} "]"') if later else None

    def _bounds(self, schema: Mapping[str, Any], low: str, high: str) -> tuple[int, int | None]:
        least = int(schema.get(low, 0))
        most = int(schema[high]) if high in schema else None
        if self._most_items is not None:
            most = max(least, self._most_items if most is None else min(self._most_items, most))
        return least, most

    def _inside(self, leaves: Leaves | None = None) -> _Values:
        """The writer of a list's elements."""
        most = None if self._most_items is None else max(1, self._most_items // 2)
        return _Values(self._rules, leaves or self._leaves, most)

    def _repeated(self, begin: str, item: str, end: str, least: int, most: int | None) -> str:
        more = f"{{{max(0, least - 1)},{'' if most is None else most - 1}}}"
        listing = f"{item} ({_COMMA.strip()} {item}){more}"
        listing = listing if least else f"({listing})?"
        return self._rules.add(f"{quoted(begin)} {listing} {quoted(end)}")


_COMMA = ' ", " '


def _json(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False)
    half_a_pair = any("\ud800" <= character <= "\udfff" for character in text)  # no grammar can contain it
    return json.dumps(value) if half_a_pair else text


def _is_of(value: object, kinds: Sequence[str]) -> bool:
    """Whether a choice is of the types that the schema names."""
    own = {bool: "boolean", int: "integer", float: "number", str: "string", list: "array", dict: "object"}
    kind = "null" if value is None else own.get(type(value), "")
    return not kinds or kind in kinds or (kind == "integer" and "number" in kinds)


def _kinds(schema: Mapping[str, Any]) -> list[str]:
    if kinds := types_of(schema):
        return kinds
    if "properties" in schema:
        return ["object"]
    return ["array"] if "items" in schema or "prefixItems" in schema else [""]


def _plainest(options: Sequence[Mapping[str, Any]]) -> Sequence[Mapping[str, Any]]:
    """Leave out texts with a pattern if there are others: a decimal is a number, or a text with a pattern."""
    return [option for option in options if "pattern" not in option] or options


# --- Free leaves ------------------------------------------------------------------------------------------------------

_ESCAPE = r'"\\" (["\\/bfnrt] | "u" ([0-9a-cefA-CEF] [0-9a-fA-F] | [dD] [0-7]) [0-9a-fA-F]{2})'
_TWO = "[0-9]{2}"
_LEAP = "([02468] [48] | [2468] [0] | [13579] [26])"
_DATE = (
    f'[0-9]{{4}} "-" (("0" [13578] | "10" | "12") "-" ("0" [1-9] | [12] [0-9] | "3" [01]) | ("0" [469] | "11") "-" '
    f'("0" [1-9] | [12] [0-9] | "30") | "02-" ("0" [1-9] | "1" [0-9] | "2" [0-8])) | {_TWO} {_LEAP} "-02-29"'
)
_TIME = '([01] [0-9] | "2" [0-3]) ":" [0-5] [0-9] (":" [0-5] [0-9])?'
_ZONE = '("Z" | [+-] ([01] [0-9] | "2" [0-3]) ":" [0-5] [0-9])?'
_DURATION = (
    '"P" ([1-9] [0-9]{0,4} "D" | "T" ([1-9] [0-9]{0,4} "H" ([1-9] [0-9]? "M")? | [1-9] [0-9]{0,4} "M" '
    '([1-9] [0-9]? "S")? | [1-9] [0-9]{0,4} "S"))'
)
_HEX = "[0-9a-f]"
FORMATS = {
    "date": _DATE,
    "time": f"{_TIME} {_ZONE}",
    "date-time": f'({_DATE}) "T" {_TIME} {_ZONE}',
    "duration": _DURATION,
    "uuid": f'{_HEX}{{8}} "-" {_HEX}{{4}} "-" {_HEX}{{4}} "-" {_HEX}{{4}} "-" {_HEX}{{12}}',
}
"""Forms that a grammar can hold: dates as the calendar has them, times, and others."""


class Anything:
    """Any text and any number that the schema allows.

    Args:
        brackets: Whether texts may contain an opening bracket. If not, it is written as an escape, so that no text
            contains the beginning of a call.
    """

    most_items: int | None = None

    def __init__(self, *, brackets: bool = True) -> None:
        self._character = rf'[^"\\{"" if brackets else chr(92) + "["}\x00-\x1f\x7f] | {_ESCAPE}'

    def text(self, rules: Rules, schema: Mapping[str, Any]) -> str:
        """Return the expression for a text, with its quotes."""
        if form := FORMATS.get(str(schema.get("format"))):
            return in_quotes(rules, form)
        least, most = int(schema.get("minLength", 0)), int(schema.get("maxLength", MOST_CHARACTERS + 1))
        bounds = f"{{{min(least, MOST_CHARACTERS)},{most if most <= MOST_CHARACTERS else ''}}}"
        return in_quotes(rules, f"{rules.add(self._character)}{'*' if bounds == '{0,}' else bounds}")

    def number(self, rules: Rules, schema: Mapping[str, Any], kind: str) -> str | None:
        """Return the expression for a number; None if there is none in its range."""
        low, high = limits(schema)
        if kind == "integer" and low is not None and high is not None and ceil(high) - floor(low) <= MOST_WHOLE:
            whole = [str(each) for each in range(floor(low), ceil(high) + 1) if in_limits(schema, each)]
            return rules.choice(whole) if whole else None
        if kind == "number" and low is not None and high is not None and 0 <= low <= high <= MOST_WHOLE:
            return self._in_range(rules, schema, low, high)
        sign = "" if low is not None and low >= 0 else '"-"? '
        zero = "" if in_limits(schema, 0) or low is None else None
        digits = MOST_DIGITS if high is None else min(MOST_DIGITS, len(str(max(1, floor(high)))))
        whole_part = f"[1-9] [0-9]{{0,{digits - 1}}}"
        if kind == "integer":
            return rules.add(f"{sign}{whole_part}" if zero is None else f'"0" | {sign}{whole_part}')
        part = '("." [0-9]{1,15})?'
        return rules.add(f'{sign}("0" | {whole_part}) {part}')

    def chosen(self, texts: Sequence[str]) -> Sequence[str]:
        """Return all choices."""
        return texts

    def listed(self, *_: object) -> None:
        """Return None: elements are independent."""

    def parts(self, *_: object) -> tuple[()]:
        """Return nothing: elements have no order."""
        return ()

    def _in_range(self, rules: Rules, schema: Mapping[str, Any], low: float, high: float) -> str | None:
        """A number of a small range: a whole one, or one with decimals between two whole ones of the range."""
        whole = [str(each) for each in range(ceil(low), floor(high) + 1) if in_limits(schema, each)]
        begun = [str(each) for each in range(ceil(low), floor(high)) if "multipleOf" not in schema]
        parts = [rules.choice(whole)] if whole else []
        parts += [f'{rules.choice(begun)} "." [0-9]{{0,14}} [1-9]'] if begun else []
        return rules.add(" | ".join(parts)) if parts else None


def in_quotes(rules: Rules, body: str) -> str:
    """Return the name of the rule for a text in quotes."""
    return rules.add(f'"\\"" ({body}) "\\""')


def limits(schema: Mapping[str, Any]) -> tuple[float | None, float | None]:
    """Return the smallest and the largest number of a schema; the limits themselves may be excluded."""
    lows = [schema[key] for key in ("minimum", "exclusiveMinimum") if key in schema]
    highs = [schema[key] for key in ("maximum", "exclusiveMaximum") if key in schema]
    return max(lows, default=None), min(highs, default=None)


def in_limits(schema: Mapping[str, Any], value: float) -> bool:
    """Whether a number is in the range of a schema, and a multiple of what it must be one of."""
    return (
        value >= schema.get("minimum", value)
        and value <= schema.get("maximum", value)
        and value > schema.get("exclusiveMinimum", value - 1)
        and value < schema.get("exclusiveMaximum", value + 1)
        and (not isinstance(schema.get("multipleOf"), int) or value % schema["multipleOf"] == 0)
    )
