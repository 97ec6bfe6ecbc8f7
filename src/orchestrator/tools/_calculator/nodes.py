"""The syntax tree of an expression. Knows nothing of text, of sizes or of sympy."""

from __future__ import annotations

from dataclasses import dataclass
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
    """Operators of one level, from left to right: + and -, or * / // and %.

    It is flat, so that 1+1+… is not a deep tree.

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
    """x%, a hundredth of x."""

    operand: Node


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


Node = Number | Name | Chain | Negate | Power | Factorial | Percent | Call | Several | Equation


def children(node: Node) -> tuple[Node, ...]:
    """Return the nodes directly below this one."""
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
