"""The syntax tree of an expression. Knows nothing of text, of sizes or of sympy."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class Number:
    """An exact number: 0.1 is 1/10."""

    value: Fraction


@dataclass(frozen=True, slots=True)
class Name:
    """A constant such as pi, or an unknown inside an algebra function."""

    text: str


@dataclass(frozen=True, slots=True)
class Chain:
    """Operators of one level, from left to right: + and -, or * / // % mod and of.

    It is flat, so that 1+1+… is not a deep tree. ``%`` and ``mod`` are the same remainder, ``*`` and ``of`` the same
    product: they differ in what people read into an expression.

    Attributes:
        first: The first operand.
        rest: Operator and operand of each further step.
    """

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
    """x%, a hundredth of x; x‰ with ``per`` 1,000."""

    operand: Node
    per: int = 100


@dataclass(frozen=True, slots=True)
class Call:
    """A function call."""

    function: str
    arguments: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Several:
    """Values in parentheses with commas between them, inside a call: (x, 0, 1) in an integral."""

    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Equation:
    """left = right, inside a call."""

    left: Node
    right: Node


Units = tuple[tuple[str, int], ...]
"""Symbols of units with their powers: m/s² is (("m", 1), ("s", -2))."""


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number with its units."""

    operand: Node
    units: Units


@dataclass(frozen=True, slots=True)
class Convert:
    """The operand in other units: 5 miles in km."""

    operand: Node
    units: Units


@dataclass(frozen=True, slots=True)
class Either:
    """Two readings of the same text. The parser returns it only as the root of a tree, with nothing of it below.

    Attributes:
        what: What is ambiguous, as the message says it.
        first: One reading.
        second: The other reading.
        only: Whether nothing else in the text has two readings.
    """

    what: str
    first: Node
    second: Node
    only: bool = True


Node = (
    Number
    | Name
    | Chain
    | Negate
    | Power
    | Factorial
    | Percent
    | Call
    | Several
    | Equation
    | Quantity
    | Convert
    | Either
)


def children(node: Node) -> tuple[Node, ...]:
    """Return the nodes directly below this one."""
    match node:
        case Number() | Name():
            return ()
        case Chain(first, rest):
            return (first, *(operand for _, operand in rest))
        case Negate(operand) | Factorial(operand) | Percent(operand) | Quantity(operand) | Convert(operand):
            return (operand,)
        case Power(one, other) | Equation(one, other) | Either(_, one, other):
            return (one, other)
        case Call(_, below) | Several(below):
            return below


def rebuilt(node: Node, change: Callable[[Node], Node]) -> Node:  # noqa: PLR0911 -- one case for each shape
    """Return the node with each of its children changed."""
    match node:
        case Number() | Name():
            return node
        case Chain(first, rest):
            return Chain(change(first), tuple((operator, change(operand)) for operator, operand in rest))
        case Negate() | Factorial() | Percent() | Quantity() | Convert():
            return replace(node, operand=change(node.operand))
        case Power(one, other) | Equation(one, other):
            return type(node)(change(one), change(other))
        case Either(_, one, other):
            return replace(node, first=change(one), second=change(other))
        case Call(_, below):
            return replace(node, arguments=tuple(change(child) for child in below))
        case Several(below):
            return Several(tuple(change(child) for child in below))
