"""A position in a list of tokens. Knows tokens; not grammar."""

from __future__ import annotations

from orchestrator.tools._calculator.tokens import Token


class Cursor:
    """Reads tokens one after the other.

    Args:
        tokens: The tokens. The last one has the kind ``end``.

    Attributes:
        position: How many tokens have been taken. It may be set back.
    """

    def __init__(self, tokens: list[Token]) -> None:
        self._tokens = tokens
        self.position = 0

    @property
    def next(self) -> Token:
        """The next token."""
        return self._tokens[self.position]

    @property
    def before(self) -> Token:
        """The token that was taken last."""
        return self._tokens[self.position - 1]

    def take(self) -> Token:
        """Return the next token and go past it."""
        self.position += 1
        return self._tokens[self.position - 1]

    def took(self, *operators: str) -> bool:
        """Take the next token if it is one of the operators. Return whether it was."""
        found = self.at(*operators)
        self.position += found
        return found

    def ahead(self, distance: int) -> Token:
        """Return the token at a distance from the next one, or the first or last token."""
        return self._tokens[max(0, min(self.position + distance, len(self._tokens) - 1))]

    def at(self, *operators: str) -> bool:
        """Whether the next token is one of the operators."""
        token = self._tokens[self.position]
        return token.kind == "operator" and token.text in operators

    def at_kind(self, kind: str) -> bool:
        """Whether the next token is of a kind."""
        return self._tokens[self.position].kind == kind

    def at_word(self, *words: str) -> bool:
        """Whether the next token is one of the words."""
        token = self._tokens[self.position]
        return token.kind == "name" and token.text in words

    def begins_factor(self, distance: int = 0) -> bool:
        """Whether a factor begins at the token at a distance from the next one."""
        token = self.ahead(distance)
        if token.kind == "name":
            return token.text not in ("mod", "of")
        return token.kind in ("number", "root", "multiplier") or token.text in ("(", "√", "∛", "∜")
