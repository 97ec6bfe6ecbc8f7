"""Every command and every public function that needs an extra says so in one line, where no extra is installed."""

from __future__ import annotations

import pytest
from tests.package.conftest import Built, Installed
from tests.package.test_wheel import metadata_of

from orchestrator.runtime.extras import install

COMMANDS = [
    ("local", "ask Hello --model embedded"),
    ("local", "chat --model embedded"),
    ("local", "compare Hello --model embedded"),
    ("local", "tokens strawberry --vocabularies embedded"),
    ("code", "index ."),
    ("code", "index . --watch"),
    ("code", "index . --embedder minilm"),
    ("code", "search validate"),
    ("code", "tool CODE_SEARCH validate"),
    ("code", "ask Hello --tools CODE_SEARCH --model scripted:[CODE_SEARCH:validate]"),
    ("search", "tool WEB_SEARCH weather"),
    ("search", "tool READ_PAGE https://example.com"),
    ("python", "tool PYTHON 1+1"),
    ("python", "ask Hello --tools PYTHON --model scripted:[PYTHON:1+1]"),
    ("train", "adapt --tools tools.py --questions questions.jsonl"),
    ("tokens", "tokens strawberry --vocabularies o200k"),
    ("tokens", "export runs.jsonl --training --vocabulary o200k"),
    ("evals", "eval letters --model scripted:1"),
    ("evals", "eval letters --model scripted:1 --db none"),
    ("evals", "eval score outputs.jsonl"),
    ("evals", "eval work --db work.sqlite"),
    ("experiments", "experiment all"),
    ("experiments", "experiment similarity"),
    ("mcp", "mcp"),
    ("mcp", "mcp --http"),
    ("mcp", "ask Hello --model scripted:Hello --mcp server"),
]
FUNCTIONS = [
    ("local", "from orchestrator import Orchestrator; Orchestrator('embedded').run('Hello')"),
    ("local", "from orchestrator import Orchestrator; list(Orchestrator('embedded').stream('Hello'))"),
    ("code", "from orchestrator.code import CodeIndex"),
    ("code", "from orchestrator.code import IndexReport"),
    ("code", "from orchestrator.code import Ranking"),
    ("code", "from orchestrator.code import code_search; code_search('.').run('validate')"),
    ("code", "from orchestrator.code.embedders.static import create; create()"),
    ("code", "from orchestrator.code.embedders.openai import create; create()"),
    ("minilm", "from orchestrator.code.embedders.minilm import create; create()"),
    ("search", "from orchestrator.tools.web_search import web_search; web_search('ddgs').run('weather')"),
    ("search", "from orchestrator.tools.read_page import read_page; read_page().run('https://example.com')"),
    ("python", "from orchestrator.tools.python import create; create().run('1+1')"),
    ("tokens", "from orchestrator.models.tokenizers.o200k import create; create()"),
    ("evals", "from orchestrator.evals import evaluate; evaluate('letters', model='scripted:1')"),
    ("evals", "from orchestrator.evals import evaluate; evaluate('letters', model='scripted:1', db='kept.sqlite')"),
    ("mcp", "from orchestrator.mcp import mcp_tools; mcp_tools('server')"),
    ("mcp", "from orchestrator.mcp import McpServer; McpServer('server')"),
]


@pytest.mark.parametrize(("extra", "command"), COMMANDS)
def test_a_command_without_its_extra_is_one_clear_line_and_status_2(extra: str, command: str, installed: Installed):
    done = installed.command(*command.split(), text="Hello\n")
    assert done.returncode == 2, done.stdout + done.stderr
    errors = [line for line in done.stderr.splitlines() if line.startswith("error: ")]
    assert len(errors) == 1, done.stderr
    assert errors[0].endswith(f": {install(extra)}")
    assert "Traceback" not in done.stdout + done.stderr


@pytest.mark.parametrize(("extra", "code"), FUNCTIONS)
def test_a_function_without_its_extra_raises_a_config_error(extra: str, code: str, installed: Installed):
    done = installed.run("-c", code)
    assert done.returncode == 1, done.stdout + done.stderr
    last = done.stderr.splitlines()[-1]
    assert ".ConfigError: " in last
    assert last.endswith(f": {install(extra)}")


def test_every_extra_is_among_them(built: Built):
    extras = set(metadata_of(built.wheel).get_all("Provides-Extra", []))
    assert {extra for extra, _ in [*COMMANDS, *FUNCTIONS]} == extras - {"all", "bench"}
