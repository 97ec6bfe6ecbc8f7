"""Splits text into tokens, in one pass. Text that is not arithmetic is refused here, before the parser.

Characters are mapped one by one with the tables below. Unicode normalisation is never used: NFKC turns 3² into 32, ½
into 1⁄2, and mathematical letters into plain letters, which would form names. Knows nothing of grammar or of what
values mean.
"""

from __future__ import annotations

import builtins
import keyword
import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from orchestrator.core.errors import ToolError

MAX_LENGTH = 1_000  # characters of an expression
MAX_BITS = 14_000
"""Of every number, and of a fraction's numerator and denominator: 4,214 digits. CPython prints at most 4,300."""


@dataclass(frozen=True, slots=True)
class Token:
    """A token.

    Attributes:
        kind: What it is.
        text: The token in canonical spelling: ``×`` is ``*``.
        value: The value of a number or superscript.
        spaced: Whether there is a space before it.
    """

    kind: Literal["number", "name", "operator", "superscript", "end"]
    text: str
    value: Fraction = Fraction(0)
    spaced: bool = False


def tokenize(expression: str) -> list[Token]:
    """Split an expression into tokens. The last one has the kind ``end``.

    Raises:
        ToolError: The text is empty, too long or not arithmetic.
    """
    if len(expression) > MAX_LENGTH:
        raise ToolError(f"too large: the expression is longer than {MAX_LENGTH:,} characters; work in smaller steps")
    text = _without_question(expression.translate(_SPELLINGS))
    if not text:
        raise ToolError("empty: there is nothing to calculate; write an expression such as 2*(3+4)")
    return list(_scan(text))


def too_large_count(text: str) -> str:
    """Return a remark if a refused text also asks for very many digits, copies or terms; otherwise ""."""
    for base, exponent in re.findall(r"([0-9]+)(?:\*\*([0-9]+))?", text.translate(_SPELLINGS).replace("^", "**")):
        if len(base) > 4 or (exponent and int(base) > 1 and (len(exponent) > 1 or int(base) ** int(exponent) > 9_999)):
            return f" ({base}{'**' + exponent if exponent else ''} would be too large as well)"
    return ""


# --- Spelling --------------------------------------------------------------------------------------------------------

_SPACES = "\t\u00a0\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
_SPELLINGS = str.maketrans(
    {
        **dict.fromkeys(_SPACES, " "),
        **dict.fromkeys("×⋅·∙∗✕✖", "*"),
        **dict.fromkeys("÷∕⁄", "/"),
        **dict.fromkeys("−–‐‑‒﹣", "-"),
        **{chr(ord(character) + 0xFEE0): character for character in "0123456789+-*/().,!%^="},
        "π": "pi",
        "τ": "tau",
    }
)
_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻", "0123456789+-")


def _without_question(text: str) -> str:
    """Remove a question's or a spreadsheet's signs: '2+2 = ?' and '=2+2' are 2+2.

    A double == is left: it is a comparison.
    """
    text = text.strip(" \r\n")
    if text.endswith("?"):
        text = text[:-1].rstrip(" ")
    if text.endswith("=") and not text.endswith(("==", "!=", "<=", ">=", ":=")):
        text = text[:-1].rstrip(" ")
    elif text.endswith("!="):
        text = text[:-1]  # '5!=' asks for 5!
    if text.startswith("=") and not text.startswith("=="):
        text = text[1:].lstrip(" ")
    return text


# --- Scanning --------------------------------------------------------------------------------------------------------

_ASCII_DIGITS = frozenset("0123456789")
_DIGITS = r"[0-9](?:_?[0-9])*"
_GROUPED = r"[1-9][0-9]{0,2}(?:,[0-9]{3})+(?!,?[0-9_])"
_TAIL = rf"(?P<fraction>\.(?:{_DIGITS})?)?(?:[eE](?P<exponent>[+-]?[0-9]+))?"
_NUMBER = re.compile(rf"(?P<whole>{_DIGITS})?{_TAIL}")
_NUMBER_OR_THOUSANDS = re.compile(rf"(?P<whole>{_GROUPED}|{_DIGITS})?{_TAIL}")
_BASED = re.compile(r"0[xX][0-9a-fA-F_]+|0[oO][0-7_]+|0[bB][01_]+")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_OPERATOR = re.compile(r"\*\*|//|==|[-+*/%^!(),=√∛]")
_SUPERSCRIPT = re.compile(r"[⁰¹²³⁴-⁹⁺⁻]+")
_CANONICAL = {"^": "**", "==": "="}


def _scan(text: str) -> Iterator[Token]:
    position, spaced = 0, False
    calls: list[bool] = []  # for each open parenthesis: does it belong to a function?
    previous, before = Token("end", ""), Token("end", "")
    while position < len(text):
        if text[position] == " ":
            position, spaced = position + 1, True
            continue
        if previous.kind == "number" and text[position] in _ASCII_DIGITS:
            raise ToolError("syntax: a space between two numbers; write 10000 or 10,000 as one number, or an operator")
        token, position = _token_at(text, position, spaced, separates=any(calls))
        if token.text == "(":
            calls.append(previous.kind == "name" and (previous.text not in ("mod", "of") or not _ends_value(before)))
        elif token.text == ")" and calls:
            calls.pop()
        yield token
        before, previous, spaced = previous, token, False
    yield Token("end", "the end")


def _ends_value(token: Token) -> bool:
    """Whether a value ends here, before 'mod': 10 mod (3) has one, mod(10, 3) has none."""
    return token.kind in ("number", "name", "superscript") or token.text in (")", "!", "%")


def _token_at(text: str, position: int, spaced: bool, *, separates: bool) -> tuple[Token, int]:
    """Return the token that begins here, and the position after it.

    ``separates``: whether this is inside a call, in which a comma never separates thousands.
    """
    character = text[position]
    if character in _ASCII_DIGITS or (character == "." and text[position + 1 : position + 2] in _ASCII_DIGITS):
        value, end = _number(text, position, separates)
        return Token("number", text[position:end], value, spaced), end
    if found := _NAME.match(text, position):
        _refuse_name(found.group(), text, found.end())
        return Token("name", found.group(), spaced=spaced), found.end()
    if found := _OPERATOR.match(text, position):
        return Token("operator", _CANONICAL.get(found.group(), found.group()), spaced=spaced), found.end()
    if found := _SUPERSCRIPT.match(text, position):
        return Token("superscript", found.group(), _superscript(found.group()), spaced), found.end()
    raise _refused_character(character, text)


def _number(text: str, start: int, separates: bool) -> tuple[Fraction, int]:
    """Return the value of the number that begins at ``start``, and the position after it."""
    if text[start : start + 2].lower() in ("0x", "0o", "0b"):
        return _based_number(text, start)
    found = (_NUMBER if separates else _NUMBER_OR_THOUSANDS).match(text, start)
    if found is None:  # impossible: every part is optional, and the caller saw a digit
        raise _bad_number(text, start)
    whole, fraction, exponent = found.group("whole") or "", found.group("fraction") or "", found.group("exponent")
    end = found.end()
    following = text[end : end + 1]
    if fraction == "." and exponent is None and _NAME.match(text, end):
        raise _refused_character(".", text)
    if following and following in "._0123456789":
        raise _bad_number(text, start)
    if len(whole) > 1 and whole[0] == "0":
        hint = "; inside a function a comma separates arguments, so write 1000 for 1,000" if separates else ""
        raise ToolError(f"leading zero in {text[start:end]}: write the number without it{hint}")
    return _decimal(whole.replace(",", "").replace("_", ""), fraction[1:].replace("_", ""), exponent or "0"), end


def _based_number(text: str, start: int) -> tuple[Fraction, int]:
    found = _BASED.match(text, start)
    if found is None or text[found.end() : found.end() + 1].isalnum():
        raise _bad_number(text, start)
    return Fraction(int(found.group(), 0)), found.end()


def _decimal(whole: str, fraction: str, exponent: str) -> Fraction:
    """Return the exact value. The power of ten is limited before it is computed: 1e999999999 would need all memory."""
    if len(exponent) > 6 or abs(int(exponent) - len(fraction)) + len(whole) > MAX_BITS * 0.3:
        raise ToolError("too large: a number may have about 4,200 digits; use a smaller exponent")
    shift = int(exponent) - len(fraction)
    digits = int(whole + fraction)
    return Fraction(digits * 10**shift) if shift >= 0 else Fraction(digits, 10**-shift)


def _superscript(text: str) -> Fraction:
    plain = text.translate(_SUPERSCRIPTS)
    if not re.fullmatch(r"[+-]?[0-9]+", plain):
        raise ToolError(f"syntax: {text} is not a whole superscript; write the power as **2")
    return Fraction(int(plain))


# --- Refusals --------------------------------------------------------------------------------------------------------

_OWN_NAMES = frozenset({"abs", "divmod", "max", "min", "pow", "round", "sum"})  # Python's names that are allowed here
_WORDS_OF_CODE = (
    frozenset({*keyword.kwlist, *dir(builtins), "exit", "quit", "os", "sys", "subprocess", "importlib"}) - _OWN_NAMES
)
_CALLS_OF_CODE = frozenset(
    {"S", "Symbol", "symbols", "Function", "Lambda", "lambdify", "sympify", "parse_expr", "preview", "plot", "system"}
)
_QUOTES = "\"'`´‘’“”"
_REASONS = {
    **dict.fromkeys(_QUOTES, "text in quotes has no value here; write numbers and operators only"),
    **dict.fromkeys("[]{}", "group with round parentheses ( )"),
    **dict.fromkeys("$€£¥₹", "write the number alone, without the currency"),
    **dict.fromkeys("&~", "there are no bitwise operators; ^ and ** are power"),
    **dict.fromkeys("<>", "there are no comparisons or shifts; write one expression with a number as its result"),
    **dict.fromkeys("\n\r\v\f\u2028\u2029\u0085", "newline: write one expression on one line"),
    **dict.fromkeys("½⅓⅔¼¾⅕⅛", "write the fraction with a slash, as in (1/2)"),
    ".": "a dot may only stand inside a number; write sqrt(2), not math.sqrt(2)",
    ";": "write one expression per call",
    ":": "there is no assignment and no ratio sign; for division write /",
    "|": "for |-5| write abs(-5); bars are not part of the syntax",
    "°": "angles are in radians; write sin(radians(30))",
    "\\": "this is not LaTeX; write sqrt(2), (1/2), 2*3",
    "∞": "infinity has no value; inside limit() write oo",
    "?": "write numbers only, or x inside solve(...)",
}


def _refused_character(character: str, text: str) -> ToolError:
    """Make the error for a character, with what to write instead.

    Invisible characters are shown as U+…: the model cannot see them either.
    """
    visible = character.isprintable() and not character.isspace()
    shown = character if visible else f"U+{ord(character):04X}"
    reason = _REASONS.get(character, "write numbers, + - * / ** % ( ) and functions such as sqrt(2) only")
    remark = too_large_count(text) if character in _QUOTES + ".[{<" else ""
    return ToolError(f"character {shown} is not allowed{remark}: {reason}")


def _refuse_name(name: str, text: str, end: int) -> None:
    """Refuse words of a programming language, whatever is around them."""
    called = text[end:].lstrip(" ").startswith("(")
    if name.startswith("_") or "__" in name or name in _WORDS_OF_CODE or (called and name in _CALLS_OF_CODE):
        raise ToolError(
            f"{name} is not allowed{too_large_count(text)}: this is a calculator, not a programming language; "
            "write numbers, operators and functions such as sqrt(2)"
        )


def _bad_number(text: str, start: int) -> ToolError:
    found = re.compile(r"[0-9A-Za-z_.]+").match(text, start)
    shown = found.group()[:40] if found else text[start : start + 1]
    return ToolError(f"syntax: {shown} is not a number; write it as 1234.5, 1_000 or 1.5e6")
