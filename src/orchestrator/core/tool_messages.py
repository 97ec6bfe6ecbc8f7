"""Where results and notes stand in the context, and in which words: behind the call where the model is resumed in the
middle of its turn, in a message of the user's where it is not, as a function's result in the native protocol.

Knows the transcript and the ways to resume; not what is written.
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
    "unknown_function": "there is no function {name}; there are: {known}",
}


def why_invalid(invalid: Invalid, tools: Iterable[str]) -> str:
    """What the model is told of a call that cannot run."""
    return _WHY_INVALID[invalid.reason].format(name=invalid.name, known=", ".join(tools))


def shortened(text: str, most: int) -> str:
    """The first ``most`` characters, and how many more there were."""
    return text if len(text) <= most else f"{text[:most]} … {len(text) - most:,} more characters"


@dataclass(slots=True)
class ToolMessages:
    """Writes into ``transcript`` for a model that is resumed in ``mode``; ``markers`` are its template's."""

    transcript: Transcript
    mode: ResumeMode
    markers: tuple[str, ...] = ()

    def result(self, name: str, value: str, *, ok: bool, origin: Origin = "tool", untrusted: bool = False) -> None:
        """What came of a call, made inert."""
        if self.mode == "native":
            text = defuse(value, self.markers) or "(nothing)"
            self._write(text if ok else f"Error: {text}", origin, name, untrusted=untrusted)
        else:
            text = f"[{name}_{'RESULT' if ok else 'ERROR'}:{escape(value, self.markers) or '(nothing)'}]"
            self._write(text, origin, name, untrusted=untrusted)

    def note(self, name: str, message: str) -> None:
        """The runtime's own words on a call, such as why it was not made."""
        text = f"Error: {message}" if self.mode == "native" else f"[{name}_ERROR:{message}]"
        self._write(text, "runtime", name)
        self.ask_to_go_on()

    def ask_to_go_on(self) -> None:
        if self.transcript.role == "user":
            self.transcript.append(GO_ON, "runtime", "user")

    def move_down(self) -> None:
        """The server does not go on with the assistant's message: what stands behind the model's words leaves it."""
        self.mode = "turn"
        self.transcript.hand_over()
        self.ask_to_go_on()

    def _write(self, text: str, origin: Origin, tool: str, *, untrusted: bool = False) -> None:
        # The outside world's text stays out of the assistant's own message wherever there are messages.
        apart = self.mode == "turn" or (self.mode == "prefill" and untrusted)
        role: Role = "user" if apart else "tool" if self.mode == "native" else "assistant"
        self.transcript.append(text, origin, role, tool, untrusted=untrusted)
