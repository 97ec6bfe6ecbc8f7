"""What a run has brought so far, and the ``Run`` made of it at any moment. Knows values only."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import accumulate

from orchestrator.core.answer_check import carried_value, carries
from orchestrator.core.citations import listed, numbered
from orchestrator.core.run import FinishReason, Run
from orchestrator.core.syntax import without_thinking
from orchestrator.core.types import Diagnostic, ModelInfo, Price, Request, Span, ToolResult
from orchestrator.core.usage import Count, Usage

_WORD = re.compile(r"\w")
_CHARACTERS_A_TOKEN = 4  # English text in the tokenizers in use; a guess, and labelled as one
_LONGEST_TOKEN = 8  # characters; where deltas are longer on average they are not one token each


class RunBuilder:
    """Collects a run. It holds the model's words, the tools' results and counts; nothing else.

    Args:
        question: the user's question.
        first_span: where in the context this run begins; what is before it is the hidden prompt, or earlier runs.
        guided: whether the model writes under grammars.

    """

    def __init__(self, question: str, *, first_span: int = 0, guided: bool = False) -> None:
        self._question = question
        self._first_span = first_span
        self._guided = guided
        self._since_result: list[str] = []
        self._prose: list[str] = []  # the whole turn, with results in their calls' places
        self._calls: list[ToolResult] = []
        self._diagnostics: list[Diagnostic] = []
        self._outputs: list[tuple[Count, bool]] = []  # what each step wrote, and whether it was cut
        self._usage = Usage(Count(0, "reported"), Count(0, "reported"), cost=0.0)

    @property
    def calls(self) -> tuple[ToolResult, ...]:
        return tuple(self._calls)

    def words(self, text: str) -> None:
        self._since_result.append(text)
        self._prose.append(text)

    def result(self, result: ToolResult) -> ToolResult:
        """The result as it is kept: the numbers of its sources go on from those of the results before it."""
        result = renumbered(result, 1 + sum(len(call.citations) for call in self._calls))
        self._calls.append(result)
        self._since_result.clear()
        self._prose.append(carried_value([result]) or "")  # a longer one is no answer, even if nothing is added to it
        return result

    def diagnose(self, diagnostic: Diagnostic) -> None:
        self._diagnostics.append(diagnostic)

    def step(self, usage: Usage, *, cut: bool) -> None:
        self._outputs.append((usage.output_tokens, cut))
        self._usage += usage

    def answer(self) -> str:
        """The words after the last result; where there are none, the whole turn with results for calls."""
        after = without_thinking("".join(self._since_result)).strip()
        return after if _WORD.search(after) else without_thinking("".join(self._prose)).strip()

    def faithful(self) -> bool | None:
        """Whether the answer carries the last result's value."""
        return carries(self.answer(), self._calls)

    def take_back(self) -> str:
        """The words after the last result, which no longer count."""
        words = "".join(self._since_result)
        self._since_result.clear()
        self._prose.clear()
        return words

    def build(self, spans: tuple[Span, ...], info: ModelInfo, ending: tuple[FinishReason, str], seconds: float) -> Run:
        """The run as it is now; ``spans`` are the whole context."""
        return Run(
            question=self._question,
            answer=self.answer(),
            text="".join(span.text for span in spans[self._first_span :] if span.origin in ("model", "tool")),
            finish=ending[0],
            detail=ending[1],
            model=info.name,
            resume_mode=info.resume_mode,
            spans=spans,
            calls=self.calls,
            diagnostics=tuple(self._diagnostics),
            usage=self._usage,
            tokens_saved=self._tokens_saved(),
            steps=len(self._outputs),
            seconds=seconds,
            answer_faithful=self.faithful(),
            guided=self._guided,
        )

    def _tokens_saved(self) -> Count:
        """What uncut steps would have written past their calls, only to be thrown away and written again.

        Nobody can know it; the best guess for each cut step is the length of what the model wrote once it had the
        result, as that is what an uncut stream goes on to invent.
        """
        rest = list(accumulate((output.value for output, _ in reversed(self._outputs)), initial=0))[:-1]
        saved = sum(written for written, (_, cut) in zip(reversed(rest), self._outputs, strict=True) if cut)
        return Count(saved, "estimated")


def renumbered(result: ToolResult, first: int) -> ToolResult:
    """With its sources numbered from ``first``, in its text as well."""
    if not result.citations or result.citations[0].number == first:
        return result
    citations = numbered(result.citations, first)
    text = listed(citations) + result.result.removeprefix(listed(result.citations))
    return replace(result, result=text, citations=citations)


def measured_usage(request: Request, deltas: int, characters: int) -> Usage:
    """The usage of a step whose server did not report any: a stream that is cut loses its last line, with the numbers.

    Servers stream one token a delta, so deltas count the output; where they are too long for that, it is estimated
    from its length, as the input is.
    """
    sent = len(request.prompt) + sum(len(message.text) for message in request.messages)
    counted = characters <= deltas * _LONGEST_TOKEN
    output = Count(deltas, "counted") if counted else Count(-(-characters // _CHARACTERS_A_TOKEN), "estimated")
    return Usage(Count(-(-sent // _CHARACTERS_A_TOKEN), "estimated"), output, Count(0, "estimated"))


def priced(usage: Usage, price: Price | None) -> Usage:
    """With its cost, where the price is known and the server did not say.

    Cached input is counted at the full price: an upper bound, since few servers say what they charge for it.
    """
    if usage.cost is not None or price is None:
        return usage
    dollars = usage.input_tokens.value * price.input + usage.output_tokens.value * price.output
    return replace(usage, cost=dollars / 1e6)
