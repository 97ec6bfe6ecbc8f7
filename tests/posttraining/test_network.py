"""The network is llama.cpp's, trees do not change it, and training can be stopped anywhere."""

from __future__ import annotations

import json
import math
import random
import urllib.request
from pathlib import Path

import numpy as np
import pytest
import torch

from orchestrator import ConfigError
from orchestrator.core.protocols import ModelOptions
from orchestrator.models import embedded
from orchestrator.posttraining.network import Network, rank_of, write_adapter
from orchestrator.posttraining.training import Settings, Training
from orchestrator.posttraining.trees import Tree, batch_of

PROMPT = "<|im_start|>user\nWhat is the capital of France?<|im_end|>\n<|im_start|>assistant\n"
SMALL = Settings(rank=2, epochs=2, rate=1e-3, warm_up=1, rows=1, length=64, every=1)


def network(rank: int = 2) -> Network:
    return Network(embedded.shipped_weights(), rank, 0, torch.float32)


def log_probabilities(of: Network, tokens: list[int]) -> torch.Tensor:
    tree = Tree()
    tree.add(tokens, [0])
    return at_the_end(of, tree)


@torch.no_grad()
def at_the_end(of: Network, tree: Tree) -> torch.Tensor:
    batch = batch_of([[tree]])
    hidden = of(*(torch.from_numpy(each) for each in (batch.tokens, batch.positions, batch.attends)))
    rows, places = batch.sources.T
    return of.logits(hidden[rows, places]).log_softmax(-1)


def served(model: embedded.Embedded, prompt: str) -> dict[int, float]:
    """llama.cpp's log-probabilities of the likeliest next tokens."""
    body = {"prompt": prompt, "n_predict": 1, "n_probs": 5, "temperature": 0, "cache_prompt": False}
    body["lora"] = model.adapters(applied=True)
    request = urllib.request.Request(
        f"{model.address.removesuffix('/v1')}/completion",
        json.dumps(body).encode(),
        {"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request) as response:
        (first,) = json.load(response)["completion_probabilities"]
    return {each["id"]: each["logprob"] for each in first["top_logprobs"]}


def close(of: Network, model: embedded.Embedded) -> None:
    found, expected = log_probabilities(of, model.token_ids(PROMPT))[0], served(model, PROMPT)
    assert int(found.argmax()) == max(expected, key=expected.__getitem__)
    for token, probability in expected.items():
        assert math.isclose(found[token], probability, abs_tol=0.5)  # llama.cpp rounds its activations to 8 bits


def test_the_network_says_what_llama_cpp_says():
    close(network(), embedded.create("base", ModelOptions()))


def test_an_adapter_that_was_written_says_in_llama_cpp_what_it_says_here(tmp_path: Path):
    made = network()
    with torch.no_grad():
        for name, values in made.adapter.items():
            if name.endswith("b"):
                values.normal_(0, 0.05, generator=torch.Generator().manual_seed(len(name)))
    write_adapter(made, tmp_path / "own.gguf")
    model = embedded.create("", ModelOptions(adapter=str(tmp_path / "own.gguf")))
    assert model.info.trained
    close(made, model)
    assert rank_of(tmp_path / "own.gguf") == 2
    again = network()
    again.start_from(tmp_path / "own.gguf")
    for name, values in made.tensors().items():
        np.testing.assert_allclose(again.tensors()[name], values, atol=1e-3)  # float16
    with pytest.raises(ConfigError, match="rank 3"):
        network(3).start_from(tmp_path / "own.gguf")


def test_a_path_of_a_tree_gives_what_it_gives_alone():
    of = network()
    tree = Tree()
    paths = [[1, 2, 3], [1, 2, 9, 10], [1, 20]]
    for path in paths:
        tree.add(path, [0])
    together = at_the_end(of, tree)
    for found, path in zip(together, paths, strict=True):
        torch.testing.assert_close(found, log_probabilities(of, path)[0], atol=1e-3, rtol=1e-3)


def some_trees() -> list[Tree]:
    chance = random.Random(0)
    trees = []
    for _ in range(3):
        tree = Tree()
        tree.add([chance.randrange(1000) for _ in range(8)], [7, 8, 9])
        trees.append(tree)
    return trees


def test_a_training_that_was_stopped_ends_as_one_that_was_not(tmp_path: Path):
    whole = network()
    points = [*Training(whole, some_trees(), some_trees()[:1], SMALL, tmp_path / "whole").run()]
    assert points[-1].loss < points[0].loss
    for _ in range(points[-1].step):  # a new process each step
        stopped = network()
        for _point in Training(stopped, some_trees(), some_trees()[:1], SMALL, tmp_path / "stopped").run():
            break
    for name, values in whole.tensors().items():
        np.testing.assert_array_equal(stopped.tensors()[name], values)
    curves = [
        [json.loads(line)["loss"] for line in (tmp_path / each / "curve.jsonl").read_text().splitlines()]
        for each in ("whole", "stopped")
    ]
    assert curves[0] == curves[1]


def test_a_checkpoint_of_another_training_is_refused(tmp_path: Path):
    next(Training(network(), some_trees(), [], SMALL, tmp_path).run())
    with pytest.raises(ConfigError, match="other questions"):
        Training(network(), some_trees()[:2], [], SMALL, tmp_path)


def test_a_file_that_is_no_model_is_refused(tmp_path: Path):
    (tmp_path / "x.gguf").write_bytes(b"GGUF")
    with pytest.raises(ConfigError, match=r"x\.gguf"):
        Network(tmp_path / "x.gguf", 2, 0, torch.float32)
