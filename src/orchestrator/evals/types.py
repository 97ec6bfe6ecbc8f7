"""The values of an evaluation, all frozen. No I/O. Knows no model and no statistics.

Item (a question and its gold answer) × Arm → Sample → Scorer → Score. Samples are stored; scores are recomputed from
them each time. So a better scorer costs no new requests.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from orchestrator.core.errors import ConfigError
from orchestrator.core.run import Run


@dataclass(frozen=True, slots=True)
class Item:
    """One question.

    Attributes:
        id: Its id, which is unique in the dataset.
        question: The text that the model gets.
        gold: The right answer, as the scorer reads it.
        choices: The choices, without their letters; empty if there are none.
        kind: A group of questions in reports; may be empty.
        extra: Further values for the dataset's scorer.
    """

    id: str
    question: str
    gold: str
    choices: tuple[str, ...] = ()
    kind: str = ""
    extra: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Call:
    """A tool call with its result.

    Attributes:
        name: The tool.
        argument: The argument that the model wrote.
        result: The first 2,000 characters of what the tool returned.
        ok: The tool did not fail.
    """

    name: str
    argument: str
    result: str
    ok: bool


@dataclass(frozen=True, slots=True)
class Sample:
    """The answer of one arm to one question.

    Attributes:
        item: The id of the question.
        arm: The name of the arm.
        answer: The text that the model wrote after the last tool result.
        text: The model's whole turn.
        finish: The finish reason of the run. ``answered`` means that no limit and no error ended it.
        calls: The tool calls with their results.
        input_tokens: The tokens of all requests.
        output_tokens: The tokens that the model wrote.
        words: The words that the model wrote, without tool results.
        cost: US dollars; None if the price is unknown.
        seconds: How long the run took.
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
        """Make the sample of a run, for the question with this id and the arm with this name."""
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
    """What a scorer says about a sample.

    Attributes:
        correct: The answer is right.
        extracted: The answer that was found in the text; empty if none was found.
        parts: Further checks of the dataset by name, such as whether the tool was the right one. None means that a
            check does not apply.
    """

    correct: bool
    extracted: str
    parts: Mapping[str, bool | None] = field(default_factory=dict)


Scorer = Callable[[Item, Sample], Score]


@dataclass(frozen=True, slots=True)
class Dataset:
    """Questions and their scorer.

    Attributes:
        name: The name in reports.
        items: The questions.
        scorer: A function of a question and a sample.
        tools: The names of the tools that arms with tools have.
    """

    name: str
    items: tuple[Item, ...]
    scorer: Scorer
    tools: tuple[str, ...] = ("CALCULATOR",)


@dataclass(frozen=True, slots=True)
class DatasetOptions:
    """The options of any dataset.

    Attributes:
        n: How many questions, at least 1. None means all questions of a file, or the dataset's usual number.
        seed: The seed that makes the questions, or that draws ``n`` of them.
        path: The file or folder to read.
    """

    n: int | None = None
    seed: int = 0
    path: str | None = None

    def __post_init__(self) -> None:
        if self.n is not None and self.n < 1:
            raise ConfigError(f"n must be at least 1, it is {self.n}: leave it out for the usual number")


_RESULT_KEPT = 2_000  # characters
