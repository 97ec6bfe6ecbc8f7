"""The promises about the whole: layers, names, import cost, size."""

from __future__ import annotations

import ast
import subprocess
import sys
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

import orchestrator

SOURCE = Path(orchestrator.__file__).parent
MODULES = sorted(SOURCE.rglob("*.py"))
# Folders from the bottom up; those of one line never import each other. A folder imports only from lines above its own.
FOLDERS = [
    {"core"},
    {"guidance"},
    {"runtime"},
    {"models", "tools", "code", "mcp"},
    {"posttraining"},
    {"evals", "experiments"},
    {"__init__", "syntax"},
    {"cli"},
    {"__main__"},
]
RANK = {name: rank for rank, names in enumerate(FOLDERS) for name in names}


def folder_of(module: str) -> str:
    """The folder of ``orchestrator.a.b``; a module at the top is its own."""
    return module.split(".")[1] if "." in module else "__init__"


def module_of(path: Path) -> str:
    parts = ["orchestrator", *path.relative_to(SOURCE).with_suffix("").parts]
    return ".".join(parts[:-1] if parts[-1] == "__init__" and len(parts) > 2 else parts)


def imports(path: Path) -> set[str]:
    """The modules of the package that a module imports, at its top, inside functions or for the type checker."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "orchestrator":
            names = {f"{node.module}.{alias.name}" for alias in node.names}
            found |= {name if name in KNOWN else node.module for name in names}
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names if alias.name.split(".")[0] == "orchestrator"}
    return found - {module_of(path)}


KNOWN = {module_of(path) for path in MODULES}
FOLDER_IMPORTS = {(folder_of(module_of(path)), folder_of(imported)) for path in MODULES for imported in imports(path)}


def name_of(path: Path) -> str:
    return str(path.relative_to(SOURCE))


def test_every_module_belongs_to_a_folder():
    assert {folder_of(module_of(path)) for path in MODULES} == set(RANK)


def test_modules_do_not_import_each_other_in_a_circle():
    order = TopologicalSorter({module_of(path): imports(path) for path in MODULES})
    order.prepare()  # raises CycleError, with the circle


def test_the_graph_of_folders_has_no_circle():
    """pytest -s prints it."""
    graph = {folder: sorted(to for own, to in FOLDER_IMPORTS if own == folder != to) for folder in RANK}
    for folder, to in graph.items():
        print(f"{folder:12} imports {', '.join(to) or 'nothing'}")
    for folder, others in graph.items():
        for other in others:
            assert RANK[other] < RANK[folder], f"{folder} imports {other}"


def test_the_folders_of_code_search_import_each_other_in_one_direction():
    graph: dict[str, set[str]] = {}
    for path in MODULES:
        own = module_of(path).split(".")
        if own[1:2] == ["code"] and len(own) > 3:
            parts = (each.split(".") for each in imports(path))
            graph.setdefault(own[2], set()).update(to[2] for to in parts if to[1:2] == ["code"] and len(to) > 3)
    assert "index" in graph["ranking"]
    TopologicalSorter({own: to - {own} for own, to in graph.items()}).prepare()  # raises CycleError, with the circle


@pytest.mark.parametrize("path", [each for each in MODULES if RANK[folder_of(module_of(each))] == 3], ids=name_of)
def test_whatever_touches_the_outside_does_not_know_the_loop(path):
    above = ("core.loop", "core.step", "core.prompt")
    assert not {each for each in imports(path) if each.removeprefix("orchestrator.").startswith(above)}


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_each_module_says_what_it_is(path):
    assert ast.get_docstring(ast.parse(path.read_text("utf-8")))


def test_the_core_does_no_input_or_output():
    banned = {"socket", "httpx2", "openai", "subprocess", "threading", "asyncio", "time", "os", "pathlib", "logging"}
    for path in MODULES:
        if folder_of(module_of(path)) == "core":
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
        "OutputError",
        "Policy",
        "Price",
        "Proposal",
        "Reasoning",
        "Request",
        "Run",
        "RunStream",
        "SearchProvider",
        "SearchQuery",
        "SideBySide",
        "Span",
        "Text",
        "Tool",
        "ToolCall",
        "ToolError",
        "ToolHints",
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
        "concurrent.futures",
        "subprocess",
        "threading",
        "xllamacpp",
    )
    code = f"import orchestrator, sys; print([name for name in {heavy!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
