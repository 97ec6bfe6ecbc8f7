"""The table of the calculator's functions, each with its number of arguments. Knows numbers; not text or trees.

Exact arguments give exact results if there is one: sqrt(16), cbrt(1/8), log2(8), log(8, 2), 8**(1/3).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from orchestrator.core.errors import ToolError
from orchestrator.tools._calculator import operations
from orchestrator.tools._calculator.angles import Run, atan2, degrees, hypotenuse, plain, radians, tangent, within
from orchestrator.tools._calculator.numbers import MAX_BITS
from orchestrator.tools._calculator.reals import Reals, Value, bounded, too_large

CONSTANTS = frozenset({"pi", "e", "tau"})


@dataclass(frozen=True, slots=True)
class Function:
    """A function of the table.

    Attributes:
        fewest: The minimum number of arguments.
        most: The maximum number of arguments; None for no maximum.
        run: Calculates the result.
    """

    fewest: int
    most: int | None
    run: Run


def call(name: str, reals: Reals, arguments: Sequence[Value]) -> Value:
    """Call a function of the table.

    Args:
        name: The function's name in the table.
        reals: The arithmetic to use.
        arguments: The values of the arguments.

    Raises:
        ToolError: The number of arguments is wrong, or an argument is outside the function's domain.
    """
    function = FUNCTIONS[name]
    check_arguments(name, function.fewest, function.most, len(arguments))
    return function.run(reals, arguments)


def check_arguments(name: str, fewest: int, most: int | None, got: int) -> None:
    """Check the number of arguments. ``most`` is None for no maximum. Raises ToolError if it is wrong."""
    if fewest <= got and (most is None or got <= most):
        return
    if most is None:
        wanted = f"{fewest} or more arguments"
    elif most == fewest:
        wanted = f"{most} argument" + ("s" if most > 1 else "")
    else:
        wanted = f"{fewest} to {most} arguments"
    hint = "; a comma separates arguments here, so write 1000 for 1,000" if most is not None and got > most else ""
    raise ToolError(f"number of arguments: {name} takes {wanted}, not {got}{hint}")


# --- Whole numbers ---------------------------------------------------------------------------------------------------


def _chosen(name: str, reals: Reals, values: Sequence[Value]) -> tuple[int, int]:
    total, chosen = (operations.whole_number(reals, name, value) for value in values)
    if total < 0 or chosen < 0:
        raise ToolError(f"undefined: {name} of a negative number")
    return total, chosen


def _combinations(reals: Reals, values: Sequence[Value]) -> Value:
    total, chosen = _chosen("comb", reals, values)
    steps = min(chosen, max(total - chosen, 0))
    # C(n, k) is between (n/k)**k and (e n/k)**k.
    if steps > MAX_BITS or (steps and steps * (math.log2(total) - math.log2(steps)) > MAX_BITS):
        raise too_large()
    return bounded(Fraction(math.comb(total, chosen)))


def _permutations(reals: Reals, values: Sequence[Value]) -> Value:
    total, chosen = _chosen("perm", reals, values)
    if chosen > total:
        return Fraction(0)
    # This lower bound omits the smaller half of the factors. So only a result that is surely too large is refused
    # before it is computed.
    if chosen > MAX_BITS or (chosen and chosen * math.log2(total) > 2 * MAX_BITS + chosen):
        raise too_large()
    return bounded(Fraction(math.perm(total, chosen)))


def _fibonacci(reals: Reals, values: Sequence[Value]) -> Value:
    index = operations.whole_number(reals, "fibonacci", values[0])
    if index < 0:
        raise ToolError("undefined: fibonacci of a negative number")
    if index > MAX_BITS:
        raise too_large()
    one, two = 0, 1  # F(k) and F(k+1); each step doubles k and adds the next bit of the index (fast doubling)
    for bit in f"{index:b}":
        one, two = one * (2 * two - one), one * one + two * two
        if bit == "1":
            one, two = two, one + two
    return bounded(Fraction(one))


def _lcm(reals: Reals, values: Sequence[Value]) -> Value:
    result = 1
    for value in values:
        result = math.lcm(result, operations.whole_number(reals, "lcm", value))
        bounded(Fraction(result))
    return Fraction(result)


def _gcd(reals: Reals, values: Sequence[Value]) -> Value:
    return Fraction(math.gcd(*(operations.whole_number(reals, "gcd", value) for value in values)))


# --- Rounding --------------------------------------------------------------------------------------------------------


def _magnitude(value: Value) -> Value:
    return operations.negate(value) if operations.sign(value) < 0 else value


def _rounded(reals: Reals, values: Sequence[Value]) -> Value:
    """Round halves away from zero, as schools and spreadsheets do."""
    places = operations.whole_number(reals, "round", values[1]) if len(values) > 1 else 0
    if abs(places) > _MOST_PLACES:
        raise too_large()
    scale = Fraction(10) ** places
    scaled = reals.multiply(_magnitude(values[0]), scale)
    if scaled - 2 * (scaled // 2) == Fraction(1, 2) if isinstance(scaled, Fraction) else False:
        reals.remarks.append(ROUNDING_RULE)  # the other rule, to the even neighbour, has another result
    return operations.sign(values[0]) * operations.floor(reals, reals.add(scaled, Fraction(1, 2))) / scale


_MOST_PLACES = 1_000
ROUNDING_RULE = "halves are rounded away from zero"


# --- Lists of values -------------------------------------------------------------------------------------------------


def _mean(reals: Reals, values: Sequence[Value]) -> Value:
    return reals.divide(reals.total(values), Fraction(len(values)))


def _ordered(reals: Reals, values: Sequence[Value]) -> list[Value]:
    fractions = [value for value in values if isinstance(value, Fraction)]
    if len(fractions) == len(values):
        return [*sorted(fractions)]
    return sorted(values, key=lambda value: reals.as_real(value).value)


def _median(reals: Reals, values: Sequence[Value]) -> Value:
    ordered = _ordered(reals, values)
    return _mean(reals, [ordered[(len(ordered) - 1) // 2], ordered[len(ordered) // 2]])


def _variance(reals: Reals, values: Sequence[Value], divisor: int) -> Value:
    mean = operations.negate(_mean(reals, values))
    squares = [operations.power(reals, reals.add(value, mean), Fraction(2)) for value in values]
    return reals.divide(reals.total(squares), Fraction(divisor))


def _spread(divisor: int, *, root: bool) -> Run:
    """Return variance or standard deviation. ``divisor`` is 1 for a sample (n - 1) and 0 for a population (n)."""

    def run(reals: Reals, values: Sequence[Value]) -> Value:
        variance = _variance(reals, values, len(values) - divisor)
        return operations.sqrt(reals, variance) if root else variance

    return run


# --- The table -------------------------------------------------------------------------------------------------------


def _one(run: Callable[[Reals, Value], Value]) -> Function:
    return Function(1, 1, lambda reals, values: run(reals, values[0]))


def _two(run: Callable[[Reals, Value, Value], Value]) -> Function:
    return Function(2, 2, lambda reals, values: run(reals, values[0], values[1]))


FUNCTIONS = {
    **{name: Function(1, 1, plain(name)) for name in ("exp", "sin", "cos", "atan", "sinh", "cosh", "tanh", "asinh")},
    "sqrt": _one(operations.sqrt),
    "cbrt": _one(operations.cbrt),
    "pow": _two(operations.power),
    "ln": _one(operations.logarithm),
    "log": Function(1, 2, lambda reals, values: operations.logarithm(reals, *values)),
    "log2": _one(lambda reals, value: operations.logarithm(reals, value, Fraction(2))),
    "log10": _one(lambda reals, value: operations.logarithm(reals, value, Fraction(10))),
    "abs": _one(lambda _, value: _magnitude(value)),
    "sign": _one(lambda _, value: Fraction(operations.sign(value))),
    "round": Function(1, 2, _rounded),
    "floor": _one(lambda reals, value: Fraction(operations.floor(reals, value))),
    "ceil": _one(lambda reals, value: Fraction(-operations.floor(reals, operations.negate(value)))),
    "trunc": _one(lambda reals, value: Fraction(operations.sign(value) * operations.floor(reals, _magnitude(value)))),
    "mod": _two(operations.remainder),
    "quotient": _two(operations.floor_divide),
    "min": Function(1, None, lambda reals, values: _ordered(reals, values)[0]),
    "max": Function(1, None, lambda reals, values: _ordered(reals, values)[-1]),
    "sum": Function(1, None, Reals.total),
    "product": Function(1, None, Reals.product),
    "mean": Function(1, None, _mean),
    "median": Function(1, None, _median),
    "variance": Function(2, None, _spread(1, root=False)),
    "stdev": Function(2, None, _spread(1, root=True)),
    "pvariance": Function(1, None, _spread(0, root=False)),
    "pstdev": Function(1, None, _spread(0, root=True)),
    "gcd": Function(1, None, _gcd),
    "lcm": Function(1, None, _lcm),
    "factorial": _one(operations.factorial),
    "factorial2": _one(operations.double_factorial),
    "comb": Function(2, 2, _combinations),
    "perm": Function(2, 2, _permutations),
    "fibonacci": Function(1, 1, _fibonacci),
    "tan": Function(1, 1, tangent),
    "asin": Function(1, 1, within("asin", -1, 1)),
    "acos": Function(1, 1, within("acos", -1, 1)),
    "atan2": Function(2, 2, atan2),
    "acosh": Function(1, 1, within("acosh", 1, None)),
    "atanh": Function(1, 1, within("atanh", -1, 1, ends=False)),
    "degrees": Function(1, 1, degrees),
    "radians": Function(1, 1, radians),
    "hypot": Function(1, None, hypotenuse),
}
ALIASES = {
    "average": "mean",
    "avg": "mean",
    "binomial": "comb",
    "ncr": "comb",
    "npr": "perm",
    "choose": "comb",
    "power": "pow",
    "ceiling": "ceil",
    "prod": "product",
    "sgn": "sign",
    "arcsin": "asin",
    "arccos": "acos",
    "arctan": "atan",
    "deg": "degrees",
    "rad": "radians",
    "std": "stdev",
}


def canonical(name: str) -> str:
    """Return the table's spelling of a name: SQRT is sqrt, average is mean. Other names are returned unchanged."""
    lower = name.lower() if len(name) > 1 else name
    lower = ALIASES.get(lower, lower)
    return lower if lower in FUNCTIONS or lower in CONSTANTS else name
