"""The options that several commands have, and what is made of them: a model, tools, a question, a price."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass, replace
from math import inf
from pathlib import Path
from typing import Annotated, Literal

import typer

from orchestrator.cli import terminal
from orchestrator.cli.approval import Choice, approver, policy_of
from orchestrator.cli.mcp_servers import tools_of
from orchestrator.core.arms import Arm, CallProtocol, arms_of, checked
from orchestrator.core.errors import ConfigError
from orchestrator.core.limits import Limits
from orchestrator.core.protocols import GrammarField, ModelOptions
from orchestrator.core.tool import Tool
from orchestrator.core.types import Price
from orchestrator.models import _weights
from orchestrator.runtime.extras import installed
from orchestrator.runtime.orchestrator import Orchestrator
from orchestrator.runtime.registry import default_model, left_out, usual_tools
from orchestrator.runtime.settings import Settings, key_in

WEIGHTS = f"{_weights.MODEL} ({_weights.LICENCE}, {_weights.DOWNLOAD_BYTES / 1e6:.0f} MB)"

Question = Annotated[str, typer.Argument(help="The question; - reads it from standard input.", show_default=False)]
Cot = Annotated[bool, typer.Option("--cot/--no-cot", help="Ask the model to think step by step before it answers.")]
BaseUrl = Annotated[
    str | None, typer.Option(help="The server's address, up to and including /v1, such as http://localhost:8000/v1.")
]
KeyFrom = Annotated[
    str | None,
    typer.Option("--api-key-env", help="The name of the environment variable that holds the server's API key."),
]
ProtocolChoice = Annotated[
    CallProtocol,
    typer.Option(
        "--protocol", help="text: the model writes calls as text. native: tools are functions of a chat server."
    ),
]
MoreArms = Annotated[
    list[str] | None,
    typer.Option("--arm", help="One more arm, as NAME=SETTINGS, such as big=model:openai:gpt-5.4+cot. Repeatable."),
]
Prices = Annotated[
    list[str] | None,
    typer.Option(
        "--price",
        help="The model's price in US dollars per million tokens, as INPUT,OUTPUT, such as 0.25,2. "
        "INPUT,OUTPUT,CACHED also says what cached input costs. "
        "NAME=INPUT,OUTPUT is the price of one arm's own model. Repeatable.",
    ),
]
OnePrice = Annotated[
    str | None,
    typer.Option(
        "--price",
        help="The model's price in US dollars per million tokens, as INPUT,OUTPUT, such as 0.25,2. "
        "INPUT,OUTPUT,CACHED also says what cached input costs.",
    ),
]
OutputSchema = Annotated[
    Path | None,
    typer.Option(
        "--output-type",
        help="Answer as JSON that fits the JSON schema in this file. Only the answer is printed on standard output.",
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")]


def chosen_model(model: str | None) -> str:
    """Return the model to use. If none was chosen, print which one it is and why."""
    if model:
        return model
    choice, why = default_model(Settings.from_environment())
    terminal.note(why)
    return choice


_SHIPPED = ("embedded", "embedded:base", "embedded:adapted")


def fetched_model(model: str | None) -> str:
    """Return the model to use. If it is the embedded model and its weights are missing, download them first.

    Raises:
        ConfigError: The weights cannot be downloaded.
    """
    choice = chosen_model(model)
    cache = Settings.from_environment().cache
    if choice.strip().lower().rstrip(":") in _SHIPPED and installed("xllamacpp") and not _weights.installed(cache):
        pulled(cache)
    return choice


def pulled(cache: Path) -> Path:
    """Download the embedded model's weights with a progress bar, and return their path.

    Raises:
        ConfigError: The weights cannot be downloaded.
    """
    with terminal.progress_bar(WEIGHTS, of_bytes=True) as on_progress:
        return _weights.pull(cache, on_progress)


def text_of(text: str) -> str:
    """Return ``text``, or standard input if it is "-".

    Raises:
        ConfigError: Standard input is closed or is not text.
    """
    if text == "-" and sys.stdin is None:
        raise ConfigError("standard input is closed: give the question on the command line")
    try:
        return sys.stdin.read() if text == "-" else text
    except UnicodeDecodeError as error:
        raise ConfigError(f"the input is not text in {error.encoding}: {error.reason} at byte {error.start}") from None


def schema_in(path: Path | None) -> object:
    """Return the JSON schema in the file of ``--output-type``; None without the option.

    Raises:
        ConfigError: The file cannot be read, or holds no JSON object.
    """
    if path is None:
        return None
    try:
        schema = json.loads(path.read_text("utf-8"))
    except OSError as error:
        raise ConfigError(f"cannot read {path} (--output-type): {error.strerror}: check the path") from error
    except (ValueError, RecursionError) as error:
        raise ConfigError(f"{path} (--output-type) is not JSON ({error}): write a JSON schema") from error
    if not isinstance(schema, dict):
        raise ConfigError(f'{path} (--output-type) holds no JSON schema: write one, such as {{"type": "object", …}}')
    return schema


def names_in(text: str | None) -> list[str]:
    """Split a text at commas. Empty parts are dropped."""
    return [name.strip() for name in (text or "").split(",") if name.strip()]


def tool_names(tools: str | None) -> list[str]:
    """Return the names in ``--tools``; "none" means no tool.

    Without the option, return the usual tools, and print a note if one of them is missing.
    """
    if tools is None:
        if missing := left_out():
            terminal.note(missing)
        return [*usual_tools()]
    chosen = names_in(tools)
    return [] if chosen == ["none"] else chosen


@dataclass(frozen=True, slots=True)
class ModelGroup:
    """The options that choose the model and its server."""

    name: Annotated[
        str | None,
        typer.Option(
            "--model",
            "-m",
            help="The model as provider:name, such as openai:gpt-5.4-mini, embedded or completions:my-model.",
            show_default="openai with a key, else embedded",
        ),
    ] = None
    system: Annotated[str, typer.Option(help="Your own instructions. They come before the hidden prompt.")] = ""
    base_url: BaseUrl = None
    api_key_env: KeyFrom = None
    template: Annotated[
        str | None,
        typer.Option(help="The chat template for a server that takes one prompt string: plain, chatml or llama3."),
    ] = None
    grammars: Annotated[
        GrammarField | None,
        typer.Option(
            help="Constrain the model to valid calls, on a server that obeys grammars. The value is the request's "
            "field for the grammar: grammar (llama.cpp), structured_outputs (vLLM), guided_grammar (vLLM before 0.12)."
        ),
    ] = None
    thinks: Annotated[
        bool | None,
        typer.Option(
            help="Whether the chat template of the server opens the thinking, so that answers have </think> and no "
            "<think>. Without this option, the first answer shows it.",
            show_default=False,
        ),
    ] = None

    adapter: Annotated[
        str | None,
        typer.Option(
            help="The GGUF file of an adapter (LoRA) for the embedded model, such as one of orchestrator adapt. "
            "--model embedded:adapted uses the shipped one.",
            show_default="none",
        ),
    ] = None

    def options(self, price: Price | None, resume: Resume | None = None) -> ModelOptions:
        """Make the options of the model.

        Args:
            price: The model's price.
            resume: The value of ``--resume``.

        Raises:
            ConfigError: The environment variable ``api_key_env`` is not set.
        """
        key = key_in(self.api_key_env) if self.api_key_env else None
        return ModelOptions(
            self.base_url,
            key,
            self.template,
            price,
            resume=resume,
            grammars=self.grammars,
            thinks=self.thinks,
            adapter=self.adapter,
        )


Resume = Literal["turn", "prefill"]


@dataclass(frozen=True, slots=True)
class RunGroup:
    """The options of a run: how the model is sampled and resumed, the tools, and which calls are made."""

    resume: Annotated[
        Resume | None,
        typer.Option(
            help="How a chat server continues after a call. prefill: it continues its own message (vLLM can). "
            "turn: it writes a new message."
        ),
    ] = None
    temperature: Annotated[
        float | None,
        typer.Option(help="Sampling temperature; 0 takes the likeliest token.", show_default="the server's"),
    ] = None
    tools: Annotated[
        str | None,
        typer.Option(
            "--tools",
            "-t",
            help="Tools by name, separated by commas; none for no tools.",
            show_default=",".join(usual_tools()),
        ),
    ] = None
    mcp: Annotated[
        list[str] | None,
        typer.Option(
            "--mcp",
            help='Add the tools of an MCP server: a command or an address, such as "uvx mcp-server-time". '
            "NAME= before it puts NAME_ before its tools' names. Repeatable.",
        ),
    ] = None
    mcp_env: Annotated[
        list[str] | None,
        typer.Option(
            metavar="VARIABLE[=VALUE]",
            help="Give the command of --mcp an environment variable: VARIABLE has your own value, VARIABLE=VALUE "
            "another. NAME: before it chooses one of several servers. Repeatable.",
        ),
    ] = None
    approve: Annotated[
        Choice,
        typer.Option(
            help="What happens to a call that needs approval: ask (without a terminal: deny), all (allow), none (deny)."
        ),
    ] = "ask"
    quota: Annotated[
        list[str] | None,
        typer.Option(help="Maximum number of calls of one tool in a run, such as WEB_SEARCH=3. Repeatable."),
    ] = None
    strict: Annotated[
        bool,
        typer.Option(
            "--strict", help="After untrusted content (such as a web page), every call that sends data needs approval."
        ),
    ] = False
    parallel: Annotated[
        bool, typer.Option("--parallel", help="Run calls that the model writes next to each other at the same time.")
    ] = False

    def chosen_tools(self) -> list[str | Tool]:
        """Return the tools by name, and those of the MCP servers.

        Raises:
            ConfigError: An MCP server cannot be reached, or a variable of --mcp-env is for none of them.
        """
        return [*tool_names(self.tools), *tools_of(self.mcp or (), self.mcp_env or ())]


def orchestrator_of(
    model: ModelGroup,
    run: RunGroup,
    *,
    cot: bool = False,
    protocol: CallProtocol = "text",
    limits: Limits | None = None,
    price: Price | None = None,
    fetch: bool = True,
) -> Orchestrator:
    """Make the orchestrator that the options describe.

    Args:
        model: The options of the model.
        run: The options of each run.
        cot: Whether the model is asked to think step by step.
        protocol: Whether tools are offered in text or as functions.
        limits: The limits of each run.
        price: What the model costs.
        fetch: Whether missing weights of the embedded model are downloaded.

    Raises:
        ConfigError: An option is not valid.
    """
    return Orchestrator(
        fetched_model(model.name) if fetch else chosen_model(model.name),
        tools=run.chosen_tools(),
        cot=cot,
        system=model.system,
        limits=limits,
        temperature=run.temperature,
        options=model.options(price, run.resume),
        policy=policy_of(run.quota, strict=run.strict),
        approve=approver(run.approve),
        parallel=run.parallel,
        protocol=protocol,
    )


def chosen_arms(listed: str, more: list[str] | None, prices: list[str] | None) -> tuple[tuple[Arm, ...], Price | None]:
    """Make the arms of ``--arms``, ``--arm`` and ``--price``.

    Args:
        listed: The value of ``--arms``.
        more: The values of ``--arm``.
        prices: The values of ``--price``.

    Returns:
        The arms, each with the price of its own model, and the price of the model that all other arms use.

    Raises:
        ConfigError: An arm or a price is not valid.
    """
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
    """Read the value of ``--price``: ``INPUT,OUTPUT`` or ``INPUT,OUTPUT,CACHED`` in US dollars per million tokens.

    Raises:
        ConfigError: The value has another form.
    """
    if text is None:
        return None
    try:
        amounts = [float(part) for part in text.split(",")]
    except ValueError:
        amounts = []
    if len(amounts) not in (2, 3):
        raise ConfigError(
            f"--price takes INPUT,OUTPUT in dollars for a million tokens, such as 0.25,2, or INPUT,OUTPUT,CACHED with "
            f"the price of cached input: not {text}"
        )
    if not all(0 <= amount < inf for amount in amounts):
        raise ConfigError(f"--price takes amounts of dollars, not {text}")
    return Price(*amounts)
