"""Trains the static embedder from mined pairs: `python -m training.code_embedder PAIRS WEIGHTS`.

PAIRS is the folder that `training.code_embedder.mine` wrote. WEIGHTS is the `.npz` file to write. A model card with the
sources and their licences is written beside it. `training/code_embedder/README.md` has all steps from packages to
weights.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from time import process_time
from zlib import crc32

import numpy as np
from training.code_embedder.card import Facts, model_card
from training.code_embedder.corpus import counted, read
from training.code_embedder.train import Recipe, train
from training.code_embedder.weights import save

TERMS = 30_000
SHARED_ROWS = 4_096  # for all other terms, by hash, as in `orchestrator.code.embedders.static`


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    arguments.add_argument("pairs", type=Path)
    arguments.add_argument("weights", type=Path)
    arguments.add_argument("--seed", type=int, default=Recipe().seed)
    options = arguments.parse_args()
    started = process_time()
    texts = counted(read(options.pairs / "pairs.jsonl"))
    vocabulary = texts.commonest(TERMS)
    known = {term: row for row, term in enumerate(vocabulary)}
    rows = [
        known.get(term, len(known) + crc32(term.encode("utf-8", "surrogatepass")) % SHARED_ROWS)
        for term in texts.vocabulary
    ]
    corpus = texts.over(np.array(rows, dtype=np.int32), len(known) + SHARED_ROWS)
    recipe = Recipe(seed=options.seed)
    name = save(options.weights, vocabulary, train(corpus, recipe))
    facts = Facts(name, corpus.codes.shape[0], len(vocabulary), SHARED_ROWS, options.weights.stat().st_size)
    sources = (options.pairs / "sources.tsv").read_text(encoding="utf-8")
    options.weights.with_suffix(".md").write_text(model_card(facts, recipe, sources), encoding="utf-8")
    sys.stderr.write(f"{name}: {process_time() - started:.0f} s of CPU\n")


if __name__ == "__main__":
    main()
