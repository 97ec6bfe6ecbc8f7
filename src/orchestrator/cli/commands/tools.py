"""The commands ``tool`` and ``tools``: the tools without a model."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

import typer

from orchestrator.cli import terminal
from orchestrator.cli.options import AsJson, text_of
from orchestrator.core.tool import Tool
from orchestrator.runtime.registry import load_tools, names
from orchestrator.runtime.tool_runs import run_tool

commands = typer.Typer()


@commands.command()
def tool(
    name: Annotated[str, typer.Argument(help="The tool's name, such as CALCULATOR.")],
    argument: Annotated[str, typer.Argument(help="The argument of the call; - reads it from standard input.")],
    as_json: AsJson = False,
) -> None:
    """Run one tool without a model, and print its result.

    Exit status: 0 if the tool gave a result, 1 if it refused, 2 wrong use.

    Example: orchestrator tool CALCULATOR "323 * 458"
    """
    (chosen,) = load_tools([name]).values()
    result = run_tool(chosen, text_of(argument))
    if as_json:
        terminal.print_json(asdict(result))
    elif result.ok:
        terminal.write(result.result, end="\n")
    else:
        terminal.note(result.result, "error")
    raise typer.Exit(0 if result.ok else terminal.NOT_ANSWERED)


@commands.command("tools")
def list_tools(
    examples: Annotated[bool, typer.Option("--examples", help="Print all few-shot examples, not only one.")] = False,
    as_json: AsJson = False,
) -> None:
    """List the tools.

    Prints how each tool is called, what it does, and a few-shot example.

    Example: orchestrator tools --examples
    """
    tools = load_tools(names("tools")).values()
    if as_json:
        terminal.print_json([_described(each, examples=examples) for each in tools])
        return
    for each in tools:
        terminal.write(f"[{each.name}:{each.syntax}]", "call", end="  ")
        terminal.write(each.description, end="\n")
        for example in each.examples[: None if examples else 1]:
            call = f"[{each.name}:{example.argument}]"
            shown = " ".join(f"{example.question} → {call} → {example.result}".split())
            terminal.write(f"    {shown}", "note", end="\n")


def _described(tool: Tool, *, examples: bool) -> dict[str, Any]:
    fields = ("name", "syntax", "description", "multiline", "untrusted", "sends_data")
    described = {field: getattr(tool, field) for field in fields}
    return described | ({"examples": [asdict(each) for each in tool.examples]} if examples else {})
