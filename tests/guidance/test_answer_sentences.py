"""The sentence after a result, in the words of worked examples."""

from __future__ import annotations

import pytest

from orchestrator.core.tool import Example
from orchestrator.core.types import ToolResult
from orchestrator.guidance.answer_sentences import answer_sentences, familiar_words, words_of
from orchestrator.guidance.similarity import index_of

COUNT = Example("How many p's are in apple?", "'apple'.count('p')", "2", "There are 2 p's in apple.")
REVERSED = Example("Spell lamp backwards.", "'lamp'[::-1]", "pmal", "Backwards it is pmal.")
TURNED = Example("Turn lamp round.", "'lamp'[::-1]", "pmal", "Round it is pmal.")
SAME = Example("Is noon the same backwards?", "'noon' == 'noon'[::-1]", "True", "Yes, that is so.")
OTHER = Example("Is moon the same backwards?", "'moon' == 'moon'[::-1]", "False", "No, that is not so.")
LEFT = Example("Ida had 9 pears and ate 4. How many pears are left?", "9-4", "5", "5 pears are left.")
SPENT = Example("Ida had $9 and spent $4. What is left?", "9-4", "5", "Ida has $5 left.")
MINUS = Example("What is 9 minus 4?", "9-4", "5", "9 minus 4 is 5.")
PLAIN = Example("What is the root of 9?", "sqrt(9)", "3", "It is 3.")
COLOUR = Example("Which colour is grass?", "grass", "green", "It is green.")
FAMILIAR = frozenset(("it", "is", "are", "there", "in", "a"))


def told(
    question: str, argument: str, value: str, *examples: Example, familiar: frozenset[str] = FAMILIAR
) -> list[str]:
    called = ToolResult("TOOL", argument, value, True, 0.0)
    return answer_sentences(question, called, [(example, 1.0) for example in examples], familiar)


def test_the_result_and_the_questions_own_parts_take_the_places_of_the_examples():
    assert told("rabbit: how many b's?", "'rabbit'.count('b')", "2", COUNT) == ["There are 2 b's in rabbit."]
    assert told("12.75 minus 19.5", "12.75-19.5", "-6.75", MINUS) == ["12.75 minus 19.5 is -6.75."]


def test_what_is_counted_is_what_the_question_counts():
    question = "Leo had 8 nuts and ate 2. How many nuts are left?"
    assert told(question, "8-2", "6", LEFT) == ["6 nuts are left."]
    assert told("Leo had 8 nuts and ate 2. What is left?", "8-2", "6", LEFT) == []


def test_a_sentence_about_something_else_is_not_said():
    assert told("Leo had 8 nuts and ate 2. What is left?", "8-2", "6", SPENT, MINUS) == []
    assert told("Ida has 8 dollars and spent 2. What is left?", "8-2", "6", SPENT) == ["Ida has $6 left."]
    assert told("What is 8 minus 2?", "8+2", "10", MINUS) == [], "nor one about another calculation"


def test_a_word_that_most_say_of_such_a_result_needs_not_be_asked_for():
    alike = [Example(f"{word}, turned?", f"'{word}'[::-1]", word[::-1], f"Turned it is {word[::-1]}.") for word in "ab"]
    assert told("planet, from its end?", "'planet'[::-1]", "tenalp", *alike) == []
    three = [
        Example(f"{word}, turned?", f"'{word}'[::-1]", word[::-1], f"Turned it is {word[::-1]}.")
        for word in ("lamp", "door", "roof")
    ]
    assert told("planet, from its end?", "'planet'[::-1]", "tenalp", *three) == ["Turned it is tenalp."]


def test_true_and_false_are_told_as_the_same_was():
    usual = familiar_words(index_of([[SAME, OTHER]]))
    for value, answer in (("True", "Yes, that is so."), ("False", "No, that is not so.")):
        assert told("deed?", "'deed' == 'deed'[::-1]", value, SAME, OTHER, familiar=usual) == [answer]
    assert told("Is 7 prime?", "prime(7)", "True", COLOUR, SAME, OTHER) == ["Yes, that is so."], "whatever was asked"


def test_without_one_that_fits_a_result_is_told_plainly():
    assert told("gcd of 84 and 126", "gcd(84, 126)", "42", PLAIN, COLOUR) == ["It is 42."]
    assert told("Turn the order round in 'a b'", "swap('a b')", "b a", PLAIN, COLOUR) == ["It is b a."]
    assert told("gcd of 84 and 126", "gcd(84, 126)", "42", COLOUR) == []


def test_a_calculation_that_the_question_has_is_repeated():
    assert told("(4 + 5) * 2 please", "(4+5)*2", "18", PLAIN) == ["(4 + 5) * 2 = 18"]
    assert told("what is 5?", "5", "5") == []
    assert told("len([1])?", "len([1])", "1") == []


def test_a_longer_list_is_told_as_a_shorter_one():
    listed = Example("Sort 8, 3.", "sorted([8, 3])", "[3, 8]", "Sort of: [3, 8].")
    assert told("Sort 5, -2 and 9", "sorted([5, -2, 9])", "[-2, 5, 9]", listed, familiar=frozenset(["of"])) == [
        "Sort of: [-2, 5, 9]."
    ]
    both = Example("Sort 8, 3.", "sorted([8, 3])", "[3, 8]", "8 and 3 are [3, 8].")
    assert told("Sort 5, -2 and 9", "sorted([5, -2, 9])", "[-2, 5, 9]", both, familiar=frozenset(["and", "are"])) == []


def test_a_number_of_the_examples_own_is_never_said():
    odd = Example("How many days has a week?", "week", "7", "It has 7 days, or 168 hours.")
    assert told("How many days has a week?", "week", "7", odd) == []


def test_a_place_that_the_question_cannot_fill_is_not_said():
    assert told("How many commas are in x, y?", "'x, y'.count(',')", "1", COUNT) == []


def test_the_most_voted_are_left():
    called = ToolResult("TOOL", "'planet'[::-1]", "tenalp", True, 0.0)
    question = "Turn planet round, backwards."
    both = answer_sentences(question, called, [(REVERSED, 1.0), (TURNED, 0.9)], FAMILIAR)
    assert both == ["Backwards it is tenalp.", "Round it is tenalp."]
    assert answer_sentences(question, called, [(REVERSED, 0.5), (TURNED, 1.0)], FAMILIAR) == ["Round it is tenalp."]


@pytest.mark.parametrize(
    ("text", "words"), [("5 dollars", {"$"}), ("10 percent", {"%"}), ("Apples as", {"apple", "as"})]
)
def test_plurals_and_the_names_of_signs_are_the_same(text, words):
    assert words_of(text) == words
