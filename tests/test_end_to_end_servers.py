"""A real llama.cpp server in a process of its own, behind ``openai:`` and ``completions:``."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from orchestrator import ModelOptions, Orchestrator
from orchestrator.core.chat_template import LLAMA3, PLAIN
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
