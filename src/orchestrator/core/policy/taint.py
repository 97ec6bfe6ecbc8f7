"""Tells whether a call was copied from text from outside, or would send away such text or a secret.

Texts are compared *squeezed*: without case, blanks, punctuation and look-alike letters. So a copy is found even if it
was disguised. The argument is also compared in decoded forms (percent signs, base64, hexadecimal, reversed, and so on).

Not detected are a copy in other words, a few short plain words of the user's, and a secret that is split over many
calls. For these cases there is ``Policy.strict``.
Knows the spans of the context; nothing of tools, of approval or of who reads the answer.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from unicodedata import normalize

from orchestrator.core.policy.decoding import decoded, unescaped
from orchestrator.core.types import Span

SHARED = 14  # letters and digits in a row: longer than nearly all words, shorter than a sentence
SHARED_DECODED = 10  # the same in a decoded text; it may be shorter, because encoding a text is suspicious
_WHOLE = 8  # characters; an argument of this length is also searched across word boundaries
_TELLING = 5  # letters and digits; a shorter text is no destination and no secret

_NOT_A_WORD = re.compile(r"[\W_]+")
_NAMED = re.compile(r"(?:^|[,;\n])\s*\w+\s*=\s*([^,;\n]+)")
_HOST = re.compile(r"[\w.-]+")
_BRACKET = re.compile(r"\A\[\w+_(?:RESULT|ERROR):")
_TOKEN = re.compile(r"[^\s,;()\[\]{}<>\"'`]+")
_NUMBER = re.compile(r"\d(?:[ ./-]?\d){5,}")
_BRACKETS = str.maketrans("【】〔〕〖〗⟦⟧❲❳⁅⁆「」", "[]" * 7)
_LOOK_ALIKES = str.maketrans("аеорсухкмтвніԁһјѕαονρτικυχ", "aeopcyxkmtbhidhjsaovptikux")


def copied(name: str, argument: str, spans: Sequence[Span]) -> bool:
    """Tell whether the whole call is in the results since the first untrusted one. Its brackets may differ.

    Args:
        name: The tool's name.
        argument: The argument of the call.
        spans: The context.
    """
    call = _squeezed(f"{name}{argument}")
    return any(call in _squeezed(reading) for text in _brought(spans) for reading in unescaped(text))


def quoted(name: str, argument: str, spans: Sequence[Span]) -> bool:
    """Tell whether the user's text contains the call with its brackets.

    Then the user may have pasted it from elsewhere.

    Args:
        name: The tool's name.
        argument: The argument of the call.
        spans: The context.
    """
    call = _bracketed(f"[{name}:{argument}]")
    written = (reading for span in spans if span.origin == "user" for reading in unescaped(span.text))
    return any(call in _bracketed(reading) for reading in written)


def leak(argument: str, tool: str, spans: Sequence[Span]) -> str | None:
    """Return the text that a call would send away although it must not.

    Nothing can leak before the first untrusted result: until then the words are the user's and the model's own.
    Few-shot examples that are earlier turns are not secret.

    Args:
        argument: The argument of the call.
        tool: The tool's name.
        spans: The context.

    Returns:
        The text as it is in the argument, or squeezed. None if nothing would leak.
    """
    first = _first_untrusted(spans)
    if first == len(spans):
        return None
    brought = _brought(spans)
    owned = [span.text for span in spans if span.origin == "user" or (span.origin, span.role) == ("system", "system")]
    before = [span for span in spans[:first] if span.origin == "model"]
    kept = [*owned, *(_value(span) for span in spans[:first] if span.origin == "tool")]
    sent = _squeezed("".join(_sent(tool, span) for span in before))
    written = [span.text for span in before]
    secrets = {core for text in kept for core in _secrets(text) if core not in sent}
    for reading in unescaped(argument):
        if repeated := _repeated(reading, brought, [*owned, *written]) or _constrain(secrets, reading):
            return repeated
    hidden = decoded(argument)
    everything = [_squeezed(text) for text in (*brought, *kept)]
    if any(_constrain(secrets, reading) for reading in hidden) or _stretch(hidden, everything, [], SHARED_DECODED):
        return argument
    return None


def _brought(spans: Sequence[Span]) -> list[str]:
    """The results of all tools since the first untrusted one.

    A later tool was perhaps called because of the untrusted content, and may return it in another form.
    """
    return [_value(span) for span in spans[_first_untrusted(spans) :] if span.origin == "tool"]


def _first_untrusted(spans: Sequence[Span]) -> int:
    return next((at for at, span in enumerate(spans) if span.untrusted), len(spans))


def _repeated(argument: str, brought: Iterable[str], own: Iterable[str]) -> str | None:
    """Return the part of the argument that comes from outside.

    It is the whole argument if a text from outside contains it. Else it is a part that such a text contains, but no
    earlier text of the user or the model: one of several values, a destination, or a long run of characters.
    """
    folded = [_folded(reading) for text in brought for reading in unescaped(text)]
    if any(_stands_in(_folded(argument), text) for text in folded):
        return argument
    mine = [_folded(text) for text in own]
    for value in map(_folded, _values(argument)):
        if any(_stands_in(value, text) for text in folded) and not any(_stands_in(value, text) for text in mine):
            return value
    theirs, ours = [_without_gaps(text) for text in folded], [_without_gaps(text) for text in mine]
    for destination in _destinations(argument):
        core = _squeezed(destination)
        if any(core in text for text in theirs) and not any(core in text for text in ours):
            return destination
    return _stretch([argument], theirs, ours, SHARED)


def _stands_in(argument: str, text: str) -> bool:
    core = _without_gaps(argument)
    if len(core) >= _WHOLE:
        return core in _without_gaps(text)
    return bool(core) and f" {_NOT_A_WORD.sub(' ', argument).strip()} " in f" {_NOT_A_WORD.sub(' ', text)} "


def _values(argument: str) -> list[str]:
    """The single values of a JSON object, or of ``name=value, name=value``; none for plain text."""
    try:
        return _leaves(json.loads(argument)) if argument[:1] in ("{", "[") else _NAMED.findall(argument)
    except (ValueError, RecursionError):
        return _NAMED.findall(argument)


def _leaves(value: object) -> list[str]:
    if isinstance(value, dict | list):
        return [leaf for each in (value.values() if isinstance(value, dict) else value) for leaf in _leaves(each)]
    return [] if value is None or isinstance(value, bool) else [str(value)]


def _destinations(text: str) -> list[str]:
    """Where data could be sent: hosts (also those of links and mail addresses), and account or telephone numbers."""
    hosts = [match[0].strip(".") for match in _HOST.finditer(text) if "." in match[0].strip(".")]
    return [each for each in (*hosts, *_NUMBER.findall(text)) if len(_squeezed(each)) >= _TELLING]


def _secrets(text: str) -> list[str]:
    """What looks like a key, a password, an address or a personal number, squeezed. Links are not secret."""
    tokens = [token for token in _TOKEN.findall(text) if len(token) >= 6 and "://" not in token and _is_mixed(token)]
    return [core for core in map(_squeezed, (*tokens, *_NUMBER.findall(text))) if len(core) >= _TELLING]


def _is_mixed(token: str) -> bool:
    letters = any(character.isalpha() for character in token)
    return letters and ("@" in token[1:-1] or any(character.isdigit() for character in token))


def _constrain(secrets: Iterable[str], text: str) -> str | None:
    squeezed = _squeezed(text)
    return next((secret for secret in secrets if secret in squeezed), None)


def _stretch(arguments: Iterable[str], theirs: Iterable[str], ours: Iterable[str], length: int) -> str | None:
    """A run of ``length`` letters and digits that one of ``arguments`` shares with ``theirs`` but not with ``ours``."""
    wanted = {run for argument in arguments for run in _runs(_squeezed(argument), length)}
    for text in ours:
        if wanted:
            wanted.difference_update(_runs(text, length))
    return next((run for text in theirs if wanted for run in _runs(text, length) if run in wanted), None)


def _runs(text: str, length: int) -> Iterable[str]:
    return (text[at : at + length] for at in range(len(text) - length + 1))


def _sent(tool: str, span: Span) -> str:
    """The part of the model's text after a call to ``tool``. A function call is a separate span."""
    return span.text if span.tool == tool else span.text.partition(f"[{tool}:")[2]


def _value(span: Span) -> str:
    """A result without its bracket and name, if it has them. A function's result has none."""
    return _BRACKET.sub("", span.text)


def _bracketed(text: str) -> str:
    """Squeezed, but with brackets and colons. Brackets of other scripts become square brackets."""
    return re.sub(r"[^\w\[\]:]|_", "", _folded(text).translate(_BRACKETS))


def _squeezed(text: str) -> str:
    return _without_gaps(_folded(text))


def _without_gaps(folded: str) -> str:
    return _NOT_A_WORD.sub("", folded)


def _folded(text: str) -> str:
    return normalize("NFKC", text).casefold().translate(_LOOK_ALIKES)
