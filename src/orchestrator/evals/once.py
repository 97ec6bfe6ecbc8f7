"""Runs an evaluation in one call, and finds its parts by name: dataset, scorer, source of samples.

Knows names and options; not how samples are made or counted.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from orchestrator.core.arms import USUAL_ARMS, Arm, arms_from
from orchestrator.core.errors import ConfigError
from orchestrator.core.limits import SAMPLE_LIMITS, Limits
from orchestrator.core.protocols import ModelOptions
from orchestrator.core.typed import typed
from orchestrator.evals.evaluation import Evaluation, Source, collect
from orchestrator.evals.memory import in_memory
from orchestrator.evals.sampling import Setting, check_prices, tools_by_arm
from orchestrator.evals.statistics import needed
from orchestrator.evals.types import Dataset, DatasetOptions, Scorer
from orchestrator.runtime.registry import default_model, plugin
from orchestrator.runtime.settings import Settings

MOST_AT_A_TIME = 256  # samples


@typed()
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
    """Ask every question in every arm, score the answers, and compare the arms.

    If the model's server fails, the sample is in ``Evaluation.failures``. After five failures in a row the evaluation
    stops. Ctrl-C stops it too, and returns the samples that are complete.

    Args:
        dataset: A registered name, the path of a .jsonl file, or a Dataset.
        arms: The arms, as text such as ``"direct,cot+tools"`` or as Arm values. The first one is the baseline.
        model: The model of every arm that names no other, as ``"provider:name"``. The default is the usual model.
        n: How many questions to ask. The default is all questions of a file, or 100 if they are made from a seed. Not
            for a Dataset.
        seed: The seed that makes the questions, or that draws ``n`` of them. Not for a Dataset.
        data: The file or folder of a dataset that does not come with the package, such as gsm8k.
        scorer: A registered scorer, such as ``"number"`` or ``"regex:PATTERN"``, or a function. The default is the
            dataset's scorer.
        tools: The names of the tools that arms with tools have. The default is the dataset's tools.
        options: Options of the model, such as its server and its price.
        limits: The limits of each run. A run that reaches one counts as a wrong answer.
        temperature: The temperature of each request. The default is 0, so that a difference is the arm's. None is the
            server's default.
        system: A system prompt for all arms.
        max_cost: No new sample starts after so many US dollars. It needs the price of each model.
        concurrency: How many samples are made at the same time, from 1 to 256.
        db: Where samples are kept, so that the next call finds them: the path of a SQLite file, or ``postgresql://…``.
            None or ``"none"`` keeps nothing.

    Returns:
        The scored samples with their summary. ``Evaluation.sentences`` is the result in words.

    Raises:
        ConfigError: A name is unknown, a file cannot be read, a value is out of range, a price or an extra is missing,
            or the database cannot be used.
        OrchestratorError: The database or the process that makes the samples failed during the evaluation.
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
    evaluation = collect(questions, [arm.name for arm in chosen], source, max_cost=max_cost)
    return replace(evaluation, tools=tools_by_arm(questions, chosen))


def questions_of(dataset: str, options: DatasetOptions) -> Dataset:
    """Return a dataset by its registered name, or by the path of a .jsonl or .ndjson file.

    Args:
        dataset: The name or the path.
        options: How many questions, the seed, and the file of a dataset that does not come with the package.

    Raises:
        ConfigError: The name is unknown, or the file cannot be read.
    """
    if options.path is None and dataset.lower().endswith((".jsonl", ".ndjson")):
        dataset, options = "jsonl", replace(options, path=dataset)
    questions: Dataset = plugin("evals.datasets", dataset)(options)
    return questions


def scorer_of(text: str) -> Scorer:
    """Return a scorer by its name and argument, such as ``number`` or ``regex:PATTERN``.

    Raises:
        ConfigError: The name is unknown, or the scorer refuses the argument.
    """
    kind, _, argument = text.partition(":")
    scorer: Scorer = plugin("evals.scorers", kind)(argument)
    return scorer


def source_of(
    dataset: Dataset, arms: Sequence[Arm], setting: Setting, db: str | Path | None, concurrency: int, trial: int = 0
) -> Source:
    """Return the source of the samples: a database, or this process.

    Args:
        dataset: The questions.
        arms: The arms.
        setting: What all arms have in common.
        db: The path of a SQLite file or ``postgresql://…``; None or ``"none"`` keeps nothing.
        concurrency: How many samples are made at the same time, from 1 to 256.
        trial: Another number makes other samples of the same questions, in a database.

    Raises:
        ConfigError: ``concurrency``, ``db`` or ``trial`` is not valid, or an extra is missing.
    """
    if not 1 <= concurrency <= MOST_AT_A_TIME:
        raise ConfigError(f"concurrency must be from 1 to {MOST_AT_A_TIME}, it is {concurrency}")
    if db is None or db == "none":
        if trial:
            raise ConfigError("trial (--trial) is for stored samples: leave it out, or store them (--db)")
        return in_memory(dataset, arms, setting, concurrency)
    from orchestrator.evals.durable.database import url_of  # noqa: PLC0415 - its libraries are of the extra
    from orchestrator.evals.durable.leader import durable  # noqa: PLC0415

    return durable(dataset, arms, setting, url_of(str(db)), concurrency, trial)
