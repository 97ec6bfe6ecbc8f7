"""``ask``, ``chat`` and ``prompt``: a model with its tools."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import asdict
from typing import Annotated, Any

import typer

from orchestrator.cli import terminal
from orchestrator.cli.option_groups import with_groups
from orchestrator.cli.options import (
    AsJson,
    CallsGroup,
    Cot,
    ModelGroup,
    OnePrice,
    ProtocolChoice,
    Question,
    orchestrator_of,
    price_of,
    text_of,
)
from orchestrator.cli.saving import Save, keeper
from orchestrator.core.errors import ConfigError
from orchestrator.core.limits import USUAL_COST, Limits
from orchestrator.core.run import Run
from orchestrator.runtime.chat import Chat

DEFAULT = Limits()
commands = typer.Typer()


@commands.command()
@with_groups
def ask(
    question: Question,
    asked: ModelGroup,
    calls: CallsGroup,
    cot: Cot = False,
    protocol: ProtocolChoice = "text",
    max_steps: Annotated[int, typer.Option(min=1, help="Samplings at the most.")] = DEFAULT.max_steps,
    max_calls: Annotated[int, typer.Option(min=0, help="Tool calls at the most.")] = DEFAULT.max_calls,
    max_tokens: Annotated[int, typer.Option(min=1, help="Tokens the model may write in all.")] = DEFAULT.max_tokens,
    max_seconds: Annotated[float, typer.Option(min=0, help="Seconds at the most.")] = DEFAULT.max_seconds,
    max_cost: Annotated[
        float | None, typer.Option(min=0, help="US dollars at the most; needs --price.", show_default=f"{USUAL_COST:g}")
    ] = None,
    price: OnePrice = None,
    save: Save = None,
    show_prompt: Annotated[bool, typer.Option(help="First show what is sent, on standard error.")] = False,
    as_json: AsJson = False,
) -> None:
    """Ask one question and watch the answer being written."""
    with terminal.mistakes_explained():
        limits = Limits(max_steps, max_calls, max_tokens, max_seconds, max_cost)
        orchestrator = orchestrator_of(asked, calls, cot=cot, protocol=protocol, limits=limits, price=price_of(price))
        question = text_of(question)
        if show_prompt:
            terminal.note(orchestrator.prompt(question) + "\n")
        keep = keeper(save)
        run = terminal.watch(orchestrator.stream(question), quiet=as_json)
        keep(run)
        if as_json:
            terminal.print_json(_summary(run))
        raise typer.Exit(0 if run.finish == "answered" else terminal.NOT_ANSWERED)


@commands.command()
@with_groups
def chat(
    asked: ModelGroup,
    calls: CallsGroup,
    cot: Cot = False,
    protocol: ProtocolChoice = "text",
    price: OnePrice = None,
    save: Save = None,
) -> None:
    """Talk: several questions, each with all that went before. Ctrl-C stops an answer, Ctrl-D or /quit ends."""
    with terminal.mistakes_explained():
        talk = orchestrator_of(asked, calls, cot=cot, protocol=protocol, price=price_of(price)).chat()
        keep = keeper(save)
        for question in _lines():
            if question in ("/quit", "/exit"):
                break
            _turn(talk, question, keep)


@commands.command()
@with_groups
def prompt(
    question: Question, asked: ModelGroup, calls: CallsGroup, cot: Cot = False, protocol: ProtocolChoice = "text"
) -> None:
    """Print exactly what would be sent for a question, with its functions and its grammar, and send nothing."""
    with terminal.mistakes_explained():
        typer.echo(orchestrator_of(asked, calls, cot=cot, protocol=protocol, fetch=False).prompt(text_of(question)))


def _turn(talk: Chat, question: str, keep: Callable[[Run], None]) -> None:
    try:
        stream = talk.stream(question)
    except ConfigError as error:  # an empty line
        terminal.note(str(error), "warning")
    else:
        keep(terminal.watch(stream))


def _lines() -> Iterator[str]:
    """The user's questions, until the input ends."""
    if sys.stdin is None:
        raise ConfigError("standard input is closed: there is nobody to talk to")
    asked = ""
    if sys.stdin.isatty():
        with suppress(ImportError):  # line editing and history, where the system has them
            import readline  # noqa: F401, PLC0415
        terminal.note("Ctrl-C stops an answer; Ctrl-D or /quit ends")
        asked = "> "
    while True:
        try:
            yield input(asked).strip()
        except EOFError:
            terminal.write("\n" if asked else "")
            return
        except KeyboardInterrupt:
            terminal.note("\nCtrl-D or /quit ends")


def _summary(run: Run) -> dict[str, Any]:
    whole = asdict(run)
    kept = {key: whole[key] for key in _SUMMARY.split()}
    return kept | {"citations": [asdict(each) for each in run.citations]}


_SUMMARY = (
    "answer answer_faithful guided finish detail model resume_mode calls diagnostics usage tokens_saved seconds text"
)
