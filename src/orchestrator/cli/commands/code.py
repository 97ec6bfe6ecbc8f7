"""The commands ``index`` and ``search``: code search without a model."""

from __future__ import annotations

import logging
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from orchestrator.cli import terminal
from orchestrator.cli.options import AsJson, text_of
from orchestrator.core.errors import ConfigError

if TYPE_CHECKING:
    from orchestrator.code import Hit, IndexReport
    from orchestrator.code.index.walk import Skipped

commands = typer.Typer()
_MANY = 8  # skipped files that are named for one reason


@commands.command()
def index(
    path: Annotated[Path, typer.Argument(help="The folder of code.")] = Path(),
    db: Annotated[Path | None, typer.Option(help="The folder for the index.", show_default="in your cache")] = None,
    chroma: Annotated[
        str | None,
        typer.Option(metavar="URL", help="Keep the vectors on a Chroma server, such as http://localhost:8000."),
    ] = None,
    chunker: Annotated[
        str | None,
        typer.Option(help="How files are cut into chunks: function, block or line.", show_default="function"),
    ] = None,
    embedder: Annotated[
        str | None,
        typer.Option(help="The embedder that makes the vectors: static, minilm or openai.", show_default="static"),
    ] = None,
    watch: Annotated[bool, typer.Option("--watch", help="Keep running, and index changed files again.")] = False,
    fresh: Annotated[bool, typer.Option("--fresh", help="Delete the index first, and index all files again.")] = False,
    as_json: AsJson = False,
) -> None:
    """Index a folder of code, or update its index.

    Only changed files are read again. Files that .gitignore excludes are left out.

    Example: orchestrator index .
    """
    if db and chroma:
        raise ConfigError("--db is for vectors on this machine, --chroma for a server: give one of them")
    from orchestrator.code import CodeIndex  # noqa: PLC0415 - numpy and more

    with terminal.progress_bar("indexing") as on_progress:
        built = CodeIndex.build(
            path, db, chroma=chroma, chunker=chunker, embedder=embedder, fresh=fresh, on_progress=on_progress
        )
    with built:
        _report(built.report, built.folder, as_json=as_json)
        if watch:
            from orchestrator.code.watch import watch as reports_of_changes  # noqa: PLC0415 - watchfiles, an extra

            terminal.note(f"watching {built.root}; Ctrl-C ends")
            for report in reports_of_changes(built):
                _report(report, built.folder, as_json=as_json)


@commands.command()
def search(
    query: Annotated[
        str, typer.Argument(help="What the code does, a topic, or a name; - reads it from standard input.")
    ],
    count: Annotated[int, typer.Option("-k", min=1, help="Maximum number of chunks to print.")] = 5,
    db: Annotated[
        Path, typer.Option(help="The folder of the index, or the indexed folder of code.", show_default="here")
    ] = Path(),
    as_json: AsJson = False,
) -> None:
    """Search an index of code.

    Prints the chunks that fit the query best, each with its file, lines, name and score. A sentence or an action finds
    functions ("where do we validate the e-mail?", "validate an e-mail"). A topic finds files ("e-mail validation"). A
    name finds its definition ("Session.send"). Run orchestrator index first.

    Example: orchestrator search "where do we validate the e-mail?"
    """
    from orchestrator.code import CodeIndex  # noqa: PLC0415 - numpy and more

    logging.getLogger("orchestrator").addHandler(logging.NullHandler())  # the notice below says the same
    with CodeIndex.open(db) as opened:
        question = text_of(query)
        hits = opened.search(question, count)
        fitting = bool(hits) and opened.fits(question, hits[0])
        if opened.notice:
            terminal.note(opened.notice, "warning")
    if as_json:
        terminal.print_json([asdict(hit) for hit in hits])
    else:
        for hit in hits:
            _show(hit)
        if not fitting:
            terminal.note("nothing fits well" if hits else "nothing found", "warning")
    raise typer.Exit(0 if hits else terminal.NOT_ANSWERED)


def _show(hit: Hit) -> None:
    terminal.write(f"{hit.path}:{hit.start_line}-{hit.end_line}", "call", end="")
    terminal.write(f"  {hit.name}" if hit.name else "", "result", end="")
    terminal.write(f"  {hit.score:.3f}", "note", end="\n")
    terminal.write_code(hit.text, hit.path, hit.start_line)


def _report(report: IndexReport | None, folder: Path, *, as_json: bool) -> None:
    assert report is not None  # noqa: S101 - build sets it
    if as_json:
        terminal.print_json({**asdict(report), "db": str(folder)})
        return
    terminal.write(
        f"{report.files:,} files, {report.chunks:,} chunks: {report.changed} read, {report.removed} gone, "
        f"{report.added_chunks} chunks new, {report.removed_chunks} removed, {report.seconds:.1f} s",
        end="\n",
    )
    for harm in report.healed:
        terminal.note(f"the index was damaged, and was made anew: {harm}", "warning")
    for line in _reasons(report.skipped):
        terminal.note(line)
    terminal.note(f"index: {folder}")


def _reasons(skipped: tuple[Skipped, ...]) -> list[str]:
    """Return one line for each reason, the most frequent reason first."""
    places: dict[str, list[str]] = {}
    for each in skipped:
        places.setdefault(each.reason, []).append(each.path)
    lines = []
    for reason, paths in sorted(places.items(), key=lambda item: -len(item[1])):
        more = f" and {len(paths) - _MANY} more" if len(paths) > _MANY else ""
        lines.append(f"skipped, {reason}: {', '.join(paths[:_MANY])}{more}")
    return lines
