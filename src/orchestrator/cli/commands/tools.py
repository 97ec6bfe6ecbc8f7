"""``tool`` and ``tools``: the tools without a model."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

import typer

from orchestrator.cli import terminal
from orchestrator.cli.options import AsJson, text_of
from orchestrator.core.types import Tool
from orchestrator.runtime.registry import load_tools, names
from orchestrator.runtime.tool_runs import run_tool

commands = typer.Typer()


@commands.command()
def tool(
    name: Annotated[str, typer.Argument(help="The tool's name, such as CALCULATOR.")],
    argument: Annotated[str, typer.Argument(help="What it is to work on; - reads it from standard input.")],
    as_json: AsJson = False,
) -> None:
    """Run one tool directly, without a model."""
    with terminal.mistakes_explained():
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
    examples: Annotated[bool, typer.Option("--examples", help="All the examples that the prompt picks from.")] = False,
    as_json: AsJson = False,
) -> None:
    """List the tools, each with what it does and an example."""
    with terminal.mistakes_explained():
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
