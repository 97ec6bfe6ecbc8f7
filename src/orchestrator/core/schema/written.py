"""The forms in which a model writes several values in one argument. Text in, texts out; knows no schema."""

from __future__ import annotations

import re
from collections.abc import Callable

_QUOTED = re.compile(r"\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'", re.DOTALL)
_FIRST_NAME = re.compile(r"[\"']?([@$]?\w[\w.$-]{0,80})[\"']?[ \t]*[=:][ \t]*")
_NEXT_NAME = re.compile(rf"[,;\n][ \t]*{_FIRST_NAME.pattern}")
_ALL_QUOTED = re.compile(rf"(?:{_QUOTED.pattern})(?:\s*,\s*(?:{_QUOTED.pattern}))+", re.DOTALL)
_CLOSING = {"(": ")", "[": "]", "{": "}"}


def named_fields(argument: str, known: Callable[[str], str | None]) -> list[tuple[str, str]]:
    """Return the fields of ``name=value, name=value``; none if the argument has another form.

    Args:
        argument: The argument, without blanks around it.
        known: Returns the parameter that a name means; None if it is no parameter's name.
    """
    if argument.startswith("(") and argument.endswith(")"):
        argument = argument[1:-1].strip()
    fields: list[tuple[str, str]] = []
    match = _FIRST_NAME.match(argument)
    while match and (name := known(match[1])):
        begin = match.end()
        quoted = _QUOTED.match(argument, begin)
        match = _NEXT_NAME.search(argument, quoted.end() if quoted else begin)
        while match and not known(match[1]):  # it belongs to the value
            match = _NEXT_NAME.search(argument, match.start() + 1)
        fields.append((name, unquoted(argument[begin : match.start() if match else None].strip(" \t\r\n,;"))))
    return fields


def placed_values(argument: str) -> list[str]:
    """Return the values between commas. Commas in quotes and brackets separate nothing.

    Args:
        argument: The argument.

    Returns:
        The values without quotes around them; none if a quote or a bracket is not closed.
    """
    values: list[str] = []
    closing: list[str] = []  # of the brackets that are open
    begin = at = 0
    while at < len(argument):
        character = argument[at]
        if character in "\"'" and (closing or not argument[begin:at].strip()):  # it begins a quoted text
            quoted = _QUOTED.match(argument, at)
            if quoted is None and character == '"':
                return []
            at = quoted.end() if quoted else at + 1
            continue
        if character in _CLOSING:
            closing.append(_CLOSING[character])
        elif closing and character == closing[-1]:
            closing.pop()
        elif character == "," and not closing:
            values.append(unquoted(argument[begin:at].strip()))
            begin = at + 1
        at += 1
    return [] if closing else [*values, unquoted(argument[begin:].strip())]


def are_all_quoted(argument: str) -> bool:
    """Tell whether the argument is several texts in quotes, so that its commas can only separate them."""
    return _ALL_QUOTED.fullmatch(argument) is not None


def unquoted(text: str) -> str:
    """Return a text without the quotes around it, if there are any."""
    return re.sub(r"\\([\"'\\])", r"\1", text[1:-1]) if _QUOTED.fullmatch(text) else text
