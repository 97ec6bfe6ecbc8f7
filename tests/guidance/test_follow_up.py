"""A chat's question about the last result."""

from __future__ import annotations

import pytest

from orchestrator.core.tool import Example, Tool
from orchestrator.guidance.follow_up import completed, meant
from orchestrator.guidance.similarity import rank

SUM = Tool(
    "SUM",
    "adds",
    run=str,
    examples=(
        Example("half of 64", "64/2", "32", "It is 32."),
        Example("What is 3 plus 4?", "3+4", "7", "It is 7."),
        Example("Is 7 even?", "even", "no", "No."),
    ),
)
NONE = (Example("Tell me more about that.", "", "", "There is no more."), Example("Hello!", "", "", "Hello!"))


@pytest.mark.parametrize(
    ("question", "full"),
    [
        ("and half of that?", "half of 144?"),
        ("Now double it", "double 144"),
        ("So, divide the result by 7.", "divide 144 by 7."),
        ("times 3", "144 times 3"),
        ("and + 3", "144 + 3"),
        ("now add 20", "add 20 to 144"),
        ("subtract 4.5!", "subtract 4.5 from 144!"),
        ("What is 3 plus 4?", "What is 3 plus 4?"),
        ("what about that's colour", "what about that's colour"),
        ("add salt and sugar", "add salt and sugar"),
        ("", ""),
    ],
)
def test_what_a_question_lacks_is_the_last_result(question, full):
    assert completed(question, "144") == full


def test_only_a_number_completes_a_question():
    assert completed("half of that", "True") == completed("half of that", "") == "half of that"
    assert completed("half of that", "-1.5") == "half of -1.5"


def test_the_examples_decide_whether_it_is_meant():
    tools = {"SUM": SUM}
    assert meant(rank("and half of that?", tools, NONE), "144").question == "half of 144?"
    assert meant(rank("and half of that?", tools, NONE), "-6").question == "half of -6?"
    assert meant(rank("Tell me more about that.", tools, NONE), "144").question == "Tell me more about that."
    assert meant(rank("Is that even?", tools, NONE), "144").question == "Is that even?", "the call does not take it"
    assert meant(rank("and half of that?", {}, ()), "144").question == "and half of that?"
