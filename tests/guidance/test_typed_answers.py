"""Grammars of typed answers: thinking, then a call or the answer."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.guidance.gbnf import accepts

from orchestrator.core.tool import Example, Request, Tool
from orchestrator.core.types import Message, ToolResult
from orchestrator.guidance.guide import Guide
from orchestrator.guidance.options import Guidance
from orchestrator.guidance.similarity import rank
from orchestrator.guidance.typed_answers import TypedAnswers, answer_grammar_of, frequent_words, until

NUMBER = {"type": "integer"}
POINT: dict[str, Any] = {
    "type": "object",
    "properties": {"label": {"type": "string"}, "total": {"type": "number"}},
    "required": ["label", "total"],
}


def grammar(typed: TypedAnswers, prompt: str = "", *results: ToolResult, role: str = "user") -> str:
    messages = () if prompt else (Message(role, "Hi"),)  # type: ignore[arg-type]
    return typed.constrain(Request(messages, prompt, 9, 5.0), results).grammar


def result(value: str, argument: str = "323*458", *, ok: bool = True) -> ToolResult:
    return ToolResult("SUM", argument, value, ok, 0.0)


def test_the_answer_may_come_at_once_or_after_thinking() -> None:
    rules = grammar(TypedAnswers(NUMBER, None))
    for text in ("42", " 42", "\n\n42", "<think>a <b> </i> 7?</think>\n42"):
        assert accepts(rules, text)
    for text in ("It is 42", "<think>42", "42 apples"):
        assert not accepts(rules, text)


def test_a_model_that_begins_in_thinking_thinks_first() -> None:
    rules = grammar(TypedAnswers(NUMBER, None, thinks=True))
    assert accepts(rules, "so 6*7 </think>42")
    assert not accepts(rules, "42")
    assert accepts(grammar(TypedAnswers(NUMBER, None, thinks=True), role="assistant"), "42")
    rules = grammar(TypedAnswers(NUMBER, None), "<|im_start|>assistant\n[THINK]")
    assert accepts(rules, "so[/think]42")
    assert not accepts(rules, "42")


def test_a_small_model_does_not_think() -> None:
    assert not accepts(grammar(TypedAnswers(NUMBER, "it is 42")), "<think>x</think>42")
    assert accepts(grammar(TypedAnswers(NUMBER, "it is 42")), "42")


def test_a_call_may_come_instead_of_the_answer() -> None:
    rules = grammar(TypedAnswers(NUMBER, None, ("SUM", "LOOK_UP")))
    for text in ("[SUM:1+2]", "[LOOK_UP:a\nb]", "42"):
        assert accepts(rules, text)
    for text in ("[OTHER:1]", "[SUM_RESULT:3]", "Let me see [SUM:1+2]"):
        assert not accepts(rules, text)


@pytest.mark.parametrize("tools", [(), ("SUM",)])
def test_no_text_of_an_answer_begins_a_call_if_there_are_tools(tools: tuple[str, ...]) -> None:
    rules = grammar(TypedAnswers({"type": "string"}, None, tools))
    assert accepts(rules, '"[SUM:1]"') == (not tools)
    assert accepts(rules, '"\\u005bSUM:1]"')


def test_a_number_alone_comes_from_the_last_result() -> None:
    typed = TypedAnswers(NUMBER, "What is 323 * 458?")
    assert accepts(answer_grammar_of(typed.rules([result("147934")])), " 147934")
    assert not accepts(answer_grammar_of(typed.rules([result("147934")])), "323")
    assert accepts(answer_grammar_of(typed.rules([result("no digits")])), "323")
    assert accepts(answer_grammar_of(typed.rules([result("5 is wrong", ok=False)])), "323")


def test_the_only_number_of_an_object_comes_from_the_last_result_and_its_words_from_anywhere() -> None:
    rules = answer_grammar_of(TypedAnswers(POINT, "The product of 323 * 458").rules([result("147934")]))
    assert accepts(rules, '{"label": "product", "total": 147934}')
    assert not accepts(rules, '{"label": "product", "total": 323}')
    two = {**POINT, "properties": {**POINT["properties"], "first": NUMBER}}
    rules = answer_grammar_of(TypedAnswers(two, "The product of 323 * 458").rules([result("147934")]))
    assert accepts(rules, '{"label": "product", "total": 147934, "first": 323}')


def test_a_text_or_a_list_comes_from_the_last_result() -> None:
    typed = TypedAnswers({"type": "array", "items": {"type": "string"}}, "Sort Ben and Ada")
    assert accepts(answer_grammar_of(typed.rules([result("Ada, Ben")])), '["Ada", "Ben"]')
    assert not accepts(answer_grammar_of(typed.rules([result("Ada, Ben")])), '["Sort Ben"]')


def test_choices_and_defaults_are_no_numbers_of_a_schema() -> None:
    schema = {
        "type": "object",
        "properties": {"total": NUMBER, "kind": {"enum": [{"type": "number"}], "default": {"type": "number"}}},
        "required": ["total"],
    }
    rules = answer_grammar_of(TypedAnswers(schema, "2 and 3").rules([result("5")]))
    assert accepts(rules, '{"total": 5}')
    assert not accepts(rules, '{"total": 2}')


def test_dates_of_a_typed_field_are_no_other_values() -> None:
    schema = {
        "type": "object",
        "properties": {"on": {"type": "string", "format": "date"}, "count": NUMBER},
        "required": ["on", "count"],
    }
    rules = answer_grammar_of(TypedAnswers(schema, "7 seats on 3 March 2024").rules([]))
    assert accepts(rules, '{"on": "2024-03-03", "count": 7}')
    assert not accepts(rules, '{"on": "2024-03-03", "count": 2024}')


def test_frequent_words_are_those_of_many_examples() -> None:
    assert {"the", "is", "and"} <= frequent_words()
    assert not {"lamp", "invoice", "berlin"} & frequent_words()


@pytest.mark.parametrize("mark", ["</think>", "[/THINK]", "<|end|>", "x-]^\\"])
@given(text=st.text(alphabet="</think>[]|^\\x- ab", max_size=12))
def test_any_text_ends_with_the_mark(mark: str, text: str) -> None:
    rules = f"root ::= {until(mark)}"
    assert not accepts(rules, text.replace(mark, ""))
    assert accepts(rules, f"ab {mark}")


SUM = Tool(
    "SUM",
    "adds",
    run=str,
    examples=(Example("What is 3 plus 4?", "3+4", "7", "It is 7."), Example("Add 5 and 6.", "5+6", "11", "It is 11.")),
)


def guided(question: str, *results: ToolResult, typed: TypedAnswers | None = None) -> str:
    typed = typed or TypedAnswers(NUMBER, question, ("SUM",))
    return Guide(rank(question, {"SUM": SUM}, ()), Guidance(), "", typed).grammar(results)


def test_a_guided_model_may_call_or_answer() -> None:
    rules = guided("What is 30 plus 40?")
    assert accepts(rules, "[SUM:30+40]")
    assert accepts(rules, "30")
    assert not accepts(rules, "It is 70.")


def test_after_the_result_a_guided_model_answers_with_a_value_of_the_type() -> None:
    rules = guided("What is 30 plus 40?", result("70", "30+40"))
    assert accepts(rules, " 70")
    assert not accepts(rules, "[SUM:30+40]")
    assert not accepts(rules, "It is 70.")


def test_after_an_error_without_another_call_only_the_answer_is_left() -> None:
    failed = result("division by zero", "30+40", ok=False)
    rules = guided("What is 30 plus 40?", failed)
    assert accepts(rules, "40")
    assert not accepts(rules, "[SUM:30+40]")
