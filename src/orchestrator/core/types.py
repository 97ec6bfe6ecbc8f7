"""The values that pass between the parts. Frozen; no I/O; knows nothing else of the project.

In this order: what goes in (Tool, Message, Request), then what comes back (Delta, the events).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from orchestrator.core.chat_template import ChatTemplate, Role
from orchestrator.core.citations import Citation, Found
from orchestrator.core.usage import Usage

Origin = Literal["system", "user", "model", "tool", "runtime", "template"]
"""Who wrote a stretch of the context: the hidden system prompt, the user, the model (sampled), a tool (its
result with the brackets around it), the runtime (notes to the model), or the model's chat template."""
ResumeMode = Literal["raw", "prefill", "turn", "native"]

# --- What goes in ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Example:
    """A question and how the tool answers it. The hidden prompt shows the few that are nearest to the user's question.

    ``thought`` is written before the call when chain of thought is on.
    """

    question: str
    argument: str
    result: str
    answer: str
    thought: str = ""


@dataclass(frozen=True, slots=True)
class Proposal:
    """A likely argument with its probability; ``same`` are other ways to write it."""

    argument: str
    share: float
    same: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ToolHints:
    """What helps a small model to call a tool.

    Attributes:
        grammar: the argument's grammar (GBNF); its rule ``number`` is added, with the question's own numbers.
        find: finds arguments that are written in a question.
        propose: gives likely arguments for a question, the likeliest first.
        made_up: whether the tool's examples were made from its schema and only show the form of a call.

    """

    grammar: str = ""
    find: Callable[[str], Sequence[str]] | None = None
    propose: Callable[[str], Sequence[Proposal]] | None = None
    made_up: bool = False


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool is data and a function. ``run`` may be async and may return ``Found``, which names sources; it raises
    ToolError to tell the model what to do instead.

    ``syntax`` stands for the argument in the prompt (``[NAME:syntax]``). With ``multiline`` the argument may hold
    newlines and 20,000 characters instead of 2,000.

    ``untrusted`` says that results come from the outside world (web pages, retrieved code, other people's servers);
    ``sends_data`` that the argument leaves this machine. The policy works from these two.

    ``timeout`` is in seconds; a call never gets more than what is left of the run's ``max_seconds``. So that it can be
    left behind at its end, a function runs in a thread of its own (in the caller's where nothing bounds it).

    ``hints`` help small models to call it; a tool works without.
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


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of the context and its origin. ``tool`` is behind a result; the outside world's are ``untrusted``."""

    text: str
    origin: Origin
    role: Role
    tool: str | None = None
    untrusted: bool = False


@dataclass(frozen=True, slots=True)
class Message:
    """One chat message. ``calls`` of functions stand behind the text; the role "tool" is what came of the next."""

    role: Role
    text: str
    calls: tuple[ToolCall, ...] = ()


@dataclass(frozen=True, slots=True)
class Price:
    """US dollars for a million tokens."""

    input: float
    output: float


@dataclass(frozen=True, slots=True)
class ModelInfo:
    """What the loop must know of a model. With a ``template`` the model takes one prompt string, else messages.

    ``price`` is None where nobody said what the model costs; 0 for a model on this machine. ``grammars`` says that the
    server obeys ``Request.grammar``; ``small`` that the model does best when held to its worked examples.
    """

    name: str
    resume_mode: ResumeMode = "turn"
    template: ChatTemplate | None = None
    price: Price | None = None
    grammars: bool = False
    small: bool = False


@dataclass(frozen=True, slots=True)
class Request:
    """One sampling. A model with a template reads ``prompt``; any other reads ``messages``; the other one is empty.

    ``timeout`` is in seconds, for all of it; ``temperature`` None leaves the server's own; ``tools`` are functions.
    ``grammar`` is GBNF that the output must obey, for servers that take one; ``varied`` says that nothing is to be
    copied, so that a server which can keeps the model from repeating itself.
    """

    messages: tuple[Message, ...]
    prompt: str
    max_tokens: int
    timeout: float
    temperature: float | None = None
    stop: tuple[str, ...] = ()
    tools: tuple[Tool, ...] = ()
    grammar: str = ""
    varied: bool = False


# --- What comes back -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Delta:
    """A piece of a streamed answer. ``finish`` is the server's reason; without one the stream was interrupted.

    ``usage`` covers the request so far and replaces an earlier one; ``calls`` of functions come complete.
    """

    text: str = ""
    reasoning: str = ""
    finish: str | None = None
    usage: Usage | None = None
    calls: tuple[ToolCall, ...] = ()


@dataclass(frozen=True, slots=True)
class Text:
    """Text that the model wrote, to be shown."""

    text: str


@dataclass(frozen=True, slots=True)
class Reasoning:
    """Text from a server's separate reasoning channel. Never scanned, never part of the answer."""

    text: str


@dataclass(frozen=True, slots=True)
class ToolCall:
    """A complete call. ``argument`` is trimmed and unescaped; ``raw`` is what the model wrote."""

    name: str
    argument: str
    raw: str


@dataclass(frozen=True, slots=True)
class ToolResult:
    """What came of a call: the tool's answer, or its error where not ``ok``. ``result`` is as the tool gave it,
    before it is cut to ``max_result`` and made inert; ``citations`` are the sources that it begins with.
    """

    name: str
    argument: str
    result: str
    ok: bool
    seconds: float
    citations: tuple[Citation, ...] = ()


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """Something that did not happen and may surprise: a misspelt tool, a call left open or denied, a forged result."""

    kind: Literal["unknown_tool", "not_run", "unclosed", "invalid", "forged", "denied", "unfaithful"]
    text: str
    message: str
