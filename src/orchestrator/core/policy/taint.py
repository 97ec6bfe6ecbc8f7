"""Says whether a call was copied from text that came in from outside, or would carry away such text or a secret.

Compares a call with the spans of the context. Knows nothing of tools, of approval or of who reads the answer.

Texts are compared *squeezed*: without case, blanks, punctuation and look-alikes, so that a copy is found however it was
dressed up. The argument is read in several ways, as it stands and as what it decodes to (percent signs, base64,
hexadecimal, reversed …). What this cannot see is a copy in other words, a few short plain words of the user's, and a
secret dealt out over many calls: for these there is ``Policy.strict``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from unicodedata import normalize

from orchestrator.core.policy.decoding import decoded, unescaped
from orchestrator.core.types import Span

SHARED = 14  # letters and digits in a row: longer than nearly all words, shorter than a sentence
SHARED_DECODED = 10  # who encodes a text has something to hide
_WHOLE = 8  # from this length on an argument is looked for also across the borders of words
_TELLING = 5  # letters and digits; what is shorter is no destination and no secret

_NOT_A_WORD = re.compile(r"[\W_]+")
_NAMED = re.compile(r"(?:^|[,;\n])\s*\w+\s*=\s*([^,;\n]+)")
_HOST = re.compile(r"[\w.-]+")
_BRACKET = re.compile(r"\A\[\w+_(?:RESULT|ERROR):")
_TOKEN = re.compile(r"[^\s,;()\[\]{}<>\"'`]+")
_NUMBER = re.compile(r"\d(?:[ ./-]?\d){5,}")
_BRACKETS = str.maketrans("【】〔〕〖〗⟦⟧❲❳⁅⁆「」", "[]" * 7)
_LOOK_ALIKES = str.maketrans("аеорсухкмтвніԁһјѕαονρτικυχ", "aeopcyxkmtbhidhjsaovptikux")


def copied(name: str, argument: str, spans: Sequence[Span]) -> bool:
    """Whether the whole call stands in what came in since the first untrusted content, be it with other brackets."""
    call = _squeezed(f"{name}{argument}")
    return any(call in _squeezed(reading) for text in _brought(spans) for reading in unescaped(text))


def quoted(name: str, argument: str, spans: Sequence[Span]) -> bool:
    """Whether the call stands, brackets and all, in what the user wrote: then it was perhaps pasted, not asked for."""
    call = _bracketed(f"[{name}:{argument}]")
    written = (reading for span in spans if span.origin == "user" for reading in unescaped(span.text))
    return any(call in _bracketed(reading) for reading in written)


def leak(argument: str, tool: str, spans: Sequence[Span]) -> str | None:
    """What a call to ``tool`` would give away of ``spans``, as found in its ``argument`` or squeezed; None if nothing.

    Nothing can leak before untrusted content has come in: until then the words are the user's and the model's own.
    Worked examples that stand as earlier turns are nobody's secret.
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
        if repeated := _repeated(reading, brought, [*owned, *written]) or _held(secrets, reading):
            return repeated
    hidden = decoded(argument)
    everything = [_squeezed(text) for text in (*brought, *kept)]
    if any(_held(secrets, reading) for reading in hidden) or _stretch(hidden, everything, [], SHARED_DECODED):
        return argument
    return None


def _brought(spans: Sequence[Span]) -> list[str]:
    """Results since the first untrusted one. All of them: a tool that was called after it was perhaps called because
    of it, and gives it back in another form.
    """
    return [_value(span) for span in spans[_first_untrusted(spans) :] if span.origin == "tool"]


def _first_untrusted(spans: Sequence[Span]) -> int:
    return next((at for at, span in enumerate(spans) if span.untrusted), len(spans))


def _repeated(argument: str, brought: Iterable[str], own: Iterable[str]) -> str | None:
    """The argument, if it stands as a whole in a text that was brought in; else the part of it that does and that
    neither the user nor the model had written before: a value, where there are several, a destination, or a stretch.
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
    """The single values of a JSON object, or of ``name=value, name=value``; none of plain text."""
    try:
        return _leaves(json.loads(argument)) if argument[:1] in ("{", "[") else _NAMED.findall(argument)
    except (ValueError, RecursionError):
        return _NAMED.findall(argument)


def _leaves(value: object) -> list[str]:
    if isinstance(value, dict | list):
        return [leaf for each in (value.values() if isinstance(value, dict) else value) for leaf in _leaves(each)]
    return [] if value is None or isinstance(value, bool) else [str(value)]


def _destinations(text: str) -> list[str]:
    """Where data could go: hosts (of links and of mail addresses too), and account or telephone numbers."""
    hosts = [match[0].strip(".") for match in _HOST.finditer(text) if "." in match[0].strip(".")]
    return [each for each in (*hosts, *_NUMBER.findall(text)) if len(_squeezed(each)) >= _TELLING]


def _secrets(text: str) -> list[str]:
    """What looks like a key, a password, an address or a number of somebody's, squeezed. Links are no secrets."""
    tokens = [token for token in _TOKEN.findall(text) if len(token) >= 6 and "://" not in token and _is_mixed(token)]
    return [core for core in map(_squeezed, (*tokens, *_NUMBER.findall(text))) if len(core) >= _TELLING]


def _is_mixed(token: str) -> bool:
    letters = any(character.isalpha() for character in token)
    return letters and ("@" in token[1:-1] or any(character.isdigit() for character in token))


def _held(secrets: Iterable[str], text: str) -> str | None:
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
    """What the model's words hold behind a call to ``tool``; a function's call is a span of its own."""
    return span.text if span.tool == tool else span.text.partition(f"[{tool}:")[2]


def _value(span: Span) -> str:
    """A result without its bracket and name, where it has them (a function's result has none)."""
    return _BRACKET.sub("", span.text)


def _bracketed(text: str) -> str:
    """Squeezed, but for the brackets: with those of other scripts as ours."""
    return re.sub(r"[^\w\[\]:]|_", "", _folded(text).translate(_BRACKETS))


def _squeezed(text: str) -> str:
    return _without_gaps(_folded(text))


def _without_gaps(folded: str) -> str:
    return _NOT_A_WORD.sub("", folded)


def _folded(text: str) -> str:
    return normalize("NFKC", text).casefold().translate(_LOOK_ALIKES)
