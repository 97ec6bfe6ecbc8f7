"""What a tokenizer is. Knows no tokenizer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from orchestrator.core.chat_template import ChatTemplate


@dataclass(frozen=True, slots=True)
class Token:
    """One token.

    Attributes:
        id: Its number in the vocabulary.
        piece: Its bytes. They need not be whole UTF-8 characters.
    """

    id: int
    piece: bytes


class Tokenizer(Protocol):
    """The tokenizer of one vocabulary. Implement it to add a vocabulary.

    The pieces of ``split``, joined, are the UTF-8 bytes of the text, with two exceptions. If the vocabulary requires
    it, the text is in Unicode's composed form (NFC). Bytes that the vocabulary lacks are missing (the embedded model's
    has no U+0016 and no U+40000).

    Attributes:
        name: The name of the vocabulary.
        template: The chat template of the models that use the vocabulary.

    Methods:
        split: Cut a text into tokens. With ``control``, the strings of a chat template become control tokens. Without
            it, they are ordinary text.
    """

    @property
    def name(self) -> str: ...

    @property
    def template(self) -> ChatTemplate: ...

    def split(self, text: str, *, control: bool) -> list[Token]: ...
