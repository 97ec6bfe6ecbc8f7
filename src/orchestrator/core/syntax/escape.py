"""Makes text from outside inert before it enters the context.

``defuse`` is for text in a separate message (the user's). Nothing in it can be taken for a call, a result or a control
token, even if the model quotes it later. ``escape`` is for text inside ``[NAME_RESULT:…]``. In addition, that text
cannot close the bracket, and it leaves no code, backslash or think block open after it. Both keep every word.
Knows the grammar and the chat templates' control tokens.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from orchestrator.core.syntax.markup import Markup
from orchestrator.core.syntax.thinking_marks import LIKE_A_MARK

# Zero-width and bidirectional controls, tags and other invisible characters; control characters except tab and newline.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200e\u200f\u202a-\u202e"
    "\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e0fff]"
)
# Joiners are part of emoji and of scripts such as Persian. Next to ASCII or to each other they only hide something.
_STRAY_JOINER = re.compile("(?<![^\x00-\x7f\u200c\u200d])[\u200c\u200d]|[\u200c\u200d](?![^\x00-\x7f\u200c\u200d])")
_CALL = re.compile(r"\\[\s\S]|\[(?=[A-Z0-9_]{1,80}:)")
# Marks of thinking, and control tokens of common chat templates: <|im_end|>, <｜User｜>, </s>, [INST] …
_CONTROL = re.compile(
    rf"(?={LIKE_A_MARK})[<\[◁]"
    r"|<(?=[|｜]|/?(?:s|bos|eos|pad|unk|(?:start|end)_of_turn|(?:start|end)_of_role|tool_call|tool_response)>|<SYS>>"
    r"|</SYS>>)|\[(?=/?(?:INST|SYSTEM_PROMPT|AVAILABLE_TOOLS|TOOL_RESULTS|TOOL_CALLS)\])",
    re.IGNORECASE,
)
_BRACKET = re.compile(r"\\[\s\S]|[\[\]]")
_CODE_MARK = re.compile(r"\\[\s\S]|[`~]")
_LINE_ENDS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")


def defuse(text: str, markers: Iterable[str] = ()) -> str:
    """Make the calls, results and control tokens in a text inert, and remove invisible characters.

    Args:
        text: Text from outside.
        markers: The strings that begin or end a message in the model's chat template (``ChatTemplate.markers``).

    Returns:
        The text with every word kept.
    """
    text = without_invisible(_LINE_ENDS.sub("\n", text))
    text = _CONTROL.sub(lambda match: match[0] + " ", text)
    for marker in markers:
        text = _without_marker(text, marker)
    return _CALL.sub(_with_backslash, text)


def inert_line(text: str, most: int) -> str:
    """Make one short, inert line of a text from outside.

    Args:
        text: The text.
        most: The line's maximum length in characters.
    """
    inert = " ".join(defuse(text).split())
    return inert if len(inert) <= most else f"{inert[: most - 1].rstrip()}…"


def without_invisible(text: str) -> str:
    """Return the text without its invisible characters."""
    return _STRAY_JOINER.sub("", _INVISIBLE.sub("", text))


def escape(text: str, markers: Iterable[str] = ()) -> str:
    """Make a text safe inside ``[NAME_RESULT:…]``.

    Args:
        text: Text from outside.
        markers: The strings that begin or end a message in the model's chat template (``ChatTemplate.markers``).

    Returns:
        The text with every word kept.
    """
    text = _balance(defuse(text, markers))
    if _leaves_code_open(text + "]"):  # the closing bracket that follows ends a run of backticks
        text = _CODE_MARK.sub(_with_backslash, text)
    return text


def without_markers(text: str, markers: Iterable[str], *, words: bool = False) -> str:
    """Make the chat template's markers in a text inert, so that they do not become control tokens in a prompt string.

    Args:
        text: The model's text, or other text that ``defuse`` or ``escape`` has made inert otherwise.
        markers: The strings that begin or end a message in the model's chat template (``ChatTemplate.markers``).
        words: Whether markers that are words, such as ``User:``, are included. They are for text from outside.
    """
    for marker in markers:
        if words or not _is_word(marker):
            text = _without_marker(text, marker)
    return text


def _without_marker(text: str, marker: str) -> str:
    """Make one marker inert.

    A marker that is a word, such as ``User:``, begins a turn only at the start of a line. A control token does so
    anywhere.
    """
    if _is_word(marker):
        return re.sub(rf"^([ \t]*)(?={re.escape(marker)})", r"\1\\", text, flags=re.MULTILINE)
    return text.replace(marker, f"{marker[0]} {marker[1:]}")


def _is_word(marker: str) -> bool:
    return marker[0].isalnum() or marker[0] == "#"


def _with_backslash(match: re.Match[str]) -> str:
    """The patterns above also match an escaped character, so that it is skipped."""
    return match[0] if match[0][0] == "\\" else f"\\{match[0]}"


def _balance(text: str) -> str:
    """Put a backslash before every bracket without a partner, and double an unescaped backslash at the end."""
    open_at: list[int] = []
    alone: list[int] = []
    for match in _BRACKET.finditer(text):
        if match[0] == "[":
            open_at.append(match.start())
        elif match[0] == "]" and open_at:
            open_at.pop()
        elif match[0] == "]":
            alone.append(match.start())
    pieces: list[str] = []
    start = 0
    for at in sorted(alone + open_at):
        pieces += [text[start:at], "\\"]
        start = at
    text = "".join([*pieces, text[start:]])
    dangling = len(text) - len(text.rstrip("\\"))
    return text + "\\" if dangling % 2 else text


def _leaves_code_open(text: str) -> bool:
    """Tell whether the text leaves a code fence or inline code open, whether it begins a line or is inside one.

    A call after it would not run.
    """
    if "`" not in text and "~~~" not in text:
        return False
    return any(_read_to_the_end(text, mid_line=mid_line).inert for mid_line in (True, False))


def _read_to_the_end(text: str, *, mid_line: bool) -> Markup:
    markup = Markup(mid_line=mid_line)
    at = markup.advance(text, 0)
    while at < len(text):
        markup.pass_bracket()
        at = markup.advance(text, at + 1)
    return markup
