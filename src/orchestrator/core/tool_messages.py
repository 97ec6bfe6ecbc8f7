"""Writes results and notes into the context. The resume mode decides in which message, and in which form.

In mode ``raw`` and ``prefill`` they come after the call in the assistant's message, in mode ``turn`` in a user message,
and in mode ``native`` in a message with the role "tool".
Knows the transcript and the resume modes; not what is written.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from orchestrator.core.chat_template import Role
from orchestrator.core.syntax import Invalid, defuse, escape
from orchestrator.core.transcript import Transcript
from orchestrator.core.types import Origin, ResumeMode

GO_ON = "\n\nGo on with your answer from where you stopped. Do not repeat what you have written."
_WHY_INVALID = {
    "empty_argument": "nothing between the colon and the bracket; write what {name} should work on there",
    "nested_call": "a call cannot stand inside another; make the inner one first and wait for its result",
    "bad_arguments": 'the arguments of {name} are a JSON object such as {{"argument": "…"}}, with text in it',
    "too_long": "the argument did not end; write a short one, with ] after it",
    "unknown_function": "there is no function {name}; there are: {known}",
}


def why_invalid(invalid: Invalid, tools: Iterable[str]) -> str:
    """Return what the model is told about a call that cannot run.

    Args:
        invalid: The call.
        tools: The names of the tools.
    """
    return _WHY_INVALID[invalid.reason].format(name=invalid.name, known=", ".join(tools))


def shortened(text: str, most: int) -> str:
    """Return the first ``most`` characters of a text. If there are more, the text ends with their number."""
    return text if len(text) <= most else f"{text[:most]} … {len(text) - most:,} more characters"


@dataclass(slots=True)
class ToolMessages:
    """Writes results and notes into a transcript.

    Attributes:
        transcript: The transcript.
        mode: How the model continues after a result.
        markers: The strings that begin or end a message in the model's chat template.
    """

    transcript: Transcript
    mode: ResumeMode
    markers: tuple[str, ...] = ()

    def result(self, name: str, value: str, *, ok: bool, origin: Origin = "tool", untrusted: bool = False) -> None:
        """Write the result of a call. Calls, brackets and control tokens in it are escaped.

        Args:
            name: The tool's name.
            value: The result.
            ok: Whether the call succeeded.
            origin: "tool", or "runtime" for a call that was denied.
            untrusted: Whether the result comes from an untrusted tool.
        """
        if self.mode == "native":
            text = defuse(value, self.markers) or "(nothing)"
            self._write(text if ok else f"Error: {text}", origin, name, untrusted=untrusted)
        else:
            text = f"[{name}_{'RESULT' if ok else 'ERROR'}:{escape(value, self.markers) or '(nothing)'}]"
            self._write(text, origin, name, untrusted=untrusted)

    def note(self, name: str, message: str) -> None:
        """Write a note from the library about a call, for example why it was not made.

        Args:
            name: The tool's name.
            message: The note.
        """
        text = f"Error: {message}" if self.mode == "native" else f"[{name}_ERROR:{message}]"
        self._write(text, "runtime", name)
        self.ask_to_go_on()

    def ask_to_go_on(self) -> None:
        """In a user message, add the request to continue the answer."""
        if self.transcript.role == "user":
            self.transcript.append(GO_ON, "runtime", "user")

    def fall_back(self) -> None:
        """Change to mode ``turn``: move the results after the model's last words into a user message."""
        self.mode = "turn"
        self.transcript.fall_back()
        self.ask_to_go_on()

    def _write(self, text: str, origin: Origin, tool: str, *, untrusted: bool = False) -> None:
        # Untrusted text is never written into the assistant's message of a chat server.
        apart = self.mode == "turn" or (self.mode == "prefill" and untrusted)
        role: Role = "user" if apart else "tool" if self.mode == "native" else "assistant"
        self.transcript.append(text, origin, role, tool, untrusted=untrusted)
