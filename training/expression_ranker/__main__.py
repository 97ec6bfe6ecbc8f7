"""Learns from banks of worked examples how questions become calculations.

    python -m training.expression_ranker TABLE BANK…

TABLE is what `orchestrator.guidance.example_files` reads, BANK a file as `src/orchestrator/tools/calculator.tsv`. Numpy and scipy are
all it takes, and two minutes of CPU. The same banks give the same table.
"""

from __future__ import annotations

import argparse
import gzip
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from training.expression_ranker.design import KINDS, Design, design
from training.expression_ranker.library import Spellings, library
from training.expression_ranker.train import train
from training.expression_ranker.worked_out import Floats

from orchestrator.guidance.example_files import read_examples
from orchestrator.guidance.expression_ranker import SCALE

LEAST = 25  # hundredths; a smaller weight is left out


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    arguments.add_argument("table", type=Path)
    arguments.add_argument("banks", type=Path, nargs="+")
    options = arguments.parse_args()
    examples = [example for bank in options.banks for example in read_examples(bank)]
    shapes = library(examples)
    learnt = design(examples, shapes)
    stored = table(learnt, shapes, train(learnt))
    options.table.write_bytes(gzip.compress(json.dumps(stored, ensure_ascii=False).encode(), mtime=0))
    size = options.table.stat().st_size
    sys.stdout.write(f"{len(shapes)} shapes, {len(learnt.first) - 1} of {len(examples)} examples, {size:,} bytes\n")


def table(
    learnt: Design, shapes: Sequence[Spellings], weights: Sequence[Floats], least: int = LEAST
) -> dict[str, object]:
    """What is written down."""
    names = KINDS
    stored: dict[str, object] = {"shapes": [[count, *texts] for count, texts in shapes]}
    for name, kind, each in zip(names, learnt.kinds, weights, strict=True):
        hundredths = (each * SCALE).round().astype(int)
        stored[name] = {
            clue: {kind.choices[at]: int(row[at]) for at in abs(row).argsort()[::-1] if abs(row[at]) >= least}
            for clue, row in zip(kind.names, hundredths, strict=True)
            if abs(row).max() >= least
        }
    return stored


if __name__ == "__main__":
    main()
