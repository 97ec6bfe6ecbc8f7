"""Pairs from all other languages: a comment directly above a definition, and the definition.

There is no parser for the twenty languages, only rules for what they share: comment marks, braces and indentation. The
rules guess what a definition is. A wrong guess costs a pair; it is no error of the library. Knows text; not packages.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from training.code_embedder.pairs import MOST_LINES, Pair, first_sentence

LONGEST_LINE = 300
_SLASHES = ("///", "//!", "//")
LINE_MARKS = {
    **dict.fromkeys((".go", ".rs", ".c", ".h", ".cc", ".cpp", ".hpp", ".cs", ".swift", ".js", ".ts", ".mjs"), _SLASHES),
    **dict.fromkeys((".java", ".kt", ".scala", ".php", ".jsx", ".tsx", ".cxx", ".hh"), _SLASHES),
    **dict.fromkeys((".rb", ".sh", ".bash"), ("#",)),
    **dict.fromkeys((".lua", ".hs", ".sql"), ("---", "-- |", "--")),
}
_ENDED_BY_WORD = {".rb", ".lua"}
_ENDED_BY_BLANK_LINE = {".hs", ".sql"}
_BEFORE_DEFINITION = re.compile(r"^\s*(?:@\w[^{]*$|#\[.*\]$|\[\w[^\]]*\]$|template\s*<.*>$|$)")
_DEFINITION = re.compile(
    r"^\s*(?:export|public|private|protected|internal|static|final|abstract|async|inline|pub|func|fn|def|function|fun|"
    r"class|struct|enum|interface|trait|impl|type|module|object|val|var|let|const|local|data|newtype|create|override|"
    r"open|case class|extern|virtual|constexpr|unsafe|suspend|sealed|readonly|get|set)\b"
    r"|^[\w:<>,*&\s\[\]~.$\"']+\(|^\w[\w']* ::"
    r"|^\s*[\w$.\"']+\s*[:=]\s*(?:async\s*)?(?:function|\(|\w+\s*=>)|^\w[\w:]*(?:\(\))?\s*\{$"
)
_STATEMENT = re.compile(r"^\s*(?:if|for|while|switch|return|else|try|catch|throw|case|do|import|package|using|\})\b")
_NAME = re.compile(
    r"(?:func(?:tion|\s*\([^)]*\))?|fn|def|fun|class|struct|enum|interface|trait|type|module|object|val|var|let|const|data|"
    r"newtype)\s+(?:self\.)?([A-Za-z_$][\w$.:]*)|([A-Za-z_$][\w$]*)\s*(?:\(|::|[:=]\s*(?:async\s*)?(?:function|\())"
)


def pairs(path: str, text: str) -> Iterator[Pair]:
    """Yield the pairs of one file; none if its suffix is not known."""
    suffix = PurePosixPath(path).suffix.lower()
    marks = LINE_MARKS.get(suffix)
    if marks is None:
        return
    lines = [line[:LONGEST_LINE] for line in text.splitlines()]
    at = 0
    while at < len(lines):
        comment, after = _comment(lines, at, marks)
        if not comment:
            at += 1
            continue
        found = _pair(comment, lines, after, path, suffix)
        if found is not None:
            yield found
        at = after


def _pair(comment: str, lines: list[str], after: int, path: str, suffix: str) -> Pair | None:
    start = after
    while start < min(after + 6, len(lines)) and lines[start].strip() and _BEFORE_DEFINITION.match(lines[start]):
        start += 1
    if start >= len(lines) or not _DEFINITION.match(lines[start]) or _STATEMENT.match(lines[start]):
        return None
    match = _NAME.search(lines[start])
    name = (match.group(1) or match.group(2)) if match else ""
    sentence = first_sentence(comment, name)
    if sentence is None:
        return None
    return Pair(sentence, path, name, "\n".join(lines[after : _end(lines, start, suffix)]))


def _comment(lines: list[str], at: int, marks: tuple[str, ...]) -> tuple[str, int]:
    """The text of the comment that begins at line ``at``, and the line after it. It is empty if none begins there."""
    stripped = lines[at].lstrip()
    if stripped.startswith("/*"):
        return _block_comment(lines, at)
    end = at
    kept = []
    while end < len(lines) and (mark := next((m for m in marks if lines[end].lstrip().startswith(m)), None)):
        kept.append(lines[end].lstrip().removeprefix(mark).lstrip("/!"))
        end += 1
    return "\n".join(kept), max(end, at + 1)


def _block_comment(lines: list[str], at: int) -> tuple[str, int]:
    kept = []
    for end in range(at, min(at + 200, len(lines))):
        line, closed, _ = lines[end].partition("*/")
        kept.append(line.strip().removeprefix("/").lstrip("*! "))
        if closed:
            return "\n".join(kept), end + 1
    return "", at + 1


def _end(lines: list[str], start: int, suffix: str) -> int:
    """The line after the definition that starts at ``start``."""
    last = min(start + MOST_LINES, len(lines))
    if suffix in _ENDED_BY_BLANK_LINE:
        return next((n for n in range(start + 1, last) if not lines[n].strip()), last)
    if suffix in _ENDED_BY_WORD:
        indent = lines[start][: len(lines[start]) - len(lines[start].lstrip())]
        return next((n + 1 for n in range(start, last) if re.match(rf"{indent}end\b", lines[n])), last)
    depth = 0
    for number in range(start, last):
        line = re.sub(r'"(?:\\.|[^"\\])*"', "", lines[number].partition("//")[0])
        opened = depth > 0 or "{" in line
        depth += line.count("{") - line.count("}")
        if (opened and depth <= 0) or (not opened and (line.rstrip().endswith(";") or not line.strip())):
            return number + 1
    return last
