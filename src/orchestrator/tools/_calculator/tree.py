"""The syntax tree, and its form as JSON for the worker's pipe. Knows nothing of text, numbers' sizes or sympy."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any


@dataclass(frozen=True, slots=True)
class Number:
    """A literal, exactly: 0.1 is 1/10."""

    value: Fraction


@dataclass(frozen=True, slots=True)
class Name:
    """A constant such as pi, or an unknown inside algebra."""

    text: str


@dataclass(frozen=True, slots=True)
class Chain:
    """Operators of one level, from left to right: + and -, or * / // and %. Flat, so that 1+1+… is not a deep tree."""

    first: Node
    rest: tuple[tuple[str, Node], ...]


@dataclass(frozen=True, slots=True)
class Negate:
    """-x."""

    operand: Node


@dataclass(frozen=True, slots=True)
class Power:
    """base ** exponent."""

    base: Node
    exponent: Node


@dataclass(frozen=True, slots=True)
class Factorial:
    """x!."""

    operand: Node


@dataclass(frozen=True, slots=True)
class Percent:
    """x%, a hundredth of x."""

    operand: Node


@dataclass(frozen=True, slots=True)
class Call:
    """A function and its arguments."""

    function: str
    arguments: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Several:
    """Values in parentheses with commas between them, inside a call: the (x, 0, 1) of an integral."""

    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Equation:
    """left = right, inside a call."""

    left: Node
    right: Node


Node = Number | Name | Chain | Negate | Power | Factorial | Percent | Call | Several | Equation


def children(node: Node) -> tuple[Node, ...]:
    """The nodes directly below this one."""
    match node:
        case Number() | Name():
            return ()
        case Chain(first, rest):
            return (first, *(operand for _, operand in rest))
        case Negate(operand) | Factorial(operand) | Percent(operand):
            return (operand,)
        case Power(one, other) | Equation(one, other):
            return (one, other)
        case Call(_, below) | Several(below):
            return below


def to_json(node: Node) -> list[Any]:
    """Lists and strings only; `from_json` reads them back. Never pickle: unpickling runs code."""
    match node:
        case Number(value):
            return ["Number", str(value)]
        case Name(text):
            return ["Name", text]
        case Chain(first, rest):
            return ["Chain", to_json(first), [[operator, to_json(operand)] for operator, operand in rest]]
        case Call(function, arguments):
            return ["Call", function, [to_json(argument) for argument in arguments]]
        case Several(items):
            return ["Several", [to_json(item) for item in items]]
        case _:
            return [type(node).__name__, *(to_json(child) for child in children(node))]


def from_json(data: list[Any]) -> Node:  # noqa: PLR0911 -- one case for each kind of node
    """The tree that `to_json` wrote. Raises ValueError for anything else."""
    match data:
        case ["Number", str(text)]:
            return Number(Fraction(text))
        case ["Name", str(text)]:
            return Name(text)
        case ["Chain", list(first), list(rest)]:
            return Chain(from_json(first), tuple((operator, from_json(operand)) for operator, operand in rest))
        case ["Call", str(function), list(arguments)]:
            return Call(function, tuple(from_json(argument) for argument in arguments))
        case ["Several", list(items)]:
            return Several(tuple(from_json(item) for item in items))
        case [str(kind), list(operand)] if kind in _UNARY:
            return _UNARY[kind](from_json(operand))
        case [str(kind), list(one), list(other)] if kind in _BINARY:
            return _BINARY[kind](from_json(one), from_json(other))
    raise ValueError(f"not a syntax tree: {data!r:.80}")


_UNARY: dict[str, type[Negate | Factorial | Percent]] = {"Negate": Negate, "Factorial": Factorial, "Percent": Percent}
_BINARY: dict[str, type[Power | Equation]] = {"Power": Power, "Equation": Equation}
