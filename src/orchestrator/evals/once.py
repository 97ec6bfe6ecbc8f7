"""An evaluation in one call, and how its parts are named: the questions, the scorer, where samples come from."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from orchestrator.core.arms import USUAL_ARMS, Arm, arms_from
from orchestrator.core.errors import ConfigError
from orchestrator.core.limits import SAMPLE_LIMITS, Limits
from orchestrator.core.protocols import ModelOptions
from orchestrator.evals.evaluation import Evaluation, Source, collect
from orchestrator.evals.memory import in_memory
from orchestrator.evals.sampling import Setting, check_prices
from orchestrator.evals.statistics import needed
from orchestrator.evals.types import Dataset, DatasetOptions, Scorer
from orchestrator.runtime.registry import default_model, plugin
from orchestrator.runtime.settings import Settings

MOST_AT_A_TIME = 256  # samples


def evaluate(  # noqa: PLR0913 - each is a choice of the user's, by name and with a default
    dataset: str | Dataset,
    arms: str | Iterable[str | Arm] = USUAL_ARMS,
    model: str | None = None,
    *,
    n: int | None = None,
    seed: int = 0,
    data: str | None = None,
    scorer: str | Scorer | None = None,
    tools: Iterable[str] | None = None,
    options: ModelOptions | None = None,
    limits: Limits = SAMPLE_LIMITS,
    temperature: float | None = 0.0,
    system: str = "",
    max_cost: float | None = None,
    concurrency: int = 4,
    db: str | Path | None = None,
) -> Evaluation:
    """Ask every question in every arm, and score the answers; the first arm is what the others are compared with.

    ``dataset`` is a registered name, a .jsonl file or a Dataset (``n``, ``seed`` and ``data`` are for the first two);
    ``tools`` are what arms with tools have, else the dataset's. ``max_cost`` is in US dollars for all of it, and
    needs prices. Samples are kept in ``db``, a file or postgresql://…, where the next call finds them; nowhere
    without one or with "none". Raises ConfigError for what cannot be asked; a server that fails is in the ``failures``.
    """
    needed()  # before anything is asked
    questions = questions_of(dataset, DatasetOptions(n, seed, data)) if isinstance(dataset, str) else dataset
    if scorer is not None:
        questions = replace(questions, scorer=scorer_of(scorer) if isinstance(scorer, str) else scorer)
    if tools is not None:
        questions = replace(questions, tools=tuple(tools))
    chosen = arms_from(arms)
    model = model or default_model(Settings.from_environment())[0]
    setting = Setting(model, options or ModelOptions(), limits, temperature, system)
    if max_cost is not None:
        check_prices(setting, chosen)
    source = source_of(questions, chosen, setting, db, concurrency)
    return collect(questions, [arm.name for arm in chosen], source, max_cost=max_cost)


def questions_of(dataset: str, options: DatasetOptions) -> Dataset:
    """The questions of a registered dataset, or of a file of the user's own."""
    if options.path is None and dataset.lower().endswith((".jsonl", ".ndjson")):
        dataset, options = "jsonl", replace(options, path=dataset)
    questions: Dataset = plugin("evals.datasets", dataset)(options)
    return questions


def scorer_of(text: str) -> Scorer:
    """Such as ``number``, or ``regex:PATTERN``."""
    kind, _, argument = text.partition(":")
    scorer: Scorer = plugin("evals.scorers", kind)(argument)
    return scorer


def source_of(
    dataset: Dataset, arms: Sequence[Arm], setting: Setting, db: str | Path | None, concurrency: int, trial: int = 0
) -> Source:
    """Where the samples come from: kept in the database at ``db``, or just made."""
    if not 1 <= concurrency <= MOST_AT_A_TIME:
        raise ConfigError(f"concurrency must be from 1 to {MOST_AT_A_TIME}, it is {concurrency}")
    if db is None or db == "none":
        return in_memory(dataset, arms, setting, concurrency)
    from orchestrator.evals.durable.database import url_of  # noqa: PLC0415 - its libraries are of the extra
    from orchestrator.evals.durable.leader import durable  # noqa: PLC0415

    return durable(dataset, arms, setting, url_of(str(db)), concurrency, trial)
