"""Which calls are plausible for a question, and the grammars that leave only those."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.guidance.gbnf import accepts

from orchestrator.core.errors import ConfigError
from orchestrator.core.syntax import Scanner
from orchestrator.core.tool import Example, Proposal, Request, Tool, ToolHints
from orchestrator.core.types import ModelInfo, ToolCall, ToolResult
from orchestrator.guidance.candidates import Candidate, Word, candidates
from orchestrator.guidance.grammar import (
    NO_BRACKETS,
    WORDS,
    call_grammar,
    long_result_grammar,
    one_of_grammar,
    place_grammar,
)
from orchestrator.guidance.guide import NOT_FOUND, Guide, parts_of, place_of
from orchestrator.guidance.literals import UNSPEAKABLE, quoted
from orchestrator.guidance.options import Guidance, guidance_for
from orchestrator.guidance.similarity import rank

SUM = Tool(
    "SUM",
    "adds",
    run=str,
    examples=(
        Example("What is 3 plus 4?", "3+4", "7", "It is 7."),
        Example("Take 3 from 4.", "4-3", "1", "It is 1."),
        Example("How much is 5 and 6 together?", "5+6", "11", "It is 11."),
    ),
    hints=ToolHints('root ::= number (sign number){0,3}\nsign ::= "+" | "-"'),
)
SEARCH = Tool(
    "SEARCH",
    "searches",
    run=str,
    examples=(
        Example("What is the weather in Oslo?", "weather Oslo", "rain", "Rain."),
        Example("What is the news in Rome?", "news in Rome", "none", "None."),
    ),
)
NONE = (Example("Hello there!", "", "", "Hello!"), Example("Thank you!", "", "", "You're welcome!"))
TOOLS = {"SUM": SUM, "SEARCH": SEARCH}


def grammar(question: str, *results: ToolResult, tools: dict[str, Tool] | None = None, **levers: float) -> str:
    return Guide(rank(question, tools or TOOLS, NONE), Guidance(**levers)).grammar(results)  # type: ignore[arg-type]


def result(argument: str, value: str, *, ok: bool = True) -> ToolResult:
    return ToolResult("SUM", argument, value, ok, 0.0)


def test_the_nearest_examples_pattern_makes_the_call():
    assert grammar("What is 30 plus 40?") == 'root ::= "[SUM:" "30+40" "]"'


def test_calls_with_fewer_votes_stay_possible_within_the_margin():
    assert '"40-30"' in grammar("What is 30 from 40?", call_margin=0.01)
    assert grammar("What is 30 from 40?", call_margin=0.01, most_calls=1).count("[SUM:") == 1


def test_a_greeting_gets_text_that_does_not_begin_with_a_call():
    assert grammar("Hello there, you!") == WORDS


def test_a_query_is_made_of_the_questions_words():
    assert grammar("What is the weather in Paris?") == 'root ::= "[SEARCH:" "weather" (" in")? " Paris" "]"'
    query = candidates(rank("in What is the news?", TOOLS, NONE)).calls[0].argument
    assert query == (Word("in", optional=True), Word("news", optional=False))


def test_optional_words_may_stand_in_front():
    assert '("in ")? "news"' in grammar("in What is the news?")


def test_a_query_is_never_empty():
    assert grammar("What is the?", tools={"SEARCH": SEARCH}) == 'root ::= "[SEARCH:" "What is the" "]"'
    assert Guide(rank("??", {"SEARCH": SEARCH}, ()), Guidance()).grammar(()) == 'root ::= "[SEARCH:" "search" "]"'


def test_brackets_in_the_question_do_not_get_into_a_query():
    assert '"weather" (" in")? " New" " York"' in grammar("What is the weather in [New\\York]?")


def test_what_the_tool_reads_in_the_question_gets_its_votes():
    reading = Tool("SUM", "adds", run=str, examples=SUM.examples, hints=ToolHints(find=lambda _: ["30 + 40 + 1"]))
    assert '"30 + 40 + 1"' in grammar("What is 30 + 40 + 1?", tools={"SUM": reading})


def test_a_failed_call_is_not_followed_by_another_question():
    failed = result("30+40", "no", ok=False)
    assert '"30+40" "]"' in grammar("What is 30 from 40?", call_margin=0.01)
    assert grammar("What is 30 from 40?", failed, call_margin=0.01) == one_of_grammar([f"{NOT_FOUND}: no."])
    assert grammar("What is 30 plus 40?", failed) == one_of_grammar([f"{NOT_FOUND}: no."]), "and no number is made up"
    long = result("30+40", "x" * 101, ok=False)
    assert grammar("What is 30 plus 40?", long) == one_of_grammar([f"{NOT_FOUND}."])
    told = result("30+40", "division by [zero]; write another", ok=False)
    assert grammar("What is 30 plus 40?", told) == one_of_grammar([f"{NOT_FOUND}: division by (zero)."])


def test_where_no_pattern_fits_the_tools_grammar_says_what_a_call_is():
    plus = replace(SUM, examples=(), description="plus and minus")
    open_call = grammar("What is 30 plus 40?", tools={"SUM": plus})
    assert "argument0 ::= root-0" in open_call
    assert "root-0 ::= number-0 (sign-0 number-0){0,3}" in open_call
    assert 'sign-0 ::= "+" | "-"' in open_call
    assert 'number-0 ::= "30" | "40"' in open_call


def test_a_failed_call_is_spelled_in_another_way():
    two = (
        Example("What is left of 7 by 3?", "7 mod 3", "1", "It is 1."),
        Example("What is left of 8 by 5?", "8 % 5", "3", "It is 3."),
    )
    mod = {"SUM": replace(SUM, examples=two)}
    question = "What is left of 10 by 4?"
    assert '"10 % 4" "]"' in grammar(question, tools=mod, call_margin=0.01)
    failed = result("10 mod 4", "no", ok=False)
    assert grammar(question, failed, tools=mod, call_margin=0.01) == 'root ::= "[SUM:" "10 % 4" "]"'
    both = grammar(question, failed, result("10 % 4", "no", ok=False), tools=mod, call_margin=0.01)
    assert both == one_of_grammar([f"{NOT_FOUND}: no."])


@pytest.mark.parametrize("question", ["the weather in Paris?", "the news in Bern", "weather on Mars", "news", "Mars"])
def test_a_failed_query_is_told_and_not_tried_with_a_placeholder(question):
    failed = ToolResult("SEARCH", question.strip("?"), "no such town", False, 0.0)
    assert grammar(question, failed, tools={"SEARCH": SEARCH}) == one_of_grammar([f"{NOT_FOUND}: no such town."])


def test_a_failed_query_may_be_put_to_another_tool():
    paper = replace(SEARCH, name="PAPER")
    failed = ToolResult("SEARCH", "weather Paris", "no such town", False, 0.0)
    found = grammar("What is the weather in Paris?", failed, tools={"SEARCH": SEARCH, "PAPER": paper})
    assert found == 'root ::= "[PAPER:" "weather" (" in")? " Paris" "]"'


SCHEMA = Tool.from_schema(
    "find", "finds", {"type": "object", "properties": {"what": {"type": "string"}}}, lambda what: what
)


def test_only_a_tool_with_a_schema_is_called_again_after_an_error():
    failed = ToolResult("FIND", "what=x", "no such thing", False, 0.0)
    assert '"[FIND:" schema0 "]"' in grammar("Where is it?", failed, tools={"FIND": SCHEMA})
    other = ToolResult("SUM", "1+2", "no", False, 0.0)
    assert "[FIND:" not in grammar("Where is it?", other, tools={"FIND": SCHEMA, "SUM": SUM})


def test_numbers_are_free_where_the_question_has_none():
    bare = Tool("SUM", "adds", run=str, hints=ToolHints("root ::= number"))
    assert 'number-0 ::= [0-9]+ ("." [0-9]+)?' in grammar("Add them.", tools={"SUM": bare})


SEND = Tool("SEND", "sends a message", run=str)


def test_a_tool_that_takes_any_text_copies_words_of_the_question():
    found = grammar("Is a message sent?", tools={"SEND": SEND})
    assert found.startswith('root ::= "[SEND:" argument0 "]"')
    assert "argument0 ::= copied0-0 | copied0-1 | copied0-2 | copied0-3\n" in found
    assert 'copied0-2 ::= "message" | "message " copied0-3\ncopied0-3 ::= "sent" | "sent?"' in found
    assert "x00" not in found.split("text ::=")[0]


@pytest.mark.parametrize("question", ["Hello!", "What is 3 and 4?", "Was ist das?", "?", "How late is it?"])
def test_a_tool_that_takes_any_text_is_no_choice_for_a_question_about_something_else(question):
    assert "SEND" not in grammar(question, tools={"SEND": SEND})
    assert "SEND" not in grammar(question, tools=TOOLS | {"SEND": SEND})


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("Send hello to Anna.", "hello to Anna"),
        ("please send 'I am late' to Bob!", "'I am late' to Bob"),
        ("SEND: 30 euros", "30 euros"),
        ("Send, please, [x]", "please,  x"),
    ],
)
def test_a_question_that_begins_with_the_tools_name_tells_it_the_rest(question, told):
    assert grammar(question, tools=TOOLS | {"SEND": SEND}) == f'root ::= {quoted("[SEND:")} {quoted(told)} "]"'


def test_a_tool_is_not_told_by_a_longer_word_or_without_a_text():
    assert "hello" not in grammar("Sender hello", tools={"SEND": SEND})
    assert "copied" in grammar("Send!", tools={"SEND": SEND})
    assert "copied" not in grammar("Send hello.", tools={"SEND": replace(SEND, hints=ToolHints("root ::= number"))})


@given(st.text(max_size=80), st.text(st.characters(categories=("L", "N", "P", "S", "Zs")), max_size=80))
def test_what_a_tool_of_any_text_may_be_told_is_in_the_question(before, question):
    """Every literal of the argument's rules is a piece of the question, so no placeholder and no other number is."""
    rules = call_grammar([], [SEND], (), text=False, question=f"{before}message {question}").splitlines()[1:]
    asked = f"{before}message {question}".translate(NO_BRACKETS)
    for rule in rules[1:]:
        for literal in re.findall(r'"((?:\\.|[^"\\])*)"', rule):
            word = re.sub(r"\\(.)", r"\1", literal).strip()
            assert UNSPEAKABLE.sub("", word) in UNSPEAKABLE.sub("", asked)


def test_without_any_example_or_tool_text_is_left():
    assert Guide(rank("?", {}, ()), Guidance()).grammar(()) == WORDS


def test_an_answer_is_a_worked_examples_sentence_with_the_result_in_it():
    assert grammar("What is 30 plus 40?", result("30+40", "70")) == one_of_grammar(["It is 70."])


def test_an_exact_fraction_and_a_note_are_not_repeated_in_the_answer():
    told = one_of_grammar(["It is 0.333333333333333."])
    assert grammar("What is 30 plus 40?", result("30+40", "1/3 ≈ 0.333333333333333")) == told
    rounded = "3 (note: halves are rounded away from zero)"
    assert grammar("What is 30 plus 40?", result("30+40", rounded)) == one_of_grammar(["It is 3."])


def test_an_example_with_an_exact_fraction_shows_how_its_decimals_are_told():
    shown = replace(SUM, examples=(Example("What is 1 plus 0.1?", "1+0.1", "11/10 ≈ 1.1", "It is 1.1."),))
    told = grammar("What is 30 plus 40?", result("30+40", "70"), tools={"SUM": shown})
    assert told == one_of_grammar(["It is 70."])


def test_a_chat_goes_on_with_the_decimals_of_the_last_result():
    asked = Guide(rank("and what is that plus 5?", TOOLS, NONE), Guidance(), last="1/4 ≈ 0.25").grammar(())
    assert asked == 'root ::= "[SUM:" "0.25+5" "]"'


ODD = replace(SUM, examples=tuple(replace(each, answer="So 12 it is.") for each in SUM.examples))


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ("10", "It is 10."),
        ("215", "It is 215."),
        ("7 h 45 min", "It is 7 h 45 min."),
        ("New York", "It is New York."),
        ("no", "It is no."),
        ("Nothing in the code fits", "Nothing in the code fits."),
        ("Nobody of that name was found!", "Nobody of that name was found!"),
        ("done.", "done."),
        ("Übermorgen regnet es …", "Übermorgen regnet es …"),
    ],
)
def test_where_no_example_fits_nothing_but_the_result_is_said(value, told):
    assert grammar("What is 40 minus 30?", result("40-30", value), tools={"SUM": ODD}) == one_of_grammar([told])


def test_a_place_in_the_code_is_told_where_the_examples_tell_theirs():
    shown = (Example("Where is the login?", "login", "auth/login.py:12 def login", "It is in auth/login.py."),)
    code = Tool("CODE", "finds code", str, shown)
    found = ToolResult("CODE", "mail check", "app/mail.py:3-9 check\ndef check(mail):\n    …", True, 0.0)
    told = Guide(rank("Where is the mail checked?", {"CODE": code}, ()), Guidance()).grammar([found])
    assert told == 'root ::= " "? "It is" (" checked")? " in app/mail.py:3-9."'
    assert place_grammar("a.py", ["the"]) == 'root ::= " "? "It is" " in a.py."'
    assert place_of("nothing fits", shown) == place_of("[1] a.b/c", shown) == ""
    silent = (Example("Where is the login?", "login", "auth/login.py:12 def login", "There it is."),)
    assert place_of("app/mail.py:3-9 check", silent) == ""


@pytest.mark.parametrize(
    ("argument", "written"),
    [("'ab'[::-1]", "'ab'[::-1]"), ("len('a]b[')", r"len('a\]b\[')"), (r"len('\')", r"len('\\')"), ("a]b", r"a\]b")],
)
def test_a_call_is_written_so_that_it_is_read_as_it_was_meant(argument, written):
    (call,) = [Candidate("SUM", argument, 1.0)]
    found = call_grammar([call], (), (), text=False)
    assert quoted(written) in found
    (heard,) = [piece for piece in Scanner(["SUM"]).feed(f"[SUM:{written}]") if isinstance(piece, ToolCall)]
    assert heard.argument == argument


def test_what_no_grammar_may_hold_is_left_out():
    assert quoted("a\0b\ud800c") == '"abc"'


@pytest.mark.parametrize(("value", "quoted"), [("two\nlines plus", "lines plus"), ("x" * 201, "x" * 201)])
def test_of_a_long_result_a_sentence_is_quoted(value, quoted):
    assert grammar("What is 30 plus 40?", result("30+40", value)) == one_of_grammar([quoted])


@pytest.mark.parametrize("value", ["", "1\n2", '{"sum": 70}'])
def test_a_result_without_sentences_is_told_in_the_models_own_words(value):
    assert grammar("What is 30 plus 40?", result("30+40", value)) == long_result_grammar(value, ["30", "40"])


def test_the_answer_is_free_when_it_is_to_be():
    assert grammar("What is 30 plus 40?", result("30+40", "70"), answers=False) == long_result_grammar(
        "70", ["30", "40"]
    )


def test_what_would_end_a_literal_is_escaped():
    quote = Tool("Q", "quotes", run=str, examples=(Example('Say "hey you".', "say('hey you')", "ok", "ok"),))
    assert '"say(\'a \\"b c\')"' in grammar('Say ‘a "b c’.', tools={"Q": quote})


SMALL = ModelInfo("small", grammars=True, small=True)
LARGE = ModelInfo("large", grammars=True)


def test_small_models_are_guided_unless_they_are_to_think_first():
    assert guidance_for(None, SMALL, cot=False) == Guidance()
    assert guidance_for(None, SMALL, cot=True) is None
    assert guidance_for(None, LARGE, cot=False) is None
    assert guidance_for(False, SMALL, cot=False) is None


def test_what_is_chosen_is_taken():
    assert guidance_for(True, LARGE, cot=True) == Guidance()
    assert guidance_for(Guidance(most_calls=2), LARGE, cot=False) == Guidance(most_calls=2)


def test_guidance_on_a_server_without_grammars_is_a_mistake():
    with pytest.raises(ConfigError, match="grammars"):
        guidance_for(True, ModelInfo("remote"), cot=False)


def test_synthetic_examples_do_not_bind_an_argument_and_json_is_told_in_the_models_own_words():
    example = Example("What is the current time for Europe/London", "Europe/London", "{}", "It is 17:45.")
    schema = {"type": "object", "properties": {"timezone": {"type": "string"}}, "required": ["timezone"]}
    bound = Tool("TIME", "the current time", str, (example,))
    free = replace(bound, hints=ToolHints(synthetic=True), parameters=schema)
    question = "What is the current time in Europe/Oslo?"
    assert '"Europe/London"' in Guide(rank(question, {"TIME": bound}, ()), Guidance()).grammar([])
    grammar = Guide(rank(question, {"TIME": free}, ()), Guidance()).grammar([])
    assert "London" not in grammar
    assert accepts(grammar, '[TIME:{"timezone": "Europe/Oslo"}]')
    result = ToolResult("TIME", "Europe/Oslo", '{"datetime": "2026-11-24T08:20:32+01:00"}', True, 0.1)
    assert Guide(rank(question, {"TIME": free}, ()), Guidance()).grammar([result]) == long_result_grammar(
        result.result, []
    )


def test_the_words_of_a_place_are_not_those_that_an_example_is_about():
    found = candidates(rank("Take 9 from 7 boys", {"SUM": GIRLS}, ())).words
    assert "left" in found
    assert "girl" not in found


def test_a_tools_proposals_are_pooled_with_the_votes_for_the_same_call():
    proposing = replace(
        SUM, hints=ToolHints(propose=lambda _: (Proposal("40+30", 0.6, ("30+40",)), Proposal("30*40", 0.4)))
    )
    found = candidates(rank("What is 30 plus 40?", {"SUM": proposing}, NONE)).calls
    assert [call.argument for call in found][:2] == ["40+30", "30*40"]
    assert "30+40" not in [call.argument for call in found]
    assert found[0].votes > candidates(rank("What is 30 plus 40?", {"SUM": SUM}, NONE)).calls[0].votes
    assert candidates(rank("Hello there!", {"SUM": replace(proposing, examples=())}, NONE)).calls == ()


def test_what_is_told_has_no_numbers_but_the_results_and_the_questions():
    told = long_result_grammar("[2] http://a.b/8 Opened on 3 May 2026 at 17:30; version 3.14.1, $4,500", ["7"])
    (numbers,) = re.findall(r"number ::= (.*)", told)
    wanted = ["3", "2026", "17:30", "3.14.1", "4,500", "7"]
    assert numbers == " | ".join(f'"{number}"' for number in wanted)
    assert "number" not in long_result_grammar("nothing found", [])


def test_words_alone_are_the_models_own_and_a_call_is_not():
    asked = Request((), "", 9, 9.0)
    assert Guide(rank("Hello there, you!", TOOLS, NONE), Guidance()).constrain(asked, ()).penalize_repetition
    assert not Guide(rank("What is 30 plus 40?", TOOLS, NONE), Guidance()).constrain(asked, ()).penalize_repetition


def test_one_near_example_of_a_tool_with_many_does_not_outvote_several_of_a_tool_with_few():
    weather = tuple(Example(f"is it {how} in {town}", town, "dry", "It is dry.") for how, town in WEATHER)
    talk = tuple(Example(f"tell me about item {number} please", "", "", "So.") for number in range(400))
    tool = Tool("WEATHER", "the weather", lambda town: "dry", weather)
    found = candidates(
        rank("is it rainy in Lima please", {"WEATHER": tool}, (*talk, Example("is it rainy please", "", "", "No.")))
    )
    assert found.tools["WEATHER"] > found.tools[""]


def test_an_example_that_names_what_the_question_does_not_has_little_to_say():
    days = Example("When is it 3 days after today?", "add(days=3)", "soon", "Soon.")
    weeks = Example("When is it 2 weeks from today?", "add(weeks=2)", "soon", "Soon.")
    found = candidates(rank("When is it 5 weeks after today?", {"SUM": replace(SUM, examples=(days, weeks))}, ())).calls
    assert [call.argument for call in found] == ["add(weeks=5)", "add(days=5)"]


GIRLS = Tool("SUM", "adds", str, (Example("Take 3 from 4 girls", "4-3", "1", "1 girl is left."),))
WEATHER = (("dry", "Oslo"), ("warm", "Rome"), ("windy", "Bern"), ("cold", "Kyiv"))


def test_two_sums_are_worked_out_one_after_the_other_and_told_together():
    both = "What is 30 plus 40, and what is 5 plus 6?"
    assert grammar(both) == 'root ::= "[SUM:" "30+40" "]"'
    assert grammar(both, result("30+40", "70")) == 'root ::= "[SUM:" "5+6" "]"'
    assert grammar(both, result("30+40", "70"), result("5+6", "11")) == one_of_grammar(["It is 70. It is 11."])
    told = grammar(both, result("30+40", "70"), result("5+6", "11"), tools={"SUM": ODD})
    assert told == one_of_grammar(["It is 70. It is 11."])


@pytest.mark.parametrize(
    "question",
    [
        "A box has 3 pens. What is left?",
        "A hat is $20 and a cap $30. What is it with 10% off?",
        "What is 3 plus 4 and what is love?",
        "What is 1? " * 9,
    ],
)
def test_a_problem_or_a_question_without_numbers_is_no_second_sum(question):
    assert parts_of(question) == [question]


def test_a_tool_with_examples_and_a_schema_is_held_to_the_schema_where_no_pattern_fits():
    odd = Example("The sum of 3, 4 and 5?", "a=3, b=4, c=5", "12", "It is 12.")
    schema = {"type": "object", "properties": {name: {"type": "integer"} for name in "abc"}, "required": ["a", "b"]}
    made = Tool.from_schema("sum", "the sum of two numbers", schema, lambda **_: "", examples=[odd])
    assert grammar("The sum of 5, 6 and 7?", tools={"SUM": made}) == 'root ::= "[SUM:" "a=5, b=6, c=7" "]"'
    by_schema = grammar("What is the sum of 30 and 40?", tools={"SUM": made})
    assert accepts(by_schema, '[SUM:{"a": 30, "b": 40}]')
    assert not accepts(by_schema, "[SUM:30, 40]")
