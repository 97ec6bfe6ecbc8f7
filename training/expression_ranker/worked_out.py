"""The values of an expression template for many questions at once, each with its own numbers."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from math import factorial

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

MOST_FACTORIAL = 170  # the largest whose result fits a float


def worked_out(text: str, values: Floats) -> Floats:
    """Calculate an expression template for many questions.

    Args:
        text: The template's text.
        values: The numbers: a row for each number, a column for each question.

    Returns:
        The value for each question; NaN if it cannot be calculated.
    """
    source = re.sub(r"\{(\d)\}", r"N[\1]", text).replace("^", "**").replace(" mod ", "%")
    source = re.sub(r"(N\[\d\])!", r"factorial(\1)", source)
    with np.errstate(all="ignore"):  # eval: the templates come from the project's own examples
        try:
            found = eval(source, {"__builtins__": {}, **_FUNCTIONS}, {"N": values})  # noqa: S307
            return np.broadcast_to(np.asarray(found, float), values.shape[1:])
        except (ArithmeticError, NameError, SyntaxError, TypeError, ValueError):
            return np.full(values.shape[1:], np.nan)


def _factorial(values: Floats) -> Floats:
    known = (values == np.floor(values)) & (values >= 0) & (values <= MOST_FACTORIAL)
    return np.array(
        [float(factorial(int(each))) if each_known else np.nan for each, each_known in zip(values, known, strict=True)]
    )


def _whole(function: np.ufunc) -> Callable[..., Floats]:
    def found(*values: Floats) -> Floats:
        same = np.broadcast_arrays(*values)
        known = np.logical_and.reduce([(each == np.floor(each)) & (each > 0) & (each < 2**53) for each in same])
        whole = [np.where(known, each, 1).astype(np.int64) for each in same]
        return np.where(known, function.reduce(whole), np.nan)

    return found


def _rounded(values: Floats, places: Floats | int = 0) -> Floats:
    return np.round(values, int(np.ravel(places)[0]))


_FUNCTIONS: Mapping[str, Callable[..., Floats]] = {
    "sqrt": np.sqrt,
    "cbrt": np.cbrt,
    "log": np.log,
    "exp": np.exp,
    "round": _rounded,
    "ceil": lambda values: np.ceil(np.round(values, 9)),
    "floor": lambda values: np.floor(np.round(values, 9)),
    "factorial": _factorial,
    "gcd": _whole(np.gcd),
    "lcm": _whole(np.lcm),
    "max": lambda *values: np.maximum.reduce(np.broadcast_arrays(*values)),
    "min": lambda *values: np.minimum.reduce(np.broadcast_arrays(*values)),
}
