"""The hidden prompt: the tools with their syntax, the form of a result, and a few examples of calls.

For a small model, the examples decide whether it calls a tool at all. A few examples that resemble the question work
better than many that do not. ``guidance.similarity`` chooses them.
Knows tools and examples as values; not the question, models or the loop.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from orchestrator.core.function_calling import example_call
from orchestrator.core.syntax import inert_line
from orchestrator.core.tool import Example, Tool
from orchestrator.core.types import Message, Span

EXAMPLES = 4
MOST_NAME, MOST_ABOUT = 60, 200  # characters of a parameter's name and of its description
_CHANGED = "The tools have changed. "
GUIDED_EXAMPLES = 1  # a guided model only needs to see the form, and reading the prompt takes most of the time


@dataclass(frozen=True, slots=True)
class Style:
    """How the model is asked.

    Attributes:
        cot: Whether the model is asked to think step by step.
        system: The caller's own instructions. They come first.
        examples: How many few-shot examples are shown.
        parallel: Whether the model is told that it may write several calls side by side.
        native: Whether the tools are offered as functions.
        trained: Whether the model was trained to call tools. Then it is only told which there are.
    """

    cot: bool = False
    system: str = ""
    examples: int = EXAMPLES
    parallel: bool = False
    native: bool = False
    trained: bool = False


TRAINED = Style(examples=0, trained=True)
"""How a model is asked that was trained to call tools: without instructions and examples."""

Shown = Sequence[tuple[Tool | None, Example]]
"""Examples with their tools. The most similar to the question is last. None means that no tool is needed."""


EXAMPLES_HEADING = "Examples:"
"""The heading of the examples in a system message. They are at its end."""


def opening(
    shown: Shown, tools: Mapping[str, Tool], style: Style, *, as_turns: bool, before: Sequence[Span] = ()
) -> list[Message]:
    """Return the messages before a question: the system message and the examples.

    A model that takes one prompt string gets the examples as earlier turns, with their results, because its own answers
    will look the same. As text in the system message, they made a small model imitate the prompt. A chat server gets
    them as text in the system message. Its results arrive in separate messages, so such turns would teach the model to
    forge results.

    Args:
        shown: The examples to show.
        tools: The tools that may be called, by name.
        style: How the model is asked.
        as_turns: Whether the model takes one prompt string.
        before: The conversation so far. A later question gets no system message, and only examples that are new.
    """
    known = {span.text for span in before if span.origin == "system"}
    turns = [] if style.native else _example_turns(shown, style)
    if known:
        return [message for turn in turns if as_turns and turn[0].text not in known for message in turn]
    system = [part for part in (style.system.strip(), _instructions(tools, style)) if part]
    if turns and not as_turns:
        system += [EXAMPLES_HEADING, *(f"User: {asked.text}\nAssistant: {answered.text}" for asked, answered in turns)]
    after = _native_turns(shown, style) if style.native else chain.from_iterable(turns) if as_turns else ()
    return [Message("system", "\n\n".join(system)), *after]


def changed_tools(spans: Sequence[Span], tools: Mapping[str, Tool], style: Style) -> str:
    """Return what a later question of a chat must say about the tools. It is "" if the tools are the same as before.

    The text is part of the user's message, because many servers allow a system message only at the beginning. In native
    mode it is always "", because functions are offered again with each request.

    Args:
        spans: The conversation so far.
        tools: The tools that may be called now, by name.
        style: How the model is asked.
    """
    last = next((span.text for span in reversed(spans) if _tells_of_tools(span)), None)
    now = _instructions(tools, style)
    if style.native or last is None or now in last:
        return ""
    return f"{_CHANGED}{now if tools else f'None may be called now. {now}'}\n\n"


def _tells_of_tools(span: Span) -> bool:
    return (span.origin, span.role) == ("system", "system") or (
        span.origin == "runtime" and span.text.startswith(_CHANGED)
    )


def _example_turns(shown: Shown, style: Style) -> list[tuple[Message, Message]]:
    """Each example as a user's message and an assistant's message."""
    return [
        (Message("user", example.question), Message("assistant", _worked(tool, example, style)))
        for tool, example in shown
    ]


def _native_turns(shown: Shown, style: Style) -> list[Message]:
    """The examples as real function calls, which the model cannot mistake for text to imitate."""
    messages: list[Message] = []
    for tool, example in shown:
        messages.append(Message("user", example.question))
        if tool:
            thought = example.thought if style.cot else ""
            messages.append(Message("assistant", thought, (example_call(tool, example.argument),)))
            messages.append(Message("tool", example.result))
        messages.append(Message("assistant", example.answer))
    return messages


def _instructions(tools: Mapping[str, Tool], style: Style) -> str:
    if not tools:
        think = " Think step by step: write down each step, then the answer in a last sentence." if style.cot else ""
        return f"You are a helpful assistant.{think}"
    syntax = "\n".join(_introduced(tool, named=style.trained) for tool in tools.values())
    first = next(iter(tools))
    if style.native:
        think = " Think first: say in a short sentence what to do, then call." if style.cot else ""
        return f"You are a helpful assistant with tools. Answer in one sentence.{think}"
    if style.trained:
        return f"You are a helpful assistant with tools:\n{syntax}"
    think = "\nThink first: write down in a short sentence what to do, then the call." if style.cot else ""
    several = "Calls that do not need each other may stand side by side; they run together.\n" if style.parallel else ""
    return (
        "You are a helpful assistant with tools. To use a tool, write its call in square brackets and stop:\n"
        f"{syntax}\n{several}"
        f"The system writes the result right after the call as [{first}_RESULT:value]. Never write a result yourself; "
        f"use it to answer in one sentence.\nIf no tool is needed, just answer.{think}"
    )


def _introduced(tool: Tool, *, named: bool = False) -> str:
    """The tool's call and description, then what its schema says of each parameter.

    Without ``named``, the name of a single parameter is not shown, as the call needs none.
    """
    properties = (tool.parameters or {}).get("properties", {})
    about = [
        f"  {inert_line(name, MOST_NAME)}: {inert_line(each['description'], MOST_ABOUT)}"
        for name, each in properties.items()
        if each.get("description")
    ]
    single = f"{inert_line(next(iter(properties)), MOST_NAME)}=" if named and len(properties) == 1 else ""
    return "\n".join([f"[{tool.name}:{single}{tool.syntax}] {tool.description}", *about])


def _worked(tool: Tool | None, example: Example, style: Style) -> str:
    thought = f"{example.thought} " if style.cot and example.thought else ""
    if tool is None:
        return f"{thought}{example.answer}"
    call = f"[{tool.name}:{example.argument}][{tool.name}_RESULT:{example.result}]"
    return f"{thought}{call} {example.answer}"
