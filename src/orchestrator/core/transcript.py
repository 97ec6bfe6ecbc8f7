"""The context: append-only, and every part has its origin. Knows messages and templates; not models or tools.

It is rendered as chat messages, or as one prompt string if there is a chat template. Both renderings grow with each
``append``, so no part is rendered twice.
"""

from __future__ import annotations

from collections.abc import Iterable

from orchestrator.core.chat_template import ChatTemplate, Role
from orchestrator.core.function_calling import recalled
from orchestrator.core.syntax import without_markers
from orchestrator.core.types import Message, Origin, Span, ToolCall


class Transcript:
    """The parts (spans) of the context, in order.

    A change of role begins a new message. The strings of a chat template are spans too.

    Args:
        template: The chat template; None for a model that takes messages.

    Attributes:
        role: The role of the message that is being written; None before the first message.
    """

    def __init__(self, template: ChatTemplate | None = None) -> None:
        self._template = template
        self.role: Role | None = None
        self._spans: list[Span] = []
        self._messages: list[Message] = []  # complete ones
        self._open: list[str] = []  # the texts of the message that is being written
        self._calls: list[ToolCall] = []  # the function calls of that message
        self._prompt = ""
        self._unrendered: list[str] = []

    @staticmethod
    def of(spans: Iterable[Span], template: ChatTemplate | None) -> Transcript:
        """Make a transcript of the spans of an earlier run. The template may be another one.

        Args:
            spans: The spans, as ``Run.spans`` holds them.
            template: The chat template; None for a model that takes messages.
        """
        transcript = Transcript(template)
        markers = template.markers if template else ()
        for span in spans:
            if span.role == "assistant" and span.tool and span.origin in ("model", "system"):
                transcript.call(recalled(span.tool, span.text), span.origin)
            elif span.origin != "template":
                text = without_markers(span.text, markers, words=span.origin in ("user", "tool"))
                transcript.append(text, span.origin, span.role, span.tool, untrusted=span.untrusted)
        return transcript

    @property
    def spans(self) -> tuple[Span, ...]:
        """The spans so far."""
        return tuple(self._spans)

    def __len__(self) -> int:
        return len(self._spans)

    def append(
        self, text: str, origin: Origin, role: Role, tool: str | None = None, *, untrusted: bool = False
    ) -> None:
        """Append text to the message of a role. If another role's message is open, a new message begins.

        Args:
            text: The text. Nothing happens if it is empty.
            origin: Who wrote it.
            role: Whose message it belongs to.
            tool: The tool that it comes from, if any.
            untrusted: Whether it is the result of an untrusted tool.
        """
        if text:
            self.begin(role)
            self._add(Span(text, origin, role, tool, untrusted))
            self._open.append(text)

    def call(self, call: ToolCall, origin: Origin) -> None:
        """Append a function call to the assistant's message.

        Args:
            call: The call.
            origin: Who wrote it.
        """
        self.begin("assistant")
        self._add(Span(call.raw, origin, "assistant", call.name))
        self._calls.append(call)

    def begin(self, role: Role) -> None:
        """Begin a message of a role, unless one is open. Each result of a function is a separate message."""
        if role == self.role != "tool":
            return
        self._complete_message()
        if self._template:
            before = self._template.around(role)[0]
            self._add_template(before if self.role else self._template.begin + before, role)
        self.role = role

    def fall_back(self) -> None:
        """Move the results and notes after the model's last words from the assistant's message into a user message."""
        moved: list[Span] = []
        while self.role == "assistant" and self._spans and self._spans[-1].origin in ("tool", "runtime"):
            moved.insert(0, self._spans.pop())
        left = "".join(self._open).removesuffix("".join(span.text for span in moved))
        self._open = [left] if left else []
        for span in moved:
            self.append(span.text, span.origin, "user", span.tool, untrusted=span.untrusted)

    def messages(self) -> tuple[Message, ...]:
        """Return the conversation as chat messages. A message with neither text nor calls is left out."""
        current = "".join(self._open)
        self._open = [current] if current else []
        if self.role is None or not (current or self._calls):
            return tuple(self._messages)
        return (*self._messages, Message(self.role, current, tuple(self._calls)))

    def prompt(self) -> str:
        """Return the conversation as one prompt string.

        The last message is left open, so that the model continues it.
        """
        self._prompt += "".join(self._unrendered)
        self._unrendered.clear()
        return self._prompt

    def _complete_message(self) -> None:
        if self.role is None:
            return
        if self._template:
            self._add_template(self._template.around(self.role)[1], self.role)
        if self._open or self._calls:
            self._messages.append(Message(self.role, "".join(self._open), tuple(self._calls)))
            self._open, self._calls = [], []

    def _add_template(self, text: str, role: Role) -> None:
        if text:
            self._add(Span(text, "template", role))

    def _add(self, span: Span) -> None:
        self._spans.append(span)
        self._unrendered.append(span.text)
