"""Parses tokens into a tree, by recursive descent in linear time. Knows the grammar; not values or limits of size.

    whole    = sum [in units]
    sum      = product {(+ | -) product}
    product  = signed {(* | / | // | % | mod | of | nothing) signed}
    signed   = {+ | - | twice} power
    power    = postfix [** signed]
    postfix  = atom {! | % | ‰ | superscript | units}
    atom     = number | name | name(argument, …) | (whole) | √ atom
    units    = unit [power] {(* | /) unit [power]}

If people read an expression in two ways, the tree is ``Either``, with both readings of the whole: 6/2(1+2), 100 + 5%.
readings.py has the second readings.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from fractions import Fraction

from orchestrator.core.errors import ToolError
from orchestrator.tools._calculator import nodes, readings
from orchestrator.tools._calculator.complaints import missing_operand, missing_parenthesis, side_by_side, unexpected
from orchestrator.tools._calculator.cursor import Cursor
from orchestrator.tools._calculator.functions import FUNCTIONS, canonical
from orchestrator.tools._calculator.numbers import hyphens_joined
from orchestrator.tools._calculator.spelling import spelled
from orchestrator.tools._calculator.spoken import OF_ONE_NUMBER
from orchestrator.tools._calculator.tokens import Token, tokenize
from orchestrator.tools._calculator.unit_grammar import quantity, target_units
from orchestrator.tools._calculator.writing import written

MAX_DEPTH = 50
"""Nested parentheses, calls and powers. Each takes six Python frames, so this is far below the recursion limit."""
_ROOTS = {"√": "sqrt", "∛": "cbrt", "∜": "pow"}


def parse(expression: str) -> nodes.Node:
    """Parse one expression into a tree.

    Returns:
        The tree. If the text has two readings, the root is ``nodes.Either``.

    Raises:
        ToolError: The text is not an expression. No other exception is raised, whatever the text is.
    """
    try:
        return _parsed(expression)
    except ToolError as error:
        if hint := _as_solved(expression):
            raise ToolError(f"= is not allowed here: for an equation write {hint}") from None
        raise error from None


def _as_solved(expression: str) -> str:
    """Return solve(3*x+2 = 11, x) for the equation 3x + 2 = 11; "" if the expression is no such equation."""
    unknowns = {word for word in _WORD.findall(expression) if len(word) == 1} - _CONSTANTS
    if expression.count("=") != 1 or len(unknowns) != 1:
        return ""
    try:
        tree = _parsed(f"solve({expression}, {unknowns.pop()})")
    except ToolError:
        return ""
    return "" if isinstance(tree, nodes.Either) else written(tree)


_WORD = re.compile("[A-Za-z]+")
_CONSTANTS = frozenset("eEi")


def _parsed(expression: str) -> nodes.Node:
    """Parse an expression, with both readings of mixed fractions such as 1-3/4."""
    tree, text = _Parser(tokenize(expression)).parsed(), spelled(expression)
    if (joined := hyphens_joined(text)) == text:
        return tree
    mixed = _Parser(tokenize(joined)).parsed()
    only = not isinstance(tree, nodes.Either) and not isinstance(mixed, nodes.Either)
    first, second = (readings.choose(each, second=False) for each in (tree, mixed))
    return nodes.Either("mixed fraction", first, second, only=only)


class _Parser:
    """One pass over the tokens. Each method reads one rule of the grammar and stops after it."""

    def __init__(self, tokens: list[Token]) -> None:
        self._tokens = Cursor(tokens)
        self._depth = 0
        self._exponents = 0  # exponents without parentheses that are being read: a unit behind one is not theirs
        self._calls = 0  # open calls: commas and equations have a meaning only inside a call
        self._bare: nodes.Node | None = None  # the last a**b or √a without parentheses
        self._remainder: nodes.Node | None = None  # the last a mod b without parentheses around it
        self._first_word = -1  # the position of a "square root of" or "half of" with which a sum begins
        self._doubts: list[str] = []  # what has two readings; only of the first one, both are in the tree

    def parsed(self) -> nodes.Node:
        """Parse all tokens. If there was a doubt, return both readings of the whole."""
        tree = self.whole()
        if not self._tokens.at_kind("end"):
            raise unexpected(self._tokens)
        if not self._doubts:
            return tree
        first, second = (readings.choose(tree, second=second) for second in (False, True))
        return nodes.Either(self._doubts[0], first, second, only=len(self._doubts) == 1)

    def whole(self) -> nodes.Node:
        tree = self.sum()
        if not self._tokens.at_kind("to"):
            return tree
        self._tokens.take()
        return nodes.Convert(tree, target_units(self._tokens))

    def sum(self) -> nodes.Node:
        what, start = self._word_of_all(), self._tokens.position
        self._first_word = start if what else -1
        with self._deeper(f"nested more than {MAX_DEPTH} deep"):
            tree = self._sum()
            if what and isinstance(tree, nodes.Chain) and not self._doubts:
                second = self._of_all(start)
                doubts, self._doubts = self._doubts, []
                tree = tree if tree == second else self._either(what, tree, readings.choose(second, second=False))
                self._doubts += doubts
        return tree

    def _word_of_all(self) -> str:
        """Return what the next token is if it may apply to a whole sum, as "half of" and "square root of"; else ""."""
        token = self._tokens.next
        if token.kind == "multiplier" and token.text not in OF_ONE_NUMBER and self._tokens.ahead(1).text != "(":
            return token.text
        return token.kind if token.kind == "root" else ""

    def _sum(self) -> nodes.Node:
        tree, rest = self.product(), list[tuple[str, nodes.Node]]()
        begins = ends = tree is self._remainder
        while self._tokens.at("+", "-"):
            percent = self._tokens.before.text == "%"
            operator = self._tokens.take().text
            tight = percent and not self._tokens.next.spaced  # 7%-3, but not 50% - 3
            right = self.product()
            ends = right is self._remainder
            second = readings.second_sum(readings.chain(tree, rest), operator, right, tight=tight)
            if second is None:
                rest.append((operator, right))
                continue
            tree = self._either(second[0], readings.chain(tree, [*rest, (operator, right)]), second[1])
            rest = []
        remainder = readings.remainder_of_all(tree, rest, begins=begins, ends=ends)
        tree = readings.chain(tree, rest)
        return tree if remainder is None else self._either("mod", tree, remainder)

    def product(self) -> nodes.Node:
        first = self.signed()
        rest: list[tuple[str, nodes.Node]] = []
        while True:
            last = rest[-1] if rest else ("", first)
            if self._touches_a_factor(last[1]):
                first, rest = self._touching(first, rest)
            elif operator := self._product_operator():
                first, rest = self._step(first, rest, operator)
            else:
                break
        second = readings.remainder_in_product(first, rest)
        tree = readings.chain(first, rest)
        if rest and rest[0][0] == "mod":
            self._remainder = tree
        return tree if second is None else self._either("mod", tree, second)

    def _product_operator(self) -> str | None:
        """Take and return the next operator of a product, if there is one."""
        if self._tokens.at("*", "/", "//", "%", "off"):
            return self._tokens.take().text
        return self._tokens.take().text if self._tokens.at_word("mod", "of") else None

    def _step(
        self, first: nodes.Node, rest: list[tuple[str, nodes.Node]], operator: str
    ) -> tuple[nodes.Node, list[tuple[str, nodes.Node]]]:
        """Read the operand after an operator of a product."""
        if operator == "off":
            return self._reduced(first, rest), []
        left, tight = readings.chain(first, rest), operator == "/" and self._is_tight_fraction()
        apart = self._tokens.ahead(1).spaced
        percent = operator == "%" and not self._tokens.before.spaced and self._tokens.next.spaced  # 5% 200
        last = rest[-1] if rest else ("", first)
        operand = self.signed()
        steps = [*rest, (operator, operand)]
        if operator == "of" and last[0] in ("/", "//", "%", "mod") and isinstance(last[1], nodes.Percent):
            second = readings.tight_product(first, rest, [operand])
            return self._either("of", nodes.Chain(left, (("*", operand),)), second), []
        if percent:
            remainder = nodes.Chain(left, (("mod", operand),))
            return self._either("%", remainder, readings.share(first, rest, operand)), []
        if operator == "/" and isinstance(operand, nodes.Quantity) and self._tokens.before.text != ")":
            part = readings.part_of_unit(left, operand)
            if part is not None:
                return (part, []) if tight and apart else (self._either("unit", part, readings.chain(first, steps)), [])
        second_fraction = readings.tight_fraction(first, rest, operand) if tight else None
        if second_fraction is not None:
            return self._either("fraction", readings.chain(first, steps), second_fraction), []
        return first, steps

    def _reduced(self, percentage: nodes.Node, rest: list[tuple[str, nodes.Node]]) -> nodes.Node:
        """Read 15% off 80."""
        if rest or not readings.is_percentage(percentage):
            raise ToolError("syntax: write one percentage before off: 15% off 80")
        return readings.changed_by(self.signed(), "-", percentage)

    def _is_tight_fraction(self) -> bool:
        """Whether the / that was taken is between two numbers without spaces: 1/2 h, 1/2%, 9^1/2."""
        before, sign, divisor = (self._tokens.ahead(distance) for distance in (-2, -1, 0))
        return not (sign.spaced or divisor.spaced) and before.kind == divisor.kind == "number"

    def _touching(
        self, first: nodes.Node, rest: list[tuple[str, nodes.Node]]
    ) -> tuple[nodes.Node, list[tuple[str, nodes.Node]]]:
        """Read all factors that touch the last operand."""
        operator, left = rest[-1] if rest else ("", first)
        bare = self._is_bare(left)
        factors = [self.signed()]
        while self._touches_a_factor(factors[-1]):
            if self._is_bare(last := factors[-1]):
                factors[-1] = self._either("implicit multiplication", *readings.products(last, [], [self.signed()]))
            else:
                factors.append(self.signed())
        if operator in ("/", "//", "%", "mod") or bare:
            return self._either("implicit multiplication", *readings.products(first, rest, factors)), []
        return first, [*rest, *(("*", factor) for factor in factors)]

    def _is_bare(self, operand: nodes.Node) -> bool:
        """Whether the operand is a power or a root without parentheses, with or without a sign."""
        unsigned = operand.operand if isinstance(operand, nodes.Negate) else operand
        return unsigned is self._bare

    def signed(self) -> nodes.Node:
        negative = spoken = False
        while self._tokens.at("+", "-"):
            sign = self._tokens.take()
            negative ^= sign.text == "-"
            spoken |= sign.spoken
        operand = self._multiplied() if self._tokens.at_kind("multiplier") else self.power()
        if negative:
            minus = nodes.Negate(operand)
            return self._spoken_power(minus, operand, nodes.Negate) if spoken else minus
        return operand

    def _multiplied(self) -> nodes.Node:
        """Read twice 5 and half of 84."""
        word, first = self._word_of_all(), self._tokens.position == self._first_word
        times = nodes.Number(self._tokens.take().value)
        with self._deeper("too many multipliers"):
            operand = self.signed()
        if word and not first and self._tokens.at("+", "-"):
            raise ToolError(f"ambiguous {word}: write {times.value}*10+2 or {times.value}*(10+2) with parentheses")

        def multiple(number: nodes.Node) -> nodes.Node:
            return nodes.Chain(times, (("*", number),))

        return self._spoken_power(multiple(operand), operand, multiple)

    def _spoken_power(
        self, tree: nodes.Node, operand: nodes.Node, whole: Callable[[nodes.Node], nodes.Node]
    ) -> nodes.Node:
        """Return the tree, or both readings if its operand ends with "squared", which may belong to all of it."""
        sign = self._tokens.before
        second = readings.power_of_all(operand, whole) if sign.kind == "superscript" and sign.spoken else None
        return tree if second is None else self._either("power", tree, second)

    def power(self) -> nodes.Node:
        base = self.postfix()
        after_superscript = self._tokens.before.kind == "superscript"
        if not self._tokens.took("**"):
            return base
        with self._deeper("a tower of powers"):
            self._exponents += 1
            exponent = self.signed()
            power = nodes.Power(base, exponent)
            self._exponents -= 1
        if after_superscript and isinstance(base, nodes.Power):
            tower = nodes.Power(base.base, nodes.Power(base.exponent, power.exponent))
            return self._either("power", power, tower)
        if self._tokens.at_kind("unit") and not self._exponents:
            return quantity(self._tokens, power)  # 10**3 m
        return self._barely(self._spoken_power(power, exponent, lambda each: nodes.Power(base, each)))

    def _barely(self, operand: nodes.Node) -> nodes.Node:
        """Return an operand that has no end of its own: 2**3 and √2 have none, 2**(3) and √(2) have one."""
        self._bare = None if self._tokens.before.text == ")" else operand
        return operand

    def postfix(self) -> nodes.Node:
        root = self._root_sign()
        operand = self.atom()
        end = self._tokens.position + MAX_DEPTH
        while True:
            if self._tokens.position > end:
                raise ToolError("too large: too many signs behind one number; write it in smaller steps")
            if self._tokens.at("!"):
                operand = self._factorial(operand, root)
            elif (self._tokens.at("%") and not self._percent_is_remainder()) or self._tokens.at("‰"):
                per = 100 if self._tokens.take().text == "%" else 1_000
                operand = self._of_root(root, operand, nodes.Percent(operand, per), per)
            elif self._tokens.at_kind("superscript"):
                operand = nodes.Power(operand, nodes.Number(self._tokens.take().value))
            elif self._tokens.at_kind("unit") and not self._exponents:
                operand = quantity(self._tokens, operand)
            else:
                return operand

    def _factorial(self, operand: nodes.Node, root: bool) -> nodes.Node:
        self._tokens.take()
        once = self._of_root(root, operand, nodes.Factorial(operand), 0)
        if not self._tokens.took("!"):
            return once
        return self._either("factorial", nodes.Factorial(once), nodes.Call("factorial2", (operand,)))

    def _of_root(self, root: bool, operand: nodes.Node, outside: nodes.Node, per: int) -> nodes.Node:
        """√9! and √4%: the sign may belong to the root or to the number in it."""
        if not root or not isinstance(operand, nodes.Call):
            return outside
        number = operand.arguments[0]
        inside = nodes.Percent(number, per) if per else nodes.Factorial(number)
        return self._either("root", outside, nodes.Call(operand.function, (inside, *operand.arguments[1:])))

    def atom(self) -> nodes.Node:
        token = self._tokens.next
        if token.kind == "number":
            return nodes.Number(self._tokens.take().value)
        if self._root_sign():
            return self._root()
        if self._tokens.at("("):
            return self._group()
        if token.kind == "superscript" and self._tokens.ahead(1).text == "√":
            return self._root_of_degree()
        if token.kind == "name" and (token.text not in ("mod", "of") or self._tokens.ahead(1).text == "("):
            return self._name(self._tokens.take().text)
        raise missing_operand(self._tokens)

    def _name(self, name: str) -> nodes.Node:
        if self._tokens.at("("):
            return self._call(name)
        power = self._power_before_group() if canonical(name) in FUNCTIONS else None
        return nodes.Name(name) if power is None else self._power_of_function(name, power)

    def _power_before_group(self) -> Fraction | None:
        """Take the power of sin²(x), sin^2(x) or sin^-1(x), if one is here."""
        if self._tokens.at_kind("superscript") and self._tokens.ahead(1).text == "(":
            return self._tokens.take().value
        negative = self._tokens.ahead(1).text == "-"
        exponent, group = self._tokens.ahead(1 + negative), self._tokens.ahead(2 + negative)
        if not self._tokens.at("**") or exponent.kind != "number" or group.text != "(":
            return None
        self._tokens.position += 2 + negative
        return -exponent.value if negative else exponent.value

    def _root_sign(self) -> bool:
        return self._tokens.at_kind("root") or self._tokens.at(*_ROOTS)

    def _root(self) -> nodes.Node:
        sign, first = self._tokens.take(), self._tokens.position - 1 == self._first_word
        with self._deeper("too many roots in one another"):
            negative = self._tokens.took("-")
            operand = self.atom()
        goes_on = self._tokens.at_kind("operator") and not self._tokens.at(")", ",", "=")
        if sign.kind == "root" and not first and goes_on:
            raise ToolError("ambiguous root: write sqrt(16)+9 or sqrt(16+9) with parentheses")
        radicand = nodes.Negate(operand) if negative else operand
        arguments = (radicand, nodes.Number(Fraction(1, 4))) if sign.text == "∜" else (radicand,)
        return self._barely(nodes.Call(_ROOTS[sign.text], arguments))

    def _of_all(self, start: int) -> nodes.Node:
        """Read a sum again, with the "square root of" or "half of" before it applied to all of it."""
        self._tokens.position = start
        word = self._tokens.take()
        if word.kind == "multiplier":
            return nodes.Chain(nodes.Number(word.value), (("*", self._sum()),))
        return nodes.Call(_ROOTS[word.text], (self._sum(),))

    def _root_of_degree(self) -> nodes.Node:
        """³√8."""
        degree = self._tokens.take().value
        if degree < 1:
            raise ToolError("syntax: write the root's degree as a whole number above 0: ³√8")
        self._tokens.take()
        with self._deeper("too many roots in one another"):
            operand = self.atom()
        return nodes.Call("cbrt", (operand,)) if degree == 3 else nodes.Call("pow", (operand, nodes.Number(1 / degree)))

    def _power_of_function(self, function: str, power: Fraction) -> nodes.Node:
        """sin²(x) is (sin x)²; sin⁻¹(x) may be the inverse function or 1/sin(x)."""
        call = self._call(function)
        inverse = readings.INVERSES.get(canonical(function))
        if inverse is None or not isinstance(call, nodes.Call):
            raise ToolError(f"syntax: write {function}(…)**{power} with the power behind the parenthesis")
        if power == -1:
            reciprocal = nodes.Chain(readings.ONE, (("/", call),))
            return self._either("power", nodes.Call(inverse, call.arguments), reciprocal)
        return nodes.Power(call, nodes.Number(power))

    def _group(self) -> nodes.Node:
        self._tokens.take()
        if self._tokens.at(")"):
            raise ToolError("syntax: there is nothing between ( and )")
        exponents, self._exponents = self._exponents, 0
        items = self._items() if self._calls else (self.whole(),)
        self._exponents = exponents
        self._close()
        self._bare = self._remainder = None
        return items[0] if len(items) == 1 else nodes.Several(items)

    def _call(self, function: str) -> nodes.Node:
        self._tokens.take()
        exponents, self._exponents = self._exponents, 0
        self._calls += 1
        arguments = () if self._tokens.at(")") else self._items()
        self._calls -= 1
        self._exponents = exponents
        self._close()
        self._bare = None
        return nodes.Call(function, arguments)

    def _items(self) -> tuple[nodes.Node, ...]:
        items = [self._item()]
        while self._tokens.took(","):
            items.append(self._item())
        return tuple(items)

    def _item(self) -> nodes.Node:
        left = self.whole()
        return nodes.Equation(left, self.sum()) if self._tokens.took("=") else left

    def _close(self) -> None:
        if not self._tokens.took(")"):
            raise missing_parenthesis(self._tokens)

    @contextmanager
    def _deeper(self, what: str) -> Iterator[None]:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise ToolError(f"too large: {what}; write it in smaller steps")
        yield
        self._depth -= 1

    # --- Two possible readings ---------------------------------------------------------------------------------------

    def _either(self, what: str, first: nodes.Node, second: nodes.Node) -> nodes.Node:
        """Note two readings. Only those of the first doubt are kept: the number of trees would double with each."""
        self._doubts.append(what)
        return nodes.Either(what, first, second) if len(self._doubts) == 1 else first

    def _percent_is_remainder(self) -> bool:
        """Whether the % here is a remainder (7%3, 7 % -3) and not a percentage (50%, 100%-20%, 50% - 3)."""
        sign, operand, behind = (self._tokens.ahead(distance) for distance in (1, 2, 3))
        if sign.kind == "operator" and sign.text in ("+", "-"):
            apart = self._tokens.next.spaced and sign.spaced and not operand.spaced
            return apart and self._tokens.begins_factor(2) and not (behind.kind == "operator" and behind.text == "%")
        return self._tokens.begins_factor(1)

    def _touches_a_factor(self, left: nodes.Node) -> bool:
        """Whether two factors touch: 2(3+4), 2pi, (1+2)(3+4), (1+2)3. At least one is a number or a closed group."""
        before, after = self._tokens.before, self._tokens.next
        if not self._tokens.begins_factor():
            return False
        closed = before.kind in ("number", "superscript") or before.text in (")", "!")
        if not closed or (after.kind == "number" and before.text != ")"):
            raise side_by_side(self._tokens, after_name=isinstance(left, nodes.Name))
        return True
