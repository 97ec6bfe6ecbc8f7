"""The hidden prompt: the tools with their syntax, what results look like, and the nearest worked examples.

For a small model the examples decide whether it uses a tool at all, and a few that resemble the question do better
than many that do not. So each tool carries a bank of them, and the prompt shows the nearest, the nearest one last.
Knows tools as values; not models, and not the loop.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from heapq import nlargest
from itertools import chain

from orchestrator.core.function_calling import example_call
from orchestrator.core.types import Example, Message, Span, Tool

EXAMPLES = 4
_CHANGED = "The tools have changed. "
GUIDED_EXAMPLES = 1  # a guided model needs to see the form alone, and reading the prompt is most of the time


@dataclass(frozen=True, slots=True)
class Style:
    """How the model is asked: with chain of thought or not, behind which words, with how many examples; whether it is
    told that it may write several calls side by side; and whether its tools are offered as functions instead.
    """

    cot: bool = False
    system: str = ""
    examples: int = EXAMPLES
    parallel: bool = False
    native: bool = False


def hidden_prompt(question: str, tools: Mapping[str, Tool], style: Style, *, as_turns: bool) -> list[Message]:
    """What stands before ``question``: the system message, with the worked examples in it or as turns behind it.

    A model that gets one prompt string sees examples exactly as its own answers will look, result and all, so they
    stand as earlier turns: as text in the system message they moved a small model to imitate the page instead. For
    a chat server, where a result arrives in a message of its own, such turns would teach the model to forge one.
    """
    system = [part for part in (style.system.strip(), _instructions(tools, style)) if part]
    if style.native:
        return [Message("system", "\n\n".join(system)), *_native_turns(question, tools, style)]
    turns = example_turns(question, tools, style)
    if as_turns:
        return [Message("system", "\n\n".join(system)), *chain.from_iterable(turns)]
    if turns:
        system += ["Examples:", *(f"User: {asked.text}\nAssistant: {answered.text}" for asked, answered in turns)]
    return [Message("system", "\n\n".join(system))]


def example_turns(question: str, tools: Mapping[str, Tool], style: Style) -> list[tuple[Message, Message]]:
    """The nearest examples, each as what the user asks and what the assistant answers."""
    shown = nearest(question, tools, style.examples) if tools else []
    return [
        (Message("user", example.question), Message("assistant", _worked(tool, example, style)))
        for tool, example in shown
    ]


def changed_tools(spans: Sequence[Span], tools: Mapping[str, Tool], style: Style) -> str:
    """What a later question of a chat has to say of the tools: nothing, unless others were told of last.

    It stands in the user's message, as many servers take a system message only at the beginning. Functions are offered
    anew with each request anyway.
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


def _native_turns(question: str, tools: Mapping[str, Tool], style: Style) -> list[Message]:
    """The nearest examples as real calls of functions: nobody can mistake those for text to imitate."""
    messages: list[Message] = []
    for tool, example in nearest(question, tools, style.examples) if tools else []:
        messages.append(Message("user", example.question))
        if tool:
            thought = example.thought if style.cot else ""
            messages.append(Message("assistant", thought, (example_call(tool.name, example.argument),)))
            messages.append(Message("tool", example.result))
        messages.append(Message("assistant", example.answer))
    return messages


def nearest(question: str, tools: Mapping[str, Tool], count: int) -> list[tuple[Tool | None, Example]]:
    """The ``count`` examples most like ``question``, the nearest last; no tool stands with those that need none."""
    from orchestrator.guidance.no_tool_examples import NO_TOOL_EXAMPLES  # noqa: PLC0415
    from orchestrator.guidance.similarity import bank_of, likeness  # noqa: PLC0415 - 5 ms, and the examples as much

    bank = bank_of((*(tool.examples for tool in tools.values()), NO_TOOL_EXAMPLES))
    owners = (*tools.values(), None)
    near = likeness(question, bank)
    nearest_first = nlargest(count, range(len(near)), key=near.__getitem__)
    return [(owners[bank.groups[at]], bank.examples[at]) for at in nearest_first[::-1]]


def _instructions(tools: Mapping[str, Tool], style: Style) -> str:
    if not tools:
        think = " Think step by step: write down each step, then the answer in a last sentence." if style.cot else ""
        return f"You are a helpful assistant.{think}"
    syntax = "\n".join(f"[{tool.name}:{tool.syntax}] {tool.description}" for tool in tools.values())
    first = next(iter(tools))
    if style.native:
        think = " Think first: say in a short sentence what to do, then call." if style.cot else ""
        return f"You are a helpful assistant with tools. Answer in one sentence.{think}"
    think = "\nThink first: write down in a short sentence what to do, then the call." if style.cot else ""
    several = "Calls that do not need each other may stand side by side; they run together.\n" if style.parallel else ""
    return (
        "You are a helpful assistant with tools. To use a tool, write its call in square brackets and stop:\n"
        f"{syntax}\n{several}"
        f"The system writes the result right after the call as [{first}_RESULT:value]. Never write a result yourself; "
        f"use it to answer in one sentence.\nIf no tool is needed, just answer.{think}"
    )


def _worked(tool: Tool | None, example: Example, style: Style) -> str:
    thought = f"{example.thought} " if style.cot and example.thought else ""
    if tool is None:
        return f"{thought}{example.answer}"
    call = f"[{tool.name}:{example.argument}][{tool.name}_RESULT:{example.result}]"
    return f"{thought}{call} {example.answer}"
