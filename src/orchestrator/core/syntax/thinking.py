"""Removes think blocks from a text. ``markup`` decides whether a tag is code. Knows the tag's name."""

from __future__ import annotations

from orchestrator.core.syntax.markup import Markup

_TAG = "<think>"


def without_thinking(text: str) -> str:
    """Return the text without its think blocks.

    A block that is not closed reaches to the end. In code the tag is plain text.
    """
    if _TAG not in text:
        return text
    markup, kept, at, begin = Markup(), "", 0, 0
    while at < len(text):
        was_thinking = markup.thinking
        at = markup.step(text, at)
        if markup.thinking and not was_thinking:
            kept += text[begin : at - len(_TAG)]
        elif was_thinking and not markup.thinking:
            begin = at
    return kept if markup.thinking else kept + text[begin:]
