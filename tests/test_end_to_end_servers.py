"""A real llama.cpp server in a process of its own, behind ``openai:`` and ``completions:``."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from orchestrator import ModelOptions, Orchestrator, Tool
from orchestrator.core.chat_template import LLAMA3, PLAIN
from orchestrator.core.tool import Request
from orchestrator.guidance.free_calls import FreeCalls
from orchestrator.models.completions import create

SERVE = """
import sys, xllamacpp
parameters = xllamacpp.CommonParams()
parameters.model.path, parameters.hostnames, parameters.port = sys.argv[1], ["127.0.0.1"], 0
parameters.use_jinja, parameters.n_ctx, parameters.n_parallel, parameters.verbosity = True, 4096, 1, -1
parameters.cpuparams.n_threads = 1
server = xllamacpp.Server(parameters)
print(server.listening_address, flush=True)
sys.stdin.read()
"""
SIMPLE = {
    "What is 323 * 458?": "147934",
    "What is 12 * 12?": "144",
    "100 + 200 * 3 = ?": "700",
    "What is 15% of 80?": "12",
    "How much is 1000 - 377?": "623",
    "Divide 144 by 12.": "12",
    "What is the square root of 169?": "13",
    "What is 2 to the power of 10?": "1024",
    "Add 45 and 78.": "123",
    "What is 9 times 8?": "72",
    "What is 3.5 * 4?": "14",
    "Subtract 19 from 50.": "31",
    "What is 81 / 9?": "9",
    "How much is 7 * 8 + 6?": "62",
    "What is (5 + 3) * 2?": "16",
}


@pytest.fixture(scope="module")
def address(weights: Path) -> Iterator[str]:
    command = [sys.executable, "-c", SERVE, str(weights)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        yield f"{process.stdout.readline().strip()}/v1"
        process.kill()


@pytest.mark.parametrize("model", ["openai:any", "completions:"])
def test_a_small_model_on_a_server_of_ones_own_answers_simple_questions_without_being_told(address, model):
    orc = Orchestrator(model, options=ModelOptions(base_url=address))
    runs = {question: orc.run(question) for question in SIMPLE}
    assert all(run.guided for run in runs.values())
    assert {question: run.calls[-1].result for question, run in runs.items()} == SIMPLE
    assert all(SIMPLE[question] in run.answer for question, run in runs.items())


def test_a_told_field_guides_in_a_program_as_on_the_command_line(address):
    run = Orchestrator("openai:any", options=ModelOptions(base_url=address, grammars="grammar")).run("Add 45 and 78.")
    assert (run.guided, run.calls[-1].result) == (True, "123")


def test_prompts_in_one_string_have_the_template_of_the_model(address):
    model = create("another", ModelOptions(base_url=address))
    assert model.info.template == PLAIN
    model.recognise()
    template = model.info.template
    assert template
    assert template.assistant == ("<|im_start|>assistant\n", "<|im_end|>\n")
    assert template.stop == ("<|im_end|>",)
    assert create("another", ModelOptions(base_url=address, template="llama3")).info.template == LLAMA3


SHOTS = """User: Which capital has Norway?
Assistant: It is Oslo.
User: 3 and 4?
Assistant: So: [ADD:{"a": 3, "b": 4}]
User: 7 and 2?
Assistant: So: [ADD:{"a": 7, "b": 2}]
User: 5 and 6?
Assistant:"""


@pytest.mark.parametrize("field", ["path", "first"])
def test_a_model_writes_freely_until_it_begins_a_call_which_is_held_to_the_schema(address, field):
    add = Tool.from_schema("ADD", "adds", {"type": "object", "properties": {field: {"type": "integer"}}}, str)

    def rules_of(tool: Tool, name: str) -> list[str]:
        return [f'{name} ::= "{{\\"{field}\\": " [0-9]{{1,3}} "}}"']

    model = create("", ModelOptions(base_url=address))
    request = Request((), SHOTS, 40, 60.0, temperature=0.0, stop=("\nUser:",))
    held = FreeCalls({"ADD": add}, rules_of).constrain(request)
    free, bound = ("".join(delta.text for delta in model.stream(each)) for each in (request, held))
    assert free.startswith(' So: [ADD:{"a":')
    assert re.match(rf' So: \[ADD:{{"{field}": [0-9]+}}\]', bound)
