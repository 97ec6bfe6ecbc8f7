"""Chat templates as values, for models that take one prompt string. Knows nothing of servers.

A server's own template is a program (Jinja). For the models here, fixed strings around each message are enough.
``plain`` is for base models, which were trained without a template.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Role = Literal["system", "user", "assistant", "tool"]
"""Whose message it is. The role "tool" is the result of a function."""


@dataclass(frozen=True, slots=True)
class ChatTemplate:
    """The strings before and after each message of a conversation that is written as one prompt string.

    Attributes:
        name: The template's name.
        system: The strings before and after a system message.
        user: The strings before and after a user message.
        assistant: The strings before and after an assistant message.
        begin: The string at the beginning of the prompt.
        stop: Strings at which a server must stop if it does not know the template.
    """

    name: str
    system: tuple[str, str]
    user: tuple[str, str]
    assistant: tuple[str, str]
    begin: str = ""
    stop: tuple[str, ...] = ()

    @property
    def markers(self) -> tuple[str, ...]:
        """The strings that begin or end a message, longest first. Text from outside must not contain them."""
        pieces = (self.begin, *self.system, *self.user, *self.assistant, *self.stop)
        return tuple(sorted({piece.strip() for piece in pieces if piece.strip()}, key=len, reverse=True))

    def around(self, role: Role) -> tuple[str, str]:
        """Return the strings before and after a message of this role."""
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
