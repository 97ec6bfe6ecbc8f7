"""Answers as models write them, through the scorer ``auto``: kinds with siblings, and properties of wrong answers.

The kinds of the tables NOTATIONS, NOT_A_NUMBER and EQUATIONS are those of Math-Verify's tests, with other numbers.
"""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.evals.scorers import auto
from orchestrator.evals.types import Item, Sample

CITIES = ("Paris", "Rome", "Oslo", "Bern")
YES_NO = ("Yes", "No")
VITAMINS = ("Vitamin A", "Vitamin B", "Vitamin C")
TRUE_FALSE = ("True", "False")
NUMBERS = ("12", "15", "18", "1.5")
MANY = tuple(f"item {at}" for at in range(12))


def scored(answer, gold, choices=()):
    return auto.score(Item("1", "?", gold, choices), Sample("1", "direct", answer, answer))


NOTATIONS = [
    ("$3\\frac{1}{4}$", "3.25"),
    ("\\boxed{3\\tfrac{1}{4}}", "13/4"),
    ("\\(-2\\frac{1}{2}\\)", "-2.5"),
    ("3 1/4", "3.25"),
    ("3¼", "3.25"),
    ("½", "0.5"),
    ("\\boxed{\\dfrac12}", "0.5"),
    ("\\tfrac34", "3/4"),
    ("\\cfrac{3}{4}", "0.75"),
    ("\\frac 1 3", "1/3"),
    ("\\frac12 3", None),
    ("\\frac{-7}{4}", "-1.75"),
    ("-$\\frac{3}{4}$", "-0.75"),
    ("$\\left( \\frac{2}{7} \\right)$", "2/7"),
    ("1/8", "0.125"),
    ("\\frac{25}{2}", "12.5"),
    ("0.0833333333333", "1/12"),
    ("\\boxed{12\\,345}", "12345"),
    ("\\boxed{12\u2009345}", "12345"),
    ("12\u202f345 people", "12345"),
    ("12\u00a0345", "12345"),
    ("12{,}345", "12345"),
    ("12,\\! 345,\\! 678", "12345678"),
    ("12'345", "12345"),
    ("12_345", "12345"),
    ("\\boxed{12~345}", "12345"),
    ("12.5 = 100/8", "12.5"),
    ("12 345", "12345"),
    ("1,23,456", "123456"),
    ("12.345,60", "12345.6"),
    ("12,34", "12.34"),
    ("0,125", "1/8"),
    ("45 percent", "$45\\%$"),
    ("45 per cent", "45%"),
    ("45 pct.", "45 percent"),
    ("$45$ %", "45"),
    ("\\boxed{45\\%}", "45 per cent"),
    ("$\\boxed{45}$ percentage points", "45\\%"),
    ("forty-five percent", "45 %"),
    ("1.2 \\times 10^3", "1200"),
    ("3 \\cdot 10^{-2}", "0.03"),
    ("4.5 × 10⁻³", "0.0045"),
    ("10^{3}", "1000"),
    ("1.5e3", "1500"),
    ("3:4", "3:4"),
    ("The ratio is 3:4.", "$3:4$"),
    ("−7", "-7"),
    ("－7", "-7"),
    ("１２３", "123"),
    ("minus seven", "-7"),
    ("one hundred and sixteen", "116"),
    ("two thousand three hundred", "2300"),
    ("-$5", "-5"),
    ("US$5", "\\$5"),
    ("12 €", "€12"),
    ("$20^\\circ$", "20"),
    ("20 °C", "20°"),
    ("\\boxed{15\\mbox{ cm}^2}", "15"),
    ("\\boxed{7\\text{ apples}}", "7"),
    ("\\boxed{\\text{The total is }7}", "7"),
    ("60 km/h", "60"),
    ("7.50.", "7.5"),
    ("\\\\boxed{7}", "7"),
    ("7", "so it is $\\boxed{7}$, as promised"),
]
EQUATIONS = [
    ("x = 18", "18"),
    ("\\boxed{x=18}", "$18$"),
    ("18", "$f(x)=18$"),
    ("$k \\approx 18$", "18"),
    ("$x = 5+5+8 = 18$", "x = 18"),
    ("\\boxed{2\\sqrt{3} \\approx 3.46}", "3.46"),
    ("1/3 ≈ 0.33", "1/3"),
    ("100/3 ≈ 33.33", "33.33"),
    ("The answer is 3^2 = 9.", "9"),
    ("It takes 12 hours (3 * 4 = 12).", "12"),
    ("So the answer is 7/2 or 3.5.", "3.5"),
]
NOT_A_NUMBER = [
    ("100 / 8", "12.5"),
    ("The answer is 100 / 8.", "12.5"),
    ("\\boxed{100/8}", "12.5"),
    ("144 / 12", "12"),
    ("7 / 2", "3.5"),
    ("25 * 4", "100"),
    ("25 * 4", "4"),
    ("The answer is 25 * 4", "4"),
    ("\\boxed{25 \\times 4}", "4"),
    ("12 + 5", "17"),
    ("7 - 3", "-3"),
    ("2^{3}", "8"),
    ("2^{3}", "3"),
    ("\\boxed{3\\sqrt{2}}", "3"),
    ("\\boxed{2\\pi}", "2"),
    ("\\frac{1+\\sqrt5}{2}", "2"),
    ("The answer is 2x.", "2"),
    ("\\boxed{2x = 10}", "10"),
    ("\\pm 9", "9"),
    ("204_5", "204"),
    ("10k", "10"),
    ("room X2A", "2"),
    ("one half", "1"),
    ("5 and a half", "5"),
    ("sqrt(16)", "16"),
    ("100 ÷ 8", "12.5"),
    ("3-6", "6"),
    ("between 5 and 6", "6"),
    ("6:8", "3:4"),
    ("3:4", "3"),
    ("6/8", "3/4"),
    ("3 or 4", "4"),
    ("The answer is 1, 2 and 3.", "1"),
    ("$\\boxed{2}$ or $\\boxed{3}$", "3"),
    ("\\boxed{2} \\quad \\text{and} \\quad \\boxed{3}", "3"),
    ("\\boxed{x = 3, y = 4}", "4"),
    ("\\boxed{32, 349}", "32349"),
    ("(3, 4)", "4"),
    ("[0,1)", "1"),
    ("\\boxed{12\\text{ and }13}", "12"),
    ("0.45", "45%"),
]


@pytest.mark.parametrize(("answer", "gold"), [*NOTATIONS, *EQUATIONS])
def test_a_number_is_right_in_every_notation(answer, gold):
    assert gold is None or scored(answer, gold).correct, scored(answer, gold)


@pytest.mark.parametrize(("answer", "gold"), NOT_A_NUMBER)
def test_an_expression_or_several_numbers_are_not_the_gold_number(answer, gold):
    assert not scored(answer, gold).correct, scored(answer, gold)


def test_an_unreduced_fraction_is_right_if_the_gold_answer_is_written_so():
    assert scored("6/8", "6/8").correct
    assert scored("The answer is 100 / 8.", "$\\frac{100}{8}$").correct


@pytest.mark.parametrize(
    ("answer", "gold"),
    [
        ("3 + 5 = 8.\n#### 8\n\nQuestion: 2 cats and 9 more?\nAnswer: 2 + 9 = 11\n#### 11", "8"),
        ("#### 8\n\nHow many dogs are 5 and 6?\n#### 11", "8"),
        ("#### 8\nWait, I made a mistake. 3 + 6 = 9\n#### 9", "9"),
        ("8\n\nQ: What is 2+2?\nA: 4", "8"),
        ("It is 12.\nProblem 2: Add 3 and 4.\nIt is 7.", "12"),
        ("The answer is 9.\nHuman: and 3*5?\nAssistant: 15", "9"),
        ("So 9.<|im_end|>\n<|im_start|>user\nNext 5", "9"),
        ("**Question:** 3 + 4?\n**Answer:** 7", "7"),
        ("#### Step 1\nadd 2 and 3\n#### Step 2\nThe answer is 5", "5"),
        ("#### 1. Count\n3+2 = 5\n#### 2. Conclude\nSo 5.", "5"),
        ("\\boxed{17}. Final Answer: The final answer is $18$. I hope it is correct.", "18"),
        ("Answer: 18\n\nExplanation: 16 - 3 - 4 = 9; 9 * 2 = 18, not 20", "18"),
        ("Answer: Let's compute. 5+3 = 8. Then 8*2 = 16.", "16"),
        ("Answer: She buys 5 and gets 3. That makes 8.", "8"),
        ("6 is the answer, although 7 is near.", "6"),
        ("So 42 is the correct answer.", "42"),
        ("The answer is 5, since x = 2.", "5"),
        ("The answer is 5 (x = 2).", "5"),
        ("If the answer is 3, we fail. So the answer is 4.", "4"),
        ("The answer is 5. The answer is not 7.", "5"),
        ("It is 5, not 6.", "5"),
        ("The answer is 5. Wait, no: the answer is 6.", "6"),
        ("The answer is 5. Actually, it is 6.", "6"),
        ("The answer is 5. Sorry, that is wrong. 3 + 3 = 6.", "6"),
        ("I first got 6, but the answer is 5.", "5"),
    ],
)
def test_the_number_that_is_stated_counts(answer, gold):
    assert scored(answer, gold).correct, scored(answer, gold)


@pytest.mark.parametrize(
    ("answer", "letter"),
    [
        ("ANSWER IS C. A is incorrect.", "C"),
        ("Answer is: D", "D"),
        ("I would pick B", "B"),
        ("I'd go with option C.", "C"),
        ("I would choose C because A and B are wrong", "C"),
        ("My choice is (D).", "D"),
        ("I was torn between A and B, and choose A.", "A"),
        ("(B)", "B"),
        ("**B**", "B"),
        ("B) Rome", "B"),
        ("B", "B"),
        ("b.", "B"),
        ("Option B", "B"),
        ("It is option C that fits", "C"),
        ("I'd go with c", "C"),
        ("Hmm, A? No, B.", "B"),
        ("The answer is 'C'", "C"),
        ("The answer is `C`.", "C"),
        ("__C__", "C"),
        ("<answer>C</answer>", "C"),
        ('{"answer": "C"}', "C"),
        ("the correct option: b", "B"),
        ("Answer: B. Not A", "B"),
        ("answer B", "B"),
        ("Answer - C", "C"),
        ("It's B, not C", "B"),
        ("B (not A)", "B"),
        ("Not B. C.", "C"),
        ("It cannot be A. B", "B"),
        ("None of A, B or C; D", "D"),
        ("We can rule out A and B. C is too cold. It must be D.", "D"),
        ("D is the answer. A is wrong", "D"),
        ("B is correct. A is not.", "B"),
        ("Rome is the correct answer.", "B"),
        ("The answer is Rome (B).", "B"),
        ("The answer is Paris. Rome is in Italy.", "A"),
        ("I think Rome, not Paris.", "B"),
        ("It's not Paris; it's Oslo.", "C"),
        ("The answer isn't A but D.", "D"),
        ("The answer is A. Wait, no: the answer is B", "B"),
        ("The answer is A. Hmm, I made a mistake. It is B.", "B"),
        ("Scratch that, it's C.", "C"),
        ("If the answer is A, then snow falls. Hence the answer is C", "C"),
        ("B\n\nExplanation: A is in France, C is in Norway and D is in Switzerland.", "B"),
        ("B) Rome, because it is. A) Paris is in France.", "B"),
        ("A. Paris\nB. Rome\nC. Oslo\nD. Bern\n\nThe capital of Italy is Rome.", "B"),
        ("A) Paris: wrong\nB) Rome: correct\nC) Oslo: wrong\nD) Bern: wrong", "B"),
        ("B\n\nQuestion: Capital of France?\nAnswer: A", "B"),
        ("The answer is B.\n\nQ: What of Norway?\nA: The answer is C.", "B"),
        ("Final answer: \\boxed{\\text{(C)}}", "C"),
        ("\\boxed{\\textbf{(B)}\\ Rome}", "B"),
        ("Answer: Let's compare. Paris is in France. Rome is in Italy. So B.", "B"),
    ],
)
def test_the_choice_that_is_stated_counts(answer, letter):
    assert scored(answer, letter, CITIES).extracted == letter


@pytest.mark.parametrize(
    "answer",
    [
        "Both A and B",
        "The answer is either A or B.",
        "The answer is A, B and C.",
        "A & C",
        "Paris and Rome",
        "The answer is neither A nor B.",
        "The answer is not A",
        "One might say the answer is A. But the answer is none of the above.",
        "none of the above",
        "Answer: none of the above",
        "The answer is E.",
        "A mistake was made.",
        "I was wondering",
        "The answer is a city.",
        "It is a nice day.",
    ],
)
def test_several_denied_or_unknown_choices_are_no_answer(answer):
    assert scored(answer, "A", CITIES).extracted == ""


@pytest.mark.parametrize(
    ("answer", "gold", "choices"),
    [
        ("The answer is no, because cats bark.", "No", YES_NO),
        ("Yes. There is no doubt.", "Yes", YES_NO),
        ("The answer is Vitamin C.", "(C)", VITAMINS),
        ("The answer is Vitamin A because C is acidic", "A", VITAMINS),
        ("15", "B", NUMBERS),
        ("The answer is 15.0", "B", NUMBERS),
        ("The answer is 1.5.", "D", NUMBERS),
        ("12 + 3 = 15", "B", NUMBERS),
        ("Answer: K", "K", MANY),
        ("item 1", "B", MANY),
        ("The answer is item 10", "K", MANY),
        ("pear", "(B)", ("(A) chair", "(B) pear")),
        ("B", "(B) pear", ("(A) chair", "(B) pear")),
        ("I would pick B.", "B", ()),
        ("$\\boxed{\\text{(B)}}$", "$\\text{B}$", ()),
        ("The answer is red. I am sure.", "red", ()),
        ("The answer is red because of that", "red", ()),
        ("] } )", "] } )", ()),
        ("\\boxed{(3,4)}", "$(3, 4)$", ()),
        ("$odd$", "$\\text{odd}$", ()),
        ("The distance is $\\boxed{9\\textnormal{ miles}}.$", "$9$ miles", ()),
    ],
)
def test_words_and_numbers_name_a_choice_or_are_the_answer(answer, gold, choices):
    assert scored(answer, gold, choices).correct, scored(answer, gold, choices)


@pytest.mark.parametrize(
    ("answer", "gold"), [("The answer is blue, not red.", "red"), ("red or blue", "red"), ("invalid", "valid")]
)
def test_other_words_are_wrong(answer, gold):
    assert not scored(answer, gold).correct


@pytest.mark.parametrize(
    ("answer", "gold"),
    [
        ("Answer:\n* 42", "42"),
        ("The answer is:\n\n* 42", "42"),
        ("* 42", "42"),
        ("Answer:\n* 3 apples", "3"),
        ("The answer is:\n- 42", "42"),
        ("The answer is -42", "-42"),
        ("The answer is:\n* -42", "-42"),
        ("The answer is:\n- -42", "-42"),
        ("So:\n\n- 42\n", "42"),
        ("Result:\n– 42", "42"),
        ("• 42", "42"),
        ("  * 42 tiles", "42"),
        ("x =\n- 42", "-42"),
        ("- 42", "-42"),
        ("Work:\n* 3 * 4 = 12\n* 12 + 5 = 17", "17"),
        ("- 3 * 4 = 12\n- 12 + 5 = 17", "17"),
        ("The answer is:\n- red", "red"),
        ("The answer is:\n> 42", "42"),
    ],
)
def test_a_bullet_is_no_sign_and_no_operator(answer, gold):
    assert scored(answer, gold).correct, scored(answer, gold)


@pytest.mark.parametrize(
    ("answer", "gold"),
    [
        ("3\nConfidence: 95%", "3"),
        ("3 (95% confident)", "3"),
        ("42 [1]", "42"),
        ("42.[2]", "42"),
        ("42 (see step 3)", "42"),
        ("42 (3 s.f.)", "42"),
        ("42\n\n(Tokens used: 118)", "42"),
        ("She needs 42 tiles (see step 3).", "42"),
        ("42 tiles [1]", "42"),
        ("It is 42.[1][2]\n\n[1] https://example.org/5\n[2] p. 7", "42"),
        ("42 (rounded to 2 decimal places)", "42"),
        ("42\n\nExplanation: 6 rows of 7", "42"),
        ("42 (because 6 rows have 7)", "42"),
        ("42\nSource: table 7", "42"),
        ("**42**\n\n*Confidence: high (9/10)*", "42"),
        ("Answer: 42\nConfidence (0-100): 95", "42"),
        ("red\nConfidence: 95%", "red"),
        ("150 minutes (2.5 hours)", "2.5"),
        ("22/7 (about 3.14)", "3.14"),
        ("22/7 (rounded: 3.14)", "3.14"),
        ("The answer is [3]", "3"),
        ("5 + 3 = [8]", "8"),
        ("We have them all.\nSources: 3", "3"),
        ("Reasoning: 3 + 4 = 7.\nAnswer: 7\nConfidence: 80", "7"),
        ("Confidence: 95", "95"),
        ("The confidence level is 95%.", "95"),
        ("3, confidence 95%", "3"),
        ("3 - 95% confident", "3"),
        ("3\n\nI am 95% confident.", "3"),
        ("I'm 95% sure it's 3", "3"),
        ("42^[1]", "42"),
        ("42【1】", "42"),
        ("42 [source 3]", "42"),
        ("42 (2dp)", "42"),
        ("42 — see step 3", "42"),
    ],
)
def test_a_note_after_the_answer_is_not_read(answer, gold):
    assert scored(answer, gold).correct, scored(answer, gold)


@pytest.mark.parametrize(("answer", "gold"), [("3\nConfidence: 95%", "95"), ("42 [1]", "1"), ("3 (or 4)", "3")])
def test_a_note_is_never_the_answer_and_another_number_is_no_note(answer, gold):
    assert not scored(answer, gold).correct


@pytest.mark.parametrize(
    ("answer", "gold", "choices"),
    [
        ("False, because it is true that x", "False", TRUE_FALSE),
        ("True, since it is false that not x", "True", TRUE_FALSE),
        ("B, although it is A that comes first", "B", CITIES),
        ("It is B because it is A's opposite.", "B", CITIES),
        ("Since A is wrong, it is B.", "B", CITIES),
        ("A is hot as it is C-like, so it is B.", "B", CITIES),
        ("My answer is A... no, B.", "B", CITIES),
        ("The answer is 5 — no, 6.", "6", ()),
        ("The answer is 5, no, 6.", "6", ()),
        ("The answer is A… no, wait, C.", "C", CITIES),
        ("- [ ] A\n- [x] B", "B", CITIES),
        ("[ ] A\n[x] B\n[ ] C", "B", CITIES),
        ("A ❌ B ✅ C ❌ D ❌", "B", CITIES),
        ("❌ A\n✅ B\n❌ C", "B", CITIES),
        ("Answer:\n☐ Paris\n☑ Rome\n☐ Oslo", "B", CITIES),
        ("A) Paris ❌\nB) Rome ✅\nC) Oslo ❌", "B", CITIES),
        ("Options:\n* [X] Rome\n* [ ] Oslo\n\nAs shown.", "B", CITIES),
        ("Both A and C are plausible but C is best", "C", CITIES),
        ("I would rule out A and B. Of C and D, C fits better.", "C", CITIES),
        ("A and B look good, but B is more likely.", "B", CITIES),
        ("Of A or D, D seems the most plausible.", "D", CITIES),
        ("A looks right at first, but it is B.", "B", CITIES),
        ("The answer is A. No, B.", "B", CITIES),
        ("My answer is A, or rather B.", "B", CITIES),
        ("I pick A... I mean B.", "B", CITIES),
        ("( ) A\n(x) B\n( ) C", "B", CITIES),
        ("A and C both seem fine, but I prefer C", "C", CITIES),
        ("I eliminate A and B. Between C and D, D wins.", "D", CITIES),
    ],
)
def test_a_choice_that_is_ticked_favoured_or_corrected_counts(answer, gold, choices):
    assert scored(answer, gold, choices).correct, scored(answer, gold, choices)


@pytest.mark.parametrize(
    "answer",
    [
        "[x] A\n[x] B\n[ ] C",
        "A ✅ B ✅ C ❌",
        "Both A and C are correct",
        "A is better in one way. B is better in another.",
    ],
)
def test_several_ticked_or_favoured_choices_are_no_answer(answer):
    assert scored(answer, "A", CITIES).extracted == ""


@pytest.mark.parametrize(
    "answer",
    [
        "The answer is at least 3",
        "The answer is > 3",
        "The answer is more than 3.",
        "It is no more than 3",
        "The answer is \\ge 3",
        "\\boxed{x > 3}",
        "The answer is 3 or more",
        "Up to 3",
        "It is 42, up from 3.",
    ],
)
def test_a_bound_or_what_is_compared_with_is_no_answer(answer):
    assert not scored(answer, "3").correct


@pytest.mark.parametrize(
    ("answer", "gold"),
    [
        ("half", ".5"),
        ("The answer is half.", "1/2"),
        ("three quarters", ".75"),
        ("two and a half", "2.5"),
        ("one third", "1/3"),
        ("seven eighths of the cake", "7/8"),
        ("minus three quarters", "-0.75"),
        ("5 and a half", "5.5"),
        ("3 and three quarters", "3.75"),
        ("Six are left, since he ate half.", "6"),
        ("The third box holds six.", "6"),
        ("$12k", "12000"),
        ("5k", "5000"),
        ("$1.2M", "1200000"),
        ("$1.2B", "1200000000"),
        ("The answer is $12K.", "12000"),
        ("£1.5m", "1500000"),
        ("€3.5bn", "3500000000"),
        ("300K", "300"),
        ("5 km", "5"),
        ("42 dollars and 50 cents", "42.50"),
        ("It costs 3 euros and 5 cents.", "3.05"),
        ("$7 and 25 cents", "7.25"),
        ("1,200 dollars and 5 cents", "1200.05"),
        ("a dozen", "12"),
        ("3 dozen", "36"),
        ("3 dozen", "3"),
        ("two dozen eggs", "24"),
        ("half a dozen", "6"),
        ("a hundred", "100"),
        ("5 dozens", "60"),
        ("half a million", "500000"),
        ("one and a half million", "1500000"),
        ("1.2 bn", "1200000000"),
        ("42 dollars, 50 cents", "42.5"),
        ("The total is a thousand.", "1000"),
        ("It's 42, up from 40.", "42"),
        ("It is 42, compared with 40 last year.", "42"),
        ("It rose from 40 to 42.", "42"),
        ("It is 42, no less than 40.", "42"),
    ],
)
def test_amounts_fractions_and_dozens_are_read_as_people_say_them(answer, gold):
    assert scored(answer, gold).correct, scored(answer, gold)


@pytest.mark.parametrize(
    ("answer", "gold"),
    [
        ("25 percent", "0.25"),
        ("\\boxed{25\\%}", "0.25"),
        ("50%", "1/2"),
        ("The share is 12.5%.", "1/8"),
        ("twenty-five percent", "1/4"),
        ("-5%", "-0.05"),
    ],
)
def test_a_percentage_is_the_gold_share_of_exactly_its_value(answer, gold):
    assert scored(answer, gold).correct, scored(answer, gold)


@pytest.mark.parametrize(
    ("answer", "gold"),
    [("300%", "3"), ("250%", "2.5"), ("50%", "0.5%"), ("25", "0.25"), ("33.3%", "1/3"), ("0.25", "25%"), ("100%", "1")],
)
def test_a_percentage_is_no_other_number(answer, gold):
    assert not scored(answer, gold).correct


@given(st.integers(1, 9999), st.sampled_from(["%", " percent", "\\%"]), st.sampled_from([1, 10, Fraction(1, 10)]))
def test_a_percentage_is_never_a_share_that_is_ten_times_off(hundredths, mark, factor):
    gold = Fraction(hundredths, 10_000) * factor
    if 0 < gold < 1:
        assert scored(f"{hundredths / 100:.2f}{mark}", f"{gold.numerator}/{gold.denominator}").correct == (factor == 1)


@given(
    st.integers(0, 999),
    st.sampled_from(["* {}", "Answer:\n* {}", "The answer is:\n- {}", "Work:\n- 3 * 4\n- {}"]),
    st.sampled_from(["", "\nConfidence: {}%", " [{}]", " (see step {})", "\n(Tokens used: {})", "\nSource: table {}"]),
    st.integers(0, 999),
)
def test_a_number_in_a_list_is_the_answer_whatever_note_follows(value, said, note, other):
    assert scored(said.format(value) + note.format(other), str(value)).correct


SAYS = [
    "{}",
    "The answer is {}.",
    "#### {}",
    "Answer: {}",
    "$\\boxed{{{}}}$",
    "So the final answer is **{}**.",
    "x = {}",
    "We get \\( {} \\)",
    "I think it is {}, all in all.",
    "{} is the answer.",
]


def shapes_of_integer(value):
    return Fraction(value), [f"{value}", f"{value:,}", f"{value:,}".replace(",", "{,}")]


def shapes_of_decimal(digits, places):
    return Fraction(digits, 10**places), [f"{digits / 10**places:.{places}f}"]


def shapes_of_fraction(value):
    top, bottom = value.numerator, value.denominator
    mixed = f"{top // bottom}\\tfrac{{{top % bottom}}}{{{bottom}}}"
    return value, [f"{top}/{bottom}", f"\\frac{{{top}}}{{{bottom}}}", mixed]


SHAPES = st.one_of(
    st.integers(-(10**9), 10**9).map(shapes_of_integer),
    st.builds(shapes_of_decimal, st.integers(-(10**7), 10**7), st.integers(1, 4)),
    st.fractions(1, 50, max_denominator=60).filter(lambda value: value.denominator > 1).map(shapes_of_fraction),
)


@given(SHAPES, st.data())
def test_the_gold_number_is_right_in_every_shape_and_sentence(number, data):
    _, written = number
    answer, gold = data.draw(st.sampled_from(written)), data.draw(st.sampled_from(written))
    said = data.draw(st.sampled_from(SAYS)).format(answer)
    assert scored(said, gold).correct, (said, gold)


@given(SHAPES, SHAPES, st.data())
def test_another_number_is_never_right(number, other, data):
    (value, written), (wrong, wrongly) = number, other
    said = data.draw(st.sampled_from(SAYS)).format(data.draw(st.sampled_from(wrongly)))
    assert scored(said, data.draw(st.sampled_from(written))).correct == (value == wrong)


@given(SHAPES, st.sampled_from([-1, 1]), st.sampled_from(SAYS))
def test_a_number_that_differs_in_its_last_place_is_never_right(number, step, sentence):
    value, written = number
    places = len(written[0].partition(".")[2])
    wrong = value + (Fraction(step, value.denominator) if "/" in written[0] else Fraction(step, 10**places))
    shown = f"{wrong}" if "/" in written[0] else f"{float(wrong):.{places}f}"
    assert not scored(sentence.format(shown), written[0]).correct


@given(
    st.integers(0, 999),
    st.integers(0, 999),
    st.sampled_from(
        ["I first got {}. ", "{} people came. ", "It is not {}. ", "They had {} of them, then lost some. "]
    ),
    st.sampled_from(["The answer is {}.", "#### {}", "\\boxed{{{}}}", "Final answer: {}", "So it is {}, not {gold}."]),
)
def test_a_gold_number_that_is_only_mentioned_is_not_right_beside_another_answer(gold, other, mention, statement):
    answer = mention.format(gold) + statement.format(other, gold=gold)
    assert scored(answer, str(gold)).correct == (gold == other)


@given(
    st.sampled_from("ABCD"),
    st.sampled_from("ABCD"),
    st.sampled_from(["{} is tempting. ", "{} is wrong. ", "Some say {}. ", "Not {}. ", "({}) is too small. ", ""]),
    st.sampled_from(
        ["The answer is {}.", "Answer: {}", "I would pick {}.", "{} is the answer.", "\\boxed{{{}}}", "ANSWER IS {}"]
    ),
)
def test_a_gold_letter_that_is_only_mentioned_is_not_right_beside_another_answer(gold, other, mention, statement):
    answer = mention.format(gold) + statement.format(other)
    assert scored(answer, gold, CITIES).extracted == other


@given(st.text(max_size=200), st.sampled_from([("7", ()), ("B", CITIES), ("red", ()), ("(B)", ()), ("12", NUMBERS)]))
def test_no_answer_makes_the_scorer_fail(answer, asked):
    gold, choices = asked
    scored(answer, gold, choices)


HOSTILE = ["Paris ", "A) x\n", "A and ", "not A, ", "so ", "\\", "\\sqrt[", "\\frac{1}{", "####\n", "[1,2] "]
HOSTILE += [
    "* ",
    "\n- ",
    "[ ] A\n[x] B\n",
    "(see ",
    "Confidence ",
    "42 (",
    "\n",
    " ",
    "[1]",
    "a dozen ",
    "$1k ",
    "A... no, ",
]


HOSTILE += ["95% ", ", see ", "( ) A (x) B ", ", confidence ", "half a ", "- > ", "5 dollars "]


@pytest.mark.parametrize("choices", [CITIES, NUMBERS, ()])
@pytest.mark.parametrize("piece", HOSTILE)
def test_a_long_hostile_answer_is_scored_in_a_moment(piece, choices):
    scored(piece * 5_000, "B", choices)
