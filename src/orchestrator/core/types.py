"""Values that pass between the parts of the library.

They are in this order: what goes in (Tool, Message, Request), then what comes back (Delta, the events). All are frozen.
They do no I/O. Knows the other values of ``core``; nothing else of the project.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from orchestrator.core.chat_template import ChatTemplate, Role
from orchestrator.core.citations import Citation, Found
from orchestrator.core.usage import Usage

Origin = Literal["system", "user", "model", "tool", "runtime", "template"]
"""Who wrote a part of the context.

- ``system``: the hidden prompt.
- ``user``: the user.
- ``model``: the model; its tokens were generated.
- ``tool``: a tool; the text is the result with its brackets.
- ``runtime``: the library; the text is a note to the model.
- ``template``: the model's chat template.
"""
ResumeMode = Literal["raw", "prefill", "turn", "native"]
"""How a model continues after a tool result.

- ``raw``: the prompt is one string. The model continues exactly after the result.
- ``prefill``: the last message is the assistant's and holds the result. The model continues this message.
- ``turn``: the result is in a user message. The model writes a new message.
- ``native``: the result is a function's result, as the server's function calling defines it.
"""

# --- What goes in ----------------------------------------------------------------------------------------------------


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
class Span:
    """A part of the context, with its origin.

    Attributes:
        text: The text, exactly as it is in the context.
        origin: Who wrote it.
        role: The role of the message that it belongs to.
        tool: The tool that the text comes from or calls, if any.
        untrusted: Whether the text is the result of an untrusted tool.
    """

    text: str
    origin: Origin
    role: Role
    tool: str | None = None
    untrusted: bool = False


@dataclass(frozen=True, slots=True)
class Message:
    """One chat message.

    Attributes:
        role: Whose message it is. "tool" is the result of a function.
        text: The text.
        calls: Function calls after the text. The following messages with the role "tool" hold their results.
    """

    role: Role
    text: str
    calls: tuple[ToolCall, ...] = ()


@dataclass(frozen=True, slots=True)
class Price:
    """The price of a model's tokens.

    Attributes:
        input: US dollars per million input tokens.
        output: US dollars per million output tokens.
        cached_input: US dollars per million input tokens that were in the server's cache. None means that they cost as
            much as other input.
    """

    input: float
    output: float
    cached_input: float | None = None


@dataclass(frozen=True, slots=True)
class ModelInfo:
    """What the loop must know about a model.

    Attributes:
        name: The name, as a run records it.
        resume_mode: How the model continues after a result.
        template: The chat template. A model with a template gets one prompt string; any other model gets messages.
        price: The price of its tokens. None if nobody said it; 0 for a model on this machine.
        grammars: Whether the server obeys ``Request.grammar``.
        small: Whether the model works best if it is guided by few-shot examples.
        thinks: Whether the server's chat template opens thinking in the prompt, so that the text begins inside it. None
            if that is not known yet.
        system_role: Whether the server takes system messages and several messages of one role in a row. If not, they
            are written into the next message of the user.
    """

    name: str
    resume_mode: ResumeMode = "turn"
    template: ChatTemplate | None = None
    price: Price | None = None
    grammars: bool = False
    small: bool = False
    thinks: bool | None = False
    system_role: bool = True


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


# --- What comes back -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Delta:
    """A piece of a streamed answer.

    Attributes:
        text: Text of the answer.
        reasoning: Text of the server's separate reasoning channel.
        finish: The server's finish reason. A stream that ends without one was interrupted.
        usage: The usage of the request so far. It replaces an earlier one.
        calls: Function calls. Each is complete.
    """

    text: str = ""
    reasoning: str = ""
    finish: str | None = None
    usage: Usage | None = None
    calls: tuple[ToolCall, ...] = ()


@dataclass(frozen=True, slots=True)
class Text:
    """Text that the model wrote, to be shown to the user."""

    text: str


@dataclass(frozen=True, slots=True)
class Reasoning:
    """Text of a server's separate reasoning channel. It is never scanned for calls and is never part of the answer."""

    text: str


@dataclass(frozen=True, slots=True)
class ToolCall:
    """A complete call.

    Attributes:
        name: The tool's name.
        argument: The argument, trimmed and unescaped.
        raw: The call as the model wrote it.
    """

    name: str
    argument: str
    raw: str


@dataclass(frozen=True, slots=True)
class ToolResult:
    """The result of a call.

    Attributes:
        name: The tool's name.
        argument: The argument of the call.
        result: The tool's result, or the error message if ``ok`` is false. It is the whole text, before it is cut to
            ``max_result`` characters and escaped.
        ok: Whether the call succeeded.
        seconds: How long the call took.
        citations: The sources at the beginning of ``result``.
    """

    name: str
    argument: str
    result: str
    ok: bool
    seconds: float
    citations: tuple[Citation, ...] = ()


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """Something that did not happen, although the user may expect it.

    Attributes:
        kind: What it is. ``unknown_tool``: a misspelt tool name. ``not_run``: a call in code, in a think block or after
            a backslash. ``unclosed``: a call without its closing bracket. ``invalid``: a complete call that cannot run.
            ``forged``: a result that the model wrote itself. ``denied``: a call that the policy or the user denied.
            ``unfaithful``: an answer that did not contain the result. ``adapted``: a request that was sent in another
            form, because the server refuses the usual one.
        text: The text that it is about.
        message: The explanation for the user.
    """

    kind: Literal["unknown_tool", "not_run", "unclosed", "invalid", "forged", "denied", "unfaithful", "adapted"]
    text: str
    message: str
