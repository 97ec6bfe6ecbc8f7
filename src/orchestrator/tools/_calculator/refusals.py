"""Refuses text that is not arithmetic, and says what to write instead. Knows characters and names; not grammar."""

from __future__ import annotations

import builtins
import keyword
import re

from orchestrator.core.errors import ToolError
from orchestrator.tools._calculator.spelling import spelled
from orchestrator.tools._calculator.unit_names import symbol_of

_OWN_NAMES = frozenset({"abs", "divmod", "max", "min", "pow", "round", "sum"})  # Python's names that are allowed here
_WORDS_OF_CODE = (
    frozenset({*keyword.kwlist, *dir(builtins), "exit", "quit", "os", "sys", "subprocess", "importlib"}) - _OWN_NAMES
)
_CALLS_OF_CODE = frozenset(
    {"S", "Symbol", "symbols", "Function", "Lambda", "lambdify", "sympify", "parse_expr", "preview", "plot", "system"}
)
CURRENCIES = frozenset("$€£¥₹₩₽₺₪₫฿₴₦")
CURRENCY_WORDS = {
    **dict.fromkeys(("dollars", "dollar", "usd"), "$"),
    **dict.fromkeys(("euros", "euro", "eur"), "€"),
    **dict.fromkeys(("gbp",), "£"),
    **dict.fromkeys(("yen", "jpy"), "¥"),
    **dict.fromkeys(("rupees", "rupee", "inr"), "₹"),
}
_QUOTES = "\"'`´‘’“”′″"
_FEET_AND_INCHES = re.compile(r"(?:([0-9]+) ?['’′] ?)?([0-9][0-9 ./]*)[\"”″]")
_FEET = re.compile(r"([0-9]) ?['’′](?= |$)")
_TIME = re.compile(r"(?<![0-9:])([0-9]{1,2}):([0-5][0-9])(?![0-9:])")
_THOUSANDS = re.compile(r"(?<![0-9.,])[0-9]{1,3}(?: [0-9]{3})+(?:\.[0-9]+)?(?![0-9])")
_LONGEST_OWN = 80  # characters of an expression that is told back
_REASONS = {
    **dict.fromkeys(_QUOTES, "text in quotes has no value here; write numbers and operators only"),
    **dict.fromkeys("[]{}", "group with round parentheses ( )"),
    **dict.fromkeys("&~", "there are no bitwise operators; ^ and ** are power"),
    **dict.fromkeys("<>", "there are no comparisons or shifts; write one expression with a number as its result"),
    **dict.fromkeys("\n\r\v\f\u2028\u2029\u0085", "newline: write one expression on one line"),
    "¢": "write cents as a part of the whole, 0.50 for 50 of them",
    "±": "it means two values; write 5+2 and 5-2, one expression per call",
    "∓": "it means two values; write 5-2 and 5+2, one expression per call",
    "≈": "write one of the two values alone",
    "≠": "there are no comparisons; write one expression with a number as its result",
    "≤": "there are no comparisons; write one expression with a number as its result",
    "≥": "there are no comparisons; write one expression with a number as its result",
    "∶": "there is no ratio sign; for division write /",
    ".": "a dot may only stand inside a number; write sqrt(2), not math.sqrt(2)",
    ";": "write one expression per call",
    ":": "there is no assignment and no ratio sign; for division write /",
    "|": "for |-5| write abs(-5); bars are not part of the syntax",
    "°": "here angles are in radians; write radians(30)",
    "\\": "this is not LaTeX; write sqrt(2), (1/2), 2*3",
    "∞": "infinity has no value; inside limit() write oo",
    "?": "write numbers only, or x inside solve(...)",
}


def refused_character(character: str, text: str) -> ToolError:
    """Make the error for a character, with what to write instead.

    Invisible characters are shown as U+…: the model cannot see them either.
    """
    visible = character.isprintable() and not character.isspace()
    shown = character if visible else f"U+{ord(character):04X}"
    reason = _rewritten(character, text) or _REASONS.get(
        character, "write numbers, + - * / ** % ( ) and functions such as sqrt(2) only"
    )
    remark = too_large_count(text) if character in _QUOTES + ".[{<" else ""
    return ToolError(f"character {shown} is not allowed{remark}: {reason}")


def _rewritten(character: str, text: str) -> str:
    """Return what to write for 5'10" and for 12:30, if that is what the character is there for; else ""."""
    if len(text) > _LONGEST_OWN:
        return ""
    if character == ":" and _TIME.search(text):
        hours = _TIME.sub(lambda found: f"({int(found[1])} h {int(found[2])} min)", text)
        return f"there are no times of day; for hours and minutes write {hours} in min, for a ratio /"
    if character in _QUOTES:
        inches = _FEET_AND_INCHES.sub(
            lambda found: (f"{found[1]} ft " if found[1] else "") + f"{found[2].rstrip()} in", text
        )
        feet = _FEET.sub(r"\1 ft", inches)
        return "" if set(_QUOTES) & set(feet) else f"for feet and inches write {feet}"
    return ""


def spaced_numbers(text: str, position: int) -> ToolError:
    """Make the error for two numbers with a space between them.

    Args:
        text: The expression.
        position: The position of the second number.
    """
    groups = next((found[0] for found in _THOUSANDS.finditer(text) if found.start() < position < found.end()), "")
    own = f"{groups.replace(' ', '')} for {groups}, that is, " if groups else ""
    return ToolError(
        f"syntax: a space between two numbers; write {own}10000 or 10,000 as one number, (1+1/2) for a mixed fraction, "
        "or an operator"
    )


def refuse_joined_units(name: str, number: str) -> None:
    """Refuse 3h20 and 5ft10: the second number has no unit.

    Args:
        name: The name behind the number: h20.
        number: The number.
    """
    found = _JOINED.fullmatch(name)
    if found and (symbol := symbol_of(found[1])):
        raise ToolError(
            f"syntax: {number}{name} is not clear; write both units with blanks, such as 3 h 20 min or 5 ft 10 in, or "
            f"{symbol}**2 for a power"
        )


_JOINED = re.compile(r"([A-Za-zµ]+)[0-9]+[A-Za-z]*")


def refuse_name(name: str, text: str, end: int) -> None:
    """Refuse words of a programming language, whatever is around them."""
    called = text[end:].lstrip(" ").startswith("(")
    if name.startswith("_") or "__" in name or name in _WORDS_OF_CODE or (called and name in _CALLS_OF_CODE):
        raise ToolError(
            f"{name} is not allowed{too_large_count(text)}: this is a calculator, not a programming language; "
            "write numbers, operators and functions such as sqrt(2)"
        )


def refuse_date(text: str) -> None:
    """Refuse 12/31/2024, which is a date or two divisions."""
    if found := _DATE.search(text):
        one, two, three = found[0].split("/")
        raise ToolError(
            f"ambiguous {found[0]}: a date, or ({one}/{two})/{three}; there are no dates here; write a division with "
            "parentheses"
        )


_DATE = re.compile(
    r"(?<![\w.,/)])(?:(?:0?[1-9]|1[0-2])/(?:0?[1-9]|[12][0-9]|3[01])/(?:19|20)[0-9]{2}"
    r"|(?:0?[1-9]|[12][0-9]|3[01])/(?:0?[1-9]|1[0-2])/(?:19|20)[0-9]{2}"
    r"|(?:19|20)[0-9]{2}/(?:0[1-9]|1[0-2])/(?:0[1-9]|[12][0-9]|3[01]))(?![\w.,/(])"  # 2048/4/4 is no date
)


def bad_number(text: str, start: int) -> ToolError:
    found = re.compile(r"[0-9A-Za-z_.,]+").match(text, start)
    shown = found.group()[:40] if found else text[start : start + 1]
    if continental := re.fullmatch(r"([0-9]{1,3}(?:\.[0-9]{3})+)(?:,([0-9]+))?", shown):
        plain = continental[1].replace(".", "") + (f".{continental[2]}" if continental[2] else "")
        return ToolError(f"syntax: {shown} is written with points for thousands; write {plain}")
    return ToolError(f"syntax: {shown} is not a number; write it as 1234.5, 1_000 or 1.5e6")


def too_large_count(text: str) -> str:
    """Return a remark if a refused text also asks for very many digits, copies or terms; otherwise "".

    Args:
        text: The refused text.
    """
    for base, exponent in re.findall(r"([0-9]+)(?:\*\*([0-9]+))?", spelled(text).replace("^", "**")):
        if len(base) > 4 or (exponent and int(base) > 1 and (len(exponent) > 1 or int(base) ** int(exponent) > 9_999)):
            return f" ({base}{'**' + exponent if exponent else ''} would be too large as well)"
    return ""
