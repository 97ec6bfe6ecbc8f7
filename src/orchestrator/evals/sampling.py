"""Makes one sample, and scores it. Knows orchestrators and scorers; not how many samples there are or where they go."""

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
from orchestrator.runtime.registry import load_model, usual_tools


@dataclass(frozen=True, slots=True)
class Setting:
    """What all arms have in common.

    Attributes:
        model: The model of an arm that names no other, as ``provider:name``.
        options: Options of the model.
        limits: The limits of each run.
        temperature: 0 by default, so that a difference comes from the arm and not from chance. None is the server's
            default.
        system: A system prompt.
    """

    model: str
    options: ModelOptions = field(default_factory=ModelOptions)
    limits: Limits = SAMPLE_LIMITS
    temperature: float | None = 0.0
    system: str = ""


def arm_of(
    setting: Setting, arm: Arm, tools: Iterable[str], wrap: Callable[[Model], Model] = lambda model: model
) -> Orchestrator:
    """Return the orchestrator of an arm.

    Args:
        setting: What all arms have in common.
        arm: The arm.
        tools: The dataset's tools, for an arm that names none.
        wrap: May put something between the orchestrator and its model.

    Raises:
        ConfigError: The model or a tool is unknown, or an extra or a key is missing.
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


def tools_by_arm(dataset: Dataset, arms: Iterable[Arm]) -> dict[str, tuple[str, ...]]:
    """Return the names of the tools that each arm with tools has, by the arm's name.

    Args:
        dataset: The dataset, whose tools are those of an arm that names none.
        arms: The arms.
    """
    usual = dataset.tools or usual_tools()
    return {arm.name: tuple(map(str.upper, arm.tool_names or usual)) for arm in arms if arm.tools != "none"}


def model_of(setting: Setting, arm: Arm) -> Model:
    """Return the model that the arm names, or else the one of the setting."""
    return load_model(arm.model or setting.model, arm.options(setting.model, setting.options))


def check_prices(setting: Setting, arms: Iterable[Arm]) -> None:
    """Do nothing if the price of every model is known. Otherwise a budget would never be reached.

    Raises:
        ConfigError: The price of a model is not known.
    """
    for arm in arms:
        model = model_of(setting, arm)
        if model.info.price is None:
            whose = f"{arm.name}=" if arm.model else ""
            raise ConfigError(
                f"--max-cost needs the price of {model.info.name}: --price {whose}INPUT,OUTPUT in dollars for a "
                "million tokens"
            )


def take(orchestrator: Orchestrator, arm: str, item: Item) -> Sample:
    """Ask one question once.

    Args:
        orchestrator: The orchestrator of the arm.
        arm: The name of the arm.
        item: The question.

    Raises:
        ModelError: The server failed, or broke the answer off. That is not an answer, neither right nor wrong.
    """
    run = orchestrator.run(item.question)
    if run.finish == "interrupted":
        raise ModelError(f"the answer broke off: {run.detail}")
    return Sample.of(run, item.id, arm)


def judge(dataset: Dataset, item: Item, sample: Sample) -> Outcome:
    """Score a sample. A run that a limit ended is wrong, whatever it had written.

    Args:
        dataset: The dataset with the scorer.
        item: The question of the sample.
        sample: The sample.

    Raises:
        ConfigError: The scorer fails, or does not return a Score.
    """
    score = dataset.scorer(item, sample)
    if not isinstance(score, Score):
        raise ConfigError(
            f"the scorer of {dataset.name} gave {score!r}: it has to give a Score, such as Score(True, answer)"
        )
    if sample.finish != "answered":
        score = Score(False, score.extracted, score.parts)
    return Outcome(item, sample, score)
