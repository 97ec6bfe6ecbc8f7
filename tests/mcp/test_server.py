"""The tools here, served by a real process to the SDK's own client and to ours."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import httpx2
import pytest
from mcp import Client, StdioServerParameters
from typer.testing import CliRunner

from orchestrator import ToolError
from orchestrator.cli import app
from orchestrator.mcp import McpServer

ROOT = Path(__file__).parents[2]
ENVIRONMENT = {"PYTHONPATH": str(ROOT / "src")}
COMMAND = [sys.executable, "-m", "orchestrator", "mcp", "--tools", "CALCULATOR,PYTHON"]


def text(result: Any) -> str:
    return "".join(block.text for block in result.content)


@pytest.fixture(scope="module")
def address():
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [*COMMAND, "--http", "--port", str(port)]
    process = subprocess.Popen(command, env=os.environ | ENVIRONMENT, stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    assert "serving CALCULATOR, PYTHON at" in process.stderr.readline()
    for _ in range(600):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                break
        time.sleep(0.1)
    yield f"http://127.0.0.1:{port}/mcp"
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=30)
    assert "Traceback" not in said


async def exchange(client: Client) -> None:
    offered = {tool.name: tool for tool in (await client.list_tools()).tools}
    assert set(offered) == {"CALCULATOR", "PYTHON"}
    calculator = offered["CALCULATOR"]
    assert "17*24 → 408" in str(calculator.description)
    assert calculator.input_schema["required"] == ["expression"]
    for written in ({"expression": "323*458"}, {"argument": "323*458"}):  # the second as version 0.1 asked for it
        assert text(await client.call_tool("CALCULATOR", written)) == "147934"
    for number, shown in ((42, "42"), (-7, "-7"), (2.5, "2.5"), (0, "0")):  # as with native function calls
        assert text(await client.call_tool("CALCULATOR", {"expression": number})) == shown
    assert text(await client.call_tool("PYTHON", {"argument": "'strawberry'.count('r')"})) == "3"
    refused: list[tuple[str, dict[str, Any], str]] = [
        ("CALCULATOR", {"argument": "1/0"}, "division by zero"),
        ("CALCULATOR", {"argument": "  "}, "one text"),
        ("CALCULATOR", {"sum": "1"}, "one text, expression"),
        ("CALCULATOR", {"argument": [5]}, "one text"),
        ("CALCULATOR", {"expression": None}, "one text"),
        ("CALCULATOR", {"expression": {"value": 5}}, "one text"),
        ("CALCULATOR", {}, "one text"),
        ("NOPE", {"argument": "1"}, "there are CALCULATOR, PYTHON"),
    ]
    for name, arguments, says in refused:
        result = await client.call_tool(name, arguments)
        assert result.is_error
        assert says in text(result)


async def test_the_sdks_client_uses_the_tools_over_standard_input_and_output():
    target = StdioServerParameters(command=COMMAND[0], args=COMMAND[1:], env=ENVIRONMENT)
    async with Client(target, read_timeout_seconds=60) as client:
        assert client.server_info is not None
        assert client.server_info.name == "orchestrator"
        await exchange(client)


@pytest.mark.parametrize("mode", ["auto", "legacy"])
async def test_the_sdks_client_uses_the_tools_over_http(address, mode):
    async with Client(address, mode=mode, read_timeout_seconds=60) as client:
        await exchange(client)


DOUBLED = "x = (0,)\nfor i in range(40): x = (x, x)\nx"  # a text of 2 ** 40 characters


async def test_other_clients_are_served_while_a_value_cannot_be_written_out(address):
    async with Client(address, read_timeout_seconds=60) as one, Client(address, read_timeout_seconds=60) as other:
        hostile = asyncio.create_task(one.call_tool("PYTHON", {"argument": DOUBLED}))
        calls = 0
        while not hostile.done():
            assert text(await other.call_tool("PYTHON", {"argument": "1 + 1"})) == "2"
            assert text(await other.call_tool("CALCULATOR", {"argument": "2*3"})) == "6"
            calls += 1
        assert (await hostile).is_error
        assert calls > 5


def test_our_client_uses_our_server_over_http(address):
    with McpServer(address, headers={"X-Token": "secret"}, prefix="far") as server:
        calculator, python = server.tools
        assert (calculator.name, python.name) == ("FAR_CALCULATOR", "FAR_PYTHON")
        assert calculator.run("2+3") == "5"
        assert calculator.examples[0].argument == "17*24"
        with pytest.raises(ToolError, match="division by zero"):
            calculator.run("1/0")


def test_web_pages_cannot_use_a_server_on_a_loopback_address(address):
    asked = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
    headers = {"Accept": "application/json, text/event-stream", "Origin": "https://evil.example"}
    assert httpx2.post(address, json=asked, headers=headers).status_code == 403
    rebound = headers | {"Origin": "http://evil.example", "Host": "evil.example"}
    assert httpx2.post(address, json=asked, headers=rebound).status_code in (403, 421)


def test_port_0_takes_a_free_port_and_says_which():
    command = [*COMMAND, "--http", "--port", "0", "--host", "::1" if socket.has_dualstack_ipv6() else "127.0.0.1"]
    process = subprocess.Popen(command, env=os.environ | ENVIRONMENT, stderr=subprocess.PIPE, text=True)
    try:
        assert process.stderr is not None
        told = process.stderr.readline().partition(" at ")[2].partition(";")[0]
        with McpServer(told) as server:
            assert server.tools[0].run("expression=2+3") == "5"
    finally:
        process.kill()
        process.communicate()


def test_a_port_that_is_taken_is_explained():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = CliRunner().invoke(app, ["mcp", "--tools", "CALCULATOR", "--http", "--port", port])
    assert done.exit_code == 2
    assert "choose another with --port" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--tools", "CALCULATER"], "did you mean CALCULATOR"),
        (["--tools", "none"], "no tool to serve"),
        (["--port", "9000"], "add --http"),
        (["--port", "0"], "add --http"),
        (["--host", "::1"], "add --http"),
        (["--host", "localhost", "--port", "8000"], "add --http"),
    ],
)
def test_wrong_use_is_explained(arguments, says):
    done = CliRunner().invoke(app, ["mcp", *arguments])
    assert done.exit_code == 2
    assert says in done.stderr


def test_without_names_the_tools_that_load_are_served():
    from orchestrator.cli.commands.mcp import SERVED, _those_that_load

    assert {"CALCULATOR", "PYTHON"} <= set(_those_that_load(SERVED))
    assert set(_those_that_load(["CALCULATOR", "NOT_THERE_YET"])) == {"CALCULATOR"}


def test_the_missing_extra_names_its_install_line(monkeypatch):
    monkeypatch.setitem(sys.modules, "mcp", None)
    done = CliRunner().invoke(app, ["mcp", "--tools", "CALCULATOR"])
    assert done.exit_code == 2
    assert "pip install 'orchestrator-llm[mcp]'" in done.stderr
