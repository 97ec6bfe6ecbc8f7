"""A run as a value: one question from beginning to end. The root of the error tree is here too.

An error that ends a run holds the run so far, so the two are in one file. The other errors are in ``errors``.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, Generic, Literal

from orchestrator.core.citations import Citation, cited
from orchestrator.core.types import Diagnostic, Reasoning, ResumeMode, Span, Text, ToolCall, ToolResult
from orchestrator.core.usage import Count, Usage

if TYPE_CHECKING:
    from typing_extensions import TypeVar  # type checkers bring it; a plain ``Run`` is then a ``Run[Any]``

    T = TypeVar("T", default=Any)
else:
    from typing import TypeVar

    T = TypeVar("T")

FinishReason = Literal[
    "answered",
    "max_steps",
    "max_calls",
    "max_tokens",
    "max_seconds",
    "max_cost",
    "loop",
    "forged",
    "length",
    "content_filter",
    "denied",
    "invalid_output",
    "cancelled",
    "interrupted",
]
"""Why a run ended. Only ``answered`` is an answer.

- ``answered``: the model ended its answer.
- ``max_steps``, ``max_calls``, ``max_tokens``, ``max_seconds``, ``max_cost``: this limit was reached (see ``Limits``).
- ``loop``: the model repeated itself (``max_repeats``, or the same words without end).
- ``forged``: the model wrote too many results itself (``max_forged``).
- ``denied``: too many calls were denied (``max_denied``).
- ``invalid_output``: the answer did not fit ``output_type``, also after the model was told why.
- ``length``: the server stopped the answer at its own limit; its context window may be full.
- ``content_filter``: the server's filter stopped the answer.
- ``cancelled``: the stream was closed, or the program was interrupted.
- ``interrupted``: the stream broke off, the model wrote no answer, or an error ended the run.
"""


@dataclass(frozen=True, slots=True)
class Run(Generic[T]):
    """One question from beginning to end.

    Attributes:
        question: The user's question.
        answer: What the model wrote after the last result. If it wrote nothing there, the whole turn with each call
            replaced by its result. With an ``output_type``, only the answer's JSON.
        text: The model's whole turn, with calls and results.
        finish: Why the run ended.
        detail: One sentence about the end; "" if the run was answered.
        model: The model's name.
        resume_mode: How the model continued after results.
        spans: The whole context, in order. Each part has its origin.
        calls: The results of all calls, in order. A denied call has a result that is not ``ok``.
        diagnostics: What did not happen: misspelt tools, denied calls, forged results.
        usage: Tokens and cost.
        tokens_saved: An estimate of the tokens that the model would have written past its calls if it had not been cut.
        steps: How many requests were made.
        seconds: Seconds from the question to the end. The time that a person took to approve calls is not included.
        answer_faithful: Whether the answer contains the last result's value, and nothing that was not asked: no number
            from nowhere, and no call that lost a sign, a per cent or an operator of the question. None if there is no
            such value.
        guided: Whether the model wrote under grammars.
        output_type: The type that was asked for (``OutputType``); None if none was. It is not part of the JSON.
    """

    question: str
    answer: str
    text: str
    finish: FinishReason
    detail: str
    model: str
    resume_mode: ResumeMode
    spans: tuple[Span, ...]
    calls: tuple[ToolResult, ...]
    diagnostics: tuple[Diagnostic, ...]
    usage: Usage
    tokens_saved: Count
    steps: int
    seconds: float
    answer_faithful: bool | None = None
    guided: bool = False
    output_type: Any = field(default=None, compare=False, repr=False)

    @property
    def output(self) -> T:
        """The answer as a value of the ``output_type`` that the question was asked with.

        Raises:
            OutputError: There is no valid value, or no ``output_type``. ``error.run`` is this run.
        """
        if self.output_type is None:
            raise self._no_output(
                "this run has no output_type: ask with run(question, output_type=TYPE). A stored run keeps only the "
                "text: read it with pydantic's TypeAdapter(TYPE).validate_json(run.answer)"
            )
        if self.finish != "answered":
            raise self._no_output(f"there is no output, as the run ended with {self.finish}: {self.detail}")
        try:
            value: T = self.output_type.read(self.answer)
        except ValueError as error:
            raise self._no_output(f"the answer is not valid: {error}") from error
        return value

    def _no_output(self, why: str) -> OutputError:
        error = OutputError(why)
        error.run = self
        return error

    @property
    def citations(self) -> tuple[Citation, ...]:
        """The sources that the answer cites by number. If it cites none, all sources that the tools found."""
        return cited(self.answer, (each for call in self.calls for each in call.citations))

    def to_json(self, *, indent: int | None = None) -> str:
        """Write the run as JSON.

        Args:
            indent: Spaces for each level; None writes one line.
        """
        whole = asdict(self)
        del whole["output_type"]
        return json.dumps(whole, indent=indent)

    @staticmethod
    def from_json(text: str) -> Run[Any]:
        """Read a run that ``to_json`` wrote.

        Args:
            text: The JSON text.

        Raises:
            ConfigError: The text is not a run.
        """
        from pydantic import TypeAdapter, ValidationError  # noqa: PLC0415 - 40 ms, and few programs read runs back

        try:
            return TypeAdapter(Run).validate_python(json.loads(text))
        except (TypeError, ValueError, ValidationError, RecursionError) as error:
            raise ConfigError(f"this is not a run as Run.to_json writes it: {error}") from error


@dataclass(frozen=True, slots=True)
class Finished:
    """The last event of every run.

    Attributes:
        run: The complete run.
    """

    run: Run


Event = Text | Reasoning | ToolCall | ToolResult | Diagnostic | Finished
"""What a stream yields. The last event is ``Finished``."""


class OrchestratorError(Exception):
    """The root of all errors of this library.

    Attributes:
        run: The run so far, if the error ended a run; else None.
    """

    run: Run | None = None


class OutputError(OrchestratorError):
    """A run has no valid value of the ``output_type`` that was asked for. ``run`` is the run."""


class ConfigError(OrchestratorError):
    """The set-up is wrong. The message says what to install, set or type."""
