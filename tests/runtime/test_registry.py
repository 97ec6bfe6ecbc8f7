from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import fields, replace
from importlib import import_module
from importlib.metadata import EntryPoint
from pathlib import Path
from zipfile import ZipFile

import pytest

from orchestrator.core.errors import ConfigError
from orchestrator.core.protocols import Model, ModelOptions
from orchestrator.core.tool import Request, Tool
from orchestrator.core.types import Price
from orchestrator.models.scripted import ScriptedModel
from orchestrator.runtime import registry
from orchestrator.runtime.settings import Settings

SERVER = ModelOptions(base_url="http://127.0.0.1:9/v1")


@pytest.mark.parametrize("name", registry.names("models"))
def test_every_registered_model_keeps_the_contract(name):
    """A new file in models/ is tested by being there."""
    used = import_module(f"orchestrator.models.{name}").OPTIONS
    assert set(used) <= {field.name for field in fields(ModelOptions)}
    model = registry.load_model(
        f"{name}:" + ("x" if name == "scripted" else ""), SERVER if "base_url" in used else None
    )
    assert isinstance(model, Model)
    assert model.info.name.startswith(name)
    assert (model.info.template is not None) == (model.info.resume_mode == "raw")
    assert registry.about("models", name)


SET = ModelOptions("http://127.0.0.1:9/v1", "key", "chatml", Price(1, 2), 4096, "turn", "grammar", True, "x.gguf")


@pytest.mark.parametrize("name", registry.names("models"))
@pytest.mark.parametrize("option", [field.name for field in fields(ModelOptions)])
def test_an_option_that_a_model_does_not_use_is_refused_and_any_other_is_not(name, option):
    used = import_module(f"orchestrator.models.{name}").OPTIONS
    options = replace(SERVER if "base_url" in used else ModelOptions(), **{option: getattr(SET, option)})
    if option in used:
        registry.load_model(f"{name}:x", options)
    else:
        with pytest.raises(
            ConfigError, match=rf"{name} does not use {option}.* choose a model that does: \w"
        ) as caught:
            registry.load_model(f" {name.upper()}:x", options)
        assert name not in str(caught.value).partition("does: ")[2]


def test_a_plugin_that_does_not_say_what_it_uses_gets_every_option(monkeypatch):
    def create(name: str, options: ModelOptions) -> ScriptedModel:
        return ScriptedModel([str(options.price)])

    monkeypatch.setattr(registry, "plugin", lambda kind, name: create)
    reply = next(registry.load_model("mine", SET).stream(Request((), "q", 9, 5.0)))
    assert reply.text in str(Price(1, 2))


@pytest.mark.parametrize("name", registry.names("tools"))
def test_every_registered_tool_keeps_the_contract(name):
    """A new file in tools/ is tested by being there."""
    (tool,) = registry.load_tools([name]).values()
    assert tool.name == name.upper()
    assert tool.description
    assert len(tool.examples) >= 4, "a small model needs examples, in different words"
    assert len({example.question for example in tool.examples}) == len(tool.examples)
    for example in tool.examples:
        assert example.question
        assert example.argument.strip() == example.argument != ""
        assert "\n" not in example.argument or tool.multiline


def test_names_are_listed_without_private_files():
    assert registry.names("models") == ["completions", "embedded", "openai", "scripted"]
    assert "calculator" in registry.names("tools")


@pytest.mark.parametrize(
    ("choice", "hint"), [("opnai:gpt", "did you mean openai"), ("", "there are"), ("x" * 999, "there are")]
)
def test_an_unknown_model_is_a_config_error_that_lists_the_known(choice, hint):
    with pytest.raises(ConfigError, match=hint):
        registry.load_model(choice)


def test_an_unknown_tool_is_a_config_error_with_the_nearest():
    with pytest.raises(ConfigError, match="did you mean CALCULATOR"):
        registry.load_tools(["CALCULATER"])


@pytest.mark.parametrize("name", ["", "calc", "A B", "A_RESULT", "A_ERROR", "1A", "Ä", "A" * 65, "A\n"])
def test_an_ill_named_tool_is_refused(name):
    with pytest.raises(ConfigError, match="cannot be a tool's name"):
        registry.load_tools([Tool(name, "", str)])


def test_the_same_tool_twice_is_refused():
    with pytest.raises(ConfigError, match="two tools are named CALCULATOR"):
        registry.load_tools(["CALCULATOR", "calculator"])


def test_other_packages_register_by_entry_point_and_a_name_taken_twice_is_an_error(monkeypatch):
    def found(*, group):
        return [EntryPoint("echo", "orchestrator.tools.calculator:create", group)] if group.endswith("tools") else []

    assert registry.load_tools(["CODE_SEARCH"])  # is one of our own
    monkeypatch.setattr("importlib.metadata.entry_points", found)
    registry._plugins.cache_clear()
    assert "echo" in registry.names("tools")
    assert registry.load_tools(["ECHO"])
    monkeypatch.setattr("importlib.metadata.entry_points", lambda *, group: [EntryPoint("Calculator", "x:y", group)])
    registry._plugins.cache_clear()
    with pytest.raises(ConfigError, match="two plugins"):
        registry.names("tools")
    monkeypatch.undo()
    registry._plugins.cache_clear()


WHEEL = {
    "weather_tool.py": """
from orchestrator import Tool, tool

@tool
def weather(city: str, days: int = 1) -> str:
    \"\"\"the weather in a city\"\"\"
    return f"sunny in {city} for {days} days"

def create() -> Tool:
    return Tool("TIDES", "the tides at a port", lambda port: f"high tide at {port}")
""",
    "weather_tool-1.0.dist-info/METADATA": "Metadata-Version: 2.1\nName: weather-tool\nVersion: 1.0\n",
    "weather_tool-1.0.dist-info/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    "weather_tool-1.0.dist-info/entry_points.txt": (
        "[orchestrator.tools]\nweather = weather_tool:weather\ntides = weather_tool:create\n"
    ),
}


def test_a_package_that_pip_installed_brings_its_tools(tmp_path):
    """A wheel made here, installed by pip into a folder, seen by the command line in a process of its own."""
    wheel = tmp_path / "weather_tool-1.0-py3-none-any.whl"
    record = "".join(f"{name},,\n" for name in [*WHEEL, "weather_tool-1.0.dist-info/RECORD"])
    with ZipFile(wheel, "w") as archive:
        for name, text in (WHEEL | {"weather_tool-1.0.dist-info/RECORD": record}).items():
            archive.writestr(name, text)
    target = tmp_path / "installed"
    pip = [sys.executable, "-m", "pip", "install", "--no-index", "--no-deps", "-q", "--target", str(target), str(wheel)]
    subprocess.run(pip, check=True, capture_output=True)
    source = Path(registry.__file__).parents[2]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(source), str(target)])}

    def orchestrator(*arguments: str) -> str:
        command = [sys.executable, "-m", "orchestrator", *arguments]
        return subprocess.run(command, check=True, capture_output=True, text=True, env=environment).stdout

    assert orchestrator("tool", "WEATHER", "city=Oslo, days=3") == "sunny in Oslo for 3 days\n"
    assert orchestrator("tool", "TIDES", "Brest") == "high tide at Brest\n"
    assert "[WEATHER:city=text, days=number (optional)]  the weather in a city" in orchestrator("tools")


def test_the_default_model_follows_the_environment(monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "")
    assert registry.default_model(Settings.from_environment())[0] == "embedded"
    monkeypatch.setenv("OPENAI_API_KEY", "sk-x")
    assert registry.default_model(Settings.from_environment())[0] == "openai"
    monkeypatch.setenv("ORCHESTRATOR_MODEL", "scripted:hi")
    choice, why = registry.default_model(Settings.from_environment())
    assert choice == "scripted:hi"
    assert "ORCHESTRATOR_MODEL" in why
    assert "sk-x" not in why


def test_the_cache_folder_can_be_chosen(monkeypatch, tmp_path):
    monkeypatch.setenv("ORCHESTRATOR_CACHE", str(tmp_path))
    assert Settings.from_environment().cache == tmp_path
    monkeypatch.delenv("ORCHESTRATOR_CACHE")
    assert Settings.from_environment().cache.name == "orchestrator"
