"""What one sample is, so that any worker can buy it and nobody buys it twice. Knows values; not the database.

The key is a hash of everything that the answer depends on, with the very prompt: the same question in a longer run, in
another evaluation or under another arm name is the same sample, and a changed prompt or model is another.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from hashlib import sha256
from typing import Any

from pydantic import TypeAdapter

from orchestrator.arms import Arm
from orchestrator.evals.sampling import Setting, arm_of
from orchestrator.evals.types import Dataset, Sample
from orchestrator.orchestrator import Orchestrator
from orchestrator.settings import Settings


@dataclass(frozen=True, slots=True)
class Order:
    """One question to one arm. ``copy`` tells apart a question that a dataset asks several times; another ``trial``
    is another sample of everything.
    """

    setting: Setting
    arm: Arm
    tools: tuple[str, ...]
    question: str
    copy: int = 0
    trial: int = 0

    def to_json(self) -> str:
        """Without the API key, which each worker takes from its own environment."""
        return json.dumps(asdict(self))

    @staticmethod
    def from_json(text: str) -> Order:
        return _ORDERS.validate_json(text)

    def key(self, side: Orchestrator) -> str:
        """``side`` is the orchestrator that stands for the arm."""
        depends_on: dict[str, Any] = asdict(self) | {"tools": list(side.tools), "prompt": side.prompt(self.question)}
        depends_on["setting"]["options"] |= {"price": None}
        depends_on["arm"] |= {"name": "", "tool_names": ()}
        return sha256(json.dumps(depends_on, sort_keys=True).encode()).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class Ordered:
    """An order with its key, and which question of which arm it answers."""

    key: str
    order: Order
    item: str
    arm: str

    def sample(self, text: str) -> Sample:
        """The sample that a worker wrote down. Raises LookupError with the reason where the server had failed."""
        found: Mapping[str, Any] = json.loads(text)
        if "failure" in found:
            raise LookupError(found["failure"])
        return replace(_SAMPLES.validate_python(found), item=self.item, arm=self.arm)


def ordered(dataset: Dataset, arms: Sequence[Arm], setting: Setting, trial: int) -> Iterator[Ordered]:
    """All samples of an evaluation, question by question, so that what is there early can be paired."""
    sides = [(arm, *_carried(setting, arm), arm_of(setting, arm, dataset.tools)) for arm in arms]
    asked: Counter[str] = Counter()
    for item in dataset.items:
        for arm, carried, bare, side in sides:
            order = Order(carried, bare, dataset.tools, item.question, asked[item.question], trial)
            yield Ordered(order.key(side), order, item.id, arm.name)
        asked[item.question] += 1


def _carried(setting: Setting, arm: Arm) -> tuple[Setting, Arm]:
    """As workers get them: the arm's model is the setting's, without the key, but with the address that only this
    environment knows.
    """
    model = arm.model or setting.model
    options = replace(arm.options(setting.model, setting.options), api_key=None)
    if not options.base_url and model.partition(":")[0].strip().lower() == "openai":
        options = replace(options, base_url=Settings.from_environment().openai_base_url)
    return replace(setting, model=model, options=options), replace(arm, model=None, price=None)


_ORDERS: TypeAdapter[Order] = TypeAdapter(Order)
_SAMPLES: TypeAdapter[Sample] = TypeAdapter(Sample)
