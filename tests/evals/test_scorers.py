from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.core.errors import ConfigError
from orchestrator.evals.types import Item, Sample, Score
from orchestrator.runtime import registry

FRUIT = ("a large apple", "a pear", "plausible", "not plausible")
YES_NO = ("Yes", "No")


def scored(scorer, answer, gold, choices=()):
    item = Item("1", "?", gold, choices)
    score = registry.plugin("evals.scorers", scorer.partition(":")[0])(scorer.partition(":")[2])
    return score(item, Sample("1", "direct", answer, answer))


@pytest.mark.parametrize(
    ("answer", "gold", "choices"),
    [
        ("The answer is (B).", "(B)", ()),
        ("So the answer is (B).", "B", ()),
        ("(A) is wrong, so it is (B)", "(B)", ()),
        ("The answer is (B), because (A) is too small.", "(B)", ()),
        ("not (A) but (B)", "(B)", ()),
        ("B", "(B)", ()),
        ("b)", "(B)", ()),
        ("B. a pear", "(B)", FRUIT),
        ("Answer: B", "(B)", FRUIT),
        ("**Answer:** (B)", "(B)", FRUIT),
        ("$\\boxed{B}$", "(B)", FRUIT),
        ("The answer is a pear.", "(B)", FRUIT),
        ("a pear", "a pear", FRUIT),
        ("It was a pear that fell.", "(B)", FRUIT),
        ("The answer is not plausible.", "(D)", FRUIT),
        ("So the answer is No.", "No", YES_NO),
        ("no", "No", YES_NO),
        ("Yes.", "Yes", YES_NO),
    ],
)
def test_a_choice_is_found_by_its_letter_or_its_words(answer, gold, choices):
    assert scored("choice", answer, gold, choices).correct, scored("choice", answer, gold, choices)


@pytest.mark.parametrize(
    ("answer", "gold", "choices"),
    [
        ("The answer is (A).", "(B)", ()),
        ("", "(B)", ()),
        ("a pear and a large apple", "(B)", FRUIT),
        ("I cannot say", "(A)", FRUIT),
        ("A pear is a fruit", "(A)", FRUIT),
        ("(Z)", "(B)", FRUIT),
    ],
)
def test_what_is_no_choice_or_another_is_wrong(answer, gold, choices):
    assert not scored("choice", answer, gold, choices).correct


@pytest.mark.parametrize(
    ("answer", "gold"),
    [
        ("False", "False"),
        ("So the answer is False.", "False"),
        ("The sorted words are: apple pear", "apple pear"),
        ("First I think.\nThen I say:\n'Apple  pear'.", "apple pear"),
    ],
)
def test_the_same_words_are_exact_whatever_stands_around_them(answer, gold):
    assert scored("exact", answer, gold).correct


def test_other_words_are_not_exact_and_an_empty_answer_extracts_nothing():
    assert scored("exact", "True or False", "False") == Score(False, "True or False")
    assert scored("exact", " \n ", "False") == Score(False, "")


def test_a_number_scorer_shows_what_it_extracted():
    assert scored("number", "That makes 1,234 apples.", "1234") == Score(True, "1,234")
    assert scored("number", "none", "1234") == Score(False, "")
    with pytest.raises(ConfigError, match="no number"):
        scored("number", "7", "seven apples")


def test_a_pattern_takes_the_last_match_and_compares_numbers_as_numbers():
    assert scored(r"regex:total (\S+)", "total 5, no: total 1,000", "1000") == Score(True, "1,000")
    assert scored("regex:[A-Z]{3}", "ABC then XYZ", "XYZ") == Score(True, "XYZ")
    assert scored("regex:x+", "nothing", "x") == Score(False, "")
    for wrong in ("regex", "regex:("):
        with pytest.raises(ConfigError, match="reg"):
            scored(wrong, "", "")


def test_auto_takes_what_fits_the_question():
    assert scored("auto", "The answer is (B).", "(B)").extracted == "B"
    assert scored("auto", "It is 7.", "7").extracted == "7"
    assert scored("auto", "So the answer is red.", "red").extracted == "red"
    assert scored("auto", "Tuesday", "Tuesday", ("Monday", "Tuesday")).correct


def test_a_function_of_your_own_scores(tmp_path):
    file = tmp_path / "mine.py"
    file.write_text(
        "from orchestrator.evals.types import Score\n"
        "def long(item, sample): return len(sample.answer) > 3\n"
        "def whole(item, sample): return Score(True, 'x', {'polite': False})\n"
        "def wrong(item, sample): return 1\n",
        "utf-8",
    )
    assert scored(f"custom:{file}:long", "four", "") == Score(True, "four")
    assert scored(f"custom:{file}:whole", "", "").parts == {"polite": False}
    with pytest.raises(ConfigError, match="return True, False or a Score"):
        scored(f"custom:{file}:wrong", "", "")
    for choice in ("custom", f"custom:{file}:absent", "custom:no_such_module:f", "custom:absent.py:f"):
        with pytest.raises(ConfigError):
            scored(choice, "", "")


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("1 / 0\n", r"cannot load the scorer .*mine\.py:score: ZeroDivisionError.*\(mine\.py:1\)"),
        ("score = 3\n", r"mine\.py:score is no function but 3"),
        ("def score(sample): return True\n", r"mine\.py:score, called with \(item, sample\), failed .* takes 1 posit"),
        (
            "def score(item, sample):\n    return 1 / 0\n",
            r"failed on the question 1: ZeroDivisionError.*\(mine\.py:2\)",
        ),
    ],
)
def test_a_function_of_your_own_that_fails_is_named_with_its_line(source, said, tmp_path):
    (tmp_path / "mine.py").write_text(source, "utf-8")
    with pytest.raises(ConfigError, match=said):
        scored(f"custom:{tmp_path / 'mine.py'}:score", "", "")


@pytest.mark.parametrize("name", registry.names("evals.scorers"))
@given(answer=st.text(max_size=200), gold=st.sampled_from(["7", "(B)"]))
def test_no_answer_makes_a_registered_scorer_fail(name, answer, gold):
    if name == "custom" or (name == "number" and gold != "7"):
        return
    score = scored("regex:7|B" if name == "regex" else name, answer, gold)
    assert isinstance(score, Score)


@pytest.mark.parametrize("name", ["number", "exact", "choice", "auto"])
def test_a_scorer_that_takes_no_argument_says_so(name):
    with pytest.raises(ConfigError, match="takes no argument"):
        scored(f"{name}:x", "", "7")


def test_an_unknown_scorer_is_named_with_the_nearest():
    with pytest.raises(ConfigError, match="did you mean number"):
        scored("numbr", "", "")


@pytest.mark.parametrize(
    "thought",
    [
        "[THINK]the answer is {}[/THINK]",
        "<thinking>The answer is {}.</thinking>\n",
        "Hm. The answer is {}.\n</think>\n\n",
        "Is it {}? [/THINK]",
        "◁think▷Answer: {}◁/think▷",
        "<|channel|>analysis<|message|>#### {}<|end|><|start|>assistant<|channel|>final<|message|>",
        "<think>a <think>b</think> The answer is {}.</think>",
    ],
)
@pytest.mark.parametrize(
    ("scorer", "wrong", "said", "gold", "choices"),
    [
        ("number", "5", "7", "7", ()),
        ("auto", "5", "It is 7.", "7", ()),
        ("choice", "(A)", "So (B).", "(B)", ()),
        ("choice", "a large apple", "a pear", "(B)", FRUIT),
        ("exact", "a pear", "An apple", "an apple", ()),
        ("regex:[0-9]+", "5", "It is 7", "7", ()),
    ],
)
def test_every_scorer_looks_behind_the_thinking(thought, scorer, wrong, said, gold, choices):
    assert scored(scorer, thought.replace("{}", wrong) + said, gold, choices).correct
    assert not scored(scorer, thought.replace("{}", said), gold, choices).correct
