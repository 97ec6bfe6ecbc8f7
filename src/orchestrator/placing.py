"""Where results and notes stand in the context, and in which words: behind the call where the model is resumed in the
middle of its turn, in a message of the user's where it is not, as a function's result in the native protocol.

Knows the transcript and the ways to resume; not what is written.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from orchestrator.syntax import defuse, escape
from orchestrator.transcript import Transcript
from orchestrator.types import Origin, ResumeMode, Role

GO_ON = "\n\nGo on with your answer from where you stopped. Do not repeat what you have written."


@dataclass(slots=True)
class Placing:
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
            kind: Literal["RESULT", "ERROR"] = "RESULT" if ok else "ERROR"
            text = f"[{name}_{kind}:{escape(value, self.markers) or '(nothing)'}]"
            self._write(text, origin, name, untrusted=untrusted)

    def note(self, name: str, message: str) -> None:
        """The runtime's own words on a call, such as why it was not made."""
        text = f"Error: {message}" if self.mode == "native" else f"[{name}_ERROR:{message}]"
        self._write(text, "runtime", name)
        self.ask_to_go_on()

    def ask_to_go_on(self) -> None:
        if self.mode == "turn":
            self.transcript.append(GO_ON, "runtime", "user")

    def _write(self, text: str, origin: Origin, tool: str, *, untrusted: bool = False) -> None:
        role: Role = "user" if self.mode == "turn" else "tool" if self.mode == "native" else "assistant"
        self.transcript.append(text, origin, role, tool, untrusted=untrusted)
