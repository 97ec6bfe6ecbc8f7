"""``@tool``: makes a Tool of a function. The prompt's text comes from the function's name, docstring and annotations.

A function with one text parameter gets the argument unchanged. For any other function, ``arguments.py`` reads the
argument, and pydantic checks the values. Knows functions; not models, runs or the registry.
"""

from __future__ import annotations

import inspect
import json
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from typing import Any, get_type_hints, overload

from orchestrator.core.citations import Found
from orchestrator.core.errors import ConfigError, ToolError
from orchestrator.core.tool import Example, Tool

Function = Callable[..., Any]
Read = Callable[[str], inspect.BoundArguments]


@overload
def tool(function: Function, /) -> Tool: ...


@overload
def tool(
    *,
    name: str = ...,
    description: str = ...,
    syntax: str = ...,
    examples: Sequence[Example] = ...,
    multiline: bool = ...,
    untrusted: bool = ...,
    sends_data: bool = ...,
    timeout: float | None = ...,
) -> Callable[[Function], Tool]: ...


def tool(  # noqa: PLR0913 - the fields of Tool that a function does not say itself
    function: Function | None = None,
    /,
    *,
    name: str = "",
    description: str = "",
    syntax: str = "",
    examples: Sequence[Example] = (),
    multiline: bool = False,
    untrusted: bool = False,
    sends_data: bool = False,
    timeout: float | None = None,
) -> Tool | Callable[[Function], Tool]:
    """Make a Tool of a function, sync or async: ``@tool``, or ``@tool(examples=(…), untrusted=True)``.

    A function with one parameter of type ``str`` gets the argument unchanged. Any other function gets values by name
    (``city=Oslo, days=3``), by position, or as a JSON object. Pydantic checks each value against its annotation. If a
    value does not fit, the model is told why.

    The function may raise ToolError with a message for the model. It may return text, ``Found``, or any value: a dict,
    list or tuple becomes JSON if possible, and any other value ``str(value)``.

    Args:
        function: The function, if the decorator is used without parentheses.
        name: The tool's name; by default the function's name in capitals.
        description: What the model is told of the tool; by default the first paragraph of the function's docstring.
        syntax: The placeholder for the argument in the prompt; by default it comes from the parameters.
        examples: Few-shot examples.
        multiline: Whether the argument may contain newlines, and 20,000 characters instead of 2,000.
        untrusted: Whether results come from outside, such as web pages.
        sends_data: Whether the argument is sent to another machine.
        timeout: The longest time of a call in seconds.

    Returns:
        The Tool, or a decorator if options are given.

    Raises:
        ConfigError: The function has no docstring or no parameter, an annotation cannot be read, or the argument of an
            example does not fit the parameters.
    """

    def made(function: Function) -> Tool:
        chosen = name or getattr(function, "__name__", "").upper()
        read, own_syntax = _reader(function, chosen)
        _check_examples(examples, read, chosen)
        return Tool(
            name=chosen,
            description=description or _first_paragraph(function, chosen),
            run=_run(function, read),
            examples=tuple(examples),
            syntax=syntax or own_syntax,
            multiline=multiline,
            untrusted=untrusted,
            sends_data=sends_data,
            timeout=timeout,
        )

    return made if function is None else made(function)


def _reader(function: Function, name: str) -> tuple[Read, str]:
    """Return a function that reads an argument, and the placeholder for the argument in the prompt."""
    signature, hints = _signature(function, name)
    parameters = signature.parameters.values()
    if not parameters or any(each.kind in (each.VAR_POSITIONAL, each.VAR_KEYWORD) for each in parameters):
        raise ConfigError(f"the tool {name} needs one or more named parameters: a call always has an argument")
    first = next(iter(parameters))
    if len(parameters) == 1 and hints.get(first.name, str) is str:
        return (lambda argument: inspect.BoundArguments(signature, {first.name: argument})), first.name
    from pydantic import PydanticUserError  # noqa: PLC0415 - not needed for a function with one text parameter

    from orchestrator.runtime.arguments import Reader  # noqa: PLC0415

    try:
        reader = Reader(signature, hints)
    except (PydanticUserError, NameError) as error:
        raise ConfigError(f"the annotations of the tool {name} cannot be checked: {error}") from error
    return reader.read, reader.syntax


def _signature(function: Function, name: str) -> tuple[inspect.Signature, dict[str, Any]]:
    try:
        signature = inspect.signature(function)
        target = function if inspect.isroutine(function) else type(function).__call__
        return signature, get_type_hints(inspect.unwrap(target), include_extras=True)
    except (NameError, TypeError, ValueError) as error:
        raise ConfigError(f"the annotations of the tool {name} cannot be read: {error}") from error


def _first_paragraph(function: Function, name: str) -> str:
    paragraph = (inspect.getdoc(function) or "").strip().partition("\n\n")[0]
    if not paragraph:
        raise ConfigError(f"the tool {name} needs a docstring: its first paragraph tells the model what the tool does")
    return " ".join(paragraph.split())


def _check_examples(examples: Sequence[Example], read: Read, name: str) -> None:
    for example in examples:
        try:
            read(example.argument)
        except ToolError as error:
            raise ConfigError(f"an example of the tool {name}, {example.argument!r}, does not fit: {error}") from None


def _run(function: Function, read: Read) -> Callable[[str], Any]:
    async def awaited(value: Awaitable[Any]) -> Any:
        return _shown(await value)

    def run(argument: str) -> Any:
        bound = read(argument)
        value = function(*bound.args, **bound.kwargs)
        return awaited(value) if inspect.isawaitable(value) else _shown(value)

    async def arun(argument: str) -> Any:  # the driver awaits it without a thread
        return await run(argument)

    return arun if inspect.iscoroutinefunction(function) else run


def _shown(value: Any) -> str | Found:
    """Text is unchanged.

    Lists and dicts become JSON if possible, because models read JSON better than Python's quotes.
    """
    if isinstance(value, str | Found):
        return value
    if isinstance(value, dict | list | tuple):
        with suppress(TypeError, ValueError):  # keys that JSON does not allow, or a value that contains itself
            return json.dumps(value, ensure_ascii=False, default=str)
    return str(value)
