"""Units, and how many of one are in another: facts that a question does not say.

"How many minutes are 7 hours?" contains one number. The calculation also needs the 60 of "1 hour is 60 minutes". So the
fact is offered with the question's numbers.
Knows words and numbers; no tool, and not when a fact is needed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

# Each unit with its other names.
_NAMES = """
second seconds sec secs s; minute minutes min mins; hour hours hr hrs h hourly; day days daily; week weeks wk weekly
fortnight fortnights; month months monthly; year years yr yrs yearly annual annually; decade decades; century centuries
millimetre millimetres millimeter millimeters mm; centimetre centimetres centimeter centimeters cm
metre metres meter meters m; kilometre kilometres kilometer kilometers km kms
inch inches; foot feet ft; yard yards yd yds; mile miles
milligram milligrams mg; gram grams gramme grammes g; kilogram kilograms kilo kilos kg kgs; tonne tonnes ton tons
ounce ounces oz; pound pounds lb lbs; stone stones
millilitre millilitres milliliter milliliters ml; centilitre centilitres cl; litre litres liter liters l
cup cups; pint pints; quart quarts; gallon gallons; cent cents; penny pence; dollar dollars; euro euros
"""

# "minute 60 second": one minute is 60 seconds. If there are several ways from one unit to another, the shortest counts;
# of equally short ones, the first.
_FACTS = """
minute 60 second; hour 60 minute; day 24 hour; week 7 day; fortnight 2 week; month 30 day; month 4 week
year 12 month; year 52 week; year 365 day; decade 10 year; century 100 year
centimetre 10 millimetre; metre 100 centimetre; kilometre 1000 metre
foot 12 inch; yard 3 foot; mile 1760 yard; inch 2.54 centimetre; foot 0.3048 metre; mile 1.609344 kilometre
gram 1000 milligram; kilogram 1000 gram; tonne 1000 kilogram
pound 16 ounce; stone 14 pound; ounce 28.349523125 gram; pound 0.45359237 kilogram
centilitre 10 millilitre; litre 100 centilitre; pint 2 cup; quart 2 pint; gallon 4 quart; gallon 3.785411784 litre
dollar 100 cent; euro 100 cent; pound 100 penny
"""

MOST_FACTS = 3
_WORD = re.compile(r"(?<!['’])[a-z]+")


def canonical(word: str) -> str:
    """Return the unit that a word names; any other word unchanged.

    Args:
        word: A word in lower case.
    """
    return _canonical().get(word, word)


@dataclass(frozen=True, slots=True)
class Fact:
    """A fact: one of the larger unit is ``value`` of the smaller unit.

    Attributes:
        larger: The larger unit.
        value: The factor.
        smaller: The smaller unit.
    """

    larger: str
    value: str
    smaller: str


def facts(question: str) -> list[Fact]:
    """Return the facts that connect the units of a question, at most 3.

    A fact that follows from two others is left out.

    Args:
        question: The question.
    """
    table = _table()
    words = dict.fromkeys(map(canonical, _WORD.findall(question.lower().replace("$", " dollar "))))
    named = [word for word in words if word in table]
    found = [(one, other) for one in named for other in named if other in table[one]]
    direct = [
        (one, other) for one, other in found if not any((one, via) in found and (via, other) in found for via in named)
    ]
    return [Fact(one, table[one][other], other) for one, other in direct][:MOST_FACTS]


@cache
def _canonical() -> dict[str, str]:
    names = [entry.split() for entry in re.split(r"[;\n]", _NAMES) if entry.strip()]
    return {name: entry[0] for entry in names for name in entry}


@cache
def _table() -> dict[str, dict[str, str]]:
    """For each unit its factor to every smaller unit, also through other units: a day is 86,400 seconds."""
    rows = [entry.split() for entry in re.split(r"[;\n]", _FACTS) if entry.strip()]
    direct: dict[str, dict[str, Decimal]] = {}
    for larger, value, smaller in rows:
        direct.setdefault(larger, {})[smaller] = Decimal(value)
        direct.setdefault(smaller, {})
    reached = {unit: _reached(unit, direct) for unit in direct}
    return {
        unit: {other: f"{value.normalize():f}" for other, value in found.items()} for unit, found in reached.items()
    }


def _reached(unit: str, direct: dict[str, dict[str, Decimal]]) -> dict[str, Decimal]:
    found, following = {unit: Decimal(1)}, [unit]
    for each in following:  # breadth first, so that the shortest way counts
        for smaller, value in direct[each].items():
            if smaller not in found:
                found[smaller] = found[each] * value
                following.append(smaller)
    del found[unit]
    return found
