"""Prepares tokens for display.

Says which tokens the chat template wrote, how a token looks, and why a model cannot count letters.

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
class TokenView:
    """A token for display.

    Attributes:
        token: The token.
        template: Whether the chat template wrote it, not a message.
    """

    token: Token
    template: bool

    @property
    def text(self) -> str:
        """The token's text on one line.

        A space is ``·``. Invisible and incomplete characters are written as escapes.
        """
        try:
            piece = self.token.piece.decode()
        except UnicodeDecodeError:
            return "".join(f"\\x{byte:02x}" for byte in self.token.piece)
        return "".join(
            "·" if one == " " else one if one.isprintable() else one.encode("unicode_escape").decode() for one in piece
        )


def plain(tokenizer: Tokenizer, text: str) -> list[TokenView]:
    """Return the tokens of ``text`` alone."""
    return [TokenView(token, template=False) for token in tokenizer.split(text, control=False)]


def conversation(tokenizer: Tokenizer, system: str, turns: Sequence[str]) -> list[TokenView]:
    """Return the tokens of a conversation as a model gets it, up to the beginning of the next answer.

    Messages are made inert as in a run, so a control token written in a message stays text.

    Args:
        tokenizer: The tokenizer.
        system: The system message; empty for none.
        turns: The messages. The user's and the assistant's alternate, the user's first.
    """
    stretches = _stretches(tokenizer.template, system, turns)
    tokens = tokenizer.split("".join(text for text, _ in stretches), control=True)
    if not _cover(tokens, stretches):
        stretches = [(normalize("NFC", text), template) for text, template in stretches]  # as the tokenizer did
    whole = "".join(text for text, _ in stretches).encode()
    written_by = [template for text, template in stretches for _ in text.encode()]
    views, at = [], 0
    for token in tokens:
        start = max(at, whole.find(token.piece, at))  # skips bytes that the tokenizer left out
        views.append(TokenView(token, written_by[min(start, len(written_by) - 1)]))
        at = start + len(token.piece)
    return views


def why_counting_fails(text: str, tokens: Sequence[TokenView]) -> str:
    """Say in one sentence why a model cannot count the text's letters, with the text's own numbers.

    Args:
        text: The text.
        tokens: Its tokens.
    """
    ids = " ".join(str(view.token.id) for view in tokens[:8]) + (" …" if len(tokens) > 8 else "")
    return (
        f"You see {len(text):,} characters, the model gets {len(tokens):,} number{'s' * (len(tokens) != 1)} ({ids}): "
        "no letter is in its input, so it cannot look and count, only recall how each piece is spelt."
    )


def _stretches(template: ChatTemplate, system: str, turns: Sequence[str]) -> list[tuple[str, bool]]:
    """Return the parts of the prompt, each with whether the template wrote it."""
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
    """Whether the tokens together are exactly the prompt's bytes."""
    return b"".join(token.piece for token in tokens) == "".join(text for text, _ in stretches).encode()
