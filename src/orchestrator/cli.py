"""The command line: parses, calls the library, prints. Exit status 0 answered, 1 not answered, 2 wrong use."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict
from importlib.util import find_spec
from math import inf
from pathlib import Path
from typing import Annotated, Any

import typer

from orchestrator import terminal
from orchestrator.driver import run_tool
from orchestrator.errors import ConfigError
from orchestrator.limits import Limits
from orchestrator.models import _weights
from orchestrator.orchestrator import DEFAULT_TOOLS, Chat, Orchestrator
from orchestrator.protocols import ModelOptions
from orchestrator.registry import about, default_model, load_tools, names
from orchestrator.settings import Settings
from orchestrator.types import Price, Run

DEFAULT = Limits()
USUAL_TOOLS = ",".join(DEFAULT_TOOLS)
WEIGHTS = f"{_weights.MODEL} ({_weights.LICENCE}, {_weights.DOWNLOAD_BYTES / 1e6:.0f} MB)"

app = typer.Typer(
    help="Tools for any language model through plain text.\n\n"
    'Try: orchestrator ask "What is 323 * 458?" --model embedded',
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
models_app = typer.Typer(
    help="List the model providers; fetch or remove the embedded model.", invoke_without_command=True
)
app.add_typer(models_app, name="models")

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
Tools = Annotated[str, typer.Option("--tools", "-t", help="Tools by name, separated by commas; none for none.")]
BaseUrl = Annotated[str | None, typer.Option(help="The server's address, up to and with /v1.")]
Template = Annotated[str | None, typer.Option(help="Chat template for completions servers: plain, chatml, llama3.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object instead.")]
System = Annotated[str, typer.Option(help="Your own instructions, put in front of the hidden prompt.")]


def main() -> None:
    """The console script."""
    sys.stdout.reconfigure(errors="replace") if hasattr(sys.stdout, "reconfigure") else None  # old Windows code pages
    app()


@app.command()
def ask(
    question: Question,
    model: ModelChoice = None,
    cot: Cot = False,
    tools: Tools = USUAL_TOOLS,
    system: System = "",
    base_url: BaseUrl = None,
    template: Template = None,
    temperature: Annotated[
        float | None, typer.Option(help="Sampling temperature.", show_default="the server's")
    ] = None,
    max_steps: Annotated[int, typer.Option(min=1, help="Samplings at the most.")] = DEFAULT.max_steps,
    max_calls: Annotated[int, typer.Option(min=0, help="Tool calls at the most.")] = DEFAULT.max_calls,
    max_tokens: Annotated[int, typer.Option(min=1, help="Tokens the model may write in all.")] = DEFAULT.max_tokens,
    max_seconds: Annotated[float, typer.Option(min=0, help="Seconds at the most.")] = DEFAULT.max_seconds,
    max_cost: Annotated[float, typer.Option(min=0, help="US dollars at the most; needs --price.")] = DEFAULT.max_cost,
    price: Annotated[str | None, typer.Option(help="US dollars for a million tokens, as INPUT,OUTPUT.")] = None,
    show_prompt: Annotated[bool, typer.Option(help="First show what is sent, on standard error.")] = False,
    as_json: AsJson = False,
) -> None:
    """Ask one question and watch the answer being written."""
    with terminal.mistakes_explained():
        limits = Limits(max_steps, max_calls, max_tokens, max_seconds, max_cost)
        options = ModelOptions(base_url=base_url, template=template, price=_price(price))
        orchestrator = Orchestrator(
            _model(model),
            tools=_names(tools),
            cot=cot,
            system=system,
            limits=limits,
            temperature=temperature,
            options=options,
        )
        question = _question(question)
        if show_prompt:
            terminal.note(orchestrator.prompt(question) + "\n")
        run = terminal.watch(orchestrator.stream(question), quiet=as_json)
        if as_json:
            terminal.print_json(_summary(run))
        raise typer.Exit(0 if run.finish == "answered" else terminal.NOT_ANSWERED)


@app.command()
def chat(
    model: ModelChoice = None,
    cot: Cot = False,
    tools: Tools = USUAL_TOOLS,
    system: System = "",
    base_url: BaseUrl = None,
    template: Template = None,
) -> None:
    """Talk: several questions, each with all that went before. Ctrl-C stops an answer, Ctrl-D or /quit ends."""
    with terminal.mistakes_explained():
        options = ModelOptions(base_url=base_url, template=template)
        talk = Orchestrator(_model(model), tools=_names(tools), cot=cot, system=system, options=options).chat()
        for question in _lines():
            if question in ("/quit", "/exit"):
                break
            _turn(talk, question)


@app.command()
def prompt(
    question: Question,
    model: ModelChoice = None,
    cot: Cot = False,
    tools: Tools = USUAL_TOOLS,
    system: System = "",
    base_url: BaseUrl = None,
    template: Template = None,
) -> None:
    """Print exactly what would be sent for a question, and send nothing."""
    with terminal.mistakes_explained():
        options = ModelOptions(base_url=base_url, template=template)
        orchestrator = Orchestrator(_choice(model), tools=_names(tools), cot=cot, system=system, options=options)
        typer.echo(orchestrator.prompt(_question(question)))


@app.command()
def tool(
    name: Annotated[str, typer.Argument(help="The tool's name, such as CALCULATOR.")],
    argument: Annotated[str, typer.Argument(help="What it is to work on; - reads it from standard input.")],
    as_json: AsJson = False,
) -> None:
    """Run one tool directly, without a model."""
    with terminal.mistakes_explained():
        (chosen,) = load_tools([name]).values()
        result = run_tool(chosen, _question(argument))
        if as_json:
            terminal.print_json(asdict(result))
        elif result.ok:
            terminal.write(result.result, end="\n")
        else:
            terminal.note(result.result, "error")
        raise typer.Exit(0 if result.ok else terminal.NOT_ANSWERED)


@app.command("tools")
def list_tools(as_json: AsJson = False) -> None:
    """List the tools, each with what it does and an example."""
    with terminal.mistakes_explained():
        tools = load_tools(names("tools"))
        if as_json:
            terminal.print_json(
                [{"name": each.name, "syntax": each.syntax, "description": each.description} for each in tools.values()]
            )
            return
        for each in tools.values():
            terminal.write(f"[{each.name}:{each.syntax}]", "call", end="  ")
            terminal.write(each.description, end="\n")
            for example in each.examples[:1]:
                terminal.write(
                    f"    {example.question} → [{each.name}:{example.argument}] → {example.result}", "note", end="\n"
                )


@models_app.callback()
def list_models(context: typer.Context) -> None:
    """List the model providers, and whether the embedded one has its weights."""
    if context.invoked_subcommand:
        return
    with terminal.mistakes_explained():
        settings = Settings.from_environment()
        for name in names("models"):
            terminal.write(f"{name:12}", "call")
            terminal.write(about("models", name), end="\n")
        fetched = "fetched" if _weights.installed(settings.cache) else "not fetched yet: orchestrator models pull"
        terminal.write(f"\n{WEIGHTS}: {fetched}\ndefault {default_model(settings)[1]}", "note", end="\n")


@models_app.command()
def pull() -> None:
    """Fetch the embedded model's weights (93 MB, once) into your cache folder."""
    with terminal.mistakes_explained():
        terminal.write(f"ready: {_pull(Settings.from_environment().cache)}", end="\n")


@models_app.command()
def remove() -> None:
    """Delete the embedded model's weights from your cache folder."""
    with terminal.mistakes_explained():
        removed = _weights.remove(Settings.from_environment().cache)
        terminal.write("removed" if removed else "there was nothing to remove", end="\n")


# --- What the commands share ---


def _choice(model: str | None) -> str:
    """The model to use; where none was chosen, one line says which it is and why."""
    if model:
        return model
    choice, why = default_model(Settings.from_environment())
    terminal.note(why)
    return choice


def _model(model: str | None) -> str:
    """The model to use, its weights fetched if it is the embedded one and they are not here yet."""
    choice = _choice(model)
    cache = Settings.from_environment().cache
    if choice.strip().lower().rstrip(":") == "embedded" and find_spec("xllamacpp") and not _weights.installed(cache):
        _pull(cache)
    return choice


def _pull(cache: Path) -> Path:
    with terminal.DownloadBar(WEIGHTS) as bar:
        return _weights.pull(cache, bar.update)


def _turn(talk: Chat, question: str) -> None:
    try:
        terminal.watch(talk.stream(question))
    except ConfigError as error:  # an empty line
        terminal.note(str(error), "warning")


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


def _question(text: str) -> str:
    if text == "-" and sys.stdin is None:
        raise ConfigError("standard input is closed: give the question on the command line")
    try:
        return sys.stdin.read() if text == "-" else text
    except UnicodeDecodeError as error:
        raise ConfigError(f"the input is not text in {error.encoding}: {error.reason} at byte {error.start}") from None


def _names(tools: str) -> list[str]:
    chosen = [name.strip() for name in tools.split(",") if name.strip()]
    return [] if chosen == ["none"] else chosen


def _price(text: str | None) -> Price | None:
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


def _summary(run: Run) -> dict[str, Any]:
    keys = ("answer", "finish", "detail", "model", "resume_mode", "calls", "usage", "tokens_saved", "seconds", "text")
    whole = asdict(run)
    return {key: whole[key] for key in keys}
