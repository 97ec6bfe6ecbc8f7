"""What one sample is, so that any worker can buy it and nobody buys it twice. Knows values; not the database.

The key is a hash of everything that the answer depends on, with the very request: the same question in a longer run, in
another evaluation or under another arm name is the same sample; a changed prompt, grammar or model is another.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from hashlib import sha256
from pathlib import Path
from stat import S_ISREG
from typing import Any

from pydantic import TypeAdapter

from orchestrator.core.arms import Arm
from orchestrator.core.function_calling import function_of
from orchestrator.evals.sampling import Setting, arm_of
from orchestrator.evals.types import Dataset, Sample
from orchestrator.guidance.example_files import no_tool_examples
from orchestrator.runtime.orchestrator import Orchestrator
from orchestrator.runtime.settings import Settings

FORMAT = "2"  # of orders, samples and keys; to be raised when the same request would bring another answer


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

    def key(self, side: Orchestrator, made_of: str) -> str:
        """``side`` is the orchestrator that stands for the arm, ``made_of`` what it is made of (``material``)."""
        request = side.first_request(self.question)
        depends_on: dict[str, Any] = asdict(self) | {"made_of": made_of, "tools": list(side.tools)}
        depends_on["setting"]["options"] |= {"price": None}
        depends_on["arm"] |= {"name": "", "tool_names": ()}
        depends_on["request"] = asdict(replace(request, tools=())) | {"tools": list(map(function_of, request.tools))}
        return sha256(json.dumps(depends_on, sort_keys=True).encode()).hexdigest()[:32]


def material(side: Orchestrator, model: str) -> str:
    """What stands behind every answer of an arm, beside its requests: the format, the file that ``model`` names, if it
    names one, and for a guided model the guidance and all the worked examples that may vote.
    """
    behind: list[object] = [FORMAT]
    with suppress(OSError, ValueError, RuntimeError):  # no file, no path at all, ~nobody
        file = Path(model.partition(":")[2]).expanduser().stat()
        behind += [file.st_size, file.st_mtime_ns] if S_ISREG(file.st_mode) else []
    if side.guidance:
        behind += [side.guidance, [tool.examples for tool in side.tools.values()], no_tool_examples()]
    return sha256(repr(behind).encode()).hexdigest()


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
    sides = []
    for arm in arms:
        own, bare = carried(setting, arm)
        side = arm_of(setting, arm, dataset.tools)
        sides.append((arm.name, own, bare, side, material(side, own.model)))
    asked: Counter[str] = Counter()
    for item in dataset.items:
        for name, own, bare, side, made_of in sides:
            order = Order(own, bare, dataset.tools, item.question, asked[item.question], trial)
            yield Ordered(order.key(side, made_of), order, item.id, name)
        asked[item.question] += 1


def carried(setting: Setting, arm: Arm) -> tuple[Setting, Arm]:
    """As workers get them: the arm's model is the setting's, without the key, but with the address that only this
    environment knows.
    """
    model = arm.model or setting.model
    options = replace(arm.options(setting.model, setting.options), api_key=None)
    if not options.base_url and model.partition(":")[0].strip().lower() == "openai":
        options = replace(options, base_url=Settings.from_environment().openai_base_url)
    return replace(setting, model=model, options=options), replace(arm, model=None, price=None)


def server_of(setting: Setting) -> str:
    """Whom a key is for: the address that was given, or else the provider."""
    return setting.options.base_url or setting.model.partition(":")[0].strip().lower()


_ORDERS: TypeAdapter[Order] = TypeAdapter(Order)
_SAMPLES: TypeAdapter[Sample] = TypeAdapter(Sample)
