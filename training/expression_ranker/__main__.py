"""Trains a log-linear model of how questions become calculations, on few-shot examples.

    python -m training.expression_ranker TABLE EXAMPLES…

TABLE is the file that is written; `orchestrator.guidance.example_files` reads it. EXAMPLES are files such as
`src/orchestrator/tools/calculator.tsv`. It needs numpy and scipy, and two minutes of CPU. The same examples give the
same table.
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

LEAST = 25  # hundredths; smaller weights are left out


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
    """Return the table in its stored form, as ``expression_ranker.table_of`` reads it.

    Args:
        learnt: The design of the training.
        shapes: The expression templates with their spellings.
        weights: The trained weights of each kind of features.
        least: The smallest weight that is kept, in hundredths.
    """
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
