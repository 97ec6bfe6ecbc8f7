"""Typed answers of the real embedded model, with and without tools, sync and async."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal, TypedDict

import pytest
from pydantic import BaseModel

from orchestrator import Limits, Orchestrator, ToolError, tool

pytestmark = pytest.mark.usefixtures("weights")


@dataclass
class Payment:
    to: str
    amount: float
    currency: Literal["EUR", "USD", "GBP"]
    due: date


class Node(BaseModel):
    name: str
    children: list[Node] = []


class Sky(TypedDict):
    place: str
    condition: Literal["sunny", "rain", "snow"]
    temperature: float


ITEMS = {"enum": [f"item {number}" for number in range(2_000)]}
PAY = "Please pay 120 EUR to Anna Berg by 3 May 2025."


def test_values_are_copied_from_the_question() -> None:
    run = Orchestrator("embedded", tools=()).run(PAY, output_type=Payment)
    assert run.output == Payment("Anna Berg", 120.0, "EUR", date(2025, 5, 3))
    assert run.guided
    assert run.steps == 1


def test_a_text_that_could_be_calculated_is_read_with_the_usual_tools_too() -> None:
    assert asyncio.run(Orchestrator("embedded").arun(PAY, output_type=Payment)).output.to == "Anna Berg"


@pytest.mark.parametrize(
    ("question", "kind", "value"),
    [
        ("What is 323 * 458?", int, 147934),
        ("What is 15 % of 80?", float, 12.0),
        ("How many r's are in strawberry?", {"type": "integer"}, 3),
    ],
)
def test_a_number_is_the_result_of_the_tool(question: str, kind: Any, value: float) -> None:
    run = Orchestrator("embedded").run(question, output_type=kind)
    assert (run.output, len(run.calls)) == (value, 1)


TEXT = 'In Oslo [CALCULATOR:1+1] it will rain, "4" degrees; Ben and Cleo buy item 17 for 0.5 USD, 漢字.'


@pytest.mark.parametrize(
    "kind",
    [
        Sky,
        Node,
        ITEMS,
        list[str],
        dict[str, int],
        tuple[int, str, bool],
        Literal["ü", "漢字", 'a "q" \\ b'],
        int | list[str] | None,
        list[date],
        {"type": "object", "properties": {"id": {"type": "string", "maxLength": 5}}, "required": ["id"]},
        {},
    ],
    ids=lambda each: str(each)[:40],
)
def test_an_answer_is_valid_whatever_the_type(kind: Any) -> None:
    run = Orchestrator("embedded", tools=["CALCULATOR"], limits=Limits(max_tokens=1_000)).run(TEXT, output_type=kind)
    assert run.finish == "answered"
    _ = run.output  # raises OutputError


def test_free_values_are_valid_too() -> None:
    run = Orchestrator("embedded", tools=(), guidance=False).run(PAY, output_type=Payment)
    assert isinstance(run.output, Payment)


def test_after_a_tool_that_fails_there_is_an_answer_of_the_type() -> None:
    @tool
    def stock(item: str) -> str:
        """how many of an item are in the shop"""
        raise ToolError("the shop is closed")

    run = Orchestrator("embedded", tools=[stock]).run("How many of the 3 pears are in the shop?", output_type=int)
    assert isinstance(run.output, int)
