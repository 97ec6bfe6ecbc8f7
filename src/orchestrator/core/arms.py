"""Arms of a comparison: the same question, asked directly, with chain of thought, with tools, and so on.

An arm is written as settings joined by ``+``. A name and ``=`` may be in front:

    direct · cot · tools · described · cot+tools · tools:PYTHON/CALCULATOR · native+tools
    big=model:openai:gpt-5.4+cot

``described`` shows the tools in the prompt but runs none. A call is counted, and its result is an error that asks the
model to continue without it. So this arm measures the effect of the description alone.
Knows tools as values; not models, and not how arms are run.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from orchestrator.core.errors import ConfigError, ToolError
from orchestrator.core.protocols import ModelOptions
from orchestrator.core.run import Run
from orchestrator.core.tool import Tool
from orchestrator.core.typed import typed, typed_fields
from orchestrator.core.types import Price

Use = Literal["none", "described", "on"]
CallProtocol = Literal["text", "native"]
USUAL_ARMS = "direct,cot,tools"
RESERVED = frozenset(["question", "gold", "answer", "target", "choices", "kind", "task", "category", "id", "extra"])
"""Columns of a recording beside the arms' answers. No arm can have such a name, nor ``ARM_ok`` or ``ARM_finish``."""

_KEYS = ("direct", "cot", "tools", "described", "text", "native", "model")
_SETTING = re.compile(rf"\+(?=(?:{'|'.join(_KEYS)})(?:[:+]|$))")  # a model's name may hold a + too
_NAME = re.compile(r"\s*([\w.+ -]{1,40}?)\s*=(.*)", re.DOTALL)


@typed_fields
@dataclass(frozen=True, slots=True)
class Arm:
    """One arm of a comparison: how the question is asked.

    Attributes:
        name: The name in reports.
        model: The model as ``"provider:name"``; None uses the comparison's model.
        cot: Whether the model is asked to think step by step before it answers.
        tools: "none", "on", or "described": in the prompt, but switched off.
        tool_names: The registered names of the arm's tools; empty uses the comparison's tools.
        protocol: "text", or "native" for function calling.
        price: The price of ``model``, if the arm names one.
    """

    name: str
    model: str | None = None
    cot: bool = False
    tools: Use = "none"
    tool_names: tuple[str, ...] = ()
    protocol: CallProtocol = "text"
    price: Price | None = None

    @staticmethod
    def of(text: str) -> Arm:
        """Read an arm from its text.

        Args:
            text: The arm in the syntax of this module, such as ``"cot+tools"`` or ``"big=model:openai:gpt-5.4+cot"``.

        Raises:
            ConfigError: A setting is unknown, given twice, or contradicts another one.
        """
        named = _NAME.fullmatch(text)
        name, settings = named.groups() if named else (text.strip(), text)
        arm, given = Arm(name), set()
        for setting in _SETTING.split(settings.strip()):
            key, _, value = setting.strip().partition(":")
            if key in given:
                raise ConfigError(f"the arm {text!r} says {key} twice: once is enough")
            given.add(key)
            arm = _with(arm, key, value.strip(), text)
        if len(given & {"tools", "described", "direct"}) > 1 or len(given & {"text", "native"}) > 1:
            raise ConfigError(f"the arm {text!r} contradicts itself: take one of {', '.join(sorted(given))}")
        return arm

    def equip(self, own: Mapping[str, Tool], named: Mapping[str, Tool]) -> dict[str, Tool]:
        """Return the tools of this arm, by name.

        Args:
            own: The comparison's tools.
            named: The tools that the arm names. If there are any, they replace the comparison's.
        """
        if self.tools == "none":
            return {}
        chosen = dict(named or own)
        return {name: described(tool) for name, tool in chosen.items()} if self.tools == "described" else chosen

    def options(self, base: str, given: ModelOptions) -> ModelOptions:
        """Return the options for the arm's model.

        An address and a key belong to one server. If the arm names a model of another provider, it gets neither of
        them. If the arm names a model, the price is the arm's.

        Args:
            base: The comparison's model, as ``"provider:name"``.
            given: The options of the comparison's model.
        """
        if self.model is None:
            return given
        same = _provider(self.model) == _provider(base)
        return replace(given if same else ModelOptions(), price=self.price)


@dataclass(frozen=True, slots=True)
class Side:
    """The result of one arm.

    Attributes:
        arm: The arm.
        run: Its run. After an error it is the run so far, if there is one.
        error: The error that ended the run; else "".
    """

    arm: Arm
    run: Run | None
    error: str = ""


@dataclass(frozen=True, slots=True)
class SideBySide:
    """The results of all arms for one question. ``comparison["tools"]`` is the run of the arm ``tools``.

    Attributes:
        question: The question.
        sides: The result of each arm.
    """

    question: str
    sides: tuple[Side, ...]

    def __getitem__(self, name: str) -> Run:
        """Return the run of an arm.

        Args:
            name: The arm's name.

        Raises:
            KeyError: There is no arm of this name, or it has no run.
        """
        for side in self.sides:
            if side.arm.name == name and side.run is not None:
                return side.run
        raise KeyError(name)

    @property
    def answers(self) -> dict[str, str]:
        """The answer of each arm, by name; "" if the arm has no run."""
        return {side.arm.name: side.run.answer if side.run else "" for side in self.sides}


def arms_of(text: str) -> tuple[Arm, ...]:
    """Read several arms.

    Args:
        text: The arms, separated by commas.

    Raises:
        ConfigError: There is no arm, an arm is not understood, or a name is reserved or used twice.
    """
    return checked(tuple(Arm.of(each) for each in text.split(",") if each.strip()))


@typed()
def arms_from(arms: str | Iterable[str | Arm]) -> tuple[Arm, ...]:
    """Return arms as values.

    Args:
        arms: A string such as ``"direct,cot"``, or an iterable of arms and of strings that describe one arm each.

    Raises:
        ConfigError: There is no arm, an arm is not understood, or a name is reserved or used twice.
    """
    if isinstance(arms, str):
        return arms_of(arms)
    return checked(tuple(Arm.of(arm) if isinstance(arm, str) else arm for arm in arms))


def checked(arms: tuple[Arm, ...]) -> tuple[Arm, ...]:
    """Check that there is at least one arm, and that each has a unique name that is not reserved.

    Args:
        arms: The arms.

    Returns:
        The same arms.

    Raises:
        ConfigError: There is no arm, or a name is reserved or used twice.
    """
    names = [arm.name for arm in arms]
    taken = next((name for name in names if name in RESERVED or name.endswith(("_ok", "_finish"))), None)
    if taken is not None:
        raise ConfigError(f"an arm cannot be named {taken!r}, which means something else in a report: choose another")
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise ConfigError(f"two arms are named {twice!r}: give one a name of its own, such as other={twice}")
    if not arms:
        raise ConfigError(f"a comparison needs at least one arm, such as {USUAL_ARMS}")
    return arms


def described(tool: Tool) -> Tool:
    """Return the tool with the same description, but switched off."""
    return replace(tool, run=_switched_off, check=None)


def _provider(model: str) -> str:
    return model.partition(":")[0].strip().lower()


def _switched_off(_: str) -> str:
    raise ToolError("this tool is switched off now: go on and answer without it")


def _with(arm: Arm, key: str, value: str, text: str) -> Arm:
    if value and key not in ("tools", "described", "model"):
        raise ConfigError(f"the arm {text!r}: {key} takes no value, but it has {value!r}")
    match key:
        case "direct" | "text":
            return arm
        case "cot":
            return replace(arm, cot=True)
        case "native":
            return replace(arm, protocol="native")
        case "model" if value:
            return replace(arm, model=value)
        case "tools" | "described":
            names = tuple(name.strip() for name in value.split("/") if name.strip())
            return replace(arm, tools="on" if key == "tools" else "described", tool_names=names)
    raise ConfigError(
        f"unknown setting {key!r} in the arm {text!r}: an arm is made of {', '.join(_KEYS[:-1])} and model:NAME, "
        "joined by +, such as cot+tools"
    )
