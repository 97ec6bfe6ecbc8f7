"""What a tokenizer is and what it gives. Knows no tokenizer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from orchestrator.core.chat_template import ChatTemplate


@dataclass(frozen=True, slots=True)
class Token:
    """One token: its number in the vocabulary and the bytes it stands for, which need not be whole characters."""

    id: int
    piece: bytes


class Tokenizer(Protocol):
    """A vocabulary. ``template`` is what stands around the messages of the models that use it.

    The pieces of ``split`` are the text's UTF-8, cut apart: in Unicode's composed form (NFC) where the vocabulary asks
    for it, and without the bytes that the vocabulary lacks (the embedded model's has no U+0016 and no U+40000). With
    ``control`` a template's own strings become the control tokens that only a template may write; without it they are
    ordinary text.
    """

    @property
    def name(self) -> str: ...

    @property
    def template(self) -> ChatTemplate: ...

    def split(self, text: str, *, control: bool) -> list[Token]: ...
