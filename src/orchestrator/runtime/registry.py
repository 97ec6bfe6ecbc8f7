"""Finds plugins by name. Knows folders and entry points; imports a plugin only when it is asked for.

A plugin is one file with a typed ``create``. The file's name is its registered name:

    models/NAME.py   create(name: str, options: ModelOptions) -> Model      chosen as "NAME:model"
                     OPTIONS: the names of the fields of ModelOptions that it uses; without it, all
    tools/NAME.py    create() -> Tool, or a Tool called NAME (see @tool)    chosen as "NAME", in capitals

Plugins in any other folder are found the same way. The folder's dotted name is the plugins' kind. Other packages
register theirs as entry points in the group ``orchestrator.KIND``. An entry point names ``create`` or the Tool. The
group of ``tools._search`` has no underscore: ``orchestrator.tools.search``. Two plugins with one name are an error.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Collection, Iterable
from dataclasses import fields, replace
from functools import cache, partial
from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING, Any, cast

from orchestrator.core.errors import ConfigError
from orchestrator.core.protocols import Model, ModelOptions
from orchestrator.core.tool import Tool
from orchestrator.runtime.decorator import tool as tool_of
from orchestrator.runtime.extras import install, installed
from orchestrator.runtime.settings import Settings

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

_OPTIONS = {  # as messages name them; context_size is none of the command line's
    "api_key": "api_key (--api-key-env)",
    "base_url": "base_url (--base-url)",
    **{name: f"{name} (--{name})" for name in ("template", "price", "resume", "grammars", "thinks", "adapter")},
}
_TOOL_NAME = re.compile(r"[A-Z][A-Z0-9_]{0,63}")


def load_model(choice: str, options: ModelOptions | None = None) -> Model:
    """Make a model.

    Args:
        choice: ``"provider:name"``, or ``"provider"`` for its default model.
        options: Options for the model.

    Raises:
        ConfigError: The provider is unknown, it does not use an option, or its extra or a key is missing.
    """
    provider, _, name = choice.partition(":")
    try:
        create = plugin("models", provider)
    except ConfigError as error:
        hint = "" if name else f"; a model is provider:name, such as openai:{choice.strip()}"
        raise ConfigError(f"{error}{hint}") from None
    chosen = options or ModelOptions()
    _check_options(provider.strip().lower(), create, chosen)
    model: Model = create(name.strip(), chosen)
    return model


def load_tools(tools: Iterable[str | Tool | Callable[..., Any]]) -> dict[str, Tool]:
    """Make tools.

    Args:
        tools: Registered names, Tools, or functions, of which ``@tool`` makes tools.

    Returns:
        The tools by name, in the given order.

    Raises:
        ConfigError: A tool is unknown, its name or timeout is not valid, or two tools have one name.
    """
    loaded: dict[str, Tool] = {}
    for choice in tools:
        tool = _tool(choice)
        if not _TOOL_NAME.fullmatch(tool.name) or tool.name.endswith(("_RESULT", "_ERROR")):
            raise ConfigError(
                f"{tool.name!r} cannot be a tool's name: use capitals, digits and _, at most 64 characters, "
                "beginning with a letter and not ending in _RESULT or _ERROR"
            )
        if tool.timeout is not None and not (isinstance(tool.timeout, int | float) and tool.timeout > 0):
            raise ConfigError(f"the timeout of {tool.name} must be more than 0 seconds, not {tool.timeout!r}")
        if tool.name in loaded:
            raise ConfigError(
                f"two tools are named {tool.name}: leave one out or rename it; those of an MCP server with a prefix, "
                "as in mcp_tools(…, prefix='MY') or --mcp NAME=COMMAND"
            )
        loaded[tool.name] = replace(tool, examples=tuple(tool.examples))  # a tuple can be the key of a cache
    return loaded


def default_model(settings: Settings) -> tuple[str, str]:
    """Choose the model if the caller has chosen none.

    Args:
        settings: The environment.

    Returns:
        The model as ``"provider"`` or ``"provider:name"``, and one line with the reason.
    """
    if settings.model:
        return settings.model, f"model: {settings.model} (from ORCHESTRATOR_MODEL)"
    if settings.openai_api_key:
        return "openai", "model: openai, as OPENAI_API_KEY is set (choose another with --model or ORCHESTRATOR_MODEL)"
    return "embedded", "model: embedded, on this machine, as OPENAI_API_KEY is not set"


def _check_options(provider: str, create: Callable[..., Any], options: ModelOptions) -> None:
    """Raise ConfigError if an option is set that the provider does not use."""
    for option in fields(options):
        if getattr(options, option.name) is None or option.name in _used_by(create):
            continue
        others = [each for each in names("models") if option.name in _used_by(plugin("models", each))]
        named = _OPTIONS.get(option.name, option.name)
        if getattr(options, option.name) is False:
            named = named.replace("(--", "(--no-")
        raise ConfigError(
            f"{provider} does not use {named}: leave it out, or choose a model that does: {', '.join(others)}"
        )


def _used_by(create: Callable[..., Any]) -> Collection[str]:
    used: Collection[str] | None = getattr(inspect.getmodule(create), "OPTIONS", None)
    return [each.name for each in fields(ModelOptions)] if used is None else used


def _tool(choice: object) -> Tool:
    if isinstance(choice, str):
        made: Tool = plugin("tools", choice)()
        return made
    if isinstance(choice, Tool):
        return choice
    if callable(choice):
        return tool_of(choice)
    raise ConfigError(
        f"{choice!r:.80} is no tool: pass a name such as 'CALCULATOR', a function with a docstring, or a Tool, "
        "which Tool.from_schema makes of a JSON schema"
    )


def usual_tools() -> tuple[str, ...]:
    """Return the names of the tools if the caller has chosen none. These tools send nothing to another machine.

    PYTHON needs an extra. Without it, it is left out, and ``left_out`` says so.
    """
    return ("CALCULATOR",) if left_out() else ("CALCULATOR", "PYTHON")


def left_out() -> str:
    """Return one line about the usual tool whose extra is not installed; empty if none is missing."""
    if installed("pydantic_monty"):
        return ""
    return f"PYTHON is left out, as its extra is not installed: {install('python')}"


def names(kind: str) -> list[str]:
    """Return the registered names of a kind, such as "models" or "tools". No plugin is imported."""
    return sorted(_plugins(kind))


def about(kind: str, name: str) -> str:
    """Return the first line of a plugin's module docstring."""
    return (inspect.getdoc(inspect.getmodule(plugin(kind, name))) or "").partition("\n")[0]


def plugin(kind: str, name: str) -> Callable[..., Any]:
    """Import a plugin.

    Args:
        kind: The kind, such as "models".
        name: The registered name. Upper and lower case, and ``-`` and ``_``, are the same.

    Returns:
        Its ``create``.

    Raises:
        ConfigError: There is no plugin of this name. The message names the nearest one.
    """
    plugins = _plugins(kind)
    key = name.strip().lower().replace("-", "_")
    if key in plugins:
        return plugins[key]()
    spell = str.upper if kind == "tools" else str.lower
    known = [spell(each) for each in sorted(plugins)]
    from difflib import get_close_matches  # noqa: PLC0415 - only for the message

    nearest = get_close_matches(spell(key), known, n=1)
    hint = f"did you mean {nearest[0]}? " if nearest else ""
    raise ConfigError(
        f"unknown {kind.rpartition('.')[2].strip('_').removesuffix('s')} {name!r}: {hint}there are {', '.join(known)}"
    )


@cache
def _plugins(kind: str) -> dict[str, Callable[[], Callable[..., Any]]]:
    """Return each name with a function that imports its plugin and returns ``create``."""
    from importlib.metadata import entry_points  # noqa: PLC0415 - 20 ms, not needed by import orchestrator

    found: dict[str, Callable[[], Callable[..., Any]]] = {}
    package = import_module(f"orchestrator.{kind}")
    for _, name, is_folder in iter_modules(package.__path__):
        if not (name.startswith("_") or is_folder):
            found[name] = partial(_create_of, f"orchestrator.{kind}.{name}", name)
    for entry in dict.fromkeys(entry_points(group=f"orchestrator.{kind}".replace("._", "."))):  # each once
        name = entry.name.lower()
        if name in found:
            raise ConfigError(
                f"two plugins in orchestrator.{kind} are named {entry.name}: uninstall one ({entry.value})"
            )
        found[name] = partial(_loaded, entry)
    return found


def _create_of(module: str, name: str) -> Callable[..., Any]:
    loaded = import_module(module)
    return _made_by(getattr(loaded, "create", None) or getattr(loaded, name))


def _loaded(entry: EntryPoint) -> Callable[..., Any]:
    return _made_by(entry.load())


def _made_by(plugin: Any) -> Callable[..., Any]:
    """Return ``create``. For a tool that ``@tool`` made, return a function that returns the tool."""
    return (lambda: plugin) if isinstance(plugin, Tool) else cast("Callable[..., Any]", plugin)
