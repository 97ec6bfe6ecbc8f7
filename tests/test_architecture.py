"""The promises about the whole: layers, names, import cost, size."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

import orchestrator

SOURCE = Path(orchestrator.__file__).parent
MODULES = sorted(SOURCE.rglob("*.py"))
LAYERS = [
    {"errors", "citations", "usage", "templates", "types"},
    {
        "protocols",
        "functions",
        "syntax",
        "transcript",
        "limits",
        "finish",
        "readable",
        "record",
        "no_tool_examples",
        "decoding",
        "faithful",
        "taint",
        "policy",
        "arms",
    },
    {"guide", "prompt", "placing", "step", "calls", "loop"},
    {
        "arguments",
        "bank",
        "decorator",
        "settings",
        "registry",
        "second_process",
        "daemon",
        "tool_runs",
        "driver",
        "setup",
        "chat",
        "orchestrator",
        "compare",
    },
    {"models", "tools", "search", "calculator", "code", "tokens", "mcp"},
    {"training", "evals", "experiments"},
    {"terminal", "cli", "__main__", "__init__"},
]
LAYER_OF = {name: number for number, layer in enumerate(LAYERS, 1) for name in layer}
# The only imports across a layer: a tool is the thin face of a package of its own layer, and the embedded model's
# vocabulary is in its weights.
ALLOWED = {("tools", "calculator"), ("tools", "search"), ("tools", "code"), ("tokens", "models")}


def part(path: Path) -> str:
    return path.relative_to(SOURCE).parts[0].removesuffix(".py")


def imports(path: Path) -> set[str]:
    """The parts of the package that a module imports, at its top or inside functions, type checking aside."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "orchestrator":
            names = [node.module.split(".")[1]] if "." in node.module else [alias.name for alias in node.names]
            found |= set(names)
        elif isinstance(node, ast.Import):
            found |= {alias.name.split(".")[1] for alias in node.names if alias.name.startswith("orchestrator.")}
    return found & set(LAYER_OF)


def name_of(path: Path) -> str:
    return str(path.relative_to(SOURCE))


def test_every_part_has_a_layer():
    assert {part(path) for path in MODULES} == set(LAYER_OF)


def test_the_documented_layers_are_these():
    page = (SOURCE.parents[1] / "ARCHITECTURE.md").read_text("utf-8")
    rows = re.findall(r"^\| \d \| ([^|]*) \|", page, flags=re.MULTILINE)
    assert [set(re.findall(r"`(\w+)/?`", row)) for row in rows] == LAYERS


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_imports_go_downward_only(path):
    own = part(path)
    for imported in imports(path) - {own}:
        if own == "errors" or (own, imported) in ALLOWED:  # errors names Run for the type checker only
            continue
        same_layer_is_fine = LAYER_OF[own] != 5
        assert LAYER_OF[imported] <= LAYER_OF[own] - (not same_layer_is_fine), f"{own} imports {imported}"
        assert not (LAYER_OF[own] == 5 and imported in ("loop", "driver", "orchestrator", "prompt"))


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_no_module_is_longer_than_300_lines_and_each_says_what_it_is(path):
    source = path.read_text("utf-8")
    assert len(source.splitlines()) <= 300
    assert ast.get_docstring(ast.parse(source))


def test_the_core_does_no_input_or_output():
    banned = {"socket", "httpx2", "openai", "subprocess", "threading", "asyncio", "time", "os", "pathlib", "logging"}
    for path in MODULES:
        if LAYER_OF[part(path)] <= 3:
            tree = ast.parse(path.read_text("utf-8"))
            names = {
                alias.name.split(".")[0]
                for node in ast.walk(tree)
                if isinstance(node, ast.Import)
                for alias in node.names
            }
            names |= {str(node.module).split(".")[0] for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
            assert not names & banned, path


def test_the_public_names_are_these():
    assert orchestrator.__all__ == [
        "ApprovalRequest",
        "Arm",
        "AsyncRunStream",
        "Chat",
        "ChatTemplate",
        "Citation",
        "ConfigError",
        "Count",
        "Delta",
        "Diagnostic",
        "Event",
        "Example",
        "FinishReason",
        "Finished",
        "Found",
        "Guidance",
        "Limits",
        "Message",
        "Model",
        "ModelBadResponse",
        "ModelError",
        "ModelInfo",
        "ModelOptions",
        "ModelRateLimited",
        "ModelRefused",
        "ModelTimeout",
        "ModelUnreachable",
        "Orchestrator",
        "OrchestratorError",
        "Policy",
        "Price",
        "Reasoning",
        "Request",
        "Run",
        "RunStream",
        "SideBySide",
        "Span",
        "Text",
        "Tool",
        "ToolCall",
        "ToolError",
        "ToolResult",
        "Usage",
        "tool",
    ]
    for name in orchestrator.__all__:
        assert getattr(orchestrator, name)


def test_importing_the_package_imports_nothing_heavy():
    heavy = (
        "openai",
        "httpx2",
        "sympy",
        "mpmath",
        "numpy",
        "chromadb",
        "pydantic",
        "typer",
        "rich",
        "asyncio",
        "xllamacpp",
    )
    code = f"import orchestrator, sys; print([name for name in {heavy!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
