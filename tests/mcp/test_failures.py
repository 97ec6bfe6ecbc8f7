"""What a server answers against the rules, and what it says with the codes of the SDK's own errors."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import pytest

from orchestrator import ConfigError, ToolError
from orchestrator.mcp import McpServer, mcp_tools

SERVER = [sys.executable, str(Path(__file__).with_name("raw_server.py"))]


@pytest.fixture(scope="module")
def ask():
    with McpServer(SERVER) as server:
        yield server.tools[0]


def answer(**said: object) -> str:
    return f"answer {json.dumps(said)}"


@pytest.mark.parametrize("code", [-32000, -32001, -32602, -32603, -32042, -1, 7])
@pytest.mark.parametrize("message", ["bad q", "no such user", "the request timed out", "the connection is closed"])
def test_an_error_that_a_server_answers_is_told_and_the_session_lives_on(ask, code, message):
    process = ask.run("process")
    with pytest.raises(ToolError) as caught:
        ask.run(answer(error={"code": code, "message": message}))
    assert str(caught.value) == f"the server refused the call: {message}"
    assert ask.run("process") == process


@pytest.mark.parametrize("code", [0xD83D, 0xDC00, 0xDFFF, 0xD800])
def test_half_a_character_is_named_and_the_session_lives_on(ask, code):
    half = chr(code)
    process = ask.run("process")
    for argument in (f"a{half}b", half, f"q={half}", json.dumps({"q": f"x{half}"}, ensure_ascii=False)):
        with pytest.raises(ToolError, match=rf"half a character, \\u{code:04x}"):
            ask.run(argument)
    assert ask.run("process") == process
    assert ask.run("whole: 😀") == "whole: 😀"


@pytest.mark.parametrize(
    ("result", "place"),
    [
        ({}, "content: Field required"),
        ({"content": "text"}, "content: "),
        ({"content": [{"type": "text"}]}, "text: Field required"),
        ({"content": [{"type": "hologram"}]}, "content.0"),
        ({"content": None}, "content: "),
        ({"content": [], "isError": [1]}, "isError"),
    ],
)
def test_a_result_of_another_form_is_a_sentence_and_the_session_lives_on(ask, result, place):
    process = ask.run("process")
    with pytest.raises(ToolError, match="has not the form that MCP asks for") as caught:
        ask.run(answer(result=result))
    assert place in str(caught.value)
    assert "pydantic" not in str(caught.value)
    assert "\n" not in str(caught.value)
    assert ask.run("process") == process


@pytest.mark.parametrize("mode", ["no-schema", "schema-of-text", "no-name", "tools-no-list", "bad-handshake"])
def test_a_list_of_another_form_is_a_sentence(mode):
    with pytest.raises(ConfigError, match=r"no tools from the MCP server \S+: its answer has not the form") as caught:
        mcp_tools([*SERVER, mode])
    assert "pydantic" not in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("mode", ["ignore", "modern", "plain"])
def test_old_and_new_servers_are_ready_at_once(mode):
    begun = time.monotonic()
    with McpServer([*SERVER, mode]) as server:
        assert server.tools[0].run("hello") == "hello"
    assert time.monotonic() - begun < 8


@pytest.mark.parametrize("status", [0, 1, 3, 255])
def test_a_command_that_ends_without_a_word_is_told_with_its_status(status):
    with pytest.raises(ConfigError, match=f"Connection closed: it ended with status {status}$"):
        mcp_tools([sys.executable, "-c", f"raise SystemExit({status})"])
