"""The others as arms: the server's own function calling, and two libraries that use it. All on the same server.

They get the functions' JSON schemas. A name gets ``_`` for each sign that OpenAI does not allow in one, as the
benchmark itself does for such servers; calls are recorded under the function's own name.
"""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Any

from benchmarks.function_calling.ours import CALLS, REQUESTS, TOKENS, Ask, Record
from benchmarks.function_calling.questions import Function, Question

INSTRUCTIONS = "You are a helpful assistant. Use a tool where it helps, then answer in one sentence."


def native(address: str, *, required: bool = False) -> Ask:
    """Return the arm of the server's own function calling: one request; every call in its answer counts as run.

    Args:
        address: The server's address, up to and including ``/v1``.
        required: Whether the server is told that there must be a call.
    """
    from openai import OpenAI

    client = OpenAI(base_url=address, api_key="none", max_retries=0, timeout=300)

    def ask(question: Question, record: Record) -> None:
        functions = named(question)
        tools: Any = [{"type": "function", "function": _offered(name, each)} for name, each in functions.items()]
        messages: Any = [{"role": "system", "content": _instructions(question)}, *_conversation(question)]
        said = client.chat.completions.create(
            model="embedded",
            messages=messages,
            tools=tools,
            tool_choice="required" if required else "auto",
            parallel_tool_calls=True,
            temperature=0,
            max_tokens=TOKENS,
        )
        for call in said.choices[0].message.tool_calls or ():
            if call.type == "function":
                record(functions[call.function.name].name, **json.loads(call.function.arguments))

    return ask


def pydantic_ai(address: str) -> Ask:
    """Return the arm of pydantic-ai.

    Args:
        address: The server's address, up to and including ``/v1``.
    """
    from pydantic_ai import Agent, Tool
    from pydantic_ai.messages import ModelRequest, ModelResponse, TextPart, UserPromptPart
    from pydantic_ai.models.openai import OpenAIChatModel
    from pydantic_ai.providers.openai import OpenAIProvider
    from pydantic_ai.settings import ModelSettings
    from pydantic_ai.usage import UsageLimits

    model = OpenAIChatModel("embedded", provider=OpenAIProvider(base_url=address, api_key="none"))
    settings = ModelSettings(temperature=0.0, max_tokens=TOKENS, parallel_tool_calls=True)

    def ask(question: Question, record: Record) -> None:
        tools = [
            Tool.from_schema(partial(record, each.name), name, each.description, dict(each.parameters))
            for name, each in named(question).items()
        ]
        agent = Agent(model, instructions=_instructions(question), tools=tools, model_settings=settings)
        history = [
            ModelResponse(parts=[TextPart(turn.text)])
            if turn.role == "assistant"
            else ModelRequest(parts=[UserPromptPart(turn.text)])
            for turn in question.earlier
        ]
        limits = UsageLimits(request_limit=REQUESTS, tool_calls_limit=CALLS)
        agent.run_sync(question.text, message_history=history, usage_limits=limits)

    return ask


def openai_agents(address: str) -> Ask:
    """Return the arm of openai-agents.

    Args:
        address: The server's address, up to and including ``/v1``.
    """
    from agents import Agent, FunctionTool, ModelSettings, OpenAIChatCompletionsModel, Runner, set_tracing_disabled
    from openai import AsyncOpenAI

    set_tracing_disabled(disabled=True)
    model = OpenAIChatCompletionsModel("embedded", AsyncOpenAI(base_url=address, api_key="none"))
    settings = ModelSettings(temperature=0.0, max_tokens=TOKENS, parallel_tool_calls=True)

    def ask(question: Question, record: Record) -> None:
        tools: list[Any] = [
            FunctionTool(
                name, each.description, dict(each.parameters), _invoked(each.name, record), strict_json_schema=False
            )
            for name, each in named(question).items()
        ]
        agent = Agent(
            "assistant", instructions=_instructions(question), tools=tools, model=model, model_settings=settings
        )
        Runner.run_sync(agent, _conversation(question), max_turns=REQUESTS)

    return ask


def named(question: Question) -> dict[str, Function]:
    """Return the functions by names that OpenAI allows, each once.

    Args:
        question: The question.
    """
    found: dict[str, Function] = {}
    for function in question.functions:
        name = plain = re.sub(r"[^A-Za-z0-9_-]", "_", function.name)[:60]
        number = 2
        while name in found:
            name, number = f"{plain}_{number}", number + 1
        found[name] = function
    return found


def _offered(name: str, function: Function) -> dict[str, Any]:
    return {"name": name, "description": function.description, "parameters": function.parameters}


def _instructions(question: Question) -> str:
    return "\n\n".join(part for part in (INSTRUCTIONS, question.system) if part)


def _conversation(question: Question) -> Any:
    return [
        *({"role": turn.role, "content": turn.text} for turn in question.earlier),
        {"role": "user", "content": question.text},
    ]


def _invoked(name: str, record: Record) -> Callable[[Any, str], Awaitable[str]]:
    async def invoke(_: Any, arguments: str) -> str:
        try:
            read = json.loads(arguments)
        except ValueError:
            read = None
        return record(name, **read) if isinstance(read, Mapping) else "The arguments are no JSON object."

    return invoke
