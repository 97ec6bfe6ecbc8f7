"""Parses tokens into a tree, by recursive descent in linear time. Knows the grammar; not values or limits of size.

    sum      = product {(+ | -) product}
    product  = signed {(* | / | // | % | mod | of | nothing) signed}
    signed   = {+ | -} power
    power    = postfix [** signed]
    postfix  = atom {! | % | superscript}
    atom     = number | name | name(argument, …) | (sum) | √ atom

If people read an expression in two ways, it is refused, and the message writes both readings: 6/2(1+2), 3!!, 2**3pi.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from orchestrator.core.errors import ToolError
from orchestrator.tools._calculator import nodes
from orchestrator.tools._calculator.functions import CONSTANTS, FUNCTIONS, canonical
from orchestrator.tools._calculator.tokens import Token, tokenize

MAX_DEPTH = 50
"""Nested parentheses, calls and powers. Each takes six Python frames, so this is far below the recursion limit."""


def parse(expression: str) -> nodes.Node:
    """Parse one expression into a tree.

    Raises:
        ToolError: The text is not an expression. No other exception is raised, whatever the text is.
    """
    parser = _Parser(tokenize(expression))
    tree = parser.sum()
    if parser.next.kind != "end":
        raise parser.unexpected()
    return tree


class _Parser:
    """One pass over the tokens. Each method reads one rule of the grammar and stops after it."""

    def __init__(self, tokens: list[Token]) -> None:
        self._tokens = tokens
        self._position = 0
        self._depth = 0
        self._calls = 0  # open calls: commas and equations have a meaning only inside a call
        self._bare_power: nodes.Node | None = None  # the last a**b without parentheses around it

    @property
    def next(self) -> Token:
        return self._tokens[self._position]

    def sum(self) -> nodes.Node:
        rest: list[tuple[str, nodes.Node]] = []
        with self._deeper(f"nested more than {MAX_DEPTH} deep"):
            first = self.product()
            while self._at("+", "-"):
                operator = self._take().text
                rest.append((operator, self.product()))
        return nodes.Chain(first, tuple(rest)) if rest else first

    def product(self) -> nodes.Node:
        first = self.signed()
        rest: list[tuple[str, nodes.Node]] = []
        while operator := self._product_operator(rest[-1] if rest else ("", first)):
            rest.append((operator, self.signed()))
        return nodes.Chain(first, tuple(rest)) if rest else first

    def _product_operator(self, last: tuple[str, nodes.Node]) -> str | None:
        """Take and return the next operator of a product. Return '*' without taking anything if two factors touch."""
        if self._at("*", "/", "//", "%"):
            return self._take().text
        if self._at_word("mod"):
            self._take()
            return "%"
        if self._at_word("of"):
            self._refuse_share_of_divisor(last)
            self._take()
            return "*"
        if self._touches_a_factor(last[1]):
            self._refuse_ambiguous_touch(last)
            return "*"
        return None

    def signed(self) -> nodes.Node:
        negative = False
        while self._at("+", "-"):
            negative ^= self._take().text == "-"
        operand = self.power()
        return nodes.Negate(operand) if negative else operand

    def power(self) -> nodes.Node:
        base = self.postfix()
        if not self._at("**"):
            return base
        if self._before().kind == "superscript":
            raise ToolError("ambiguous power: write (2**2)**3 or 2**(2**3) with parentheses")
        self._take()
        with self._deeper("a tower of powers"):
            self._bare_power = nodes.Power(base, self.signed())
        return self._bare_power

    def postfix(self) -> nodes.Node:
        operand = self.atom()
        while True:
            if self._at("!"):
                self._take()
                if self._at("!"):
                    raise ToolError(
                        "ambiguous factorial: write (3!)! for the factorial of 3!, or 3*1 for the double one"
                    )
                operand = nodes.Factorial(operand)
            elif self._at("%") and not self._percent_is_remainder():
                self._take()
                operand = nodes.Percent(operand)
            elif self.next.kind == "superscript":
                operand = nodes.Power(operand, nodes.Number(self._take().value))
            else:
                return operand

    def atom(self) -> nodes.Node:
        token = self.next
        if token.kind == "number":
            return nodes.Number(self._take().value)
        if self._at("√", "∛"):
            self._take()
            with self._deeper("too many roots in one another"):
                return nodes.Call("sqrt" if token.text == "√" else "cbrt", (self.atom(),))
        if self._at("("):
            return self._group()
        if token.kind == "name" and token.text not in ("mod", "of"):
            self._take()
            return self._call(token.text) if self._at("(") else nodes.Name(token.text)
        if self._at_word("mod") and self._ahead(1).text == "(":
            return self._call(self._take().text)
        raise self._missing_operand()

    def _group(self) -> nodes.Node:
        self._take()
        if self._at(")"):
            raise ToolError("syntax: there is nothing between ( and )")
        items = self._items() if self._calls else (self.sum(),)
        self._close()
        self._bare_power = None
        return items[0] if len(items) == 1 else nodes.Several(items)

    def _call(self, function: str) -> nodes.Node:
        self._take()
        self._calls += 1
        arguments = () if self._at(")") else self._items()
        self._calls -= 1
        self._close()
        self._bare_power = None
        return nodes.Call(function, arguments)

    def _items(self) -> tuple[nodes.Node, ...]:
        items = [self._item()]
        while self._at(","):
            self._take()
            items.append(self._item())
        return tuple(items)

    def _item(self) -> nodes.Node:
        left = self.sum()
        if not self._at("="):
            return left
        self._take()
        return nodes.Equation(left, self.sum())

    def _close(self) -> None:
        if self._at(")"):
            self._take()
        elif self.next.kind == "end":
            raise ToolError("syntax: a closing parenthesis ) is missing")
        else:
            raise self.unexpected()

    @contextmanager
    def _deeper(self, what: str) -> Iterator[None]:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise ToolError(f"too large: {what}; write it in smaller steps")
        yield
        self._depth -= 1

    # --- Two possible readings ---------------------------------------------------------------------------------------

    def _percent_is_remainder(self) -> bool:
        """Whether the % here is a remainder (7%3, 7%-3) and not a percentage (50%, 100%-20%, 50% - 3)."""
        sign, operand, behind = (self._ahead(distance) for distance in (1, 2, 3))
        if sign.kind == "operator" and sign.text in ("+", "-"):
            if operand.spaced or not _begins_factor(operand) or (behind.kind == "operator" and behind.text == "%"):
                return False
            if sign.text == "+":
                raise ToolError("ambiguous %: write (10/100)+5 for a percentage, or 10 mod 5 for the remainder")
            return True
        return _begins_factor(sign)

    def _touches_a_factor(self, left: nodes.Node) -> bool:
        """Whether two factors touch: 2(3+4), 2pi, (1+2)(3+4), (1+2)3. At least one is a number or a closed group."""
        before, after = self._before(), self.next
        if not _begins_factor(after):
            return False
        closed = before.kind in ("number", "superscript") or before.text in (")", "!")
        if not closed or (after.kind == "number" and before.text != ")"):
            raise self._side_by_side(left)
        return True

    def _refuse_ambiguous_touch(self, last: tuple[str, nodes.Node]) -> None:
        operator, left = last
        if operator in ("/", "//", "%") or left is self._bare_power:
            raise ToolError(
                "ambiguous implicit multiplication: write 6/(2*(1+2)) or (6/2)*(1+2) with every * written out"
            )

    def _refuse_share_of_divisor(self, last: tuple[str, nodes.Node]) -> None:
        if last[0] in ("/", "//", "%") and isinstance(last[1], nodes.Percent):
            raise ToolError("ambiguous of: write 100/(20%*50) or (100/20%)*50")

    def _side_by_side(self, left: nodes.Node) -> ToolError:
        before, after = self._before(), self.next
        name = before.text if isinstance(left, nodes.Name) else after.text if after.kind == "name" else ""
        if isinstance(left, nodes.Name) and canonical(name) in FUNCTIONS:
            return ToolError(f"syntax: write {name}({after.text}) with parentheses")
        if name and canonical(name) not in CONSTANTS:
            return ToolError(f"unknown name {name}: write numbers and operators only, without units or words")
        return ToolError(f"syntax: {before.text} and {after.text} stand side by side; write * between them to multiply")

    # --- Errors ------------------------------------------------------------------------------------------------------

    def unexpected(self) -> ToolError:
        """Make the error for a token that cannot follow a complete expression."""
        if self._at(","):
            return ToolError(
                "comma outside a function: write 1234 or 1,234 for thousands, a point for decimals, one sum a call"
            )
        if self._at("="):
            return ToolError("= is not allowed here: write the left side only, or solve(2*x=6, x) for an equation")
        if self._at(")"):
            return ToolError("syntax: a closing parenthesis ) without its opening one")
        return ToolError(f"syntax: {self.next.text} cannot stand here; write an operator before it")

    def _missing_operand(self) -> ToolError:
        behind = f" after {self._before().text}" if self._position else ""
        return ToolError(f"syntax: a number is missing{behind}, before {self.next.text}")

    # --- Tokens ------------------------------------------------------------------------------------------------------

    def _take(self) -> Token:
        self._position += 1
        return self._tokens[self._position - 1]

    def _before(self) -> Token:
        return self._tokens[self._position - 1]

    def _ahead(self, distance: int) -> Token:
        return self._tokens[min(self._position + distance, len(self._tokens) - 1)]

    def _at(self, *operators: str) -> bool:
        return self.next.kind == "operator" and self.next.text in operators

    def _at_word(self, word: str) -> bool:
        return self.next.kind == "name" and self.next.text == word


def _begins_factor(token: Token) -> bool:
    if token.kind == "name":
        return token.text not in ("mod", "of")
    return token.kind == "number" or token.text in ("(", "√", "∛")
