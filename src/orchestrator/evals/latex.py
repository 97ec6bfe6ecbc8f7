r"""LaTeX and typography as plain text: ``$2\tfrac12$`` is "2 1/2", ``1{,}000`` is "1,000". Knows no values."""

from __future__ import annotations

import re
import unicodedata

_NESTED = 4  # \text{\textbf{…}}: how deep wrappers and fractions are read
_DOUBLED = re.compile(r"(?<!\\)\\{2,}(?=[A-Za-z%$!,])")
_WRAPPED = re.compile(r"\\(?:text\w*|math(?:rm|bf|it|sf|tt|bb|cal)|mbox|operatorname|emph|underline)\s*\{([^{}]*)\}")
_SPACING = re.compile(
    r"\\(?:[,;:!> ]|q?quad\b|thinspace\b|displaystyle\b|left\b|right\b|[bB]igg?[lr]?\b|phantom\{[^{}]*\})"
)
_DIGIT_GROUP = re.compile(r"(?<=\d)(?:\{,\}|,?\s?\\[,!;:]\s?|[\u00a0\u2009\u202f'’_~])(?=\d{3}(?!\d))")
_FRACTION = re.compile(r"(?P<whole>\d\s*)?\\[dtc]?frac\s*(?:\{([^{}]*)\}|(\d))\s*(?:\{([^{}]*)\}|(\d))")
_PLAIN_NUMBER = re.compile(r"\s*-?[\d,]+(?:\.\d+)?\s*")
_DEGREES = re.compile(r"\^\s*\{?\s*\\circ\s*\}?|\\degree\b")
_ROOT = re.compile(r"\\sqrt\s*(?:\[[^\]]{0,20}\]\s*)?(?:\{([^{}]*)\}|(?=[^{]))")
_POWER = re.compile(r"\^\s*\{([^{}]*)\}")
_COMMAND = re.compile(r"\\(%|\$|&|#|_|\(|\)|\[|\]|[A-Za-z]+)")
_COMMANDS = (
    {"times": "×", "cdot": "·", "div": "÷", "pi": "π", "pm": "±", "mp": "±", "approx": "≈", "sim": "≈", "simeq": "≈"}
    | {"le": "≤", "leq": "≤", "lt": "<", "ge": "≥", "geq": "≥", "gt": ">", "ne": "≠", "neq": "≠", "infty": "∞"}
    | {"circ": "°", "dots": "…", "ldots": "…", "to": "→", "rightarrow": "→", "Rightarrow": "→", "implies": "→"}
    | dict.fromkeys(("(", ")", "[", "]"), "")
    | {mark: mark for mark in "%$&#_"}
)
_DOLLARS = re.compile(r"(?:\b[A-Z]{1,2})?\$(?=-?[\d.])|\$")
_VULGAR = re.compile("(\\d?)\\s?([¼½¾⅐-⅞])")
_RAISED = re.compile("[⁺⁻⁰¹²³⁴-⁹]+")
_LOOKALIKES = str.maketrans(
    {
        **dict.fromkeys("−‐‑﹣－", "-"),
        **dict.fromkeys("\u200b\u200e\u200f\u2060\ufeff", None),
        **dict(zip("％＋／：（）＝．，", "%+/:()=.,", strict=True)),
    }
)


def plain_math(text: str) -> str:
    """Return a text without LaTeX's commands, dollar signs, and typography's spaces, signs and fractions.

    Args:
        text: Any text. What is no known notation stays as it is.
    """
    text = _DOUBLED.sub(r"\\", text.translate(_LOOKALIKES))
    text = _DIGIT_GROUP.sub(",", unwrapped(text))
    text = _DEGREES.sub("°", _SPACING.sub(" ", text))
    for _ in range(_NESTED):
        text = _POWER.sub(lambda match: "^" + _in_brackets(match[1]), text)
        text = _ROOT.sub(lambda match: "√" + _in_brackets(match[1] or ""), text)
        text = _FRACTION.sub(_as_quotient, text)
    text = _COMMAND.sub(lambda match: _COMMANDS.get(match[1], match[0]), text)
    text = _VULGAR.sub(lambda match: f"{match[1]} {_normal(match[2])}".replace("⁄", "/"), text)
    text = _RAISED.sub(lambda match: f"^{_normal(match[0])}".replace("−", "-"), text)
    return _DOLLARS.sub("", re.sub(r"(?<=\d)\$(?=\d)", " ", text))


def unwrapped(text: str) -> str:
    r"""Return a text without LaTeX's wrappers of words, such as ``\text{…}``, and without its formula brackets."""
    for _ in range(_NESTED):
        text = _WRAPPED.sub(r"\1", text)
    return re.sub(r"\\[()\[\]]", "", text)


def _in_brackets(text: str) -> str:
    return text.strip() if re.fullmatch(r"\s*[-−]?\w*\s*", text) else f"({text})"


def _as_quotient(match: re.Match[str]) -> str:
    top, bottom = match[2] or match[3] or "", match[4] or match[5] or ""
    if not (_PLAIN_NUMBER.fullmatch(top) and _PLAIN_NUMBER.fullmatch(bottom)):
        return f"{match['whole'] or ''}({top})/({bottom})"
    return f"{(match['whole'] or '').strip()} {top.strip()}/{bottom.strip()}".removeprefix(" ") + _gap(match)


def _gap(match: re.Match[str]) -> str:
    r"""A space, if a digit follows: ``\frac12 3`` is no 1/23."""
    return " " if match.string[match.end() : match.end() + 1].isdecimal() else ""


def _normal(text: str) -> str:
    return unicodedata.normalize("NFKC", text)
