"""``@tool``: makes a Tool of a function. The prompt's text comes from the function's name, docstring and annotations.

A function with one text parameter gets the argument unchanged. For any other function, ``arguments.py`` reads the
argument, and pydantic checks the values. Knows functions; not models, runs or the registry.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, get_type_hints, overload

from orchestrator.core.errors import ConfigError
from orchestrator.core.tool import Example, Tool, calling

if TYPE_CHECKING:
    from orchestrator.runtime.arguments import FunctionParameters

Function = Callable[..., Any]


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
        own = _name(function)
        chosen = name or own.upper()
        signature, hints = _signature(function, chosen)
        parameters = _parameters(function, signature, hints, chosen)
        for example in examples:
            parameters.check_example(example.argument, chosen)
        return Tool(
            name=chosen,
            description=description or _first_paragraph(function, chosen),
            run=calling(_by_name(function, signature), parameters.read),
            examples=tuple(examples),
            syntax=syntax or parameters.syntax,
            multiline=multiline,
            untrusted=untrusted,
            sends_data=sends_data,
            timeout=timeout,
            parameters=parameters.schema,
            function=own,
        )

    return made if function is None else made(function)


@dataclass(frozen=True, slots=True)
class _OneText:
    """The only parameter of a function that takes one text: the argument unchanged.

    Attributes:
        syntax: The parameter's name.
        schema: None: there is nothing to read.
    """

    syntax: str
    schema: None = None

    def read(self, argument: str) -> dict[str, str]:
        return {self.syntax: argument}

    def check_example(self, argument: str, name: str) -> None:
        """Any argument fits."""


def _parameters(
    function: Function, signature: inspect.Signature, hints: dict[str, Any], name: str
) -> FunctionParameters | _OneText:
    parameters = signature.parameters.values()
    if not parameters or any(each.kind in (each.VAR_POSITIONAL, each.VAR_KEYWORD) for each in parameters):
        raise ConfigError(f"the tool {name} needs one or more named parameters: a call always has an argument")
    first = next(iter(parameters))
    if len(parameters) == 1 and hints.get(first.name, str) is str:
        return _OneText(first.name)
    from pydantic import PydanticUserError  # noqa: PLC0415 - not needed for a function with one text parameter

    from orchestrator.runtime.arguments import FunctionParameters  # noqa: PLC0415

    try:
        return FunctionParameters(signature, hints, _described(function))
    except (PydanticUserError, NameError) as error:
        raise ConfigError(f"the annotations of the tool {name} cannot be checked: {error}") from error


def _by_name(function: Function, signature: inspect.Signature) -> Function:
    """Return the function with all of its parameters by name, also those that it takes only by position."""
    if all(each.kind is not each.POSITIONAL_ONLY for each in signature.parameters.values()):
        return function

    def call(**values: Any) -> Any:
        bound = inspect.BoundArguments(signature, values)
        bound.apply_defaults()
        return function(*bound.args, **bound.kwargs)

    async def acall(**values: Any) -> Any:
        return await call(**values)

    return acall if inspect.iscoroutinefunction(function) else call


def _name(function: Function) -> str:
    """Return the function's name; that of the class for an object that can be called."""
    target = _wrapped(function)
    return str(getattr(target, "__name__", type(target).__name__))


def _wrapped(function: Function) -> Function:
    """Return the function that a ``functools.partial`` calls; any other function itself."""
    while isinstance(function, partial):
        function = function.func
    return function


def _signature(function: Function, name: str) -> tuple[inspect.Signature, dict[str, Any]]:
    target = _wrapped(function)
    try:
        signature = inspect.signature(function)
        target = target if inspect.isroutine(target) else type(target).__call__
        if inspect.isgeneratorfunction(target) or inspect.isasyncgenfunction(target):
            raise ConfigError(f"the tool {name} yields its result: return it as a whole, such as a list")
        return signature, get_type_hints(inspect.unwrap(target), include_extras=True)
    except (NameError, TypeError, ValueError) as error:
        raise ConfigError(f"the annotations of the tool {name} cannot be read: {error}") from error


def _first_paragraph(function: Function, name: str) -> str:
    paragraph = _docstring(function).partition("\n\n")[0]
    if not paragraph:
        raise ConfigError(f"the tool {name} needs a docstring: its first paragraph tells the model what the tool does")
    return " ".join(paragraph.split())


def _docstring(function: Function) -> str:
    """Return the docstring of a function; that of ``__call__`` or of the class for an object that can be called."""
    target = _wrapped(function)
    if inspect.isroutine(target) or inspect.isclass(target):
        return (inspect.getdoc(target) or "").strip()
    return (inspect.getdoc(type(target).__call__) or inspect.getdoc(type(target)) or "").strip()


def _described(function: Function) -> dict[str, str]:
    """Return what a docstring says of the parameters, in the style of Google, numpy, Epytext or Sphinx."""
    documented = _docstring(function)
    if "\n" not in documented:
        return {}
    from docstring_parser import ParseError, parse  # noqa: PLC0415 - only for a docstring of several lines

    try:
        found = parse(documented).params
    except ParseError:
        return {}
    return {each.arg_name: " ".join(each.description.split()) for each in found if each.description}
