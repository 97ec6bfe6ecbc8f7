"""The command ``compare``: one question to several arms at once, side by side."""

from __future__ import annotations

import json
from typing import Annotated, Any

import typer

from orchestrator.cli import terminal
from orchestrator.cli.option_groups import with_groups
from orchestrator.cli.options import (
    AsJson,
    ModelGroup,
    MoreArms,
    Prices,
    Question,
    RunGroup,
    chosen_arms,
    orchestrator_of,
    text_of,
)
from orchestrator.cli.saving import Save, keeper
from orchestrator.core.arms import USUAL_ARMS, Side
from orchestrator.core.limits import Limits

DEFAULT = Limits()
commands = typer.Typer()


@commands.command()
@with_groups
def compare(
    question: Question,
    model: ModelGroup,
    run: RunGroup,
    arms: Annotated[
        str,
        typer.Option(
            help="Arms, separated by commas: direct (no tools), cot (step-by-step thinking), tools, "
            "described (tools in the prompt, but switched off), cot+tools …"
        ),
    ] = USUAL_ARMS,
    arm: MoreArms = None,
    max_tokens: Annotated[
        int, typer.Option(min=1, help="Maximum number of output tokens for each arm.")
    ] = DEFAULT.max_tokens,
    max_seconds: Annotated[
        float, typer.Option(min=0, help="Maximum number of seconds for each arm.")
    ] = DEFAULT.max_seconds,
    price: Prices = None,
    save: Save = None,
    as_json: AsJson = False,
) -> None:
    """Ask one question in several arms and show them side by side.

    An arm is one way to ask: without tools, with step-by-step thinking, with tools, or with another model. All arms run
    at the same time.

    Example: orchestrator compare "What is 323 * 458?" --model embedded
    """
    from orchestrator.cli.columns import compare_live  # noqa: PLC0415 - brings asyncio, 40 ms

    chosen, shared = chosen_arms(arms, arm, price)
    limits = Limits(max_tokens=max_tokens, max_seconds=max_seconds)
    orchestrator = orchestrator_of(model, run, limits=limits, price=shared)
    question = text_of(question)
    keep = keeper(save)
    compared = compare_live(orchestrator, question, chosen, quiet=as_json)
    for side in compared.sides:
        if side.run:
            keep(side.run)
    if as_json:
        terminal.print_json({"question": question, "arms": [_as_json(side) for side in compared.sides]})
    else:
        terminal.note("One question proves nothing; orchestrator eval measures.")
    answered = all(side.run and side.run.finish == "answered" for side in compared.sides)
    raise typer.Exit(0 if answered else terminal.NOT_ANSWERED)


def _as_json(side: Side) -> dict[str, Any]:
    run = json.loads(side.run.to_json()) if side.run else None
    return {"arm": side.arm.name, "error": side.error, "run": run}
