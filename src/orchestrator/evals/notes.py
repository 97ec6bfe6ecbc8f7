"""Leaves out what only comments on an answer: how sure it is, where it comes from, how it was rounded."""

from __future__ import annotations

import re

_NOTE = re.compile(
    r"""
    ^[^\w\n]* (?: (?:(?:my|overall|estimated)\s+)? (?:confidence|certainty) | tokens?\s+(?:used|spent|generated)
        | (?:total|used)\s+tokens | (?:sources?|references?|citations?) (?!\W*\d+\W*$) )  # "Confidence: 95%"
        \b [^\n:]{0,30} (?: : | \bis\b ) [^\n]*$
    | ^[ \t]*\[\d{1,3}\][ \t:]+\S[^\n]*$  # a footnote, "[1] https://…"
    | \s?\( [^()\n]{0,80}? \b (?:confiden|certain|sure\b|tokens?\b) [^()\n]{0,80} \)  # "(95% confident)"
    | \s?\( (?![^()\n]{0,80}(?:\d[.,]\d|[=≈])) [^()\n]{0,80}? (?:\b|(?<=\d))
        (?: see | steps? | sources? | tables? | fig(?:ure)?s? | pages? | eq(?:uation)?
          | s\.?f | d\.?p | sig(?:nificant)? | decimals? | nearest ) \b [^()\n]{0,80} \)  # "(see step 3)"
    | (?:\s?[,;–—-])? \s? \b (?:(?:I\ am|I['’]m)\ )? \d{1,3}(?:\.\d+)?\s?%\s(?:confident|sure|certain)\b
    | [,;]\s? (?:with\ )? (?:an?\ )? confidence (?:\ of|:)? \s? \d[\d.]*\s?%?
    | \s?[,;–—-]\s? see\ \w+\ \d+
    | (?<=\d) (?P<end>[.!?%]?) [ ]?\^? (?: \[\^?(?:source\ )?\d{1,3}\] | 【\d[^】\n]{0,20}】 )+  # "42.[2]"
    """,
    re.IGNORECASE | re.MULTILINE | re.VERBOSE,
)
_ASIDE = re.compile(  # what may follow an answer that is one number
    r"""
    \s{1,3} \( (?! [^()\n]{0,120}(?:\b(?:or|no|not|but|wait|actually|answer|round\w*)\b|[=≈]) )
        (?! \W*(?:\d|(?:about|approx\w*|roughly|nearly|i\.?e|that\ is)\b) )  # another form of it: "(about 3.14)"
        (?=[^A-Za-z()\n]{0,120}[A-Za-z]) [^()\n]{1,240} \) [\s.]{0,9}\Z
    | [ ]?\[\d{1,3}\] [\s.]{0,9}\Z
    | \n [^\w\n]{0,9} (?:explanation|reasoning|rationale|justification|notes?|check|verification|because|since) \b
    """,
    re.IGNORECASE | re.VERBOSE,
)


def without_notes(text: str) -> str:
    """Return a text without its notes; the text itself if it has nothing else."""
    rest = _NOTE.sub(lambda match: match["end"] or "", text)
    return rest if re.search(r"\w", rest) else text


def before_aside(text: str) -> str:
    """Return what is before an explanation in brackets, a source or an "Explanation:", or else the text."""
    aside = _ASIDE.search(text)
    return text[: aside.start()] if aside else text
