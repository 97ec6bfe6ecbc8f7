"""Worked examples as patterns, and the question's own parts in their places."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.guidance.argument_templates import MOST_FILLINGS, argument_template, fillings
from orchestrator.guidance.slots import slot_values

COMMON = {"is": 9, "as": 9, "the": 9, "in": 9, "how": 9, "many": 9, "are": 9, "word": 9, "letter": 5}


def filled(example: tuple[str, str], question: str) -> list[str]:
    return fillings(argument_template(*example), slot_values(question, COMMON))


@pytest.mark.parametrize(
    ("example", "question", "expected"),
    [
        (("Take 38 away from 520.", "520-38"), "Take 7 away from 90.", "90-7"),
        (("A coat costs $80 and is 25% off.", "80-80*25/100"), "A hat costs $40 and is 10% off.", "40-40*10/100"),
        (("How many hours are in 12 days?", "12*24"), "How many hours are in 3 days?", "3*24"),
        (("What is half of 64?", "64/2"), "What is a third of 90?", "90/3"),
        (("Add 3, 4 and 5.", "3+4+5"), "Add 10, 20, 30 and 40.", "10+20+30+40"),
        (("The mean of 2, 4 and 9?", "(2+4+9)/3"), "The mean of 5 and 7?", "(5+7)/2"),
        (("Sort 8, 3 and 11.", "sorted([8, 3, 11])"), "Sort 2, 1, 9 and 4.", "sorted([2, 1, 9, 4])"),
        (("Is it 4 or 4?", "4-4"), "Is it 8 or 3?", "8-3"),
        (("What is twelve plus 3?", "12+3"), "What is 5 plus forty?", "5+40"),
        (("Tell me tau.", "2*pi"), "Say tau.", "2*pi"),
    ],
)
def test_a_questions_numbers_take_the_places_of_the_examples(example, question, expected):
    assert filled(example, question) == [expected]


@pytest.mark.parametrize(
    ("question", "items"),
    [
        ("Sort these: kiwi, plum, fig", "'kiwi', 'plum', 'fig'"),
        ("Put dog, cat and bird in order.", "'dog', 'cat', 'bird'"),
        ("Sort tom, anna, o'neil, liz, or bo", "'tom', 'anna', 'o\\'neil', 'liz', 'bo'"),
        ("Hi, could you sort these words? red, green, blue, pink", "'red', 'green', 'blue', 'pink'"),
    ],
)
def test_a_list_of_words_takes_the_place_of_the_examples_list_however_long(question, items):
    example = ("Sort the words pear, apple, fig.", "sorted(['pear', 'apple', 'fig'])")
    assert filled(example, question) == [f"sorted([{items}])"]


def test_of_a_list_a_pattern_takes_all_or_none():
    longest = ("Which is longest: ox, cow, horse?", "max('ox, cow, horse'.split(', '), key=len)")
    assert filled(longest, "Which is longest: owl, crow, finch?") == ["max('owl, crow, finch'.split(', '), key=len)"]
    assert filled(("Turn around tiger.", "'tiger'[::-1]"), "Turn around owl, crow and finch.") == []


def test_two_words_with_a_comma_are_no_list():
    assert slot_values("Hi, sort plum and kiwi", {}).items == ()
    assert slot_values("Count letters, blanks and dots in 'a b.'", {}).items == ()  # what is quoted is meant


@pytest.mark.parametrize(
    ("example", "question"),
    [
        (("Take 38 away from 520.", "520-38"), "Take 7 away."),
        (("From 9 take 4.", "9-4"), "From 9 take 4 and 3."),
        (("Take 38 away from 520.", "520-38"), "Take 7 and 8 away from 90."),
        (("Work out 3 - 4 + 5.", "3-4+5"), "Work out 1, 2, 3 and 4."),
        (("The sum of 3 and 4, squared?", "(3+4)**2-3"), "The sum of 1, 2 and 3, squared?"),
    ],
)
def test_a_pattern_with_too_few_or_too_many_numbers_does_not_fit(example, question):
    assert filled(example, question) == []


def test_a_doubtful_number_is_left_out_where_the_pattern_has_no_room_for_it():
    assert filled(("Add 3 and 4.", "3+4"), "Add the two numbers 30 and 40.") == ["30+40"]
    assert filled(("What is half of 6?", "6/2"), "What is a third of 60?") == ["60/3"]
    assert filled(("What is 6 / 2?", "6/2"), "What is 60 / three?") == ["60/3"]
    assert filled(("From 9 take 4.", "9-4"), "One day: from 30 take 7.") == ["30-7"]


COUNT = ("How many p's are in apple?", "'apple'.count('p')")


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("How many t's are in butter?", "'butter'.count('t')"),
        ("how many ts are in the word butter", "'butter'.count('t')"),
        ("How many a are in banana?", "'banana'.count('a')"),
        ('Is the letter "k" in "knock"?', "'knock'.count('k')"),
        ("How many e’s are in 'it's here'?", "'it\\'s here'.count('e')"),
    ],
)
def test_words_and_letters_take_the_places_of_the_examples(question, expected):
    assert filled(COUNT, question)[0] == expected


def test_a_word_that_is_rare_in_the_bank_is_likelier_than_a_common_one():
    found = filled(("Reverse the word lamp.", "'lamp'[::-1]"), "how is the word planet in reverse")
    assert found[:2] == ["'planet'[::-1]", "'reverse'[::-1]"]
    assert len(found) <= MOST_FILLINGS


def test_a_question_without_a_letter_has_none_for_a_pattern_that_needs_one():
    assert filled(COUNT, "How many letters has butter?") == []


def test_a_letter_is_counted_as_the_text_has_it():
    counting = ("How many e's are in tree?", "'tree'.count('e')")
    assert filled(counting, "How many L's are in parallel?")[0] == "'parallel'.count('l')"
    assert filled(counting, "How many A's are in Anna?")[0] == "'Anna'.count('A')"


def test_two_letters_keep_their_order():
    replace = ("In 'letter', change every t to d.", "'letter'.replace('t', 'd')")
    assert filled(replace, "In 'banana', change every a to o.")[0] == "'banana'.replace('a', 'o')"


LOWER = ("Write GOOD Day in small letters.", "'GOOD Day'.lower()")


def test_words_side_by_side_that_no_example_has_are_one_text():
    assert filled(LOWER, "how is HELLO World in small letters")[0] == "'HELLO World'.lower()"
    assert filled(LOWER, "how is the word Planet in letters")[0] == "'Planet'.lower()"


def test_what_belongs_to_a_number_is_no_text():
    assert "'th'[::-1]" not in filled(("Reverse lamp.", "'lamp'[::-1]"), "Reverse the 5th word, please")


BETWEEN = ("From 2 May 2024 to 2024-05-09?", "(date(2024, 5, 9) - date(2024, 5, 2)).days")
AFTER = ("10 minutes after 9:40?", "(datetime(2000, 1, 1, 9, 40) + timedelta(minutes=10)).strftime('%H:%M')")


def test_dates_and_times_take_the_places_of_the_examples():
    assert filled(BETWEEN, "how long from March 3, 2021 to 8 April 2021") == [
        "(date(2021, 4, 8) - date(2021, 3, 3)).days"
    ]
    assert filled(AFTER, "what is 25 minutes after 2:15 pm") == [
        "(datetime(2000, 1, 1, 14, 15) + timedelta(minutes=25)).strftime('%H:%M')"
    ]


def test_a_pattern_of_dates_needs_as_many_and_no_number_of_them_is_one():
    assert filled(BETWEEN, "how long is it from March 3, 2021?") == []
    assert filled(AFTER, "25 minutes after 3 May 2021") == []
    assert filled(("Take 3 from 4.", "4-3"), "On 3 May 2024, take 5 from 9.") == ["9-5"]
    assert filled(BETWEEN, "2 of us went from 3 March 2021 to 8 April 2021") != []


def test_a_date_that_is_said_twice_is_one():
    weekday = ("Which day is 2 May 2024?", "date(2024, 5, 2)")
    assert filled(weekday, "Ida came on 3 May 2021. Which day is 3 May 2021?") == ["date(2021, 5, 3)"]


def test_the_digits_of_a_number_take_the_places_of_digits():
    digits = ("The digit sum of 4821?", "sum(int(d) for d in '4821')")
    assert filled(digits, "sum of the digits in 98,765") == ["sum(int(d) for d in '98765')"]


def test_a_number_keeps_its_sign():
    sort = ("Sort 8, -3 and 11.", "sorted([8, -3, 11])")
    assert filled(sort, "Sort 5, 2, -9") == ["sorted([5, 2, -9])"]
    assert filled(sort, "Sort 5 -2 11 0") == ["sorted([5, -2, 11, 0])"]
    assert filled(("Take 3 from 4.", "4-3"), "Take 5 from -9.") == ["-9-5"]
    assert filled(("Take 3 from 4.", "4-3"), "Take -5 from 9.") == ["9-(-5)"]
    assert filled(("Add -3 and 4.", "-3+4"), "Add 5 and 9.") == ["5+9"]
    assert filled(("Add 3 and 4.", "3+4"), "Add minus 5 and negative 9.") == ["-5+(-9)"]
    assert filled(("Times -3 and -4?", "-3*(-4)"), "Times 5 and -9?") == ["5*(-9)"]
    assert filled(("What is 3 squared?", "3**2"), "What is -7 squared?") == ["(-7)**2"]
    assert filled(("3 below zero, plus 4?", "-3+4"), "5 below zero, plus 6?") == ["-5+6"]
    assert filled(("Digit sum of 38?", "sum(map(int, '38'))"), "Digit sum of -41?") == ["sum(map(int, '41'))"]
    assert filled(("Mean of 6, 4 and 5?", "(6+4+5)/3"), "Mean of -6, 7, -8 and 9?") == ["(-6+7+(-8)+9)/4"]


def test_what_stands_behind_a_colon_is_a_text():
    words = ("Count the words: one two three", "len('one two three'.split())")
    assert filled(words, "Count the words: a rose is 1 rose.")[0] == "len('a rose is 1 rose'.split())"


def test_an_argument_of_words_is_known_as_such():
    assert argument_template("What is the weather in Oslo today?", "weather Oslo today").words
    assert argument_template("How are passwords hashed?", "hash password").words
    assert not argument_template("How long is the word to?", "len('to')").words
    assert not argument_template("Solve it.", "").words


def test_the_shape_is_the_same_for_two_examples_of_one_pattern():
    one, other = argument_template("Add 3 and 4.", "3+4"), argument_template("What is 10 + 20?", "10+20")
    assert one.shape == other.shape
    assert argument_template("weather in Rome", "weather Rome").shape == "words"


@given(st.text(max_size=300))
def test_any_question_is_taken_apart(question):
    slots = slot_values(question, COMMON)
    for example in (COUNT, ("Take 38 away from 520.", "520-38"), ("Add 3, 4 and 5.", "3+4+5")):
        assert len(fillings(argument_template(*example), slots)) <= MOST_FILLINGS
