"""``Tool``: what a model can call, its few-shot examples, and the ``Request`` that offers it to a model.

All are frozen values. They do no I/O. Knows the other values of ``core``; nothing else of the project.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from orchestrator.core.citations import Found
from orchestrator.core.types import Message


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
        find: Finds arguments that are written in a question.
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
        penalize_repetition: Whether the output has nothing to copy from the context. A backend may then prevent
            repetition.
    """

    messages: tuple[Message, ...]
    prompt: str
    max_tokens: int
    timeout: float
    temperature: float | None = None
    stop: tuple[str, ...] = ()
    tools: tuple[Tool, ...] = ()
    grammar: str = ""
    penalize_repetition: bool = False
