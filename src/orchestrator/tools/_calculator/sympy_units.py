"""The sizes of units by sympy's own table. Runs only in the worker process, which has sympy."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from fractions import Fraction

from sympy.physics import units
from sympy.physics.units.systems.si import dimsys_SI

from orchestrator.tools._calculator.unit_names import SizeOf


def sizes(definitions: Mapping[str, str]) -> dict[str, SizeOf]:
    """Return the size of each unit.

    Args:
        definitions: Symbols, each with a number and sympy's units: ``4840 yard^2``. The number may be left out.
    """
    return {symbol: _size(definition.split()) for symbol, definition in definitions.items()}


def _size(parts: list[str]) -> SizeOf:
    factor, kind = Fraction(1), Counter[str]()
    for part in parts:
        if part[0].isdigit():
            factor *= Fraction(part)
            continue
        name, _, power = part.partition("^")
        unit, times = getattr(units, name), int(power or 1)
        factor *= Fraction(str(unit.scale_factor)) ** times
        for dimension, each in dimsys_SI.get_dimensional_dependencies(unit.dimension).items():
            kind[str(dimension.name)] += int(each) * times
    return factor, tuple(kind.items())
