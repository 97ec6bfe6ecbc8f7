"""Numbers in English words: "three", "two hundred and five", "twenty-one thousand". Knows words; no digits."""

from __future__ import annotations

import re

_UNITS = "one two three four five six seven eight nine"
_TEENS = "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen"
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
_VALUES = {word: value for value, word in enumerate(f"zero {_UNITS} {_TEENS}".split())}
_VALUES |= {word: 10 * at for at, word in enumerate(_TENS.split(), 2)}
SCALES = {"thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12}

_ONE_TO_9, _SCALE = "|".join(_UNITS.split()), "|".join(SCALES)
_TO_19 = "|".join(sorted(_VALUES, key=len, reverse=True))  # "sixteen" before "six"
_TO_99 = rf"(?:(?:{'|'.join(_TENS.split())})(?:[-\s](?:{_ONE_TO_9}))?|{_TO_19})"
_TO_999 = rf"(?:{_TO_99}\s+hundred(?:\s+(?:and\s+)?{_TO_99})?|{_TO_99})"
_PART = r"(?:hal(?:f|ves)|(?:third|quarter|fourth|fifth|sixth|seventh|eighth|ninth|tenth|hundredth)s?)"
NUMBER_WORDS = re.compile(
    rf"(?P<sign>\b(?:minus|negative)\s+)?\b(?P<words>(?>{_TO_999}(?:\s+(?:{_SCALE})(?:,?\s+(?:and\s+)?{_TO_999})?)*))\b(?![-\s](?:and\s+a\s+)?{_PART}\b)",
    re.IGNORECASE,
)


def value_of_words(match: re.Match[str]) -> int:
    """Return the value of a match of ``NUMBER_WORDS``."""
    total = group = 0
    for word in re.findall(r"[a-z]+", match["words"].lower()):
        if word == "hundred":
            group *= 100
        elif word in SCALES:
            total, group = total + group * SCALES[word], 0
        else:
            group += _VALUES.get(word, 0)  # "and" is 0
    return -(total + group) if match["sign"] else total + group
