"""``Tool``: what a model can call, its few-shot examples, and the ``Request`` that offers it to a model.

All are frozen values. They do no I/O. Knows the other values of ``core``; nothing else of the project.
"""

from __future__ import annotations

import inspect
import json
import re
import unicodedata
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Self

from orchestrator.core.citations import Found
from orchestrator.core.types import Message

MOST_NAME = 60  # characters of a name that is made of another; a name may have 64


@dataclass(frozen=True, slots=True)
class Example:
    """A few-shot example: a question and how the tool answers it.

    The hidden prompt shows the examples that are most similar to the user's question.

    Attributes:
        question: The user's question.
        argument: The argument of the call. It is empty in an example that needs no tool.
        result: What the tool returns for this argument.
        answer: What the model writes after the result.
        thought: What the model writes before the call. It is shown only with chain of thought.
    """

    question: str
    argument: str
    result: str
    answer: str
    thought: str = ""


@dataclass(frozen=True, slots=True)
class Proposal:
    """A likely argument for a question, with its probability.

    Attributes:
        argument: The argument.
        probability: Its probability, from 0 to 1.
        same: Other ways to write the same argument. Votes for them count for ``argument``.
    """

    argument: str
    probability: float
    same: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ToolHints:
    """Optional information that helps a small model to call a tool.

    Attributes:
        grammar: The grammar of the argument, in GBNF; its start rule is ``root``. The rule ``number`` is added: it
            allows the numbers of the question.
        find: Finds arguments that are written in a question. If it finds one, no other is allowed.
        propose: Proposes arguments for a question, the most likely first.
        synthetic: Whether the tool's examples were generated from its schema. Such examples show only the form of a
            call. Their arguments are never proposed.
    """

    grammar: str = ""
    find: Callable[[str], Sequence[str]] | None = None
    propose: Callable[[str], Sequence[Proposal]] | None = None
    synthetic: bool = False


@dataclass(frozen=True, slots=True)
class Tool:
    """A function that a model can call, with what the model is told about it.

    Attributes:
        name: The name in the call ``[NAME:argument]``: capitals, digits and ``_``, at most 64 characters.
        description: What the tool does. The model reads it.
        run: Takes the argument and returns the result. It may be async. It may return ``Found``, which names sources.
            It raises ToolError to tell the model what to write instead. ConfigError ends the run. Of any other
            exception the model is told the kind.
        examples: Few-shot examples.
        syntax: The placeholder for the argument in the prompt: ``[NAME:syntax]``.
        multiline: Whether the argument may contain newlines. It may then have 20,000 characters instead of 2,000.
        untrusted: Whether results come from outside: web pages, retrieved code, other people's servers.
        sends_data: Whether the argument is sent to another machine. The policy uses this and ``untrusted``.
        timeout: The longest time of a call in seconds. A call never gets more than the rest of the run's
            ``max_seconds``. A call with a time limit runs in a separate thread, so that the run can continue without
            it.
        hints: Information for small models.
        check: Raises ConfigError if the tool cannot run here, for example because an extra or a key is missing. It is
            called when an orchestrator is made, so that this is not found in the middle of a run.
        parameters: The JSON schema of the argument, an object with ``properties``, as ``core.schema.resolved`` writes
            it. None for a tool that takes one text.
        function: The name of the function that the tool was made of.
    """

    name: str
    description: str
    run: Callable[[str], str | Found | Awaitable[str | Found]]
    examples: tuple[Example, ...] = ()
    syntax: str = "text"
    multiline: bool = False
    untrusted: bool = False
    sends_data: bool = False
    timeout: float | None = None
    hints: ToolHints = ToolHints()
    check: Callable[[], object] | None = None
    parameters: Mapping[str, Any] | None = field(default=None, hash=False)
    function: str = ""

    @classmethod
    def from_schema(  # noqa: PLR0913 - the fields of a Tool that a schema does not say itself
        cls,
        name: str,
        description: str,
        parameters: Mapping[str, Any],
        run: Callable[..., Any],
        *,
        examples: Sequence[Example] = (),
        untrusted: bool = False,
        sends_data: bool = False,
        timeout: float | None = None,
        hints: ToolHints = ToolHints(),
    ) -> Self:
        """Make a tool of a JSON schema and a function of keyword arguments.

        Args:
            name: The function's name. Any name will do: the call of ``find.flights`` is ``[FIND_FLIGHTS:…]``.
            description: What the tool does. The model reads it, and the descriptions of the parameters.
            parameters: The JSON schema of the arguments: an object whose properties are the parameters.
            run: Takes the values by the schema's names, checked against the schema. It may be async. It may raise
                ToolError with a message for the model. It may return text, ``Found`` or any value: a dict, list or
                tuple becomes JSON if possible, and any other value ``str(value)``.
            examples: Few-shot examples. Their arguments are written as a model may write them: ``city=Oslo, days=3``,
                ``Oslo, 3`` or as a JSON object.
            untrusted: Whether results come from outside, such as web pages.
            sends_data: Whether the arguments are sent to another machine.
            timeout: The longest time of a call in seconds.
            hints: Information for small models.

        Raises:
            ConfigError: ``parameters`` is not the JSON schema of an object, or an example does not fit it.
        """
        from orchestrator.core.schema import Parameters  # noqa: PLC0415 - the schemas know the errors, which know Tool

        read = Parameters.checked(parameters, name)
        for example in examples:
            read.check_example(example.argument, name)
        return cls(
            token_name(name),
            description,
            calling(run, read.read),
            tuple(examples),
            syntax=read.syntax,
            multiline=True,
            untrusted=untrusted,
            sends_data=sends_data,
            timeout=timeout,
            hints=hints,
            parameters=read.schema,
            function=name,
        )


def token_name(name: str) -> str:
    """Return a function's name as calls write it: ``getWeather-v2`` is GET_WEATHER_V2, and ``über`` is UBER.

    Args:
        name: Any text.
    """
    letters = "".join(each for each in unicodedata.normalize("NFKD", name) if not unicodedata.combining(each))
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", letters)
    plain = re.sub(r"[^A-Z0-9]+", "_", words.upper()).strip("_")
    if not plain[:1].isalpha():
        plain = f"TOOL_{plain}".rstrip("_")
    plain = plain[:MOST_NAME].rstrip("_")
    return f"{plain[: MOST_NAME - 5]}_TOOL" if plain.endswith(("_RESULT", "_ERROR")) else plain


def calling(function: Callable[..., Any], read: Callable[[str], Mapping[str, Any]]) -> Callable[[str], Any]:
    """Return a tool's ``run`` that reads the argument of a call and calls a function.

    Args:
        function: Takes the values by name. It may be async; then so is what is returned.
        read: Returns the values, or raises ToolError.
    """

    async def awaited(value: Awaitable[Any]) -> Any:
        return shown(await value)

    def run(argument: str) -> Any:
        value = function(**read(argument))
        return awaited(value) if inspect.isawaitable(value) else shown(value)

    async def arun(argument: str) -> Any:  # the driver awaits it without a thread
        return await run(argument)

    return arun if inspect.iscoroutinefunction(function) else run


def shown(value: Any) -> str | Found:
    """Return what a function returned as text.

    Lists and dicts become JSON if possible, because models read JSON better than Python's quotes.

    Args:
        value: What the function returned. Text is unchanged.
    """
    if isinstance(value, str | Found):
        return value
    if isinstance(value, dict | list | tuple):
        with suppress(TypeError, ValueError):  # keys that JSON does not allow, or a value that contains itself
            return json.dumps(value, ensure_ascii=False, default=str)
    return str(value)


@dataclass(frozen=True, slots=True)
class Request:
    """One request to a model.

    Attributes:
        messages: The conversation, for a model without a template; else empty.
        prompt: The conversation as one string, for a model with a template; else empty.
        max_tokens: How many tokens the model may write.
        timeout: Seconds for the whole request.
        temperature: The sampling temperature; None leaves the server's default.
        stop: Strings at which the server stops.
        tools: Tools that are offered as functions, in native mode.
        grammar: A grammar (GBNF) that the output must match, for servers that support grammars; "" if there is none.
        schema: The JSON schema of the answer, which is an object, for servers that hold a model to it; None if there is
            none.
        penalize_repetition: Whether the output has nothing to copy from the context. A backend may then prevent
            repetition.
        trained: Whether the prompt is one on which the model was trained to call tools.
        call_bias: What is added to the log-odds of ``[`` before each token, where the grammar leaves a choice: below 0,
            the model calls only if it is surer.
    """

    messages: tuple[Message, ...]
    prompt: str
    max_tokens: int
    timeout: float
    temperature: float | None = None
    stop: tuple[str, ...] = ()
    tools: tuple[Tool, ...] = ()
    grammar: str = ""
    schema: Mapping[str, Any] | None = field(default=None, hash=False)
    penalize_repetition: bool = False
    trained: bool = False
    call_bias: float = 0.0
