"""``Row``: a question with its tools, and what a model should write. Rows are read from JSON lines.

A line is a set of functions with questions about it::

    {"functions": [{"name": …, "description": …, "parameters": <JSON Schema>}],
     "questions": [{"question": "Weather in Oslo?", "calls": [{"name": "weather", "arguments": {"city": "Oslo"}}]},
                   {"question": "And there?", "answer": "Which city do you mean?"}],
     "origin": "written", "licence": "MIT"}

A question without calls has the answer that should be given, or none: then the answer does not matter.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from orchestrator.core.errors import ConfigError, ToolError
from orchestrator.core.schema import Parameters
from orchestrator.core.tool import Tool

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Call:
    """A call that should be made.

    Attributes:
        name: The tool's name in calls.
        argument: The argument as it is written in the call.
        result: What the tool returns; "" if it does not matter.
    """

    name: str
    argument: str
    result: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A question and what should be written.

    Attributes:
        question: The question.
        calls: The calls, in order.
        answer: What is said without a call, or after the last result; "" if it does not matter.
    """

    question: str
    calls: tuple[Call, ...] = ()
    answer: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """Rows about the same tools.

    Attributes:
        tools: The tools.
        rows: The rows.
    """

    tools: tuple[Tool, ...]
    rows: tuple[Row, ...]


def read_groups(path: Path) -> list[Group]:
    """Read a file of functions with questions.

    Args:
        path: The file: JSON lines.

    Returns:
        One group for each line that is not empty.

    Raises:
        ConfigError: The file cannot be read, a line is not of this form, or a call does not fit its function's schema.
    """

    def group(line: Any) -> Group:
        tools = {each["name"]: tool_of(each) for each in line["functions"]}
        return Group(tuple(tools.values()), tuple(_row(each, tools) for each in line["questions"]))

    return _read(path, group, '{"functions": [...], "questions": [{"question": ..., "calls": [...]}]}')


def read_rows(path: Path, tools: Mapping[str, Tool]) -> list[Row]:
    """Read a file of questions about tools.

    Args:
        path: The file: JSON lines, such as ``{"question": "Weather in Oslo?", "calls": [{"name": "weather",
            "arguments": {"city": "Oslo"}}]}``. A tool that takes a text has ``argument`` for ``arguments``.
        tools: The tools, by name. A call may name a tool as its function is named, too.

    Raises:
        ConfigError: The file cannot be read, a line is not of this form, or a call does not fit its tool.
    """
    known = {name: tool for tool in tools.values() for name in (tool.function, tool.name) if name}
    return _read(
        path, lambda line: _row(line, known), '{"question": ..., "calls": [{"name": ..., "arguments": {...}}]}'
    )


def _read(path: Path, made: Callable[[Any], T], form: str) -> list[T]:
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"cannot read {path}: {getattr(error, 'strerror', None) or 'it is not UTF-8'}") from error
    found = []
    for at, line in enumerate(lines, 1):
        if line.strip():
            try:
                found.append(made(json.loads(line)))
            except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
                what = f"{error} is missing" if isinstance(error, KeyError) else error
                raise ConfigError(f"{path.name}, line {at}: {what}; a line is {form}") from error
    return found


def tool_of(function: Mapping[str, Any]) -> Tool:
    """Make a tool of a function: ``name``, ``description`` and ``parameters``. It cannot be run."""
    return Tool.from_schema(
        function["name"], function.get("description", ""), function.get("parameters", {"type": "object"}), _never
    )


def _never(**_arguments: Any) -> str:
    raise NotImplementedError  # rows say what a tool returns


def _row(read: Mapping[str, Any], tools: Mapping[str, Tool]) -> Row:
    question, answer = read["question"], read.get("answer", "")
    if not isinstance(question, str) or not question.strip() or not isinstance(answer, str):
        raise ValueError("the question and the answer are texts, and the question is not empty")
    return Row(question, tuple(_call(each, tools) for each in read.get("calls", ())), answer)


def _call(read: Mapping[str, Any], tools: Mapping[str, Tool]) -> Call:
    tool = tools.get(read["name"])
    if tool is None:
        raise ValueError(f"there is no tool {read['name']!r}, only {', '.join(sorted(tools))}")
    argument = argument_of(tool, read["arguments"]) if "arguments" in read else str(read["argument"])
    return Call(tool.name, argument, str(read.get("result", "")))


def argument_of(tool: Tool, arguments: Mapping[str, Any]) -> str:
    """Write arguments as a call has them: JSON, in the order of the schema.

    Raises:
        ValueError: They do not fit the tool's schema.
    """
    schema = tool.parameters or {}
    order = [*schema.get("properties", {}), *arguments]
    given = {name: arguments[name] for name in dict.fromkeys(order) if name in arguments}
    argument = json.dumps(given, ensure_ascii=False)
    try:
        Parameters(schema).read(argument)
    except ToolError as error:
        raise ValueError(str(error)) from None
    return argument
