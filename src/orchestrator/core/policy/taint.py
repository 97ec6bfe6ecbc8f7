"""Tells whether a call was copied from text from outside, or would send away such text, a secret or a code.

Texts are compared *squeezed*: without case, blanks, punctuation and look-alike letters. So a copy is found even if it
was disguised. The argument is also compared in decoded forms (percent signs, base64, hexadecimal, reversed, and so on).

Not detected are a copy in other words, and a few plain words of the user's. For these cases there is
``Policy.strict``.
Knows the spans of the context; nothing of tools, of approval or of who reads the answer.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from orchestrator.core.function_calling import recalled
from orchestrator.core.policy.anagrams import rearranged
from orchestrator.core.policy.decoding import spelled, turned, unescaped, unpacked
from orchestrator.core.policy.dresses import Dressed, is_called_in, is_in
from orchestrator.core.policy.folding import folded, squeezed, without_gaps, words
from orchestrator.core.policy.looks import looks_encoded
from orchestrator.core.policy.masks import in_other_letters
from orchestrator.core.policy.secrets import Sent, given_away, secrets
from orchestrator.core.policy.sentences import Wording, divided, is_telling, most_of_one, sentences
from orchestrator.core.policy.values import named_values
from orchestrator.core.prompt import EXAMPLES_HEADING
from orchestrator.core.types import Span

SHARED = 14  # letters and digits in a row: longer than nearly all words, shorter than a sentence
SHARED_DECODED = 10  # the same in a decoded text; it may be shorter, because encoding a text is suspicious
_WHOLE = 8  # characters; an argument of this length is also searched across word boundaries
_TELLING = 5  # letters and digits; a shorter text is no destination

_HOST = re.compile(r"[\w.-]+")
_BRACKET = re.compile(r"\A\[\w+_(?:RESULT|ERROR):")
_CALL = re.compile(r"\[[A-Z0-9_]+:(.*)\]\s*\Z", re.DOTALL)
_NUMBER = re.compile(r"\d(?:[ ./-]?\d){5,}")


def copied(name: str, argument: str, spans: Sequence[Span]) -> bool:
    """Tell whether the whole call is in the results since the first untrusted one, in whatever format of calls.

    Args:
        name: The tool's name.
        argument: The argument of the call.
        spans: The context.
    """
    call = Dressed.of(name, argument)
    return any(is_in(call, text) for text in _brought(spans))


def quoted(name: str, argument: str, spans: Sequence[Span]) -> bool:
    """Tell whether the user's text contains the call as a call, in whatever format of calls.

    Then the user may have pasted it from elsewhere.

    Args:
        name: The tool's name.
        argument: The argument of the call.
        spans: The context.
    """
    call = Dressed.of(name, argument)
    return any(is_called_in(call, span.text) for span in spans if span.origin == "user")


def leak(argument: str, tool: str, spans: Sequence[Span]) -> str | None:
    """Return the text that a call would send away although it must not.

    Nothing can leak before the first untrusted result: until then the words are the user's and the model's own.
    Few-shot examples that are earlier turns are not secret.

    Args:
        argument: The argument of the call.
        tool: The tool's name.
        spans: The context.

    Returns:
        The text as it is in the argument or in the conversation, or squeezed. None if nothing would leak.
    """
    if _first_untrusted(spans) == len(spans):
        return None
    known = _Known.of(tool, spans)
    plain, codes, hidden = unescaped(argument), spelled(argument), turned(argument)
    return (
        _repeated(plain, known.brought, known.owned + known.written)
        or _secret(plain, codes, hidden, known)
        or _sentence(plain, known)
        or (argument if _stretch({*codes, *hidden} - {*plain}, known.brought + known.kept) else None)
    )


def encoded(argument: str, spans: Sequence[Span]) -> bool:
    """Tell whether an argument looks encoded after an untrusted result, whatever the encoding is.

    Args:
        argument: The argument of the call.
        spans: The context.
    """
    first = _first_untrusted(spans)
    if first == len(spans) or not looks_encoded(argument, ()):
        return False
    own = [
        span.text for at, span in enumerate(spans) if span.origin == "user" or (span.origin == "model" and at < first)
    ]
    return looks_encoded(argument, frozenset(word for text in own for word in words(text)))


@dataclass(frozen=True, slots=True)
class _Known:
    """The texts of the context, by what they may be used for.

    Attributes:
        brought: The results since the first untrusted one.
        owned: The texts of the user, and the system prompt without its examples.
        kept: ``owned``, and the results of trusted tools.
        written: The texts of the model before it.
        sent: The arguments of the calls to the same tool before it. What they told is no secret any more.
        later: The arguments of all calls since.
        private: The sentences that were told in confidence.
        asked: The sentences that the user asks for.
    """

    brought: list[str]
    owned: list[str]
    kept: list[str]
    written: list[str]
    sent: list[str]
    later: list[str]
    private: list[str]
    asked: list[str]

    @staticmethod
    def of(tool: str, spans: Sequence[Span]) -> _Known:
        first = _first_untrusted(spans)
        model = [span for span in spans[:first] if span.origin == "model"]
        system = [_without_examples(span.text) for span in spans if (span.origin, span.role) == ("system", "system")]
        user = [span.text for span in spans if span.origin == "user"]
        results = [_value(span) for span in spans if span.origin == "tool" and not span.untrusted]
        called = "\n".join(map(_argument, model))
        parts = [divided(text, called) for text in user]
        told = [sentence for part in parts for sentence in part[0]]
        return _Known(
            brought=_brought(spans),
            owned=[*user, *system],
            kept=[*user, *system, *results],
            written=[span.text for span in model],
            sent=[span.text if span.tool == tool else span.text.partition(f"[{tool}:")[2] for span in model],
            later=[argument for span in spans[first:] if span.origin == "model" and (argument := _argument(span))],
            private=[
                *told,
                *(sentence for text in (*system, *results) for sentence in sentences(text)),
            ],
            asked=[sentence for part in parts for sentence in part[1]],
        )


def _secret(plain: list[str], codes: list[str], hidden: list[str], known: _Known) -> str | None:
    """A secret that the call would give away, alone or together with earlier calls."""
    told = squeezed("".join(known.sent))
    found = dict.fromkeys(core for text in known.kept for core in secrets(text) if core not in told)
    if not found:
        return None
    now, turns = Sent.of([*plain, *codes]), Sent.of(hidden)
    before = Sent.of(reading for text in known.later for reading in _read(text))
    given = next((core for core in found if given_away(core, now, before, turns)), None)
    last = squeezed(plain[-1])
    return given or rearranged(found, last) or next((core for core in found if in_other_letters(core, last)), None)


@lru_cache(maxsize=64)  # the calls of a long chat are read again for each call
def _read(argument: str) -> tuple[str, ...]:
    return (*unescaped(argument), *spelled(argument))


def _sentence(plain: list[str], known: _Known) -> str | None:
    """A private sentence most of which the call would send, alone or together with earlier calls."""
    now, public = Wording.of(plain), Wording.of([*known.asked, *known.sent])
    sent = most_of_one(known.private, now, Wording.of(known.later), public)
    return sent or rearranged(map(squeezed, filter(is_telling, known.private)), squeezed(plain[-1]))


def _brought(spans: Sequence[Span]) -> list[str]:
    """The results of all tools since the first untrusted one, and what is in codes in them.

    A later tool was perhaps called because of the untrusted content, and may return it in another form.
    """
    results = [_value(span) for span in spans[_first_untrusted(spans) :] if span.origin == "tool"]
    return [text for result in results for text in (result, unpacked(result)) if text]


def _first_untrusted(spans: Sequence[Span]) -> int:
    return next((at for at, span in enumerate(spans) if span.untrusted), len(spans))


def _repeated(readings: Sequence[str], brought: Iterable[str], own: Iterable[str]) -> str | None:
    """Return the part of the argument that comes from outside.

    It is the whole argument if a text from outside contains it. Else it is a part that such a text contains, but no
    earlier text of the user or the model: one of several values, a destination, or a long run of characters.
    """
    outside = [_Text.of(reading) for text in brought for reading in unescaped(text)]
    mine = [_Text.of(text) for text in own]
    for argument in readings:
        if any(text.has(folded(argument)) for text in outside):
            return argument
        for value in map(folded, named_values(argument)):
            if any(text.has(value) for text in outside) and not any(text.has(value) for text in mine):
                return value
        for destination in _destinations(argument):
            core = squeezed(destination)
            if any(core in text.dense for text in outside) and not any(core in text.dense for text in mine):
                return destination
    return _run(readings, [text.dense for text in outside], [text.dense for text in mine], SHARED)


@dataclass(frozen=True, slots=True)
class _Text:
    """A text in which short and long pieces are searched: its words between single blanks, and without blanks."""

    spaced: str
    dense: str

    @staticmethod
    def of(text: str) -> _Text:
        spaced = " ".join(words(text))
        return _Text(f" {spaced} ", spaced.replace(" ", ""))

    def has(self, argument: str) -> bool:
        core = without_gaps(argument)
        return (
            core in self.dense
            if len(core) >= _WHOLE
            else bool(core) and f" {' '.join(words(argument))} " in self.spaced
        )


def _destinations(text: str) -> list[str]:
    """Where data could be sent: hosts (also those of links and mail addresses), and account or telephone numbers."""
    hosts = [match[0].strip(".") for match in _HOST.finditer(text) if "." in match[0].strip(".")]
    return [each for each in (*hosts, *_NUMBER.findall(text)) if len(squeezed(each)) >= _TELLING]


def _stretch(hidden: Iterable[str], texts: Iterable[str]) -> bool:
    """Whether a decoded text shares a run of letters and digits with a text of the context."""
    return _run(hidden, map(squeezed, texts), [], SHARED_DECODED) is not None


def _run(arguments: Iterable[str], theirs: Iterable[str], ours: Iterable[str], length: int) -> str | None:
    """A run of ``length`` letters and digits that one of ``arguments`` shares with ``theirs`` but not with ``ours``."""
    wanted = {run for argument in arguments for run in _runs(squeezed(argument), length)}
    for text in ours:
        if wanted:
            wanted.difference_update(_runs(text, length))
    return next((run for text in theirs if wanted for run in _runs(text, length) if run in wanted), None)


def _runs(text: str, length: int) -> Iterable[str]:
    return (text[at : at + length] for at in range(len(text) - length + 1))


def _without_examples(system: str) -> str:
    before, heading, _ = system.rpartition(f"\n\n{EXAMPLES_HEADING}\n\nUser: ")
    return before if heading else system


def _argument(span: Span) -> str:
    """The argument of the call at the end of a text of the model; "" if there is none."""
    if span.tool:
        return recalled(span.tool, span.text).argument
    call = _CALL.search(span.text)
    return call[1] if call else ""


def _value(span: Span) -> str:
    """A result without its bracket and name, if it has them. A function's result has none."""
    return _BRACKET.sub("", span.text)
