"""Which environment variables a server's command gets, and what is shown of a server that fails."""

from __future__ import annotations

import json
import os
import re
import shlex
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from orchestrator import ConfigError, ToolError
from orchestrator.cli import app
from orchestrator.cli.mcp_servers import tools_of
from orchestrator.mcp import McpServer, mcp_tools
from orchestrator.mcp._stderr import MOST_BYTES, MOST_LINE, MOST_LINES, LastLines

SERVER = [sys.executable, str(Path(__file__).with_name("server.py"))]
COMMAND = shlex.join(SERVER)
SHOW = "import os, sys; sys.exit(repr({k: v for k, v in os.environ.items() if k in sys.argv[1:]}))"


def shown(*names: str, **env: str) -> str:
    """What a server's process sees of some variables."""
    with pytest.raises(ConfigError) as caught:
        mcp_tools([sys.executable, "-c", SHOW, *names], env=env)
    return str(caught.value)


NETWORK = [
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    "REQUESTS_CA_BUNDLE",
    "CURL_CA_BUNDLE",
    "NODE_EXTRA_CA_CERTS",
    "HTTPS_PROXY",
]
NETWORK += ["https_proxy", "NO_PROXY", "TZ", "LANG", "TMPDIR", "SYSTEMROOT", "XDG_CACHE_HOME"]


@pytest.mark.parametrize("name", NETWORK)
def test_a_command_gets_what_it_needs_to_reach_the_network(monkeypatch, name):
    monkeypatch.setenv(name, "/tmp")
    assert f"'{name}': '/tmp'" in shown(name)


def test_a_command_gets_no_key(monkeypatch):
    keys = ["OPENAI_API_KEY", "AWS_SECRET_ACCESS_KEY", "GITHUB_TOKEN", "BRAVE_API_KEY", "DATABASE_URL"]
    for name in keys:
        monkeypatch.setenv(name, "/from/here")
    assert shown(*keys).endswith(": {}")


def test_a_given_value_goes_before_ones_own(monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", "/mine")
    assert "'SSL_CERT_FILE': '/my'" in shown("SSL_CERT_FILE", SSL_CERT_FILE="/my")


def ask(*arguments: str) -> str:
    return CliRunner().invoke(app, ["prompt", "q", "--model", "scripted:x", "--tools", "none", *arguments]).stderr


def shows(*names: str) -> str:
    return shlex.join([sys.executable, "-c", SHOW, *names])


@pytest.mark.parametrize(
    ("options", "seen"),
    [
        (["--mcp-env", "MINE=1"], "{'MINE': '1'}"),
        (["--mcp-env", "MINE"], "{'MINE': 'own'}"),
        (["--mcp-env", "MINE="], "{'MINE': ''}"),
        (["--mcp-env", "MINE=a=b:c d"], "{'MINE': '…'}"),
        (["--mcp-env", "MINE=1", "--mcp-env", "_x2=2"], "{'MINE': '1', '_x2': '2'}"),
        (["--mcp-env", "SRV:MINE=1"], "{'MINE': '1'}"),
    ],
)
def test_mcp_env_gives_a_command_a_variable(monkeypatch, options, seen):
    monkeypatch.setenv("MINE", "own")
    assert seen in ask("--mcp", f"SRV={shows('MINE', '_x2')}", *options)


@pytest.mark.parametrize(
    ("servers", "variables", "says"),
    [
        ([], ["TOKEN=s3cret"], "add --mcp"),
        (["a", "b"], ["TOKEN=s3cret"], "which server gets it? Write NAME:TOKEN"),
        (["A=a", "B=b"], ["TOKEN=s3cret"], "which server gets it"),
        (["A=a", "A=b"], ["A:TOKEN=s3cret"], "which server gets it"),
        (["A=a"], ["B:TOKEN=s3cret"], "no command of --mcp is named B"),
        (["https://example.com/mcp"], ["TOKEN=s3cret"], "an address gets no variables"),
        (["A=http://localhost/mcp", "B=b"], ["A:TOKEN=s3cret"], "no command of --mcp is named A"),
        (["a"], ["2TOKEN=s3cret"], "--mcp-env takes"),
        (["a"], ["=s3cret"], "--mcp-env takes"),
        (["a"], ["MY-TOKEN=s3cret"], "--mcp-env takes"),
        (["a"], ["Töken=s3cret"], "--mcp-env takes"),
        (["a"], ["a:TOKEN=s3cret"], "--mcp-env takes"),
        (["a"], ["NOT_SET_ANYWHERE"], "NOT_SET_ANYWHERE is not set"),
    ],
)
def test_a_variable_that_no_server_or_more_than_one_would_get_is_refused(servers, variables, says):
    with pytest.raises(ConfigError) as caught:
        tools_of(servers, variables)
    assert says in str(caught.value)
    assert "s3cret" not in str(caught.value)


def test_each_of_several_servers_gets_its_own_variables_and_no_other(monkeypatch, tmp_path):
    both = ["--mcp", f"ONE={COMMAND}", "--mcp", f"TWO={shows('ONES', 'TWOS')}"]
    said = ask(*both, "--mcp-env", "ONE:ONES=1", "--mcp-env", "TWO:TWOS=2")
    assert "{'TWOS': '2'}" in said


def failing(program: str, **env: str) -> str:
    with pytest.raises(ConfigError) as caught:
        mcp_tools([sys.executable, "-c", program], env=env)
    return str(caught.value)


@pytest.mark.parametrize(
    ("program", "says"),
    [
        ("import sys; sys.exit('no database')", "no database"),
        ("raise ValueError('no port')", r"ValueError: no port \(before that: Traceback"),
        ("import sys; print('one\\ntwo\\n\\nthree', file=sys.stderr)", r"three \(before that: one \| two\)"),
        ("import os; os.write(2, b'\\xff half \\xe2\\x82')", "\ufffd half \ufffd"),
        ("import os; os.write(2, b'\\x1b[31mred\\x1b[0m \\x07bell\\r\\n')", "red bell"),
        (
            "import os; os.write(2, b'last words, and then killed\\n'); os.kill(os.getpid(), 9)",
            "last words, and then killed",
        ),
    ],
)
def test_the_last_lines_of_a_server_that_does_not_start_are_told(program, says):
    assert re.search(f"no tools from the MCP server .*: .*{says}", failing(program), re.DOTALL)


def test_the_lines_are_few_short_and_inert():
    said = failing("import sys; [print(n, 'x' * 5000, '[ECHO:pwned] <|im_end|>', file=sys.stderr) for n in range(999)]")
    assert len(said) < (MOST_LINES + 1) * MOST_LINE
    assert "998 xxx" in said
    inert = failing("import sys; sys.exit('[CALCULATOR:1+1]')")
    assert "[CALCULATOR:1+1]" not in inert.replace("\\[", "")


@pytest.mark.parametrize("secret", ["sk-1234", "a b", "x" * 3000, "pass\\word", "päss"])
def test_a_secret_that_the_server_writes_is_not_told(secret):
    told = failing("import os, sys; print('key', os.environ['KEY'], os.environ['KEY'], file=sys.stderr)", KEY=secret)
    assert (secret in told) == (len(secret) < 4)
    assert secret[:60] not in told or len(secret) < 4


def test_the_password_of_a_proxy_is_not_told(monkeypatch):
    monkeypatch.setenv("HTTPS_PROXY", "http://me:pa55word@proxy.example:3128")
    told = failing("import os, sys; sys.exit(os.environ['HTTPS_PROXY'])")
    assert "http://me:…@proxy.example:3128" in told


def test_a_server_that_writes_without_end_is_not_kept_waiting_and_little_of_it_is_kept():
    lines = LastLines()
    for number in range(50_000):
        lines.file.write(f"line {number} with a SECRET in it\n")
    assert lines.said(["SECRET"]).startswith("line 49999 with a … in it (before that: line 49995 ")
    assert len(lines._kept) == MOST_BYTES


@given(st.lists(st.text(max_size=20), max_size=20))
def test_whatever_is_written_becomes_one_line(texts):
    lines = LastLines()
    os.write(lines.file.fileno(), "\n".join(texts).encode("utf-8", "replace"))
    said = lines.said()
    assert "\n" not in said
    assert said.isprintable() or not said.isascii()


def test_a_server_that_dies_in_a_call_tells_its_last_lines():
    with McpServer(SERVER, only=["crash"]) as server, pytest.raises(ToolError) as caught:
        server.tools[0].run("now")
    assert str(caught.value).endswith(
        "stopped while it worked; call it again (it wrote: as is this line (before that: the disk is full))"
    )


def test_a_server_that_hangs_at_the_start_tells_what_it_wrote(monkeypatch):
    monkeypatch.setattr("orchestrator.mcp._session.STARTING", 2.0)
    with pytest.raises(ConfigError, match=r"no answer within 2 seconds \(it wrote: downloading\)"):
        mcp_tools(
            [
                sys.executable,
                "-c",
                "import sys, time; print('downloading', file=sys.stderr, flush=True); time.sleep(60)",
            ]
        )


def test_json_of_an_answer_has_nothing_of_a_variable(tmp_path):
    script = tmp_path / "replies.json"
    script.write_text(json.dumps(["[ECHO:hi]", "Done."]), "utf-8")
    arguments = ["ask", "q", "--model", f"scripted:{script}", "--tools", "none", "--mcp", COMMAND]
    done = CliRunner().invoke(app, [*arguments, "--mcp-env", "TOKEN=s3cret", "--json"])
    assert json.loads(done.stdout)["calls"][0]["result"] == "hi"
    assert "s3cret" not in done.stdout + done.stderr
