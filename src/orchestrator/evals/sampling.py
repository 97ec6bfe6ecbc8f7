"""Buys one sample, and judges it. Knows orchestrators and scorers; not how many samples there are or where they go."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

from orchestrator.core.arms import Arm
from orchestrator.core.errors import ConfigError, ModelError
from orchestrator.core.limits import SAMPLE_LIMITS, Limits
from orchestrator.core.protocols import Model, ModelOptions
from orchestrator.evals.summary import Outcome
from orchestrator.evals.types import Dataset, Item, Sample, Score
from orchestrator.runtime.orchestrator import Orchestrator
from orchestrator.runtime.registry import load_model


@dataclass(frozen=True, slots=True)
class Setting:
    """What all arms have in common: the model that an arm without one of its own uses, and the bounds of a run.

    Temperature 0 by default, so that a difference is the arm's and not the dice's.
    """

    model: str
    options: ModelOptions = field(default_factory=ModelOptions)
    limits: Limits = SAMPLE_LIMITS
    temperature: float | None = 0.0
    system: str = ""


def arm_of(
    setting: Setting, arm: Arm, tools: Iterable[str], wrap: Callable[[Model], Model] = lambda model: model
) -> Orchestrator:
    """The orchestrator that stands for an arm; ``tools`` are the dataset's, for an arm that names none.

    ``wrap`` may put something between the orchestrator and its model.
    """
    base = Orchestrator(
        wrap(model_of(setting, arm)),
        tools=list(arm.tool_names or tools) if arm.tools != "none" else (),
        limits=setting.limits,
        temperature=setting.temperature,
        system=setting.system,
        guidance=True if arm.options(setting.model, setting.options).grammars else None,
    )
    return base.variant(replace(arm, model=None))


def model_of(setting: Setting, arm: Arm) -> Model:
    """The arm's own model, or the one that all have."""
    return load_model(arm.model or setting.model, arm.options(setting.model, setting.options))


def check_prices(setting: Setting, arms: Iterable[Arm]) -> None:
    """Raises ConfigError where nobody said what a model costs: a budget would never be reached."""
    for arm in arms:
        model = model_of(setting, arm)
        if model.info.price is None:
            whose = f"{arm.name}=" if arm.model else ""
            raise ConfigError(
                f"--max-cost needs the price of {model.info.name}: --price {whose}INPUT,OUTPUT in dollars for a "
                "million tokens"
            )


def take(orchestrator: Orchestrator, arm: str, item: Item) -> Sample:
    """Ask once. Raises ModelError where the server fails or breaks off: that is no answer, wrong or right."""
    run = orchestrator.run(item.question)
    if run.finish == "interrupted":
        raise ModelError(f"the answer broke off: {run.detail}")
    return Sample.of(run, item.id, arm)


def judge(dataset: Dataset, item: Item, sample: Sample) -> Outcome:
    """The sample with its score. A run that ended at a limit is no answer, whatever it had written by then."""
    score = dataset.scorer(item, sample)
    if not isinstance(score, Score):
        raise ConfigError(
            f"the scorer of {dataset.name} gave {score!r}: it has to give a Score, such as Score(True, answer)"
        )
    if sample.finish != "answered":
        score = Score(False, score.extracted, score.parts)
    return Outcome(item, sample, score)
