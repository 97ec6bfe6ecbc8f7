"""Runs as training data: the whole context of each as text, with what the model sampled told from what was put in.

A model is to learn its own words and calls, not the prompt, and least of all the results. The origins of a run's spans
say which is which. Values in, values out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby

from orchestrator.core.run import Run
from orchestrator.core.tokenizer import Tokenizer


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of the context; ``sampled`` by the model, or put in by template, user, tool or runtime."""

    text: str
    sampled: bool


@dataclass(frozen=True, slots=True)
class TokenMask:
    """The context as token ids of one vocabulary. ``mask`` is 1 for a token made of nothing but sampled text."""

    vocabulary: str
    ids: tuple[int, ...]
    mask: tuple[int, ...]


def worth_learning(runs: Iterable[Run]) -> Iterator[Run]:
    """The runs that were answered with at least one call that worked, by an answer that carries its result."""
    for run in runs:
        if run.finish == "answered" and any(call.ok for call in run.calls) and run.answer_faithful is not False:
            yield run


def segments(run: Run) -> tuple[Segment, ...]:
    """The run's context from its beginning, neighbours of one kind joined."""
    return tuple(
        Segment("".join(span.text for span in spans), sampled)
        for sampled, spans in groupby(run.spans, key=lambda span: span.origin == "model")
    )


def token_mask(run: Run, tokenizer: Tokenizer) -> TokenMask:
    """Each span is split by itself, as it was when the run was resumed behind it. Only the template's own strings
    become control tokens.
    """
    ids: list[int] = []
    mask: list[int] = []
    for span in run.spans:
        split = tokenizer.split(span.text, control=span.origin == "template")
        ids += [token.id for token in split]
        mask += [int(span.origin == "model")] * len(split)
    return TokenMask(tokenizer.name, tuple(ids), tuple(mask))


def as_row(run: Run, tokenizer: Tokenizer | None = None) -> Mapping[str, object]:
    """One line of the file."""
    parts = segments(run)
    row: dict[str, object] = {
        "question": run.question,
        "model": run.model,
        "text": "".join(part.text for part in parts),
        "segments": [{"text": part.text, "sampled": part.sampled} for part in parts],
    }
    if tokenizer:
        tokens = token_mask(run, tokenizer)
        row |= {"vocabulary": tokens.vocabulary, "ids": list(tokens.ids), "mask": list(tokens.mask)}
    return row
