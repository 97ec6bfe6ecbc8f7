"""Test an app that uses the library: with recorded responses of the OpenAI API, without network. Copy it, and run it:

pip install pytest respx pytest-httpx2 && pytest recorded_test.py

Inside this checkout, run it after `make install`, because the configuration there needs all test dependencies.
"""

import json

import httpx
import pytest_httpx2  # noqa: F401 - makes respx work with the HTTP client of the OpenAI SDK
import respx

from orchestrator import ModelOptions, Orchestrator


def recorded(*pieces: str) -> httpx.Response:
    """Return a streamed chat completion as the API sends it."""
    choices: list[dict[str, object]] = [{"delta": {"content": piece}, "finish_reason": None} for piece in pieces]
    choices.append({"delta": {}, "finish_reason": "stop"})
    lines = [f"data: {json.dumps({'choices': [choice]})}\n\n" for choice in choices]
    return httpx.Response(200, content="".join([*lines, "data: [DONE]\n\n"]).encode())


def price_with_tax(net: int) -> str:
    """The app under test: the model writes the sentence, and the calculator does the sum."""
    orc = Orchestrator("openai:gpt-5.4-mini", options=ModelOptions(api_key="test"))
    return orc.run(f"What is {net} plus 19% tax?").answer


@respx.mock(using="httpcore2")
def test_the_tax_is_worked_out_by_the_calculator(respx_mock: respx.MockRouter) -> None:
    first = recorded("I add the tax: ", "[CALC", "ULATOR:250*1.19]", " That is 300.")  # the last part is cut off
    second = recorded("It is 297.5", " with tax.")
    route = respx_mock.post("https://api.openai.com/v1/chat/completions").mock(side_effect=[first, second])

    assert price_with_tax(250) == "It is 297.5 with tax."

    messages = json.loads(route.calls[1].request.content)["messages"]
    assert messages[-2] == {"role": "assistant", "content": "I add the tax: [CALCULATOR:250*1.19]"}
    assert messages[-1]["content"].startswith("[CALCULATOR_RESULT:297.5]")
