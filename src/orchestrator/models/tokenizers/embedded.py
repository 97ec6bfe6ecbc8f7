"""The embedded model's own, as llama.cpp reads it from the weights."""

from __future__ import annotations

from dataclasses import dataclass

from orchestrator.core.chat_template import ChatTemplate
from orchestrator.core.protocols import ModelOptions
from orchestrator.core.tokenizer import Token
from orchestrator.models import embedded


@dataclass(frozen=True, slots=True)
class FromWeights:
    """The vocabulary of one GGUF file. Asked of llama.cpp's server, which the first question starts."""

    name: str
    model: embedded.Embedded

    @property
    def template(self) -> ChatTemplate:
        template = self.model.info.template
        assert template is not None  # noqa: S101 - the embedded model has one, or raises
        return template

    def split(self, text: str, *, control: bool) -> list[Token]:
        return [Token(number, piece) for number, piece in self.model.tokenize(text, control=control)]


def create() -> FromWeights:
    """The shipped model's tokenizer. Raises ConfigError, when it is asked, where weights or llama.cpp are missing."""
    return FromWeights("embedded", embedded.create("", ModelOptions()))
