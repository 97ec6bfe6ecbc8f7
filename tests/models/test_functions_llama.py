"""What is sent to a server with function calling, read by a real llama.cpp with a chat template that has tools.

The shipped model's template has none, and a model of 135M parameters does not call functions: calls out of a stream are
tested on recorded bytes over a real connection (test_functions).
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
import xllamacpp

from orchestrator.core.function_calling import example_call
from orchestrator.core.tool import Tool
from orchestrator.core.types import Message
from orchestrator.models._functions import as_sent, offered
from orchestrator.runtime.registry import load_tools

TEMPLATE = (
    '{% if tools %}<|im_start|>system\nCall functions as <tool_call>{"name": …, "arguments": …}</tool_call>.\n<tools>'
    "{% for tool in tools %}{{ tool | tojson }}\n{% endfor %}</tools><|im_end|>\n{% endif %}"
    "{% for message in messages %}{% if message.tool_calls %}<|im_start|>assistant\n"
    '{% for call in message.tool_calls %}<tool_call>\n{"name": "{{ call.function.name }}", "arguments": '
    "{{ call.function.arguments | tojson }}}\n</tool_call>{% endfor %}<|im_end|>\n"
    "{% elif message.role == 'tool' %}<|im_start|>user\n<tool_response>{{ message.content }}</tool_response>"
    "<|im_end|>\n"
    "{% else %}<|im_start|>{{ message.role }}\n{{ message.content }}<|im_end|>\n{% endif %}{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
ASKED = Message("user", "What is 323 * 458?")


@pytest.fixture(scope="module")
def llama(weights: Path) -> Iterator[httpx2.Client]:
    parameters = xllamacpp.CommonParams()
    parameters.model.path = str(weights)
    parameters.hostnames, parameters.port, parameters.verbosity = ["127.0.0.1"], 0, -1
    parameters.use_jinja, parameters.chat_template, parameters.n_ctx = True, TEMPLATE, 2048
    server = xllamacpp.Server(parameters)
    with contextlib.closing(httpx2.Client(base_url=server.listening_address, timeout=120, trust_env=False)) as client:
        client.get("/slots")  # its main loop has begun: it can be stopped
        yield client
    del server


def test_llama_cpp_takes_a_history_with_calls_and_results(llama: httpx2.Client) -> None:
    history = [
        ASKED,
        Message("assistant", "", (example_call(Tool("CALCULATOR", "", str, syntax="expression"), "323*458"),)),
        Message("tool", "147934"),
    ]
    body = {"messages": as_sent(history), "tools": offered(load_tools(["CALCULATOR"]).values())}
    prompt = llama.post("/apply-template", json=body).raise_for_status().json()["prompt"]
    assert "<tool_response>147934</tool_response>" in prompt
    assert '"arguments": {"expression": "323*458"}' in prompt
