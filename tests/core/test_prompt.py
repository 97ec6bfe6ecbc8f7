from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from orchestrator.core.prompt import Style, opening
from orchestrator.core.tool import Tool
from orchestrator.guidance.similarity import rank
from orchestrator.runtime.registry import load_tools

TOOLS = load_tools(["CALCULATOR"])
PLAIN_TOOL = {"ECHO": Tool("ECHO", "says it again", str)}


def messages(question: str, style: Style, tools=TOOLS, *, as_turns: bool = False):
    shown = rank(question, tools).nearest(style.examples) if tools else ()
    return opening(shown, tools, style, as_turns=as_turns)


def text_of(question: str, style: Style | None = None, tools=TOOLS, *, as_turns: bool = False) -> str:
    return "\n".join(message.text for message in messages(question, style or Style(), tools, as_turns=as_turns))


def test_the_prompt_names_each_tool_with_its_syntax_and_what_a_result_looks_like():
    text = text_of("What is 2 + 2?", tools=TOOLS | PLAIN_TOOL)
    assert "[CALCULATOR:expression]" in text
    assert "[ECHO:text] says it again" in text
    assert "[CALCULATOR_RESULT:value]" in text


def test_the_nearest_examples_come_last_and_numbers_do_not_matter():
    shown = [example.question for _, example in rank("What is 98765 times 4?", TOOLS).nearest(4)]
    assert "times" in shown[-1]
    assert shown == [example.question for _, example in rank("What is 222,222.5 times 1?", TOOLS).nearest(4)]


def test_a_greeting_is_answered_without_a_tool():
    (*_, (tool, example)) = rank("Hi!", TOOLS).nearest(4)
    assert tool is None
    assert "[" not in example.answer


def test_a_model_with_a_template_gets_examples_as_turns_and_a_chat_server_gets_them_as_text():
    turns = messages("What is 2 * 3?", Style(examples=2), as_turns=True)
    assert [message.role for message in turns] == ["system", "user", "assistant", "user", "assistant"]
    assert "[CALCULATOR:" in turns[-1].text
    (system,) = messages("What is 2 * 3?", Style(examples=2), as_turns=False)
    assert system.text.count("User: ") == 2
    assert turns[-1].text in system.text


def test_chain_of_thought_changes_the_instructions_and_the_examples():
    direct, thinking = text_of("What is 2 * 3?"), text_of("What is 2 * 3?", Style(cot=True))
    assert "Think first" in thinking
    assert "Think first" not in direct
    assert len(thinking) > len(direct) + 100
    assert "step by step" in text_of("Hi", Style(cot=True), tools={})


def test_the_users_own_instructions_stand_first_and_no_examples_means_none():
    text = text_of("Hi", Style(system="  Be brief. ", examples=0))
    assert text.startswith("Be brief.\n\nYou are")
    assert "Examples" not in text
    assert text_of("Hi", tools={}) == "You are a helpful assistant."


@given(st.text(max_size=300), st.integers(-1, 200))
def test_any_question_gets_as_many_examples_as_there_are(question, count):
    found = rank(question, TOOLS).nearest(count)
    assert len(found) == max(0, min(count, len(TOOLS["CALCULATOR"].examples) + 16))


def test_a_question_of_a_megabyte_is_compared_by_its_beginning():
    assert rank("What is 2 * 3? " + "x" * 1_000_000, TOOLS).nearest(1)
