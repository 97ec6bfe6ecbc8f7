"""Numbers in English words: "two hundred and five", "two and a half", "three quarters", "a dozen". No digits."""

from __future__ import annotations

import re
from fractions import Fraction

_UNITS = "one two three four five six seven eight nine"
_TEENS = "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen"
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
_VALUES = {word: value for value, word in enumerate(f"zero {_UNITS} {_TEENS}".split())}
_VALUES |= {word: 10 * at for at, word in enumerate(_TENS.split(), 2)}
_VALUES |= {"a": 1, "an": 1}
SCALES = {"thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12, "dozen": 12, "dozens": 12}
_PARTS = {"quarter": 4, "hundredth": 100}
_ORDINALS = ("half", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
_PARTS |= {word: at for at, word in enumerate(_ORDINALS, 2)}

_ONE_TO_9, _SCALE = "|".join(_UNITS.split()), "|".join(SCALES)
_TO_19 = "|".join(sorted(_VALUES.keys() - {"a", "an", *_TENS.split()}, key=len, reverse=True))  # "sixteen" before "six"
_TO_99 = rf"(?:(?:{'|'.join(_TENS.split())})(?:[-\s](?:{_ONE_TO_9}))?|{_TO_19})"
_TO_999 = rf"(?:(?:{_TO_99}|a)\s+hundred(?:\s+(?:and\s+)?{_TO_99})?|{_TO_99}|a(?=\s+(?:{_SCALE})\b))"
_WHOLE = rf"(?>{_TO_999}(?:\s+(?:{_SCALE})(?:,?\s+(?:and\s+)?{_TO_999})?)*)"
_PART = rf"(?:halves|(?:{'|'.join(_PARTS)})s?)"
_FRACTION = rf"(?:an?|{_TO_19})[-\s]{_PART}"
_NO_OTHER = rf"\b(?![-\s](?:and\s+an?\s+)?{_PART}\b)"
NUMBER_WORDS = re.compile(
    rf"""(?P<sign>\b(?:minus|negative)\s+)?\b(?:
        half\s+a\s+(?P<half>{_SCALE})
        | (?P<mixed>{_WHOLE})\s+and\s+(?P<rest>{_FRACTION})(?:\s+(?P<scale>{_SCALE}))?\b
        | (?P<fraction>{_FRACTION})\b(?!\s+of\s+(?:a\s+)?(?:{_SCALE})\b)
        | (?:(?<!\w\s)|(?<=\bis\s))(?P<alone>half)\b(?=\W*\Z)  # "he ate half" gives no number
        | (?P<words>{_WHOLE}){_NO_OTHER}
    )""",
    re.IGNORECASE | re.VERBOSE,
)
_FRACTION_DIGITS = re.compile(rf"(?<=\d)\s+and\s+(?P<fraction>{_FRACTION})\b", re.IGNORECASE)


def value_of_words(match: re.Match[str]) -> Fraction:
    """Return the value of a match of ``NUMBER_WORDS``."""
    if match["half"]:
        value = Fraction(SCALES[match["half"].lower()], 2)
    elif match["alone"]:
        value = Fraction(1, 2)
    elif match["fraction"]:
        value = _fraction(match["fraction"])
    else:
        rest = _fraction(match["rest"]) if match["rest"] else Fraction(0)
        value = _whole(match["words"] or match["mixed"]) + rest
        value *= SCALES.get((match["scale"] or "").lower(), 1)
    return -value if match["sign"] else value


def with_digits(text: str) -> str:
    """Return a text in which "5 and a half" is "5 1/2"."""
    return _FRACTION_DIGITS.sub(lambda match: " {0.numerator}/{0.denominator}".format(_fraction(match[1])), text)


def _fraction(words: str) -> Fraction:
    count, part = re.split(r"[-\s]", words.lower())
    return Fraction(_VALUES[count], _PARTS["half" if part == "halves" else part.removesuffix("s")])


def _whole(words: str) -> int:
    total = group = 0
    for word in re.findall(r"[a-z]+", words.lower()):
        if word == "hundred":
            group *= 100
        elif word in SCALES:
            total, group = total + group * SCALES[word], 0
        else:
            group += _VALUES.get(word, 0)  # "and" is 0
    return total + group
