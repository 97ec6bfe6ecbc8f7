"""What thinking looks like in a model's text: the marks that open and close it. The only place that knows them.

A mark is a word for thinking in the brackets of a chat template: ``<think>``, ``[THINK]``, ``<|begin_of_thought|>``.
Case does not matter. gpt-oss has channels instead (OpenAI's "harmony" format): all but ``final`` are thinking.
"""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

_WORDS = ("think", "thinking", "thought", "thoughts", "reasoning", "seed:think", "longcat_think")
_BRACKETS = (
    ("<{}>", "</{}>"),
    ("◁{}▷", "◁/{}▷"),
    ("<|{}|>", "<|/{}|>"),
    ("<|begin_of_{}|>", "<|end_of_{}|>"),
    ("<|start_{}|>", "<|end_{}|>"),
    ("<|{}_start|>", "<|{}_end|>"),
)


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
    return re.compile("|".join(map(re.escape, marks)), re.IGNORECASE | re.ASCII)


def _pair(opening: str, closing: str) -> Dress:
    return Dress((opening,), (closing,), (closing,))


DRESSES = (
    *(_pair(opening.format(word), closing.format(word)) for word in _WORDS for opening, closing in _BRACKETS),
    _pair("[think]", "[/think]"),  # Magistral; [thought] and the like are words in brackets
    _pair("<|channel>thought", "<channel|>"),  # Gemma 4
    Dress(  # harmony; a header <|start|>assistant<|channel|>final<|message|> is no part of the answer either
        opens=("<|channel|>analysis", "<|channel|>commentary", "<|start|>", "<|return|>"),
        closes=("<|channel|>final<|message|>", "<|end|>"),
        ends=("<|channel|>final<|message|>",),
        nests=False,
    ),
)
OPENING = {mark: dress for dress in DRESSES for mark in dress.opens}
ENDING = frozenset(mark for dress in DRESSES for mark in dress.ends)
BEGINNINGS = frozenset(mark[:length] for mark in (*OPENING, *ENDING) for length in range(1, len(mark)))
LONGEST = max(len(mark) for dress in DRESSES for mark in (*dress.opens, *dress.closes))
_WORD = "|".join(_WORDS)
LIKE_A_MARK = rf"</?(?:{_WORD})>|◁/?(?:{_WORD})▷|\[/?think\]|<\|?channel\|?>|<\|[/\w:]+\|>"
"""A pattern that matches all marks, and other control tokens. Case does not matter."""


def opened_by(prompt: str) -> Dress | None:
    """Return the dress of the thinking that the end of a prompt opens; None if it opens none."""
    end = prompt[-2 * LONGEST :].rstrip().lower().removesuffix("<|message|>")
    if not end.endswith(tuple(OPENING)):
        return None
    return next(dress for mark, dress in OPENING.items() if end.endswith(mark))
