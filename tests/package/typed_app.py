"""A small app with every public part that users meet; mypy --strict checks it against the installed wheel, and it runs.

The model is scripted, so that nothing but the wheel and its base dependencies is needed.
"""

from __future__ import annotations

import asyncio
import json

from orchestrator import (
    ApprovalRequest,
    Arm,
    Chat,
    Citation,
    ConfigError,
    Event,
    Example,
    Finished,
    Found,
    Limits,
    ModelOptions,
    Orchestrator,
    OrchestratorError,
    Policy,
    Price,
    Run,
    SideBySide,
    Text,
    Tool,
    ToolCall,
    ToolError,
    ToolResult,
    tool,
)
from orchestrator.code import Hit, code_search
from orchestrator.evals import evaluate
from orchestrator.mcp import McpServer, mcp_tools
from orchestrator.models.scripted import ScriptedModel
from orchestrator.tools.read_page import read_page
from orchestrator.tools.web_search import web_search

QUESTION = "What is 323 * 458?"
REPLIES = ["[CALCULATOR:323*458]", " 323 * 458 is 147934."]


@tool
def reverse(text: str) -> str:
    """a text backwards"""
    if len(text) > 100:
        raise ToolError("too long: write at most 100 characters")
    return text[::-1]


@tool(examples=(Example("What time is it in Oslo?", "Oslo", "12:00 in Oslo", "It is 12:00 in Oslo."),), timeout=2.0)
async def clock(city: str, days: int = 0) -> Found:
    """the time in a city"""
    return Found((Citation("Clock", "https://example.com", f"12:00 in {city} in {days} days"),))


TOOLS: list[Tool] = [reverse, clock]  # what @tool makes is a Tool, with and without arguments


def six_lines() -> str:
    orc = Orchestrator(ScriptedModel(REPLIES))
    run = orc.run(QUESTION)
    text: str = run.text
    answer: str = run.answer
    argument, result = run.calls[0].argument, run.calls[0].result
    return f"{text} | {answer} | {argument} = {result}"


def shown(event: Event) -> str:
    match event:
        case Text(text):
            return text.strip()
        case ToolCall(name, argument):
            return f"{name}: {argument}"
        case ToolResult(result=result):
            return f"← {result}"
        case Finished(run):
            return f"{run.finish}, {run.usage.output_tokens.value} tokens"
        case _:
            return ""


def streamed() -> list[str]:
    orc = Orchestrator(ScriptedModel(["[REVERSE:stone]", " Backwards it is enots."]), tools=["CALCULATOR", *TOOLS])
    with orc.stream("What is stone backwards?") as events:
        lines = [shown(event) for event in events]
    return [*filter(None, lines), events.run.finish]


async def streamed_async() -> str:
    orc = Orchestrator(ScriptedModel(["[CLOCK:city=Oslo, days=1]", " At noon [1]."]), tools=clock)
    async with orc.astream("What time is it in Oslo tomorrow?") as events:
        async for event in events:
            if isinstance(event, ToolResult):
                assert event.ok, event.result
    return events.run.citations[0].url


def approve(request: ApprovalRequest) -> bool:
    return "323" in request.call.argument


async def approve_async(request: ApprovalRequest) -> bool:
    return request.reason != ""


def with_policy() -> str:
    policy = Policy(allow=["CALCULATOR"], quotas={"CALCULATOR": 3}, ask=["CALCULATOR"])
    orc = Orchestrator(
        ScriptedModel(REPLIES),
        tools="CALCULATOR",
        policy=policy,
        approve=approve,
        limits=Limits(max_calls=2, max_seconds=30.0),
        parallel=True,
    )
    priced = Orchestrator("scripted:6", options=ModelOptions(price=Price(0.25, 2.0)))
    asked: list[str] = [priced.run(QUESTION).finish]
    asked += [Orchestrator(ScriptedModel(REPLIES), policy=policy, approve=approve_async).run(QUESTION).finish]
    return ", ".join([orc.run(QUESTION).finish, *asked])


def compared() -> dict[str, str]:
    orc = Orchestrator("scripted:It is 7.", tools=["CALCULATOR"])
    sides: SideBySide = orc.compare("What is 3 + 4?", "direct,cot")
    run: Run = sides["direct"]
    assert run.answer == "It is 7."
    return orc.compare("What is 3 + 4?", [Arm.of("direct"), "cot"]).answers


def stored() -> str:
    run = Orchestrator(ScriptedModel(REPLIES)).run(QUESTION)
    again: Run = Run.from_json(run.to_json())
    assert again == run
    chat: Chat = Orchestrator("scripted:Yes.").chat(history=again)
    return f"{json.loads(run.to_json())['answer']} {chat.run('Really?').answer}"


def extras() -> list[str]:
    """Never called: only its types are checked, as each line needs an extra."""
    from orchestrator.code import CodeIndex

    with CodeIndex.build("path/to/project") as index:
        hits: list[Hit] = list(index.search("where do we validate the e-mail?", k=5))
    with McpServer("uvx mcp-server-time") as server:
        tools: list[Tool] = [*server.tools, *mcp_tools("uvx mcp-server-time"), code_search("path")]
    tools += [web_search("brave"), read_page(allow=["10.1.0.0/16"])]
    evaluation = evaluate("letters", "direct,tools", model="embedded", n=20)
    return [*(hit.path for hit in hits), *(each.name for each in tools), *evaluation.sentences]


def main() -> None:
    print(six_lines())
    print(streamed())
    print(asyncio.run(streamed_async()))
    print(with_policy())
    print(compared())
    print(stored())
    try:
        Orchestrator("no-such-provider:x")
    except ConfigError as error:
        failure: OrchestratorError = error
        print(failure)


if __name__ == "__main__":
    main()
