"""A reference server of the MCP project (mcp-server-time), used by the real embedded model."""

from __future__ import annotations

import json
import re
import sys

import pytest
from typer.testing import CliRunner

from orchestrator import Orchestrator
from orchestrator.cli import app
from orchestrator.mcp import McpServer

pytestmark = pytest.mark.usefixtures("weights")
TIME = [sys.executable, "-m", "mcp_server_time", "--local-timezone", "UTC"]


def test_the_embedded_model_tells_the_time_with_the_reference_server():
    with McpServer(TIME, only=["get_current_time"]) as server:
        run = Orchestrator("embedded", tools=server.tools).run("What is the current time in Europe/Oslo?")
    assert run.finish == "answered"
    (call,) = run.calls
    assert (call.name, call.argument, call.ok) == ("GET_CURRENT_TIME", '{"timezone": "Europe/Oslo"}', True)
    time = json.loads(call.result)["datetime"]
    assert time[:16] in run.answer
    assert [span.tool for span in run.spans if span.untrusted] == ["GET_CURRENT_TIME"]


def test_a_server_is_named_on_the_command_line():
    command = " ".join(TIME)
    question = ["ask", "What is the current time in Europe/Oslo?", "--model", "embedded", "--tools", "none"]
    done = CliRunner().invoke(app, [*question, "--mcp", command])
    assert done.exit_code == 0
    assert re.search(
        r"\[GET_CURRENT_TIME:\{\"timezone\": \"Europe/Oslo\"\}\]\[GET_CURRENT_TIME_RESULT:\{.*Europe/Oslo", done.stdout
    )
    done = CliRunner().invoke(app, ["prompt", "q", "--model", "scripted:x", "--mcp", command])
    assert "[CONVERT_TIME:source_timezone=text, time=text, target_timezone=text]" in done.stdout
