"""The embedded model's tokenizer, as llama.cpp reads it from the weights."""

from __future__ import annotations

from dataclasses import dataclass

from orchestrator.core.chat_template import ChatTemplate
from orchestrator.core.protocols import ModelOptions
from orchestrator.core.tokenizer import Token
from orchestrator.models import embedded


@dataclass(frozen=True, slots=True)
class FromWeights:
    """The tokenizer of one GGUF file. It asks llama.cpp's server, which the first use starts.

    Attributes:
        name: The registered name.
        model: The model of the file.
    """

    name: str
    model: embedded.Embedded

    @property
    def template(self) -> ChatTemplate:
        """The model's chat template."""
        template = self.model.info.template
        assert template is not None  # noqa: S101 - the embedded model has one, or raises
        return template

    def split(self, text: str, *, control: bool) -> list[Token]:
        """Split ``text`` into tokens. With ``control``, the template's strings are read as control tokens.

        Raises:
            ConfigError: The weights or llama.cpp are missing.
        """
        return [Token(number, piece) for number, piece in self.model.tokenize(text, control=control)]


def create() -> FromWeights:
    """Make the shipped model's tokenizer. Only its use starts the server and can raise ConfigError."""
    return FromWeights("embedded", embedded.create("", ModelOptions()))
