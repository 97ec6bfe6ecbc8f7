"""Measure each part of the guidance without asking a model: the ablation table of docs/small-models.md.

pip install -e '.[python,search,code]' && python benchmarks/guidance.py [FILE…]

The questions are those of `orchestrator eval tool-use` (its parts tune and measure), or files of the same form. For
each part of the guidance, the part is removed, and two rates are counted. First: how many questions get the right tool
by the most votes. Second: for how many calculations the first expression has the right value.
"""

from __future__ import annotations

import argparse
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import replace

from orchestrator import Tool, ToolError
from orchestrator.core.tool import Example, ToolHints
from orchestrator.evals.datasets.tool_use import PARTS, TOOLS, agree, create
from orchestrator.evals.types import DatasetOptions, Item
from orchestrator.guidance.candidates import Candidates, candidates
from orchestrator.guidance.example_files import no_tool_examples
from orchestrator.guidance.similarity import rank
from orchestrator.runtime.registry import load_tools
from orchestrator.tools._calculator import calculate

WHOLE = load_tools(TOOLS)
CALCULATOR = WHOLE["CALCULATOR"]


def _with(hints: ToolHints) -> Mapping[str, Tool]:
    return {**WHOLE, "CALCULATOR": replace(CALCULATOR, hints=hints)}


LEVERS: dict[str, Mapping[str, Tool]] = {
    "all of it": WHOLE,
    "without the calculator's proposals": _with(replace(CALCULATOR.hints, propose=None)),
    "without `ToolHints.find`": _with(replace(CALCULATOR.hints, find=None)),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "")
    parser.add_argument("files", nargs="*", default=PARTS)
    parts = {name: create(DatasetOptions(path=name)).items for name in parser.parse_args().files}
    print("| | " + " | ".join(f"{name}: tool | {name}: expression" for name in parts) + " |")
    print("|---" * (1 + 2 * len(parts)) + "|")
    for lever, tools in LEVERS.items():
        row(lever, parts, tools, no_tool_examples())
    for share in (2, 4):
        fewer = {name: replace(tool, examples=tool.examples[::share]) for name, tool in WHOLE.items()}
        row(f"{100 // share} % of the examples to vote", parts, fewer, no_tool_examples()[::share])
    by_kind(parts)


def row(
    lever: str, parts: Mapping[str, tuple[Item, ...]], tools: Mapping[str, Tool], none: tuple[Example, ...]
) -> None:
    cells = []
    for items in parts.values():
        found = [(item, candidates(rank(item.question, tools, none))) for item in items]
        sums = [(item, each) for item, each in found if is_sum(item)]
        cells += [share([right_tool(*each) for each in found]), share([right_place(*each) == 0 for each in sums])]
    print(f"| {lever} | " + " | ".join(cells) + " |", flush=True)


def by_kind(parts: Mapping[str, tuple[Item, ...]]) -> None:
    """Print for each kind how many first expressions are right, and how often a right one is among the first five."""
    for name, items in parts.items():
        counted: dict[str, Counter[str]] = defaultdict(Counter)
        for item in filter(is_sum, items):
            place = right_place(item, candidates(rank(item.question, WHOLE)))
            counted[item.kind].update(asked=1, first=int(place == 0), five=int(place is not None and place < 5))
        lines = (f"{kind} {n['first']} of {n['asked']} ({n['five']} among five)" for kind, n in counted.items())
        print(f"\n{name}: {'; '.join(lines)}")


def is_sum(item: Item) -> bool:
    return item.extra["tool"] == "CALCULATOR" and bool(item.gold)


def right_tool(item: Item, found: Candidates) -> bool:
    wanted: str = item.extra["tool"]
    return max(found.tools, key=found.tools.__getitem__, default="") == wanted


def right_place(item: Item, found: Candidates) -> int | None:
    """Return the position, from 0, of the first call of the calculator with the right value; None if there is none."""
    calls = [call.argument for call in found.calls if call.tool == "CALCULATOR"]
    return next((at for at, each in enumerate(calls) if isinstance(each, str) and agree(value(each), item.gold)), None)


def value(expression: str) -> str:
    try:
        return calculate(expression)
    except ToolError:
        return ""


def share(right: list[bool]) -> str:
    return f"{100 * sum(right) / len(right):.1f}" if right else ""


if __name__ == "__main__":
    main()
