"""The shape of a calculation: roles of numbers, signs between them, and what it is with other numbers."""

from __future__ import annotations

import pytest

from orchestrator.guidance.expression_templates import expression_template, filled


@pytest.mark.parametrize(
    ("text", "numbers", "roles", "signs"),
    [
        ("{0}-{1}+{2}", 3, ("+", "-", "+"), ["-", "+", "+"]),
        ("{1}-{0}", 2, ("-", "+"), ["-r"]),
        ("{0}-{1}*{2}", 3, ("+", "-*", "-*"), ["-", "-", "*"]),
        ("({0}+{1})/{2}", 3, ("+over", "+over", "+/"), ["+", "/", "/"]),
        ("{1}*{0}/100", 2, ("+*", "+*"), ["*"]),
        ("{0} mod {1}", 2, ("+%", "+%"), ["%"]),
        ("sqrt({0}^2+{1}^2)", 2, ("+sqrt", "+sqrt"), ["+"]),
        ("-{0}", 2, ("+", "unused"), ["none"]),
        ("{0}//{1}", 2, ("+", "+"), ["?"]),
        ("solve(x + {0} = {1}, x)", 2, ("unused", "unused"), []),
        ("[{0}][{1}]", 2, ("unused", "unused"), ["none"]),
        ("x*{0}", 1, ("+*",), []),
    ],
)
def test_each_number_has_a_role_and_each_two_a_sign(text, numbers, roles, signs):
    found = expression_template(text, numbers)
    assert found.roles == roles
    assert [sign for _, _, sign in found.signs] == signs


def test_a_shape_is_filled_with_other_numbers():
    assert filled("{1}-{0}*{1}", ["7", "90"]) == "90-7*90"


def test_a_family_leaves_out_what_is_unused_and_of_many_numbers_the_order():
    assert expression_template("{2}-{0}", 3).family == expression_template("{1}-{0}", 2).family == "{1}-{0}"
    assert expression_template("{0}-{0}*{1}/100", 2).family == "{0}-{0}*{1}/100"
    assert expression_template("{0}-{2}*{3}", 4).family == "#-#*#"
    assert (
        expression_template("{0}-{1}+{2}-{3}", 4).family == expression_template("{3}+{0}-{1}-{2}", 4).family == "4 #+-"
    )
