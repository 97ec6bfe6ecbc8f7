"""Runs as training data: the whole context as text, with the model's own text marked.

A model must learn its own words and calls. It must not learn the prompt, and never the results. The origins of a run's
spans separate them. Values in, values out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby

from orchestrator.core.run import Run
from orchestrator.core.tokenizer import Tokenizer


@dataclass(frozen=True, slots=True)
class Segment:
    """A part of the context.

    Attributes:
        text: The text.
        sampled: Whether the model wrote it. If not, it comes from the template, the user, a tool or the library.
    """

    text: str
    sampled: bool


@dataclass(frozen=True, slots=True)
class TokenMask:
    """The context as tokens of one vocabulary.

    Attributes:
        vocabulary: The name of the vocabulary.
        ids: The token ids.
        mask: For each token 1 if the model wrote all of it, else 0.
    """

    vocabulary: str
    ids: tuple[int, ...]
    mask: tuple[int, ...]


def worth_learning(runs: Iterable[Run]) -> Iterator[Run]:
    """Yield the runs that are useful for training.

    Such a run was answered, at least one call succeeded, and the answer contains the last result if it has a value to
    repeat.
    """
    for run in runs:
        if run.finish == "answered" and any(call.ok for call in run.calls) and run.answer_faithful is not False:
            yield run


def segments(run: Run) -> tuple[Segment, ...]:
    """Return the run's context from its beginning. Neighbouring spans of the same kind are joined."""
    return tuple(
        Segment("".join(span.text for span in spans), sampled)
        for sampled, spans in groupby(run.spans, key=lambda span: span.origin == "model")
    )


def token_mask(run: Run, tokenizer: Tokenizer) -> TokenMask:
    """Return the run's context as tokens, with the model's tokens marked.

    Each span is split separately, as it was when the run continued after it. Only the strings of the chat template
    become control tokens.

    Args:
        run: The run.
        tokenizer: The tokenizer of the model.
    """
    ids: list[int] = []
    mask: list[int] = []
    for span in run.spans:
        split = tokenizer.split(span.text, control=span.origin == "template")
        ids += [token.id for token in split]
        mask += [int(span.origin == "model")] * len(split)
    return TokenMask(tokenizer.name, tuple(ids), tuple(mask))


def as_row(run: Run, tokenizer: Tokenizer | None = None) -> Mapping[str, object]:
    """Return a run as one line of a training file.

    Args:
        run: The run.
        tokenizer: If given, the row also has token ids and their mask.
    """
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
