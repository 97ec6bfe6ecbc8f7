"""The command ``eval``: asks the questions of a dataset in several arms and compares them with statistics.

``eval score`` scores recorded outputs instead.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from orchestrator.cli import terminal
from orchestrator.cli.option_groups import with_groups
from orchestrator.cli.options import (
    AsJson,
    BaseUrl,
    KeyFrom,
    ModelGroup,
    MoreArms,
    Prices,
    chosen_arms,
    fetched_model,
    names_in,
)
from orchestrator.core.arms import USUAL_ARMS
from orchestrator.core.errors import ConfigError
from orchestrator.core.limits import SAMPLE_LIMITS
from orchestrator.runtime.settings import key_in


class _DatasetByName(TyperGroup):
    """Reads ``eval letters`` as ``eval run letters``: a word that is not a command is a dataset."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:  # Any: newer typer has its own click, older has not
        known = args and (args[0] in self.commands or args[0].startswith("-"))
        return super().resolve_command(ctx, args if known else ["run", *args])


evaluate = typer.Typer(
    cls=_DatasetByName,
    no_args_is_help=True,
    help="Measure whether step-by-step thinking or tools help.\n\n"
    'A dataset\'s name is short for run: "eval letters" is "eval run letters".\n\n'
    "Example: orchestrator eval letters --n 100 --model embedded",
)
commands = typer.Typer()
commands.add_typer(evaluate, name="eval")

SCORERS = "How answers are scored: number, exact, choice, auto, regex:PATTERN or custom:FILE.py:FUNCTION."
Out = Annotated[
    Path | None, typer.Option("--out", help="Write report.md, report.json and answers.jsonl into this folder.")
]
Database = Annotated[
    str | None,
    typer.Option(
        help="Where samples are stored: a file, postgresql://…, or none.", show_default="a file in your data folder"
    ),
]
Show = Annotated[int, typer.Option(min=0, help="How many questions to list, each with the arms' extracted answers.")]


@evaluate.command()
@with_groups
def run(
    dataset: Annotated[
        str, typer.Argument(help="A dataset (orchestrator eval datasets lists them), or your own .jsonl file.")
    ],
    model: ModelGroup,
    arms: Annotated[
        str,
        typer.Option(
            help="Arms, separated by commas; the first is the baseline. direct (no tools), cot (step-by-step "
            "thinking), tools, described (tools in the prompt, but switched off), cot+tools …"
        ),
    ] = USUAL_ARMS,
    arm: MoreArms = None,
    n: Annotated[
        int | None,
        typer.Option("--n", "-n", min=1, help="How many questions to ask.", show_default="100, or the whole file"),
    ] = None,
    seed: Annotated[int, typer.Option(help="Random seed: it decides which questions are generated or chosen.")] = 0,
    data: Annotated[
        str | None, typer.Option(help="The file or folder with the questions of gsm8k, svamp, bbh or jsonl.")
    ] = None,
    scorer: Annotated[str | None, typer.Option(help=SCORERS, show_default="the dataset's")] = None,
    tools: Annotated[
        str | None,
        typer.Option(
            "--tools", "-t", help="Tools of the arms with tools, separated by commas.", show_default="the dataset's"
        ),
    ] = None,
    temperature: Annotated[float, typer.Option(help="Sampling temperature; 0 takes the likeliest token.")] = 0.0,
    max_tokens: Annotated[
        int, typer.Option(min=1, help="Maximum number of output tokens for one answer.")
    ] = SAMPLE_LIMITS.max_tokens,
    max_seconds: Annotated[float, typer.Option(min=0, help="Maximum number of seconds for one answer.")] = (
        SAMPLE_LIMITS.max_seconds
    ),
    price: Prices = None,
    max_cost: Annotated[
        float | None, typer.Option(min=0, help="Begin no more samples after so many US dollars; needs --price.")
    ] = None,
    concurrency: Annotated[
        int,
        typer.Option(
            "--concurrency", "-c", min=1, max=256, help="How many samples each worker takes at the same time."
        ),
    ] = 4,
    db: Database = None,
    trial: Annotated[
        int, typer.Option(help="Stored samples of the same trial are used again; another number asks again.")
    ] = 0,
    out: Out = None,
    show: Show = 5,
    as_json: AsJson = False,
) -> None:
    """Ask every question in every arm and compare the arms.

    Prints each arm's accuracy, and its difference to the first arm with a 95 % interval. Samples are stored: after an
    interruption, the same command continues.

    Example: orchestrator eval letters --n 100 --arms direct,tools
    """
    from orchestrator.cli.eval_output import collect_with_progress, database, loaded, present  # noqa: PLC0415
    from orchestrator.evals.once import source_of  # noqa: PLC0415
    from orchestrator.evals.sampling import Setting, check_prices, tools_by_arm  # noqa: PLC0415
    from orchestrator.evals.statistics import needed  # noqa: PLC0415

    needed()  # first: without the extra, no question is asked
    questions = loaded(dataset, n, seed, data, scorer, tools)
    chosen, shared = chosen_arms(arms, arm, price)
    setting = Setting(
        fetched_model(model.name),
        model.options(shared),
        replace(SAMPLE_LIMITS, max_tokens=max_tokens, max_seconds=max_seconds),
        temperature,
        model.system,
    )
    if max_cost is not None:
        check_prices(setting, chosen)
    source = source_of(questions, chosen, setting, database(db), concurrency, trial)
    evaluation = collect_with_progress(questions, [each.name for each in chosen], source, max_cost)
    evaluation = replace(evaluation, tools=tools_by_arm(questions, chosen))
    present(evaluation, f"{evaluation.dataset}, {setting.model}", out, show, as_json=as_json)


@evaluate.command()
def score(
    file: Annotated[
        Path, typer.Argument(help="A .jsonl file: question, gold (the right answer), and each arm's text by its name.")
    ],
    arms: Annotated[
        str,
        typer.Option(
            help="The arms to score, separated by commas; the first is the baseline.", show_default="all that hold text"
        ),
    ] = "",
    scorer: Annotated[str, typer.Option(help=SCORERS)] = "auto",
    out: Out = None,
    show: Show = 5,
    as_json: AsJson = False,
) -> None:
    """Score recorded outputs, without a model.

    Each line of the file is one JSON object with the question, the right answer (gold) and the text of each arm.

    Example: orchestrator eval score outputs.jsonl
    """
    from orchestrator.cli.eval_output import present  # noqa: PLC0415
    from orchestrator.evals.once import scorer_of  # noqa: PLC0415
    from orchestrator.evals.recorded import rescore  # noqa: PLC0415
    from orchestrator.evals.statistics import needed  # noqa: PLC0415

    needed()
    rescored = rescore(file, scorer_of(scorer), names_in(arms))
    if rescored.verdicts:
        agreeing = rescored.verdicts - len(rescored.differ)
        terminal.note(f"agrees with {agreeing:,} of the file's own {rescored.verdicts:,} verdicts")
    present(rescored.evaluation, f"{file.name}, recorded", out, show, as_json=as_json)


@evaluate.command()
def work(
    db: Database = None,
    idle: Annotated[
        float | None, typer.Option(min=0, help="End after so many seconds without samples.", show_default="never")
    ] = None,
    base_url: BaseUrl = None,
    api_key_env: KeyFrom = None,
) -> None:
    """Run a worker for the evaluations on a database.

    The worker may run on this or another machine. It takes samples until Ctrl-C. Keys come from the environment:
    OPENAI_API_KEY, and --api-key-env for the server at --base-url.

    Example: orchestrator eval work --db postgresql://user@host/evals
    """
    from orchestrator.cli.eval_output import database, ended_with_care  # noqa: PLC0415
    from orchestrator.evals.durable.beside import beside  # noqa: PLC0415
    from orchestrator.evals.durable.database import without_password  # noqa: PLC0415

    done = "The samples it had begun are finished"
    with ended_with_care(done) as enough:
        url = database(db)
        if url is None:
            raise ConfigError("a worker needs a database: --db postgresql://… or the path of a file")
        if api_key_env and not base_url:
            raise ConfigError("a worker shows the key of --api-key-env to one server only: name it with --base-url")
        keys = {str(base_url): key_in(api_key_env)} if api_key_env else {}
        with beside() as worker:
            worker.begin(url, idle=idle, keys=keys)
            terminal.note(f"working on {without_password(url)}; Ctrl-C ends")
            worker.wait(enough)
        if enough.is_set():
            terminal.note(f"stopped. {done}", "warning")
            raise typer.Exit(terminal.NOT_ANSWERED)


@evaluate.command()
def datasets(as_json: AsJson = False) -> None:
    """List the datasets, each with one line about its questions.

    Example: orchestrator eval datasets
    """
    from orchestrator.runtime.registry import about, names  # noqa: PLC0415

    found: dict[str, Any] = {name: about("evals.datasets", name) for name in names("evals.datasets")}
    if as_json:
        terminal.print_json(found)
        return
    for name, what in found.items():
        terminal.write(f"{name.replace('_', '-'):12}", "call")
        terminal.write(what, end="\n")
