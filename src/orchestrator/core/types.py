"""Values that pass between the parts of the library.

They are in this order: what goes in (Message, ModelInfo), then what comes back (Delta, the events). All are frozen.
They do no I/O. Knows the other values of ``core``; nothing else of the project.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from orchestrator.core.chat_template import ChatTemplate, Role
from orchestrator.core.citations import Citation
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
        trained: Whether the model was trained to call tools as the hidden prompt says. Then it needs no examples.
    """

    name: str
    resume_mode: ResumeMode = "turn"
    template: ChatTemplate | None = None
    price: Price | None = None
    grammars: bool = False
    small: bool = False
    thinks: bool | None = False
    system_role: bool = True
    trained: bool = False


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
            form, because the server refuses the usual one. ``invalid_output``: an answer that did not fit the
            ``output_type``; the model was asked again.
        text: The text that it is about.
        message: The explanation for the user.
    """

    kind: Literal[
        "unknown_tool", "not_run", "unclosed", "invalid", "forged", "denied", "unfaithful", "adapted", "invalid_output"
    ]
    text: str
    message: str
