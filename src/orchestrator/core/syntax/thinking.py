"""Takes think blocks out of a text. Knows the tag's name; where it is a tag and not code, ``markup`` says."""

from __future__ import annotations

from orchestrator.core.syntax.markup import Markup

_TAG = "<think>"


def without_thinking(text: str) -> str:
    """``text`` without its think blocks; one that is left open goes to the end. In code the tag is text."""
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
