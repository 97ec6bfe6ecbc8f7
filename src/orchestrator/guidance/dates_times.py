"""Finds the dates and clock times of a question, as Python expressions.

"March 3, 2024" is ``date(2024, 3, 3)``. "Quarter past nine" is ``datetime(2000, 1, 1, 9, 15)``, so that times can be
subtracted.
A date without a year gets the year of the first date that has one, else the present year, which the sandbox knows. A
date that can be read in two ways (03/04/2024) is left out. Times without am or pm are read as following each other.
English only.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from orchestrator.core.numbers import numbers_in

DATE, TIME = "date", "time"


@dataclass(frozen=True, slots=True)
class DateTime:
    """A date or a clock time in a text.

    Attributes:
        kind: DATE or TIME.
        value: A Python expression.
        start: The position of its first character.
        end: The position after its last character.
    """

    kind: str
    value: str
    start: int
    end: int


def dates_times_in(text: str) -> list[DateTime]:
    """Return the dates and clock times of a text, in order."""
    if not _POSSIBLE.search(text):
        return []
    dates = _dates(text)
    return sorted([*dates, *_times(hidden(text, dates))], key=lambda each: each.start)


_POSSIBLE = re.compile(r"\d|past|to|clock")


def hidden(text: str, found: Sequence[DateTime]) -> str:
    """Replace each date and clock time by dots. The length of the text stays the same."""
    for each in found:
        text = text[: each.start] + "·" * (each.end - each.start) + text[each.end :]
    return text


def by_kind(text: str, found: Sequence[DateTime]) -> str:
    """Replace each date and clock time by a fixed word for its kind, so that all dates are the same."""
    for each in reversed(found):
        text = text[: each.start] + _WORDS[each.kind] + text[each.end :]
    return text


_WORDS = {DATE: "yyyymmdd", TIME: "hhmm"}
_BEFORE, _AFTER = r"(?<![\w.,:/-])", r"(?![\w/-]|[.,:]\d)"


def _matches(forms: Sequence[re.Pattern[str]], text: str) -> list[re.Match[str]]:
    """The matches in the order of the text. If two overlap, that of the earlier pattern counts."""
    found: list[re.Match[str]] = []
    for form in forms:
        for match in form.finditer(text):
            if all(match.end() <= other.start() or other.end() <= match.start() for other in found):
                found.append(match)
    return sorted(found, key=lambda match: match.start())


# --- Dates ---

_DAY = r"(?P<day>[0-3]?\d)(?:st|nd|rd|th)?"
_MONTH = (
    r"(?P<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\b\.?"
)
_YEAR = r"(?P<year>[12]\d{3})"
_HOLIDAY = "(?P<holiday>new year[’']?s (?:day|eve)|valentine[’']?s day|halloween|christmas(?: day| eve)?)"
_DATES = [
    re.compile(_BEFORE + form + _AFTER, re.IGNORECASE)
    for form in (
        rf"{_YEAR}(?P<mark>[-/])(?P<number>\d\d?)(?P=mark)(?P<day>\d\d?)",
        rf"(?P<one>\d\d?)(?P<mark>[-/.])(?P<other>\d\d?)(?P=mark){_YEAR}",
        rf"{_DAY}(?: of)? {_MONTH},? {_YEAR}",
        rf"{_MONTH} (?:the )?{_DAY},? {_YEAR}",
        rf"{_DAY}(?: of)? (?!(?-i:may)){_MONTH}",  # without a year
        rf"(?!(?-i:may)){_MONTH} (?:the )?{_DAY}",
        rf"{_HOLIDAY},?(?: in| of)? {_YEAR}",
    )
]
# fmt: off
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_HOLIDAYS = {
    "newyearsday": (1, 1), "valentinesday": (2, 14), "halloween": (10, 31), "christmaseve": (12, 24),
    "christmasday": (12, 25), "christmas": (12, 25), "newyearseve": (12, 31),
}
# fmt: on
_A_LEAP_YEAR = 2000


def _dates(text: str) -> list[DateTime]:
    read = [(match.span(), day) for match in _matches(_DATES, text) if (day := _day(match.groupdict("")))]
    known = next((str(year) for _, (year, _, _) in read if year), "date.today().year")
    return [DateTime(DATE, f"date({year or known}, {month}, {day})", *span) for span, (year, month, day) in read]


def _day(part: Mapping[str, str]) -> tuple[int, int, int] | None:
    """The year (0 if there is none), month and day; None if there is no such day, or if it can be read in two ways."""
    year = int(part.get("year") or 0)
    if "holiday" in part:
        return (year, *_HOLIDAYS[re.sub(r"\W", "", part["holiday"].lower())])
    if "one" in part:
        month, day = sorted((int(part["one"]), int(part["other"])))
        if month != day <= len(_MONTHS):
            return None
    else:
        month = int(part["number"]) if "number" in part else 1 + _MONTHS.index(part["month"][:3].lower())
        day = int(part["day"])
    try:
        date(year or _A_LEAP_YEAR, month, day)
    except ValueError:
        return None
    return year, month, day


# --- Clock times ---

_SPELLED = r"(?:\d\d?|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty(?:[- ]five)?)"
_HALF_DAY = (
    r"(?:\s?(?P<am>am|a\.m\.?|in the morning)|\s?(?P<pm>pm|p\.m\.?|in the (?:afternoon|evening)|at night))(?!\w)"
)
_PART = rf"(?P<part>half|(?:a )?quarter|{_SPELLED}(?: minutes)?(?= past)|{_SPELLED} minutes)"
_TIMES = [
    re.compile(_BEFORE + form, re.IGNORECASE)
    for form in (
        rf"(?P<hour>\d\d?)[:.](?P<minute>[0-5]\d){_HALF_DAY}",
        rf"(?P<hour>\d\d?):(?P<minute>[0-5]\d){_AFTER}",
        rf"(?P<hour>\d\d?){_HALF_DAY}",
        rf"(?P<hour>{_SPELLED}) o[’']?clock(?:{_HALF_DAY})?",
        rf"{_PART} (?P<side>past|to) (?P<hour>{_SPELLED})(?:{_HALF_DAY}|{_AFTER})",
    )
]
_NOON, _DAY_LONG = 720, 1_440  # minutes


def _times(text: str) -> list[DateTime]:
    matches = _matches(_TIMES, text)
    read = [(match.span(), times) for match in matches if (times := _meant(match.groupdict("")))]
    found: list[DateTime] = []
    before = -1
    for at, (span, times) in enumerate(read):
        following = read[at + 1][1] if at + 1 < len(read) else times
        before = _in_turn(times, before, following)
        found.append(DateTime(TIME, f"datetime(2000, 1, 1, {before // 60}, {before % 60})", *span))
    return found


def _meant(part: Mapping[str, str]) -> tuple[int, ...]:
    """The minutes since midnight that a time can mean.

    It is one value, or the time as written and the time 12 hours later. It is none if there is no such hour.
    """
    hour = int(numbers_in(part["hour"])[0].value)
    minute = int(part.get("minute") or 0)
    if "part" in part:
        away = _PARTS.get(part["part"].lower().removeprefix("a ")) or int(numbers_in(part["part"])[0].value)
        minute = away if part["side"].lower() == "past" else -away
    written = (60 * hour + minute) % _DAY_LONG
    if part.get("am") or part.get("pm"):
        return () if hour > _CLOCK else (written % _NOON + (_NOON if part.get("pm") else 0),)
    if hour > _CLOCK or part["hour"].startswith("0"):
        return (written,) if hour <= _LAST_HOUR else ()
    return written, (written + _NOON) % _DAY_LONG


_PARTS = {"half": 30, "quarter": 15}
_CLOCK, _LAST_HOUR = 12, 23


def _in_turn(times: Sequence[int], before: int, following: Sequence[int]) -> int:
    """The first of ``times`` that is not before the previous time.

    For the first time of a text, it is the last one before the next time, if that has only one meaning; else the time
    as written.
    """
    if before >= 0:
        return min((time for time in times if time >= before), default=min(times))
    if len(following) == 1 < len(times):
        return max((time for time in times if time <= following[0]), default=max(times))
    return times[0]
