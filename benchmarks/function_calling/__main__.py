"""Function calling on the Berkeley benchmark (BFCL, single turns): this library and others, on the same served model.

python -m benchmarks.function_calling                                       # this library, five categories, embedded
python -m benchmarks.function_calling --categories simple_python --limit 40 # the first 40 of a fixed shuffled order
python -m benchmarks.function_calling --half first                          # the questions to work on the library with
python -m benchmarks.function_calling --half second --arms all              # the questions to measure with
python -m benchmarks.function_calling --categories live                     # users' questions: all of them, totals only
python -m benchmarks.function_calling --arms all --stored --markdown        # the tables, from what is kept

What is measured
  right functions  the functions that should be called were called, as often as they should, and no other
  right calls      the benchmark's own checker accepts all calls that the run made; for irrelevance: there is none
  no call          runs without any call
  invalid          runs in which a call ran whose arguments do not fit the function's JSON schema
  errors           runs that ended with an exception; the calls that ran before it are judged
  seconds          from the question to the end of the run, with the answer after the calls

Every call that runs counts: one too many is wrong. Each function returns "done". A question gets at most 10 requests,
10 calls and 1,024 tokens (the other arms: 1,024 for each request). The temperature is 0.

The arms
  orchestrator     this library, Tool.from_schema for each function, guided if the library chooses so
  unguided         the same with guidance=False
  native           the server's own function calling: one request
  required         the same, and the server is told that there must be a call
  pydantic-ai, openai-agents   on the same server; they need pip install -e '.[bench]'
  The last four see no functions if the model's chat template has no place for them: llama.cpp leaves them out.

Comparisons are with the first arm, on the same questions: difference in points, 95 % interval, McNemar's exact test,
corrected for the number of arms. They need pip install -e '.[local,evals]'.

The benchmark's wheel (bfcl-eval 2026.3.23, 2 MB, Apache-2.0) is downloaded once into the cache folder, without its
dependencies. Ctrl-C loses nothing: the same command goes on. Results depend on the code; another state of it begins
anew. Rows of live_ categories are never shown: they are asked whole, and only complete totals are reported.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import logging
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks.function_calling import report
from benchmarks.function_calling.arms import ARMS, LABELS, Arm, arm_of, served
from benchmarks.function_calling.judging import Check, benchmarks_own
from benchmarks.function_calling.measuring import measure
from benchmarks.function_calling.questions import LIVE, PLAIN, Half, Question, chosen, is_live, read
from benchmarks.function_calling.results import Result, Source, Store
from benchmarks.function_calling.wheel import VERSION, fetched
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from orchestrator import OrchestratorError
from orchestrator.evals.statistics import needed
from orchestrator.runtime.settings import Settings

CATEGORIES = {"plain": PLAIN, "live": LIVE, "all": (*PLAIN, *LIVE)}
_INTERRUPTED = 130  # the exit status after Ctrl-C


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line chose."""

    categories: tuple[str, ...]
    arms: tuple[str, ...]
    model: str
    half: Half
    limit: int | None
    out: Path
    stored: bool
    as_json: bool
    markdown: bool


def main() -> None:
    options = _options()
    stopped = False
    try:
        needed()
        settings = Settings.from_environment()
        folder = fetched(settings.cache)
        questions = {name: chosen(read(folder, name), options.half, options.limit) for name in options.categories}
        if not options.stored:
            stopped = not _measured(questions, options, benchmarks_own(folder))
    except OrchestratorError as error:
        raise SystemExit(str(error)) from None
    _show(_rows(questions, options), options)
    if stopped:
        raise SystemExit(_INTERRUPTED)


def _measured(questions: dict[str, tuple[Question, ...]], options: Options, check: Check) -> bool:
    """Ask what has no result yet. Return False if the user stopped it."""
    model = served(options.model)
    identity = _identity(options.model)
    try:
        arms = [arm_of(name, model) for name in options.arms]
        with _progress() as progress:
            for category, asked in questions.items():
                for arm in arms:
                    store = Store.of(options.out, Source(category, arm.name, identity, arm.code, VERSION))
                    _measure(arm, asked, store, check, progress)
    except KeyboardInterrupt:
        sys.stderr.write("stopped; the same command goes on\n")
        return False
    return True


def _measure(arm: Arm, asked: Sequence[Question], store: Store, check: Check, progress: Progress) -> None:
    live = is_live(asked[0].category)
    done = [store.results[each.at] for each in asked if each.at in store.results]
    task = progress.add_task(f"{asked[0].category}, {arm.name}", total=len(asked), completed=len(done), so_far="")

    def on_result(result: Result) -> None:
        done.append(result)
        right = "" if live else f"{sum(each.right for each in done)} right"
        progress.update(task, advance=1, so_far=right)

    measure(arm, asked, store, check, on_result)
    if not progress.console.is_terminal:  # no bar is drawn there
        progress.console.print(f"{asked[0].category}, {arm.name}: {len(done)} questions")


@contextmanager
def _progress() -> Iterator[Progress]:
    """A progress bar on a copy of stderr, because stderr itself is shut while live questions are asked."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[so_far]}"))
    with os.fdopen(os.dup(2), "w", encoding="utf-8") as file:
        console = Console(file=file)
        left = TimeRemainingColumn()
        with Progress(*columns, left, console=console, redirect_stdout=False, redirect_stderr=False) as progress:
            yield progress


def _rows(questions: dict[str, tuple[Question, ...]], options: Options) -> list[report.Row]:
    identity = _identity(options.model)
    rows = []
    for category, asked in questions.items():
        arms = {}
        for name in options.arms:
            if options.stored:
                store = Store.newest(options.out, category, name, identity)
            else:
                store = Store.of(options.out, Source(category, name, identity, ARMS[name][1](), VERSION))
            kept = store.results if store else {}
            arms[name] = {each.at: kept[each.at] for each in asked if each.at in kept}
        rows += report.rows_of(category, len(asked), arms)
    return rows


def _identity(model: str) -> str:
    """The model's name; for a file also a hash of what is in it."""
    provider, _, path = model.partition(":")
    weights = Path(path).expanduser()
    if provider != "embedded" or not path or not weights.is_file():
        return model
    with weights.open("rb") as file:
        return f"embedded:{weights.stem}:{hashlib.file_digest(file, 'sha256').hexdigest()[:16]}"


def _show(rows: Sequence[report.Row], options: Options) -> None:
    if options.as_json:
        print(json.dumps([asdict(row) for row in rows], indent=1))
    elif options.markdown:
        print(report.markdown(rows, LABELS))
    else:
        _print(rows)
    missing = [name for name in options.categories if is_live(name) and name not in {row.category for row in rows}]
    if missing:
        sys.stderr.write(f"not complete, so there are no totals: {', '.join(missing)}\n")


def _print(rows: Sequence[report.Row]) -> None:
    console = Console(width=None if sys.stdout.isatty() else 120)
    for category in dict.fromkeys(row.category for row in rows):
        found = [row for row in rows if row.category == category]
        table = Table(title=category, title_justify="left", box=None, pad_edge=False)
        for place, name in enumerate(report.SHORT):
            table.add_column(name, justify="right" if place else "left", no_wrap=True)
        for row in found:
            table.add_row(*report.short(row))
        console.print(table)
        for said in filter(None, (report.sentence(row, row.arm) for row in found)):
            console.print(said, highlight=False)
        console.print()


def _options() -> Options:
    parser = argparse.ArgumentParser(
        "python -m benchmarks.function_calling",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    every = ", ".join((*CATEGORIES, *PLAIN, *LIVE))
    parser.add_argument("--categories", default="plain", help=f"of {every}, separated by commas (plain)")
    parser.add_argument("--arms", default="orchestrator", help=f"of all, {', '.join(ARMS)} (orchestrator)")
    parser.add_argument("--model", default="embedded", help="such as embedded:/path/model.gguf (embedded)")
    parser.add_argument(
        "--half", choices=("all", "first", "second"), default="all", help="by place; not of live_ (all)"
    )
    parser.add_argument("--limit", type=int, metavar="N", help="the first N in a fixed shuffled order; not of live_")
    parser.add_argument("--out", type=Path, metavar="FOLDER", help="where results are kept (in the data folder)")
    parser.add_argument("--stored", action="store_true", help="ask nothing: report the newest results that are kept")
    parser.add_argument("--json", action="store_true", dest="as_json", help="the rows as JSON")
    parser.add_argument("--markdown", action="store_true", help="the tables of docs/function-calling.md")
    given = parser.parse_args()
    if given.limit is not None and given.limit < 1:
        parser.error("--limit is at least 1")
    try:
        categories = _listed(given.categories, {**CATEGORIES, **{name: (name,) for name in CATEGORIES["all"]}})
        arms = _listed(given.arms, {"all": tuple(ARMS), **{name: (name,) for name in ARMS}})
    except KeyError as error:
        parser.error(f"there is no {error.args[0]!r}")
    out = given.out or Settings.from_environment().data / "function_calling"
    return Options(
        categories, arms, given.model, given.half, given.limit, out, given.stored, given.as_json, given.markdown
    )


def _listed(text: str, known: dict[str, tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for word in text.split(",") for name in known[word.strip()]))


if __name__ == "__main__":
    logging.getLogger("orchestrator").setLevel(logging.CRITICAL)  # a failed call is a result here
    main()
