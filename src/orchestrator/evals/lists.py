"""Reads Markdown's lists: items without bullets, and of a list with ticks and crosses only the ticked items."""

from __future__ import annotations

import re
from collections.abc import Iterator

_BULLET = re.compile(r"^[ \t]*[*•‣◦][ \t]+(?=\S)", re.MULTILINE)
_DASH = re.compile(  # or a quote; no sign, as in "x =\n- 42" or in the whole text "- 42"
    r"(?P<before> \A\s*(?=[-–][ \t][^\n]*\n[ \t]*[-–][ \t]) | [^\s=$\[({&\\+*/×·÷-]\s*\n[ \t]*)[-–>][ \t]+(?=\S)",
    re.VERBOSE,
)
_TICK, _CROSS = r"\[[xX✓✔]\]|(?<!\S)\([xX]\)|[☑✅✓✔]\ufe0f?", r"\[\s?\]|(?<!\S)\( \)|[☐❌✗✘]\ufe0f?"
_TICKED, _MARK = re.compile(_TICK), re.compile(rf"(?P<mark>{_TICK}|{_CROSS})")
_CROSSED = re.compile(_CROSS)


def without_bullets(text: str) -> str:
    """Return a text without the bullets of its lists."""
    return _BULLET.sub("", _DASH.sub(r"\g<before>", text))


def ticked(text: str) -> str:
    """Return a text with the ticked items of its list in one line, joined by "and".

    Without ticks and crosses it stays as it is. A mark is before its item, or behind it as in "A ❌ B ✅".
    """
    if not (_TICKED.search(text) and _CROSSED.search(text)):
        return text
    lines = text.splitlines()
    marked = [line for line in lines if _MARK.search(line)]
    first = lines.index(marked[0])
    leads = _MARK.match(marked[0].lstrip(" \t-*>")) is not None
    chosen = " and ".join(item for line in marked for item in _chosen(line, leads=leads))
    rest = [line for line in lines[first:] if not _MARK.search(line)]
    return "\n".join([*lines[:first], chosen, *rest])


def _chosen(line: str, *, leads: bool) -> Iterator[str]:
    """The ticked items of a line. Between the marks, at odd places, are the items."""
    pieces = _MARK.split(line)
    for at in range(1, len(pieces), 2):
        item = pieces[at + 1 if leads else at - 1].strip(" \t,;")
        if _TICKED.fullmatch(pieces[at]) and item:
            yield item
