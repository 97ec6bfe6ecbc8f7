"""Byte-pair tokenizers of the package quicktok. Its 4 MB wheel holds the vocabularies, so nothing is downloaded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestrator.core.chat_template import ChatTemplate
from orchestrator.core.tokenizer import Token
from orchestrator.runtime.extras import require

if TYPE_CHECKING:
    from quicktok import Tokenizer


@dataclass(frozen=True, slots=True)
class BytePairs:
    """A tokenizer with one of quicktok's vocabularies.

    Attributes:
        name: The registered name.
        template: The chat template of the models with this vocabulary.
        encoding: quicktok's tokenizer.
    """

    name: str
    template: ChatTemplate
    encoding: Tokenizer

    def split(self, text: str, *, control: bool) -> list[Token]:
        """Split ``text`` into tokens. With ``control``, the vocabulary's special strings are read as control tokens."""
        read = self.encoding.encode_with_special if control else self.encoding.encode_ordinary
        return [Token(number, self.encoding.decode_single_token_bytes(number)) for number in read(text)]


def byte_pairs(name: str, encoding: str, template: ChatTemplate) -> BytePairs:
    """Make a tokenizer with one of quicktok's vocabularies.

    Args:
        name: The registered name.
        encoding: quicktok's name of the vocabulary.
        template: The chat template of the models with this vocabulary.

    Raises:
        ConfigError: quicktok is not installed.
    """
    require(f"the vocabulary {name}", "tokens", "quicktok")
    import quicktok  # noqa: PLC0415 - an extra

    return BytePairs(name, template, quicktok.get_encoding(encoding))
