"""Judges the calls that were made for a question: the right functions, the right arguments, valid arguments.

Whether arguments are right is said by the benchmark's own checker. Whether they are valid is said by jsonschema.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

from benchmarks.function_calling.questions import Function, Question, wants_calls
from jsonschema import Draft202012Validator
from jsonschema.validators import validator_for


@dataclass(frozen=True, slots=True)
class Call:
    """A call that ran.

    Attributes:
        name: The function's name.
        arguments: The arguments by name.
    """

    name: str
    arguments: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is said of a question's calls.

    Attributes:
        name: Whether the functions that should have been called were called, as often as they should. For
            irrelevance: whether none was.
        right: Whether all calls are right, and there is none too many and none too few.
        called: Whether there was a call.
        invalid: Whether a call ran whose arguments do not fit its function's schema.
        why: What is wrong, in the checker's words; empty if nothing is.
    """

    name: bool
    right: bool
    called: bool
    invalid: bool
    why: str = ""


Check = Callable[[Question, Sequence[Call]], str]
"""Says what is wrong with the calls of a question; "" if they are right."""


def judged(question: Question, calls: Sequence[Call], check: Check) -> Verdict:
    """Judge all calls that a run made.

    Args:
        question: The question.
        calls: The calls, in order.
        check: The benchmark's checker.
    """
    called = bool(calls)
    invalid = any(not is_valid(question.functions, call) for call in calls)
    if not wants_calls(question.category):
        return Verdict(not called, not called, called, invalid, "a call where none was asked for" if called else "")
    wanted = Counter(name for answer in question.answers for name in answer)
    why = check(question, calls) if called else "no call"
    return Verdict(Counter(call.name for call in calls) == wanted, not why, called, invalid, why)


def is_valid(functions: Sequence[Function], call: Call) -> bool:
    """Tell whether a call is one of an offered function, with arguments that fit its schema.

    A name that is no parameter does not fit either, unless the schema says that there may be other names.

    Args:
        functions: The functions that were offered.
        call: The call.
    """
    offered = next((each.parameters for each in functions if each.name == call.name), None)
    if offered is None:
        return False
    unknown = call.arguments.keys() - offered.get("properties", {}).keys()
    if unknown and not offered.get("additionalProperties"):
        return False
    validator = validator_for(offered, default=Draft202012Validator)(offered)
    return bool(validator.is_valid(call.arguments))


def benchmarks_own(folder: Path) -> Check:
    """Return the benchmark's own checker.

    Args:
        folder: The unpacked wheel.
    """
    with _stubs(folder):
        checker = import_module("bfcl_eval.eval_checker.ast_eval.ast_checker")
        python = import_module("bfcl_eval.constants.enums").Language.PYTHON

    def check(question: Question, calls: Sequence[Call]) -> str:
        made = [{call.name: call.arguments} for call in calls]
        try:
            said = checker.ast_checker(
                question.described, made, question.answers, python, question.category, "any model"
            )
        except Exception as error:  # noqa: BLE001 - a value that it does not expect is a wrong one
            return f"the checker cannot read the call ({type(error).__name__})"
        return "" if said["valid"] else str(said["error"])

    return check


class _AnyModel(dict[str, Any]):
    """The checker's table of models: in each, names are as they are."""

    underscore_to_dot = False

    def __missing__(self, _: str) -> _AnyModel:
        return self


@contextmanager
def _stubs(folder: Path) -> Iterator[None]:
    """Let the checker be imported without the wheel's dependencies: its table of models, and its other languages."""
    converters = "bfcl_eval.eval_checker.ast_eval.type_convertor"
    contents: dict[str, dict[str, Any]] = {
        "bfcl_eval.constants.model_config": {"MODEL_CONFIG_MAPPING": _AnyModel()},
        f"{converters}.java_type_converter": {"java_type_converter": None},
        f"{converters}.js_type_converter": {"js_type_converter": None},
    }
    for name, content in contents.items():
        stub = ModuleType(name)
        vars(stub).update(content)
        sys.modules[name] = stub
    sys.path.insert(0, str(folder))
    try:
        yield
    finally:
        sys.path.remove(str(folder))
