"""A wrong type in a program is a ConfigError that names the parameter and what it takes."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any, Literal, Protocol

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator import Arm, ConfigError, Guidance, Limits, ModelOptions, Orchestrator, Policy, Price, Run
from orchestrator.core.typed import typed, typed_fields
from orchestrator.models.scripted import ScriptedModel


def orchestrator(**options: Any) -> Orchestrator:
    return Orchestrator(ScriptedModel(["a"]), **options)


WRONG: list[tuple[Callable[[], object], str]] = [
    (lambda: orchestrator(limits=3), "limits must be Limits or None, not 3"),
    (lambda: orchestrator(cot="yes"), "cot must be bool, not 'yes'"),
    (lambda: orchestrator(system=None), "system must be str, not None"),
    (lambda: orchestrator(examples="4"), "examples must be int or None, not '4'"),
    (lambda: orchestrator(examples=True), "examples must be int or None, not True"),
    (lambda: orchestrator(temperature="hot"), "temperature must be float or None, not 'hot'"),
    (lambda: orchestrator(policy={"allow": []}), "policy must be Policy or None"),
    (lambda: orchestrator(options={"price": 1}), "options must be ModelOptions or None"),
    (lambda: orchestrator(approve=True), "approve must be Callable or None, not True"),
    (lambda: orchestrator(protocol="json"), "protocol must be 'text' or 'native', not 'json'"),
    (lambda: orchestrator(guidance=0.8), "guidance must be Guidance, bool or None, not 0.8"),
    (lambda: orchestrator(tools=3), "no tool"),
    (lambda: orchestrator(tools=[3]), "3 is no tool"),
    (lambda: orchestrator().compare("q", [3]), "arms must be str or Iterable of str or Arm, not [3]"),  # type: ignore[list-item]
    (lambda: orchestrator().compare("q", 3), "arms must be str or Iterable"),  # type: ignore[arg-type]
    (lambda: orchestrator().run("q", policy="strict"), "policy must be Policy or None"),  # type: ignore[call-overload]
    (lambda: orchestrator().stream(3), "question is empty"),  # type: ignore[arg-type]
    (lambda: orchestrator().prompt(["a"]), "question is empty"),  # type: ignore[arg-type]
    (lambda: orchestrator().chat("{}"), "history"),  # type: ignore[arg-type]
    (lambda: orchestrator().variant("cot"), "arm must be Arm, not 'cot'"),  # type: ignore[arg-type]
    (lambda: Arm("x", tools="zzz"), "tools must be 'none' or 'described' or 'on', not 'zzz'"),  # type: ignore[arg-type]
    (lambda: Arm(3), "name must be str"),  # type: ignore[arg-type]
    (lambda: Arm("x", tool_names=(1,)), "tool_names must be tuple of str, not (1,)"),  # type: ignore[arg-type]
    (lambda: Arm("x", price=(1, 2)), "price must be Price or None"),  # type: ignore[arg-type]
    (lambda: Limits(max_steps="3"), "max_steps must be int, not '3'"),  # type: ignore[arg-type]
    (lambda: Limits(max_seconds=None), "max_seconds must be float, not None"),  # type: ignore[arg-type]
    (lambda: Limits(2.5), "max_steps must be int, not 2.5"),  # type: ignore[arg-type]
    (lambda: Policy(quotas={"A": "3"}), "quotas must be Mapping of str to int"),  # type: ignore[dict-item]
    (lambda: Policy(quotas=[("A", 3)]), "quotas must be Mapping"),  # type: ignore[arg-type]
    (lambda: Policy(allow=3), "allow must be Collection of str or None, not 3"),  # type: ignore[arg-type]
    (lambda: ModelOptions(resume="chat"), "resume must be"),  # type: ignore[arg-type]
    (lambda: ModelOptions(context_size="4k"), "context_size must be int or None, not '4k'"),  # type: ignore[arg-type]
    (lambda: ModelOptions(price=0.25), "price must be Price or None, not 0.25"),  # type: ignore[arg-type]
    (lambda: Guidance(most_calls="6"), "most_calls must be int"),  # type: ignore[arg-type]
    (lambda: Run.from_json(None), "this is not a run"),  # type: ignore[arg-type]
    (lambda: Run.from_json({}), "this is not a run"),  # type: ignore[arg-type]
    (lambda: Run.from_json(3), "this is not a run"),  # type: ignore[arg-type]
]


@pytest.mark.parametrize(("make", "says"), WRONG, ids=[says for _, says in WRONG])
def test_a_wrong_type_is_a_config_error_that_says_what_is_taken(make, says):
    with pytest.raises(ConfigError) as caught:
        make()
    assert says in str(caught.value)


def test_what_fits_is_taken():
    assert Limits(max_seconds=3, max_cost=Fraction(1, 2)).max_seconds == 3  # type: ignore[arg-type]
    assert Limits(max_seconds=Decimal(3)).max_seconds == 3  # type: ignore[arg-type]
    assert Policy(allow={"A"}, quotas={"A": 0}).quotas == {"A": 0}
    assert ModelOptions(price=Price(1, 2), grammars="grammar").grammars == "grammar"
    assert orchestrator(guidance=False, temperature=0, limits=Limits(), approve=print).run("q").answer == "a"
    assert [side.arm.name for side in orchestrator().compare("q", (each for each in ["direct"])).sides] == ["direct"]


class Speaks(Protocol):
    word: str


@typed(but=("skipped",))
def called(
    one: int,
    *,
    many: Iterable[str | float] = (),
    by_name: Mapping[str, int] | None = None,
    kind: Literal["a", "b"] = "a",
    speaker: Speaks | None = None,
    names: Collection[Any] = (),
    skipped: int = 0,
) -> int:
    """Doubles."""
    return one * 2


@given(st.integers(), st.lists(st.text() | st.floats()), st.none() | st.dictionaries(st.text(), st.integers()))
def test_every_value_of_the_annotated_type_passes(one, many, by_name):
    assert called(one, many=many, by_name=by_name, speaker=object(), names=[object()], skipped="x") == one * 2  # type: ignore[arg-type]


@given(st.text() | st.none() | st.booleans() | st.floats() | st.lists(st.integers()) | st.binary())
def test_every_value_of_another_type_is_refused(other):
    for options in ({"one": other}, {"one": 1, "by_name": {"a": other}}, {"one": 1, "by_name": {1: 1}}):
        with pytest.raises(ConfigError, match="must be"):
            called(**options)


def test_iterators_are_not_used_up_and_the_function_stays_what_it_is():
    rest = iter([1, object()])
    assert called(2, many=rest) == 4  # type: ignore[arg-type]
    assert next(rest) == 1
    assert (called.__name__, called.__doc__) == ("called", "Doubles.")


@pytest.mark.parametrize("arguments", [((), {}), ((1, 2), {}), ((1,), {"nope": 1})])
def test_a_call_that_python_refuses_is_still_a_type_error(arguments):
    with pytest.raises(TypeError, match="argument"):
        called(*arguments[0], **arguments[1])


def test_the_words_for_what_is_taken_are_plain():
    @typed_fields
    class Value:
        def __init__(
            self, pair: tuple[int, ...] = (), test: Callable[[int], bool] | None = None, any_: Any = 0
        ) -> None:
            self.pair = pair

    with pytest.raises(ConfigError, match=r"pair must be tuple of int, not 3"):
        Value(3)  # type: ignore[arg-type]
    with pytest.raises(ConfigError, match=r"test must be Callable or None, not 3"):
        Value((), 3)  # type: ignore[arg-type]
    assert Value((1, 2), None, object()).pair == (1, 2)
