from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from orchestrator.code.present import nothing, shown
from orchestrator.code.protocols import Hit


def hit(path: str = "a.py", start: int = 1, text: str = "x = 1", name: str = "", score: float = 1.0) -> Hit:
    return Hit(path, start, start + text.count("\n"), name, text, score)


def test_each_hit_has_its_place_and_its_name():
    assert shown([hit(text="def f():\n    pass", name="f")]) == "a.py:1-2 f\ndef f():\n    pass"


def test_the_same_text_in_two_places_is_shown_once_with_both():
    result = shown([hit(), hit("b.py", 7, "x  = 1".replace("  ", " "))])
    assert result == "a.py:1-1 (the same in b.py:7-7)\nx = 1"


def test_neighbours_are_joined_in_the_order_of_their_lines():
    result = shown([hit(start=2, text="b\nc", name="g"), hit("z.py", text="other"), hit(start=1, text="a", name="f")])
    assert result == "a.py:1-3 f, g\na\nb\nc\n\nz.py:1-1\nother"


def test_three_neighbours_become_one():
    assert shown([hit(start=1, text="a"), hit(start=3, text="c"), hit(start=2, text="b")]) == "a.py:1-3\na\nb\nc"


def test_what_does_not_fit_the_budget_is_cut_and_said():
    long = "\n".join(f"line {at}" for at in range(1_000))
    result = shown([hit(text=long), hit("b.py", text=long + "!")], budget=200)
    assert len(result) <= 200 * 3.2 + 400
    assert "more lines" in result
    assert "… 1 more: b.py:1-1000" in result


def test_a_line_without_end_is_cut_too():
    result = shown([hit(text="x" * 100_000)], budget=100)
    assert len(result) < 500
    assert result.endswith("…")


@given(
    st.lists(
        st.builds(
            hit,
            st.sampled_from(["a.py", "b.py"]),
            st.integers(1, 9),
            st.text("ab\n", max_size=200),
            st.text("f.", max_size=9),
        ),
        max_size=8,
    ),
    st.integers(10, 400),
)
def test_a_result_never_exceeds_its_budget_by_more_than_a_line_of_what_was_cut(hits, budget):
    assert len(shown(hits, budget)) <= budget * 3.2 + 310


def test_nothing_names_the_closest_file():
    assert "'blockchain'" in nothing("blockchain", None)
    assert "The closest file is a.py (f)." in nothing("blockchain", hit(name="f"))
    assert len(nothing("x" * 9_999, None)) < 400
