"""The commands ``ask``, ``chat`` and ``prompt``: a model with its tools."""

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
    Cot,
    ModelGroup,
    OnePrice,
    OutputSchema,
    ProtocolChoice,
    Question,
    RunGroup,
    orchestrator_of,
    price_of,
    schema_in,
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
    model: ModelGroup,
    run: RunGroup,
    cot: Cot = False,
    protocol: ProtocolChoice = "text",
    max_steps: Annotated[int, typer.Option(min=1, help="Maximum number of model requests.")] = DEFAULT.max_steps,
    max_calls: Annotated[int, typer.Option(min=0, help="Maximum number of tool calls.")] = DEFAULT.max_calls,
    max_tokens: Annotated[
        int, typer.Option(min=1, help="Maximum number of output tokens, all requests together.")
    ] = DEFAULT.max_tokens,
    max_seconds: Annotated[
        float, typer.Option(min=0, help="Maximum number of seconds for the whole run.")
    ] = DEFAULT.max_seconds,
    max_cost: Annotated[
        float | None,
        typer.Option(min=0, help="Maximum cost in US dollars; needs --price.", show_default=f"{USUAL_COST:g}"),
    ] = None,
    price: OnePrice = None,
    save: Save = None,
    show_prompt: Annotated[bool, typer.Option(help="First print the prompt on standard error.")] = False,
    output_type: OutputSchema = None,
    as_json: AsJson = False,
) -> None:
    """Ask one question and show the answer as it arrives.

    The model may call tools. Calls and results are shown inside the answer. The answer goes to standard output, notes
    go to standard error. Exit status: 0 answered, 1 not answered, 2 wrong use.

    Example: orchestrator ask "What is 323 * 458?" --model embedded
    """
    limits = Limits(max_steps, max_calls, max_tokens, max_seconds, max_cost)
    orchestrator = orchestrator_of(model, run, cot=cot, protocol=protocol, limits=limits, price=price_of(price))
    question, schema = text_of(question), schema_in(output_type)
    if show_prompt:
        terminal.note(orchestrator.prompt(question, output_type=schema) + "\n")
    keep = keeper(save)
    stream = orchestrator.stream(question, output_type=schema)
    answer = terminal.show_run(stream, quiet=as_json or schema is not None)
    keep(answer)
    if as_json:
        terminal.print_json(_summary(answer))
    elif schema is not None:
        terminal.print_json(answer.output)
        terminal.note(terminal.summary(answer))
    raise typer.Exit(0 if answer.finish == "answered" else terminal.NOT_ANSWERED)


@commands.command()
@with_groups
def chat(
    model: ModelGroup,
    run: RunGroup,
    cot: Cot = False,
    protocol: ProtocolChoice = "text",
    price: OnePrice = None,
    save: Save = None,
) -> None:
    """Hold a conversation with a model and its tools.

    Each question is sent with all earlier questions and answers. Pasted lines are one question; lines of a pipe or a
    file are one question each. Ctrl-C stops an answer. Ctrl-D or /quit ends the conversation.

    Example: orchestrator chat --model embedded --save runs.jsonl
    """
    talk = orchestrator_of(model, run, cot=cot, protocol=protocol, price=price_of(price)).chat()
    keep = keeper(save)
    for question in _lines():
        if question in ("/quit", "/exit"):
            break
        _turn(talk, question, keep)


@commands.command()
@with_groups
def prompt(
    question: Question,
    model: ModelGroup,
    run: RunGroup,
    cot: Cot = False,
    protocol: ProtocolChoice = "text",
    output_type: OutputSchema = None,
) -> None:
    """Print the first request for a question and send nothing.

    Prints exactly what the model would get, with its functions and its grammar if there are any.

    Example: orchestrator prompt "What is 2 + 2?" --model embedded
    """
    orchestrator = orchestrator_of(model, run, cot=cot, protocol=protocol, fetch=False)
    typer.echo(orchestrator.prompt(text_of(question), output_type=schema_in(output_type)))


def _turn(talk: Chat, question: str, keep: Callable[[Run], None]) -> None:
    try:
        stream = talk.stream(question)
    except ConfigError as error:  # an empty line
        terminal.note(str(error), "warning")
    else:
        keep(terminal.show_run(stream))


def _lines() -> Iterator[str]:
    """Yield the user's questions until the input ends."""
    if sys.stdin is None:
        raise ConfigError("standard input is closed: there is nobody to talk to")
    asked = ""
    if sys.stdin.isatty():
        with suppress(ImportError):  # line editing and history, if the system has them
            import readline  # noqa: PLC0415

            readline.parse_and_bind(
                "set enable-bracketed-paste on"
            )  # pasted lines are one question; Python turns it off
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
    if run.output_type is not None:
        kept["output"] = run.output if run.finish == "answered" else None
    return kept | {"citations": [asdict(each) for each in run.citations]}


_SUMMARY = (
    "answer answer_faithful guided finish detail model resume_mode calls diagnostics usage tokens_saved seconds text"
)
