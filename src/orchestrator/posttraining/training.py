"""Training an adapter: batches of token trees, AdamW, a learning curve, and checkpoints from which it goes on.

The batches of an epoch follow from the seed and the epoch's number alone. So a training that was killed goes on with
the same batches, and ends with the same weights as one that was not.
"""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from math import cos, pi
from pathlib import Path
from time import perf_counter
from typing import Any

import torch
from torch.nn import functional

from orchestrator.core.errors import ConfigError
from orchestrator.posttraining.network import Network
from orchestrator.posttraining.trees import Batch, Rows, Tree, batch_of, batches


@dataclass(frozen=True, slots=True)
class Settings:
    """How an adapter is trained.

    Attributes:
        rank: The adapter's rank.
        epochs: How often each row is seen.
        rate: The highest learning rate.
        warm_up: The steps in which the rate rises to it. Then it falls along a cosine to a tenth.
        decay: The weight decay.
        length: The tokens of a row of a batch.
        rows: The rows of a batch.
        seed: The seed of the first values and of the order.
        every: The steps between two checkpoints.
    """

    rank: int = 16
    epochs: int = 1
    rate: float = 5e-4
    warm_up: int = 30
    decay: float = 0.01
    length: int = 512
    rows: int = 4
    seed: int = 0
    every: int = 100


@dataclass(frozen=True, slots=True)
class Point:
    """A point of the learning curve.

    Attributes:
        step: The steps so far.
        tokens: The tokens evaluated so far.
        loss: The mean loss of a target since the last point, in nats.
        held_out: The mean loss of a held-out target, in nats; None where it was not measured.
        seconds: The seconds so far.
    """

    step: int
    tokens: int
    loss: float
    held_out: float | None
    seconds: float


class Training:
    """One training. It can be stopped at any step and goes on from its last checkpoint.

    Args:
        network: The network whose adapter is trained.
        trees: What it is trained on.
        held_out: What is only measured.
        settings: How it is trained.
        folder: Where the checkpoint and the learning curve are kept.
    """

    def __init__(
        self, network: Network, trees: Sequence[Tree], held_out: Sequence[Tree], settings: Settings, folder: Path
    ) -> None:
        self._network = network
        self._trees = trees
        self._held_out = held_out
        self._settings = settings
        self._checkpoint = folder / "checkpoint.pt"
        self._curve = folder / "curve.jsonl"
        self._optimiser = torch.optim.AdamW(network.parameters(), settings.rate, weight_decay=settings.decay)
        self.steps = sum(1 for _ in self._order())
        self._done, self._tokens, self._seconds = 0, 0, 0.0
        self._of = _fingerprint(settings, trees)
        folder.mkdir(parents=True, exist_ok=True)
        self._resume()

    @property
    def done(self) -> int:
        """The steps so far."""
        return self._done

    def run(self, on_step: Callable[[int], None] = lambda _: None) -> Iterator[Point]:
        """Train to the end. After each point of the learning curve, a checkpoint is kept.

        Args:
            on_step: Called with the number of steps so far.

        Yields:
            The points of the learning curve.
        """
        losses: list[float] = []
        began = perf_counter() - self._seconds
        for at, rows in enumerate(self._order()):
            if at < self._done:
                continue
            batch = batch_of(rows)
            losses.append(self._step(batch))
            self._done, self._tokens = at + 1, self._tokens + batch.tokens.size
            self._seconds = perf_counter() - began
            on_step(self._done)
            if self._done % self._settings.every == 0 or self._done == self.steps:
                point = Point(self._done, self._tokens, sum(losses) / len(losses), self.loss(), self._seconds)
                losses = []
                self._keep(point)
                yield point

    def _order(self) -> Iterator[Rows]:
        for epoch in range(self._settings.epochs):
            order = random.Random(f"{self._settings.seed} {epoch}")
            yield from batches(self._trees, self._settings.length, self._settings.rows, order)

    def _rate(self) -> float:
        done = self._done
        if done < self._settings.warm_up:
            return self._settings.rate * (done + 1) / self._settings.warm_up
        left = (done - self._settings.warm_up) / max(1, self.steps - self._settings.warm_up)
        return self._settings.rate * (0.1 + 0.9 * (1 + cos(pi * left)) / 2)

    def _step(self, batch: Batch) -> float:
        for group in self._optimiser.param_groups:
            group["lr"] = self._rate()
        self._optimiser.zero_grad()
        loss = self._mean_loss(batch)
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(self._network.parameters(), 1.0)
        self._optimiser.step()
        return loss.item()

    def _mean_loss(self, batch: Batch) -> torch.Tensor:
        tokens, positions, attends = (torch.from_numpy(each) for each in (batch.tokens, batch.positions, batch.attends))
        hidden = self._network(tokens, positions, attends)
        rows, places = torch.from_numpy(batch.sources).T
        logits = self._network.logits(hidden[rows, places])
        losses = functional.cross_entropy(logits, torch.from_numpy(batch.targets), reduction="none")
        weights = torch.from_numpy(batch.weights)
        return (losses * weights).sum() / weights.sum()

    def loss(self) -> float | None:
        """Return the mean loss of a held-out target, in nats; None if nothing is held out."""
        if not self._held_out:
            return None
        total = count = 0.0
        with torch.no_grad():
            for rows in batches(self._held_out, self._settings.length, self._settings.rows, random.Random(0)):
                batch = batch_of(rows)
                total += self._mean_loss(batch).item() * len(batch.targets)
                count += len(batch.targets)
        return total / count

    def _keep(self, point: Point) -> None:
        state = {
            "of": self._of,
            "network": self._network.state_dict(),
            "optimiser": self._optimiser.state_dict(),
            "point": asdict(point),
        }
        unfinished = self._checkpoint.with_suffix(".unfinished")
        torch.save(state, unfinished)
        unfinished.replace(self._checkpoint)
        with self._curve.open("a") as curve:
            curve.write(json.dumps(asdict(point)) + "\n")

    def _resume(self) -> None:
        if not self._checkpoint.exists():
            self._curve.unlink(missing_ok=True)
            return
        state: dict[str, Any] = torch.load(self._checkpoint, weights_only=True)
        if state["of"] != self._of:
            raise ConfigError(
                f"{self._checkpoint} is of a training with other questions or settings: delete "
                f"{self._checkpoint.parent}, or choose another file for the adapter"
            )
        self._network.load_state_dict(state["network"])
        self._optimiser.load_state_dict(state["optimiser"])
        point = Point(**state["point"])
        self._done, self._tokens, self._seconds = point.step, point.tokens, point.seconds


def _fingerprint(settings: Settings, trees: Sequence[Tree]) -> str:
    """What tells one training from another."""
    read = hashlib.sha256(repr(settings).encode())
    for tree in trees:
        read.update(repr((tree.tokens, tree.parents, tree.targets)).encode())
    return read.hexdigest()
