"""The options that several commands take, and what is made of them: a model, tools, a question, a price."""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass, replace
from math import inf
from pathlib import Path
from typing import Annotated, Literal

import typer

from orchestrator.cli import terminal
from orchestrator.cli.approval import Approve, Quotas, Strict, approver, policy_of
from orchestrator.core.arms import Arm, Protocol, arms_of, checked
from orchestrator.core.errors import ConfigError
from orchestrator.core.limits import Limits
from orchestrator.core.protocols import GrammarField, ModelOptions
from orchestrator.core.types import Price, Tool
from orchestrator.models import _weights
from orchestrator.runtime.extras import installed
from orchestrator.runtime.orchestrator import Orchestrator
from orchestrator.runtime.registry import default_model, left_out, usual_tools
from orchestrator.runtime.settings import Settings, key_in

WEIGHTS = f"{_weights.MODEL} ({_weights.LICENCE}, {_weights.DOWNLOAD_BYTES / 1e6:.0f} MB)"

Question = Annotated[str, typer.Argument(help="What to ask; - reads it from standard input.", show_default=False)]
ModelChoice = Annotated[
    str | None,
    typer.Option(
        "--model",
        "-m",
        help="provider:name, for example openai:gpt-5.4-mini, embedded, completions:my-model.",
        show_default="openai with a key, else embedded",
    ),
]
Cot = Annotated[bool, typer.Option("--cot/--no-cot", help="Ask for step-by-step thinking before the answer.")]
Tools = Annotated[
    str | None,
    typer.Option(
        "--tools",
        "-t",
        help="Tools by name, separated by commas; none for none.",
        show_default=",".join(usual_tools()),
    ),
]
BaseUrl = Annotated[str | None, typer.Option(help="The server's address, up to and with /v1.")]
KeyFrom = Annotated[
    str | None, typer.Option("--api-key-env", help="The environment variable that holds the server's key.")
]
Template = Annotated[str | None, typer.Option(help="Chat template for completions servers: plain, chatml, llama3.")]
ProtocolChoice = Annotated[
    Protocol, typer.Option("--protocol", help="text, or native: the tools as functions of a chat server.")
]
Resume = Annotated[
    Literal["turn", "prefill"] | None,
    typer.Option(help="turn, or prefill for a server that goes on with its answer, such as vLLM."),
]
Grammars = Annotated[
    GrammarField | None,
    typer.Option(
        help="Hold the model to the worked examples, on a server that obeys grammars: the field it takes them in, "
        "grammar (llama.cpp), structured_outputs (vLLM) or guided_grammar (vLLM before 0.12)."
    ),
]
Temperature = Annotated[float | None, typer.Option(help="Sampling temperature.", show_default="the server's")]
MoreArms = Annotated[
    list[str] | None, typer.Option("--arm", help="One more arm, such as big=model:openai:gpt-5.4+cot. Repeatable.")
]
Prices = Annotated[
    list[str] | None,
    typer.Option(
        "--price",
        help="US dollars for a million tokens, as INPUT,OUTPUT; as NAME=INPUT,OUTPUT for the model of one arm. "
        "Repeatable.",
    ),
]
OnePrice = Annotated[str | None, typer.Option("--price", help="US dollars for a million tokens, as INPUT,OUTPUT.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead.")]
Mcp = Annotated[
    list[str] | None,
    typer.Option(
        "--mcp",
        help="An MCP server whose tools to add: a command or an address, or NAME= and one of these, to put NAME_ in "
        "front of its tools' names; may repeat.",
    ),
]
Parallel = Annotated[bool, typer.Option("--parallel", help="Run calls that stand side by side together.")]
System = Annotated[str, typer.Option(help="Your own instructions, put in front of the hidden prompt.")]


def chosen_model(model: str | None) -> str:
    """The model to use; where none was chosen, one line says which it is and why."""
    if model:
        return model
    choice, why = default_model(Settings.from_environment())
    terminal.note(why)
    return choice


def fetched_model(model: str | None) -> str:
    """The model to use, its weights fetched if it is the embedded one and they are not here yet."""
    choice = chosen_model(model)
    cache = Settings.from_environment().cache
    if choice.strip().lower().rstrip(":") == "embedded" and installed("xllamacpp") and not _weights.installed(cache):
        pulled(cache)
    return choice


def pulled(cache: Path) -> Path:
    """Fetch the embedded model's weights behind a progress bar, and return their path."""
    with terminal.Bar(WEIGHTS, of_bytes=True) as bar:
        return _weights.pull(cache, bar.update)


def text_of(text: str) -> str:
    """The text itself, or standard input if it is "-"."""
    if text == "-" and sys.stdin is None:
        raise ConfigError("standard input is closed: give the question on the command line")
    try:
        return sys.stdin.read() if text == "-" else text
    except UnicodeDecodeError as error:
        raise ConfigError(f"the input is not text in {error.encoding}: {error.reason} at byte {error.start}") from None


def model_options(
    base_url: str | None,
    template: str | None,
    grammars: GrammarField | None,
    *,
    api_key_env: str | None = None,
    price: Price | None = None,
    resume: Literal["turn", "prefill"] | None = None,
) -> ModelOptions:
    """Raises ConfigError where the variable that is to hold the key is not set."""
    key = key_of(api_key_env)
    return ModelOptions(base_url, key, template, price, resume=resume, grammars=grammars)


def key_of(variable: str | None) -> str | None:
    """The key in an environment variable; None if no variable is named."""
    return key_in(variable) if variable else None


def names_in(text: str | None) -> list[str]:
    """What stands between commas."""
    return [name.strip() for name in (text or "").split(",") if name.strip()]


def tool_names(tools: str | None) -> list[str]:
    """The names in ``--tools``; "none" is no tool. Without the option the usual tools, and a line on one left out."""
    if tools is None:
        if missing := left_out():
            terminal.note(missing)
        return [*usual_tools()]
    chosen = names_in(tools)
    return [] if chosen == ["none"] else chosen


@dataclass(frozen=True, slots=True)
class ModelGroup:
    """The options that say which model is asked, on which server and how."""

    model: ModelChoice = None
    system: System = ""
    base_url: BaseUrl = None
    api_key_env: KeyFrom = None
    template: Template = None
    resume: Resume = None
    grammars: Grammars = None
    temperature: Temperature = None


@dataclass(frozen=True, slots=True)
class CallsGroup:
    """The options that say which tools there are and which calls are made."""

    tools: Tools = None
    mcp: Mcp = None
    approve: Approve = "ask"
    quota: Quotas = None
    strict: Strict = False
    parallel: Parallel = False

    def chosen_tools(self) -> list[str | Tool]:
        """The tools by name, and those of the MCP servers."""
        found: list[str | Tool] = [*tool_names(self.tools)]
        if self.mcp:
            from orchestrator.mcp import mcp_tools  # noqa: PLC0415 - the SDK loads if there is a server

            for server in self.mcp:
                prefixed = _PREFIXED.fullmatch(server)
                found += mcp_tools(prefixed[2], prefix=prefixed[1]) if prefixed else mcp_tools(server)
        return found


_PREFIXED = re.compile(r"([A-Z][A-Z0-9_]*)=(.+)", re.DOTALL)


def orchestrator_of(
    asked: ModelGroup,
    calls: CallsGroup,
    *,
    cot: bool = False,
    protocol: Protocol = "text",
    limits: Limits | None = None,
    price: Price | None = None,
    fetch: bool = True,
) -> Orchestrator:
    """The orchestrator that the options describe.

    Args:
        asked: the options of the model.
        calls: the options of tools and calls.
        cot: whether the model is asked to think step by step.
        protocol: whether tools are offered in text or as functions.
        limits: the bounds of each run.
        price: what the model costs.
        fetch: whether the embedded model's weights are fetched if they are not here.
    """
    return Orchestrator(
        fetched_model(asked.model) if fetch else chosen_model(asked.model),
        tools=calls.chosen_tools(),
        cot=cot,
        system=asked.system,
        limits=limits,
        temperature=asked.temperature,
        options=model_options(
            asked.base_url,
            asked.template,
            asked.grammars,
            api_key_env=asked.api_key_env,
            price=price,
            resume=asked.resume,
        ),
        policy=policy_of(calls.quota, strict=calls.strict),
        approve=approver(calls.approve),
        parallel=calls.parallel,
        protocol=protocol,
        guidance=True if asked.grammars else None,
    )


def chosen_arms(listed: str, more: list[str] | None, prices: list[str] | None) -> tuple[tuple[Arm, ...], Price | None]:
    """The arms with the prices of their own models, and the price of the model that the others have."""
    arms = checked(arms_of(listed) + tuple(map(Arm.of, more or ())))
    given: dict[str, Price | None] = {}
    for text in prices or ():
        named, _, amounts = text.rpartition("=")
        name = named.strip()
        if name in given:
            raise ConfigError(f"--price {text} is a second price for the same model: give one")
        given[name] = price_of(amounts)
    shared = given.pop("", None)
    own = [arm.name for arm in arms if arm.model]
    for name in given:
        if name not in own:
            raise ConfigError(
                f"--price {name}=… is for an arm with a model of its own ({', '.join(own) or 'there is none'}); "
                "write INPUT,OUTPUT alone for the model of the others"
            )
    return tuple(replace(arm, price=given.get(arm.name)) for arm in arms), shared


def price_of(text: str | None) -> Price | None:
    """The price in ``--price INPUT,OUTPUT``. Raises ConfigError if it is not written so."""
    if text is None:
        return None
    try:
        given, written = (float(part) for part in text.split(","))
    except ValueError:
        raise ConfigError(
            f"--price takes INPUT,OUTPUT in dollars for a million tokens, such as 0.25,2: not {text}"
        ) from None
    if not (0 <= given < inf and 0 <= written < inf):
        raise ConfigError(f"--price takes two amounts of dollars, not {text}")
    return Price(given, written)
