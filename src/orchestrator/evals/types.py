"""The values of an evaluation. Frozen; no I/O; a sample is what was bought, a score is what it is worth.

Item (a question and its gold answer) × Arm → Sample → Scorer → Score. Scores are made from samples again whenever they
are looked at, so that a better scorer costs nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from orchestrator.core.errors import ConfigError
from orchestrator.core.run import Run


@dataclass(frozen=True, slots=True)
class Item:
    """One question. ``kind`` groups questions in reports; ``extra`` is for the dataset's own scorer."""

    id: str
    question: str
    gold: str
    choices: tuple[str, ...] = ()
    kind: str = ""
    extra: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Call:
    """A tool call that was answered, with the result as the tool gave it (its beginning, where it is long)."""

    name: str
    argument: str
    result: str
    ok: bool


@dataclass(frozen=True, slots=True)
class Sample:
    """What one arm made of one question.

    ``text`` is the model's whole turn, ``answer`` what it wrote after the last result. ``cost`` is in US dollars, None
    where the price is unknown; ``words`` are the words the model wrote itself.
    """

    item: str
    arm: str
    answer: str
    text: str
    finish: str = "answered"
    calls: tuple[Call, ...] = ()
    input_tokens: int = 0
    output_tokens: int = 0
    words: int = 0
    cost: float | None = None
    seconds: float = 0.0

    @staticmethod
    def of(run: Run, item: str, arm: str) -> Sample:
        written = "".join(span.text for span in run.spans if span.origin == "model")
        return Sample(
            item,
            arm,
            run.answer,
            run.text,
            run.finish,
            tuple(Call(call.name, call.argument, call.result[:_RESULT_KEPT], call.ok) for call in run.calls),
            run.usage.input_tokens.value,
            run.usage.output_tokens.value,
            len(written.split()),
            run.usage.cost,
            run.seconds,
        )


@dataclass(frozen=True, slots=True)
class Score:
    """Whether a sample is right, and ``extracted``, the answer that was read out of it ("" where none was found).

    ``parts`` are further yes-or-no questions that a dataset asks of a sample, such as whether the tool was the right
    one; None where a part does not apply.
    """

    correct: bool
    extracted: str
    parts: Mapping[str, bool | None] = field(default_factory=dict)


Scorer = Callable[[Item, Sample], Score]


@dataclass(frozen=True, slots=True)
class Dataset:
    """Questions and how answers to them are scored. ``tools`` are what its arms with tools have."""

    name: str
    items: tuple[Item, ...]
    scorer: Scorer
    tools: tuple[str, ...] = ("CALCULATOR",)


@dataclass(frozen=True, slots=True)
class DatasetOptions:
    """What the caller may say of any dataset: how many questions (None for all, or a usual number), the seed of those
    that are made up, and the file or folder of those that are read.
    """

    n: int | None = None
    seed: int = 0
    path: str | None = None

    def __post_init__(self) -> None:
        if self.n is not None and self.n < 1:
            raise ConfigError(f"n must be at least 1, it is {self.n}: leave it out for the usual number")


_RESULT_KEPT = 2_000  # characters
