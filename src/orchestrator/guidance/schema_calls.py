"""``SchemaCalls``: the calls of tools with a JSON schema that a question asks for, one after the other.

question ─▶ which tools (``schema_evidence``) ─▶ their arguments (``argument_grammar``) ─▶ call ─▶ another one?

A further call is asked for if the question has numbers, names or quoted texts that no call has used yet. It uses these.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import cached_property
from typing import Any

from orchestrator.core.tool import Tool
from orchestrator.core.types import ToolResult
from orchestrator.guidance.argument_grammar import argument_rules
from orchestrator.guidance.literals import quoted
from orchestrator.guidance.overlap import words_in
from orchestrator.guidance.question_values import Value, Values
from orchestrator.guidance.schema_evidence import Asked, Evidence, Left, read_table

ASKED = 0.2  # log-odds from which on a tool is asked for
NEARLY = 0.3  # log-odds below the likeliest tool's, down to which the model chooses
SHARE, RELUCTANCE = 0.8, 2.5  # of the log-odds in a trained model's decision, and what a call must be likelier by
UNLIKELY = -1.0  # log-odds below which a trained model may not give an optional parameter
MOST_CALLS = 8
MOST_ERRORS = 1


def has_no_examples(tool: Tool) -> bool:
    """Tell whether a tool has no hand-made examples."""
    return tool.hints.synthetic or not tool.examples


class SchemaCalls:
    """The calls of one question.

    Args:
        question: The question.
        tools: Those of its tools that have a schema.
    """

    def __init__(self, question: str, tools: Sequence[Tool]) -> None:
        self._question = question
        self._tools = tools

    @cached_property
    def _asked(self) -> Asked:
        return Asked(self._question, read_table())

    @cached_property
    def _evidence(self) -> Mapping[str, Evidence]:
        return {tool.name: Evidence(self._asked, tool) for tool in self._tools}

    @cached_property
    def _odds(self) -> Mapping[str, float]:
        return {name: evidence.asked_for() for name, evidence in self._evidence.items()}

    @cached_property
    def _values(self) -> Values:
        return self._asked.values

    def wanted(self, results: Sequence[ToolResult]) -> list[Tool]:
        """Return the tools that the next call may be of; none if no call of these tools is asked for.

        After an error, the same tool may be called once more.

        Args:
            results: The results so far.
        """
        failed = [each for each in results if not each.ok]
        if results and not results[-1].ok:
            again = [tool for tool in self._tools if tool.name == results[-1].name]
            return again if len(failed) <= MOST_ERRORS else []
        done = [each for each in results if each.ok]
        calls = self._calls(done)
        if len(calls) < len(done):  # another tool has been called
            return []
        if len(calls) >= MOST_CALLS or (calls and not self._evidence[calls[-1][0].name].more(self.left(done))):
            return []
        best = max(self._odds.values(), default=0.0)
        return [tool for tool in self._tools if best > ASKED and self._odds[tool.name] >= best - NEARLY]

    def probable(self, tool: Tool) -> Mapping[str, Any]:
        """Return a tool's schema without the optional parameters of which the question says nothing.

        Args:
            tool: The tool.
        """
        schema = dict(tool.parameters or {})
        required, evidence = schema.get("required", ()), self._evidence[tool.name]
        own = schema.get("properties", {})
        kept = {name: each for name, each in own.items() if name in required or evidence.given(name) > UNLIKELY}
        if own and not kept:  # an object without named properties could have any
            schema["additionalProperties"] = False
        return schema | {"properties": kept}

    @property
    def bias(self) -> float:
        """What a trained model's log-odds of a call are shifted by, because it calls too readily."""
        return SHARE * max(self._odds.values(), default=0.0) - RELUCTANCE if self._tools else 0.0

    def possible(self, results: Sequence[ToolResult]) -> list[Tool]:
        """Return the tools that a model which chooses by itself may call next; none after too many calls or errors.

        Args:
            results: The results so far.
        """
        failed = [each for each in results if not each.ok]
        repeated = len(results) > len({(each.name, each.argument) for each in results})
        ended = len(results) >= MOST_CALLS or len(failed) > MOST_ERRORS or repeated
        return [] if ended else [*self._tools]

    def of_these(self, done: Sequence[ToolResult]) -> list[ToolResult]:
        """Return the results that are of these tools."""
        names = {tool.name for tool in self._tools}
        return [each for each in done if each.name in names]

    def rules(self, tool: Tool, prefix: str, done: Sequence[ToolResult] = ()) -> list[str]:
        """Return the rules (GBNF) of the next call's argument. The first one is the argument's, ``prefix``.

        Args:
            tool: The tool.
            prefix: The beginning of all rules' names.
            done: The results so far of calls that succeeded.
        """
        calls = self._calls(done)
        values = self._unused(calls) if calls else self._values
        named = words_in(tool.function or tool.name)
        values = replace(
            values, texts=[each for each in values.texts if not set(words_in(each.written[0])) <= set(named)]
        )
        return argument_rules(
            tool.parameters or {}, self._share(values, tool, calls), self._evidence[tool.name], prefix
        )

    def _share(self, values: Values, tool: Tool, calls: Sequence[tuple[Tool, list[str]]]) -> Values:
        """The next call's share of the values that are left, if more calls are asked for."""
        evidence = self._evidence[tool.name]
        numbers, texts = self._numbers(values, tool), self._texts(values, tool)
        all_numbers, all_texts = self._numbers(self._values, tool), self._texts(self._values, tool)

        def is_last(count: int) -> bool:
            """Whether no more calls are asked for after ``count`` more."""
            left_numbers = max(0, len(numbers) - count * evidence.wanted("number"))
            left_texts = max(0, len(texts) - count * evidence.wanted("string"))
            used = len(all_numbers) - left_numbers, len(all_texts) - left_texts
            return not evidence.more(Left(left_numbers, left_texts, *used, calls=len(calls) + count))

        count = next(filter(is_last, range(1, MOST_CALLS)), MOST_CALLS)
        if count == 1:
            return values
        return replace(values, numbers=_part(numbers, count), texts=_part(texts, count) if texts else values.texts)

    def _numbers(self, values: Values, tool: Tool) -> Sequence[Value]:
        """Those of the values that are surely numbers, and single parameters of a tool."""
        own = self._values.without_lists() if self._evidence[tool.name].takes_list("number") else self._values
        return [each for each in values.numbers if each in own.surest_numbers(0)]

    def _texts(self, values: Values, tool: Tool) -> Sequence[Value]:
        """Those of the names and quoted texts that are single parameters of a tool; none if it takes lists of texts."""
        return () if self._evidence[tool.name].takes_list("string") else values.texts

    def _calls(self, done: Sequence[ToolResult]) -> list[tuple[Tool, list[str]]]:
        """The calls so far of these tools, with the single values of their arguments as text in lower case."""
        tools = {tool.name: tool for tool in self._tools}
        return [(tools[each.name], _texts_of(each.argument)) for each in done if each.name in tools]

    def left(self, done: Sequence[ToolResult]) -> Left:
        """Return what the calls so far have left of the question."""
        calls = self._calls(done)
        tool, rest = calls[-1][0], self._unused(calls)
        numbers, texts = self._numbers(rest, tool), self._texts(rest, tool)
        return Left(
            numbers=len(numbers),
            texts=len(texts),
            used_numbers=len(self._numbers(self._values, tool)) - len(numbers),
            used_texts=len(self._texts(self._values, tool)) - len(texts),
            calls=len(calls),
        )

    def _unused(self, calls: Sequence[tuple[Tool, list[str]]]) -> Values:
        """What the question has besides the values of the calls so far."""
        used = [text for _, texts in calls for text in texts]
        values = self._values
        numbers = [each for each in values.numbers if not _is_number_used(each, used)]
        texts = [each for each in values.texts if not _is_text_used(each, used)]
        lists = [group for group in values.number_lists if all(each in numbers for each in group)]
        return replace(values, numbers=numbers, texts=texts, number_lists=lists)


def _part(values: Sequence[Value], count: int) -> Sequence[Value]:
    """The first of ``count`` equal parts of the values; all of them if there are too few."""
    return values[: len(values) // count] if len(values) >= count else values


def _texts_of(argument: str) -> list[str]:
    with suppress(ValueError, RecursionError):
        return [str(value).lower() for value in _leaves(json.loads(argument))]
    return [argument.lower()]


def _leaves(value: Any) -> Iterator[Any]:
    if isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from _leaves(each)
    else:
        yield value


def _is_number_used(number: Value, used: Sequence[str]) -> bool:
    written = {float(each) for each in number.written}
    for text in used:
        with suppress(ValueError):
            if float(text) in written:
                return True
    return False


def _is_text_used(text: Value, used: Sequence[str]) -> bool:
    own = text.written[0].lower()
    return any(own in each or each in own for each in used if each)


def schema_call_grammar(calls: SchemaCalls, tools: Sequence[Tool], done: Sequence[ToolResult]) -> str:
    """Return the grammar of the next call.

    Args:
        calls: The calls of the question.
        tools: The tools that it may be of.
        done: The results so far of calls that succeeded.
    """
    choices = [f'{quoted(f"[{tool.name}:")} schema{at} "]"' for at, tool in enumerate(tools)]
    rules = [rule for at, tool in enumerate(tools) for rule in calls.rules(tool, f"schema{at}", done)]
    return "\n".join([f"root ::= {' | '.join(choices)}", *rules])
