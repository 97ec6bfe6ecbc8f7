"""Chat templates as values, for models that take one prompt string. Knows nothing of servers.

A server's own template is a program (Jinja); for the models here it comes down to fixed strings around each message.
``plain`` suits base models, which were trained on no template at all.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Role = Literal["system", "user", "assistant", "tool"]
"""Whose message it is; the role "tool" is a function's result."""


@dataclass(frozen=True, slots=True)
class ChatTemplate:
    """What stands before and after each message when a conversation becomes one prompt string.

    Each role holds (before, after). ``begin`` opens the whole prompt; ``stop`` are strings at which a server that
    does not know the template must stop.
    """

    name: str
    system: tuple[str, str]
    user: tuple[str, str]
    assistant: tuple[str, str]
    begin: str = ""
    stop: tuple[str, ...] = ()

    @property
    def markers(self) -> tuple[str, ...]:
        """What foreign text must not contain, longest first: the strings that begin or end a message."""
        pieces = (self.begin, *self.system, *self.user, *self.assistant, *self.stop)
        return tuple(sorted({piece.strip() for piece in pieces if piece.strip()}, key=len, reverse=True))

    def around(self, role: Role) -> tuple[str, str]:
        return {"system": self.system, "user": self.user, "assistant": self.assistant}[role]


CHATML = ChatTemplate(
    name="chatml",
    system=("<|im_start|>system\n", "<|im_end|>\n"),
    user=("<|im_start|>user\n", "<|im_end|>\n"),
    assistant=("<|im_start|>assistant\n", "<|im_end|>\n"),
    stop=("<|im_end|>",),
)
LLAMA3 = ChatTemplate(
    name="llama3",
    begin="<|begin_of_text|>",
    system=("<|start_header_id|>system<|end_header_id|>\n\n", "<|eot_id|>"),
    user=("<|start_header_id|>user<|end_header_id|>\n\n", "<|eot_id|>"),
    assistant=("<|start_header_id|>assistant<|end_header_id|>\n\n", "<|eot_id|>"),
    stop=("<|eot_id|>",),
)
PLAIN = ChatTemplate(
    name="plain",
    system=("", "\n\n"),
    user=("User: ", "\n"),
    assistant=("Assistant:", "\n\n"),
    stop=("\nUser:",),
)
TEMPLATES = {template.name: template for template in (CHATML, LLAMA3, PLAIN)}
