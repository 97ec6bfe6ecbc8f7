"""What is shown of a split text: which tokens the chat template wrote, how pieces look, and why counting letters fails.

Pure; knows tokens and templates.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from unicodedata import normalize

from orchestrator.core.chat_template import ChatTemplate, Role
from orchestrator.core.syntax import defuse
from orchestrator.core.tokenizer import Token, Tokenizer


@dataclass(frozen=True, slots=True)
class Shown:
    """A token as it is shown. ``template`` says that the chat template wrote it, and nobody's message."""

    token: Token
    template: bool

    @property
    def text(self) -> str:
        """Readable on one line: a blank is ``·``; whatever else cannot be seen, and half characters, are escapes."""
        try:
            piece = self.token.piece.decode()
        except UnicodeDecodeError:
            return "".join(f"\\x{byte:02x}" for byte in self.token.piece)
        return "".join(
            "·" if one == " " else one if one.isprintable() else one.encode("unicode_escape").decode() for one in piece
        )


def plain(tokenizer: Tokenizer, text: str) -> list[Shown]:
    """The tokens of ``text`` by itself."""
    return [Shown(token, template=False) for token in tokenizer.split(text, control=False)]


def conversation(tokenizer: Tokenizer, system: str, turns: Sequence[str]) -> list[Shown]:
    """The tokens of a conversation as a model gets it, up to where it is to answer. ``turns`` alternate, user first.

    Messages are made inert as in a run, so that a control token written in one stays text.
    """
    stretches = _stretches(tokenizer.template, system, turns)
    tokens = tokenizer.split("".join(text for text, _ in stretches), control=True)
    if not _cover(tokens, stretches):
        stretches = [(normalize("NFC", text), template) for text, template in stretches]  # the vocabulary did the same
    whole = "".join(text for text, _ in stretches).encode()
    written_by = [template for text, template in stretches for _ in text.encode()]
    shown, at = [], 0
    for token in tokens:
        start = max(at, whole.find(token.piece, at))  # further on where the vocabulary left bytes out
        shown.append(Shown(token, written_by[min(start, len(written_by) - 1)]))
        at = start + len(token.piece)
    return shown


def why_counting_fails(text: str, tokens: Sequence[Shown]) -> str:
    """One sentence, with the text's own numbers."""
    ids = " ".join(str(shown.token.id) for shown in tokens[:8]) + (" …" if len(tokens) > 8 else "")
    return (
        f"You see {len(text):,} characters, the model gets {len(tokens):,} number{'s' * (len(tokens) != 1)} ({ids}): "
        "no letter is in its input, so it cannot look and count, only recall how each piece is spelt."
    )


def _stretches(template: ChatTemplate, system: str, turns: Sequence[str]) -> list[tuple[str, bool]]:
    """Each stretch of the prompt, and whether the template wrote it."""
    roles: list[Role] = ["user" if number % 2 == 0 else "assistant" for number in range(len(turns))]
    messages = list(zip(roles, turns, strict=True))
    if system:
        messages.insert(0, ("system", system))
    stretches: list[tuple[str, bool]] = [(template.begin, True)]
    for role, text in messages:
        before, after = template.around(role)
        stretches += [(before, True), (defuse(text, template.markers), False), (after, True)]
    return [*stretches, (template.assistant[0], True)]


def _cover(tokens: Sequence[Token], stretches: Sequence[tuple[str, bool]]) -> bool:
    return b"".join(token.piece for token in tokens) == "".join(text for text, _ in stretches).encode()
