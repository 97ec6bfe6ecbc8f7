"""Makes foreign text inert before it enters the context. Knows the grammar and the chat templates' control tokens.

``defuse`` is for text in a message of its own (the user's): nothing in it can be taken for a call, a result or a
control token, also when the model quotes it later. ``escape`` is for text inside ``[NAME_RESULT:…]``: it also cannot
close that bracket, nor leave code, a backslash or a think block open behind it. Both keep every word.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from orchestrator.core.syntax.markup import Markup

# Zero-width and bidirectional controls, tags and other invisible characters; control characters but tab and newline.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200e\u200f\u202a-\u202e"
    "\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e0fff]"
)
# The joiners belong to emoji and to scripts such as Persian. Beside ASCII or each other they only hide something.
_STRAY_JOINER = re.compile("(?<![^\x00-\x7f\u200c\u200d])[\u200c\u200d]|[\u200c\u200d](?![^\x00-\x7f\u200c\u200d])")
_CALL = re.compile(r"\\[\s\S]|\[(?=[A-Z0-9_]{1,80}:)")
# Control tokens of the chat templates in use, and think tags: <|im_end|>, <｜User｜>, </s>, <start_of_turn>, [INST] …
_CONTROL = re.compile(
    r"<(?=[|｜]|/?(?:think|s|bos|eos|pad|unk|(?:start|end)_of_turn|(?:start|end)_of_role|tool_call|tool_response)>|<SYS>>"
    r"|</SYS>>)|\[(?=/?(?:INST|SYSTEM_PROMPT|AVAILABLE_TOOLS|TOOL_RESULTS|TOOL_CALLS)\])",
    re.IGNORECASE,
)
_BRACKET = re.compile(r"\\[\s\S]|[\[\]]")
_CODE_MARK = re.compile(r"\\[\s\S]|[`~]")
_LINE_ENDS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")


def defuse(text: str, markers: Iterable[str] = ()) -> str:
    """``text`` with its calls, results and control tokens made inert, and invisible characters taken out.

    ``markers`` are what begins and ends a message in the template in use, as ``ChatTemplate.markers`` gives them.
    """
    text = _STRAY_JOINER.sub("", _INVISIBLE.sub("", _LINE_ENDS.sub("\n", text)))
    text = _CONTROL.sub(lambda match: match[0] + " ", text)
    for marker in markers:
        text = _without_marker(text, marker)
    return _CALL.sub(_with_backslash, text)


def escape(text: str, markers: Iterable[str] = ()) -> str:
    """``text`` made safe to stand inside ``[NAME_RESULT:…]``."""
    text = _balance(defuse(text, markers))
    if _leaves_code_open(text + "]"):  # the bracket that will follow ends a run of backticks
        text = _CODE_MARK.sub(_with_backslash, text)
    return text


def without_markers(text: str, markers: Iterable[str], *, words: bool = False) -> str:
    """Model text that is to go back into a prompt string: what it spelt out must not become a control token there.

    With ``words``, markers such as ``User:`` as well: for foreign text, which is inert but for those.
    """
    for marker in markers:
        if words or not _is_word(marker):
            text = _without_marker(text, marker)
    return text


def _without_marker(text: str, marker: str) -> str:
    """Words such as ``User:`` mark a turn at the start of a line only; a control token does so anywhere."""
    if _is_word(marker):
        return re.sub(rf"^([ \t]*)(?={re.escape(marker)})", r"\1\\", text, flags=re.MULTILINE)
    return text.replace(marker, f"{marker[0]} {marker[1:]}")


def _is_word(marker: str) -> bool:
    return marker[0].isalnum() or marker[0] == "#"


def _with_backslash(match: re.Match[str]) -> str:
    """The patterns above match an escaped character as well, so that it is passed over."""
    return match[0] if match[0][0] == "\\" else f"\\{match[0]}"


def _balance(text: str) -> str:
    """Put a backslash before every bracket that has no partner, and before one that ends the text."""
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
    """Whether a call behind ``text`` would not fire, be it read from the start of a line or from inside one."""
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
