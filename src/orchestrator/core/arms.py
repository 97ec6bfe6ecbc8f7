"""The arms of a comparison: the same question to the same model, directly, with chain of thought, with tools …

An arm is written as settings joined by +, with a name of your own in front if you like:

    direct · cot · tools · described · cot+tools · tools:PYTHON/CALCULATOR · native+tools
    big=model:openai:gpt-5.4+cot

``described`` shows the tools in the prompt but runs none: a call is counted, and answered with an error that asks to go
on without. So it shows what the description alone does. Knows tools as values; not models, and not how arms are run.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from orchestrator.core.errors import ConfigError, ToolError
from orchestrator.core.protocols import ModelOptions
from orchestrator.core.run import Run
from orchestrator.core.types import Price, Tool

Use = Literal["none", "described", "on"]
Protocol = Literal["text", "native"]
USUAL_ARMS = "direct,cot,tools"
RESERVED = frozenset(["question", "gold", "answer", "target", "choices", "kind", "task", "category", "id", "extra"])
"""What stands beside the arms' answers in a recording, so no arm can be named so; nor ``ARM_ok`` and ``ARM_finish``."""

_KEYS = ("direct", "cot", "tools", "described", "text", "native", "model")
_SETTING = re.compile(rf"\+(?=(?:{'|'.join(_KEYS)})(?:[:+]|$))")  # a model's name may hold a + too
_NAME = re.compile(r"\s*([\w.+ -]{1,40}?)\s*=(.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Arm:
    """One side of a comparison. ``model`` None is the comparison's own; so are its tools without ``tool_names``.

    ``tools`` "described" puts them into the prompt and runs none. ``price`` is that of a model of its own.
    """

    name: str
    model: str | None = None
    cot: bool = False
    tools: Use = "none"
    tool_names: tuple[str, ...] = ()
    protocol: Protocol = "text"
    price: Price | None = None

    @staticmethod
    def of(text: str) -> Arm:
        """The arm that ``text`` describes, in the syntax above. Raises ConfigError where it describes none."""
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
        """The tools that this arm has: those ``named`` by it, else the comparison's ``own``."""
        if self.tools == "none":
            return {}
        chosen = dict(named or own)
        return {name: described(tool) for name, tool in chosen.items()} if self.tools == "described" else chosen

    def options(self, base: str, given: ModelOptions) -> ModelOptions:
        """What its model is told, where the comparison's model ``base`` is told ``given``. An address and a key belong
        to one server, so a model of its own from another provider gets none of them.
        """
        if self.model is None:
            return given
        same = _provider(self.model) == _provider(base)
        return replace(given if same else ModelOptions(), price=self.price)


@dataclass(frozen=True, slots=True)
class Side:
    """One arm's run, or the error that ended it."""

    arm: Arm
    run: Run | None
    error: str = ""


@dataclass(frozen=True, slots=True)
class SideBySide:
    """The same question in every arm. ``comparison["tools"]`` is an arm's run."""

    question: str
    sides: tuple[Side, ...]

    def __getitem__(self, name: str) -> Run:
        """The run of the arm of that name. Raises KeyError where it has none."""
        for side in self.sides:
            if side.arm.name == name and side.run is not None:
                return side.run
        raise KeyError(name)

    @property
    def answers(self) -> dict[str, str]:
        """Each arm's answer, "" where it failed."""
        return {side.arm.name: side.run.answer if side.run else "" for side in self.sides}


def arms_of(text: str) -> tuple[Arm, ...]:
    """Several arms, separated by commas. Raises ConfigError where two have one name."""
    return checked(tuple(Arm.of(each) for each in text.split(",") if each.strip()))


def arms_from(arms: str | Iterable[str | Arm]) -> tuple[Arm, ...]:
    """Arms as values: ``"direct,cot"``, or a list whose members are arms or describe one each."""
    if isinstance(arms, str):
        return arms_of(arms)
    return checked(tuple(Arm.of(arm) if isinstance(arm, str) else arm for arm in arms))


def checked(arms: tuple[Arm, ...]) -> tuple[Arm, ...]:
    """The arms, if there are some and each has a name of its own that means nothing else."""
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
    """The tool as it stands in the prompt, but switched off."""
    return replace(tool, run=_switched_off)


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
