"""What defines one sample, so that any worker can make it and none makes it twice. Knows values; not the database.

The key of a sample is a hash of everything on which its answer depends, including the request. The same question in a
longer run, in another evaluation or under another arm name is the same sample. A changed prompt, grammar or model makes
another sample.
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
from orchestrator.evals.evaluation import Failure
from orchestrator.evals.sampling import Setting, arm_of
from orchestrator.evals.types import Dataset, Sample
from orchestrator.guidance.example_files import no_tool_examples
from orchestrator.runtime.orchestrator import Orchestrator
from orchestrator.runtime.settings import Settings

FORMAT = "2"  # of specs, samples and keys; raise it when the same request would get another answer


@dataclass(frozen=True, slots=True)
class SampleSpec:
    """One question to one arm: everything that defines the sample.

    Attributes:
        setting: What all arms have in common.
        arm: The arm.
        tools: The dataset's tools.
        question: The question.
        copy: How many times the dataset has asked the same question before.
        trial: Another number is another sample.
    """

    setting: Setting
    arm: Arm
    tools: tuple[str, ...]
    question: str
    copy: int = 0
    trial: int = 0

    def to_json(self) -> str:
        """Return the spec as JSON. ``for_workers`` has removed the API key; each worker has its own keys."""
        return json.dumps(asdict(self))

    @staticmethod
    def from_json(text: str) -> SampleSpec:
        """Return the spec that ``to_json`` wrote."""
        return _SPECS.validate_json(text)

    def key(self, orchestrator: Orchestrator, fingerprint: str) -> str:
        """Return the key of the sample, 32 hexadecimal digits.

        Args:
            orchestrator: The orchestrator of the arm.
            fingerprint: The hash of what its answers depend on beside the request (``fingerprint_of``).
        """
        request = orchestrator.first_request(self.question)
        depends_on: dict[str, Any] = asdict(self) | {"made_of": fingerprint, "tools": list(orchestrator.tools)}
        depends_on["setting"]["options"] |= {"price": None}
        del depends_on["setting"]["options"]["thinks"]  # it tells when a stream is cut, and changes no answer
        depends_on["arm"] |= {"name": "", "tool_names": ()}
        depends_on["request"] = asdict(replace(request, tools=())) | {"tools": list(map(function_of, request.tools))}
        del depends_on["request"]["schema"]  # questions of evaluations have no output type
        return sha256(json.dumps(depends_on, sort_keys=True).encode()).hexdigest()[:32]


def fingerprint_of(orchestrator: Orchestrator, model: str) -> str:
    """Return a hash of what the answers of an arm depend on beside its requests.

    This is the format; the size and time of the file that the model names, if it names one; and for a guided model the
    guidance and all few-shot examples that its grammars use.

    Args:
        orchestrator: The orchestrator of the arm.
        model: The model, as ``provider:name``.
    """
    behind: list[object] = [FORMAT]
    with suppress(OSError, ValueError, RuntimeError):  # no file, not a path, or ~ of an unknown user
        file = Path(model.partition(":")[2]).expanduser().stat()
        behind += [file.st_size, file.st_mtime_ns] if S_ISREG(file.st_mode) else []
    if orchestrator.guidance:
        behind += [orchestrator.guidance, [tool.examples for tool in orchestrator.tools.values()], no_tool_examples()]
    return sha256(repr(behind).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class PlannedSample:
    """A sample of an evaluation: its key and its spec.

    Attributes:
        key: The key.
        spec: What defines it.
        item: The id of the question.
        arm: The name of the arm.
    """

    key: str
    spec: SampleSpec
    item: str
    arm: str

    def result(self, text: str) -> Sample | Failure:
        """Return the sample that a worker stored, or the failure of the server."""
        stored: Mapping[str, Any] = json.loads(text)
        if "failure" in stored:
            return Failure(self.item, self.arm, stored["failure"])
        return replace(_SAMPLES.validate_python(stored), item=self.item, arm=self.arm)


def planned(dataset: Dataset, arms: Sequence[Arm], setting: Setting, trial: int) -> Iterator[PlannedSample]:
    """Yield all samples of an evaluation, question by question, so that the first ones can be compared already.

    Args:
        dataset: The questions.
        arms: The arms.
        setting: What all arms have in common.
        trial: Another number makes other samples of the same questions.
    """
    prepared = []
    for arm in arms:
        own, bare = for_workers(setting, arm)
        orchestrator = arm_of(setting, arm, dataset.tools)
        prepared.append((arm.name, own, bare, orchestrator, fingerprint_of(orchestrator, own.model)))
    asked: Counter[str] = Counter()
    for item in dataset.items:
        for name, own, bare, orchestrator, fingerprint in prepared:
            spec = SampleSpec(own, bare, dataset.tools, item.question, asked[item.question], trial)
            yield PlannedSample(spec.key(orchestrator, fingerprint), spec, item.id, name)
        asked[item.question] += 1


def for_workers(setting: Setting, arm: Arm) -> tuple[Setting, Arm]:
    """Return setting and arm as workers get them.

    The arm's model is moved into the setting. The API key is removed. The address of OpenAI's server is added, because
    only this environment knows it.
    """
    model = arm.model or setting.model
    options = replace(arm.options(setting.model, setting.options), api_key=None)
    if not options.base_url and model.partition(":")[0].strip().lower() == "openai":
        options = replace(options, base_url=Settings.from_environment().openai_base_url)
    return replace(setting, model=model, options=options), replace(arm, model=None, price=None)


def server_of(setting: Setting) -> str:
    """Return the server that may get a key: the address of the setting, or else the provider."""
    return setting.options.base_url or setting.model.partition(":")[0].strip().lower()


_SPECS: TypeAdapter[SampleSpec] = TypeAdapter(SampleSpec)
_SAMPLES: TypeAdapter[Sample] = TypeAdapter(Sample)
