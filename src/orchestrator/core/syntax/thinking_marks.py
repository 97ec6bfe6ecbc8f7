"""What thinking looks like in a model's text: the marks that open and close it. The only place that knows them.

A mark is a word for thinking in the brackets of a chat template: ``<think>``, ``[THINK]``, ``<|begin_of_thought|>``.
Case does not matter. ``<think >`` and ``<think type="a">`` are marks too. gpt-oss has channels instead (OpenAI's
"harmony" format): all but ``final`` are thinking.
"""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

_WORDS = (
    *("think", "thinking", "thought", "thoughts", "reason", "reasoning", "reflection", "scratchpad"),
    *("seed:think", "longcat_think", "antthinking"),
)
_BRACKETS = (
    ("<{}>", "</{}>"),
    ("◁{}▷", "◁/{}▷"),
    ("<|{}|>", "<|/{}|>"),
    ("<|begin_of_{}|>", "<|end_of_{}|>"),
    ("<|start_{}|>", "<|end_{}|>"),
    ("<|{}_start|>", "<|{}_end|>"),
)
_BLANKS = 8  # in a mark inside thinking: </think >


class Dress(NamedTuple):  # a frozen dataclass would take 1 ms at import
    """One way to mark thinking. All marks are in lower case.

    Attributes:
        opens: The marks that open it.
        closes: The marks that close it.
        ends: The closing marks that also count alone, if the prompt has opened the thinking.
        nests: Whether another opening mark inside needs a closing mark of its own.
    """

    opens: tuple[str, ...]
    closes: tuple[str, ...]
    ends: tuple[str, ...]
    nests: bool = True

    @property
    def marks(self) -> re.Pattern[str]:
        """Finds the marks that matter inside."""
        return _any_of((*self.closes, *self.opens) if self.nests else self.closes)


@cache  # when a mark is first read, because compiling all of them takes 5 ms
def _any_of(marks: tuple[str, ...]) -> re.Pattern[str]:
    spaced = (
        re.escape(mark[:-1]) + rf"[ \t]{{0,{_BLANKS}}}>" if mark[-1] == ">" else re.escape(mark) for mark in marks
    )
    return re.compile("|".join(spaced), re.IGNORECASE | re.ASCII)


def _pair(opening: str, closing: str) -> Dress:
    return Dress((opening,), (closing,), (closing,))


DRESSES = (
    *(_pair(opening.format(word), closing.format(word)) for word in _WORDS for opening, closing in _BRACKETS),
    _pair("[think]", "[/think]"),  # Magistral; [thought] and the like are words in brackets
    _pair("<|channel>thought", "<channel|>"),  # Gemma 4
    _pair("<unused94>thought", "<unused95>"),  # MedGemma
    Dress(  # harmony; a header <|start|>assistant<|channel|>final<|message|> is no part of the answer either
        opens=("<|channel|>analysis", "<|channel|>commentary", "<|start|>", "<|return|>"),
        closes=("<|channel|>final<|message|>", "<|end|>"),
        ends=("<|channel|>final<|message|>",),
        nests=False,
    ),
)
OPENING = {mark: dress for dress in DRESSES for mark in dress.opens}
ENDING = frozenset(mark for dress in DRESSES for mark in dress.ends)
IN_CAPITALS = {f"[{word.upper()}]": _pair(f"[{word}]", f"[/{word}]") for word in ("thinking", "reasoning")}
"""Marks that count in capitals only, because in small letters they are words in brackets."""
BEGINNINGS = frozenset(
    mark[:length] for mark in (*OPENING, *ENDING, *map(str.lower, IN_CAPITALS)) for length in range(1, len(mark))
)
LONGEST = max(len(mark) for dress in DRESSES for mark in (*dress.opens, *dress.closes)) + _BLANKS
_LONGEST_TAG = 80  # characters of a mark with attributes
_NO_TAG = "><[`\\\n◁"  # what ends a tag, or begins something else
CLOSING = tuple(mark for dress in DRESSES if dress.nests for mark in dress.closes)
_WORD = "|".join(_WORDS)
LIKE_A_MARK = (
    rf"</?(?:{_WORD})(?:[ \t][^<>\n]*)?>|◁/?(?:{_WORD})▷|\[/?think\]|(?-i:\[/?(?:THINKING|REASONING)\])|<\|?channel\|?>"
    r"|<unused9[45]>|<\|[/\w:]+\|>"
)
"""A pattern that matches all marks, and other control tokens. Case does not matter."""

_TAG = (  # an opening mark may have attributes, a closing one blanks
    r"(?P<opens><[^\s/<>]+)(?:[ \t]+[\w:.-]+=(?:\"[^\"]*\"|'[^']*'|[^\s\"'<>=]+))*[ \t]*>"
    r"|(?P<closes></[^\s<>]+)[ \t]*>"
)


def begins_a_tag(text: str) -> bool:
    """Whether a text in lower case is a mark with blanks or attributes, but for its end."""
    mark = f"{text.split(None, 1)[0]}>"
    return text[-1] not in _NO_TAG and len(text) < _LONGEST_TAG and (mark in OPENING or mark in ENDING)


def plain_mark(tag: str) -> str:
    """Return the mark of a tag in lower case, without blanks and attributes; "" if it is none."""
    match = re.fullmatch(_TAG, tag) if tag[-1] == ">" else None
    mark = f"{match['opens'] or match['closes']}>" if match else ""
    return mark if mark in OPENING or mark in ENDING else ""


def last_closing(text: str) -> re.Match[str] | None:
    """Return the last closing mark in a text, of any kind of thinking."""
    return max(_any_of(CLOSING).finditer(text), key=re.Match.end, default=None)


def opened_by(prompt: str) -> Dress | None:
    """Return the marks of the thinking that the end of a prompt opens; None if it opens none."""
    end = prompt[-2 * LONGEST :].rstrip().lower().removesuffix("<|message|>")
    if not end.endswith(tuple(OPENING)):
        return None
    return next(dress for mark, dress in OPENING.items() if end.endswith(mark))
