"""The command ``experiment``: measures embeddings, similarity, retrieval and chunking, each with a report."""

from __future__ import annotations

import json
from contextlib import nullcontext
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Annotated

import typer

from orchestrator.cli import terminal
from orchestrator.cli.options import names_in
from orchestrator.core.errors import ConfigError
from orchestrator.runtime.registry import names, plugin

if TYPE_CHECKING:
    from orchestrator.experiments._report import Report

ORDER = ("embeddings", "similarity", "retrieval", "chunking")  # these first, others after them

commands = typer.Typer()


@commands.command()
def experiment(
    name: Annotated[str, typer.Argument(help="embeddings, similarity, retrieval, chunking, or all.")],
    out: Annotated[Path, typer.Option("--out", "-o", help="Write the reports into this folder.")] = Path("experiments"),
    embedders: Annotated[
        str | None,
        typer.Option(
            help="Embedders by name, separated by commas, such as static,openai.",
            show_default="all that can be used here",
        ),
    ] = None,
    repository: Annotated[
        Path | None,
        typer.Option(
            help="A folder of Python files for the chunking experiment.", show_default="this package's calculator"
        ),
    ] = None,
) -> None:
    """Run an experiment and write its report.

    The report is written as Markdown and as one HTML file. "all" runs every experiment and adds a summary. "The notes"
    in a report are the study notes on language models from which this project grew: they ask for the four experiments,
    give their first inputs, and say what to expect.

    Example: orchestrator experiment all --out reports --embedders static
    """
    from orchestrator.experiments._embedders import available, needed  # noqa: PLC0415 - only this command needs it
    from orchestrator.experiments._synthesis import synthesis  # noqa: PLC0415
    from orchestrator.experiments._writing import write  # noqa: PLC0415

    needed()
    chosen = names_in(embedders)
    titles = [name.strip().lower()]
    if titles == ["all"]:
        titles = list(dict.fromkeys((*ORDER, *names("experiments"))))
    plugins = {title: plugin("experiments", title) for title in titles}
    if repository is not None and "chunking" not in plugins:
        raise ConfigError(f"--repository is for the experiment chunking, not for {name}: leave it out")
    if repository is not None and not repository.is_dir():
        raise ConfigError(f"{repository} is not a folder: name one that holds Python files")
    reports: list[Report] = []
    times: dict[str, float] = {}
    with terminal.err.status("embedding") if terminal.err.is_terminal else nullcontext() as status:
        usable, left_out = available(
            chosen, lambda count: status.update(f"{count:,} texts embedded") if status else None
        )
        for line in left_out:
            terminal.note(line, "warning")
        for title, create in plugins.items():
            began = perf_counter()
            ready = create(repository) if title == "chunking" and repository else create()
            reports.append(ready.run(tuple(embedder.fresh() for embedder in usable)))
            times[title] = round(perf_counter() - began, 3)
            terminal.note(f"{title}: {times[title]:.1f} s")
    if len(reports) > 1:
        reports.append(synthesis(reports))
    for report in reports:
        write(report, out)
    (out / "times.json").write_text(json.dumps(times, indent=2) + "\n", "utf-8")
    for report in reports:
        terminal.write(f"{out / report.name}.html", "call", end="\n")
        terminal.write(f"    {report.decision}", end="\n")
