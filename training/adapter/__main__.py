"""Trains the adapter of the embedded model.

    python -m training.adapter OUT.gguf

It goes on where it was stopped. It needs the extra ``train``, and the weights (``orchestrator models pull``).
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from time import perf_counter

from training.adapter.compose import groups

from orchestrator.core.protocols import ModelOptions
from orchestrator.models import embedded
from orchestrator.posttraining.network import Network, fast_type, write_adapter
from orchestrator.posttraining.texts import tree_of
from orchestrator.posttraining.training import Settings, Training


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("out", type=Path)
    asked.add_argument("--epochs", type=int, default=Settings().epochs)
    asked.add_argument("--rate", type=float, default=Settings().rate)
    asked.add_argument("--rank", type=int, default=Settings().rank)
    options = asked.parse_args()
    model = embedded.create("", ModelOptions())
    began = perf_counter()
    trained, held_out = ([tree_of(group, model.token_ids) for group in part] for part in groups())
    tokens = sum(len(tree.tokens) for tree in trained)
    sys.stdout.write(f"{len(trained)} groups, {tokens} tokens; read in {perf_counter() - began:.0f} s\n")
    settings = Settings(epochs=options.epochs, rate=options.rate, rank=options.rank)
    network = Network(embedded.shipped_weights(), settings.rank, settings.seed, fast_type())
    training = Training(network, trained, held_out, settings, options.out.with_suffix(".training"))
    for point in training.run():
        sys.stdout.write(
            f"{point.step} of {training.steps}  loss {point.loss:.4f}  held out {point.held_out:.4f}  "
            f"{point.tokens / point.seconds:.0f} tokens/s  {point.seconds:.0f} s\n"
        )
        sys.stdout.flush()
        write_adapter(network, options.out)


if __name__ == "__main__":
    main()
