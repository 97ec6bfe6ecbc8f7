"""The command line asks before what came from a server leaves for one."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from orchestrator import ApprovalRequest, ToolCall
from orchestrator.cli import app
from orchestrator.cli.approval import approver

ROOT = Path(__file__).parents[2]
SERVER = f"{sys.executable} {Path(__file__).with_name('server.py')}"
REPLIES = ["[ECHO:blue suede shoes for sale]", "[ECHO:blue suede shoes for sale]", "Done."]


@pytest.fixture
def script(tmp_path):
    path = tmp_path / "replies.json"
    path.write_text(json.dumps(REPLIES), "utf-8")
    return f"scripted:{path}"


@pytest.mark.parametrize(("choice", "made"), [("all", [True, True]), ("none", [True, False]), ("ask", [True, False])])
def test_where_nobody_sits_at_a_terminal_the_answer_is_no_unless_all_is_allowed(script, choice, made):
    arguments = ["ask", "q", "--model", script, "--tools", "none", "--mcp", SERVER, "--approve", choice, "--json"]
    done = CliRunner().invoke(app, arguments)
    assert [call["ok"] for call in json.loads(done.stdout)["calls"]] == made
    assert ("denied" in done.stdout) == (not all(made))


def test_two_servers_whose_tools_share_a_name_are_told_apart_by_a_prefix(script):
    arguments = ["prompt", "q", "--model", script, "--tools", "none", "--mcp", SERVER, "--mcp"]
    done = CliRunner().invoke(app, [*arguments, SERVER])
    assert done.exit_code == 2
    assert "--mcp NAME=COMMAND" in " ".join(done.stderr.split())
    done = CliRunner().invoke(app, [*arguments, f"MY={SERVER}"])
    assert "[ECHO:" in done.stdout
    assert "[MY_ECHO:" in done.stdout


@pytest.mark.skipif(os.name == "nt", reason="a pseudo-terminal needs POSIX")
@pytest.mark.parametrize(("typed", "made"), [("y\n", 2), ("\n", 1), ("no\n", 1)])
def test_at_a_terminal_the_user_decides(script, typed, made):
    import pty

    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "orchestrator", "ask", "q", "--model", script, "--tools", "none", "--mcp", SERVER]
    environment = os.environ | {"PYTHONPATH": str(ROOT / "src")}
    process = subprocess.Popen(
        command, stdin=theirs, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment, text=True
    )
    os.close(theirs)
    os.write(ours, typed.encode())
    out, err = process.communicate(timeout=120)
    os.close(ours)
    assert process.returncode == 0, err
    assert out.count("[ECHO_RESULT:") == made
    assert "allow it? y for yes" in err
    assert "[ECHO:blue suede shoes for sale]" in err


def test_what_a_terminal_would_hide_is_spelt_out(monkeypatch, capsys):
    class Typist:
        isatty = staticmethod(lambda: True)
        readline = staticmethod(lambda: "y\n")

    monkeypatch.setattr("sys.stdin", Typist)
    decide = approver("ask")
    assert decide is not None
    call = ToolCall("SEND", "x", "[SEND:good\u202eevil\u200b\x1b[2J]")
    assert decide(ApprovalRequest(call, "why")) is True
    assert "[SEND:good\\u202eevil\\u200b\\x1b[2J]" in capsys.readouterr().err


def test_quotas_and_strictness_are_options():
    done = CliRunner().invoke(
        app, ["ask", "q", "-m", "scripted:[CALCULATOR:1+1]", "--quota", "calculator=0", "--strict"]
    )
    assert done.exit_code == 1
    assert "denied" in done.stderr
    for quota in ("CALCULATOR", "CALCULATOR=many", "=3", "CALCULATOR=-1", "NOPE=1"):
        done = CliRunner().invoke(app, ["ask", "q", "-m", "scripted:x", "--quota", quota])
        assert done.exit_code == 2
        assert "quota" in done.stderr or "not one of the tools" in done.stderr


def test_parallel_calls_are_an_option():
    done = CliRunner().invoke(app, ["prompt", "q", "-m", "scripted:x", "--parallel"])
    assert "side by side" in done.stdout
