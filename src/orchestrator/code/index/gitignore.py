"""Reads a .gitignore as git reads it, and tells which paths it ignores. Knows patterns; not files.

``pathspec``, a library for this, fails on ``[z-a]``, reads ``[[:alpha:]]`` otherwise than git, and needs years for
``*a*a*a*a*b``: its regular expressions go back to every star. Here nothing goes back further than to the last star.
This finds every match (as in ``fnmatch``): between two stars, the first place that fits is as good as any later one.
The same holds for ``**`` among the folders of a path. Source: git's ``dir.c`` and ``wildmatch.c``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

_BYTES = "latin-1"  # a letter for each byte
_BOM = b"\xef\xbb\xbf"
_CLASSES = {
    "alnum": "0-9A-Za-z", "alpha": "A-Za-z", "blank": r" \t", "cntrl": r"\x00-\x1f\x7f", "digit": "0-9",
    "graph": r"\x21-\x7e", "lower": "a-z", "print": r"\x20-\x7e", "punct": r"!-/:-@\[-`{-~", "space": r" \t\n\r",
    "upper": "A-Z", "xdigit": "0-9A-Fa-f",
}  # fmt: skip


def parsed(data: bytes) -> Ignore:
    """Return the rules of a .gitignore. A line that git cannot read has no rule.

    Args:
        data: The file's bytes. They need not be text: git compares bytes, and so does this.
    """
    rules = Ignore()
    for number, line in enumerate(data.removeprefix(_BOM).decode(_BYTES).split("\n")):
        rules.add(number, line.removesuffix("\r").partition("\0")[0])
    return rules


@dataclass(slots=True)
class Ignore:
    """The rules of one .gitignore. The last one that matches a path decides.

    Names without a wildcard, which are most rules, are looked up. So a very long file takes no longer.
    """

    _names: dict[str, list[_Rule]] = field(default_factory=dict)
    _paths: dict[str, list[_Rule]] = field(default_factory=dict)
    _globs: list[_Rule] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self._names or self._paths or self._globs)

    def add(self, number: int, line: str) -> None:
        """Add the rule of a line, if it has one."""
        pattern = _without_spaces(line)
        if pattern.startswith("#"):
            return
        include = pattern.startswith("!")
        pattern = pattern[include:]
        only_folders = pattern.endswith("/")
        pattern = pattern.removesuffix("/")
        if not pattern:
            return
        anchored = "/" in pattern
        if anchored:
            pattern = pattern.removeprefix("/")
        needed = max(_NO_TEXT.split(pattern.partition("[")[0]), key=len)
        rule = _Rule(number, not include, only_folders, anchored, pattern, needed)
        if _WILD.search(pattern):
            self._globs.append(rule)
        else:
            (self._paths if anchored else self._names).setdefault(pattern, []).append(rule)

    def decides(self, path: str, *, is_folder: bool) -> bool | None:
        """Return whether git ignores a path; None if no rule is about it.

        Args:
            path: The path relative to the folder of the .gitignore, without a slash at its end.
            is_folder: Whether there is a folder at the path.
        """
        if not path.isascii():
            path = path.encode("utf-8", "surrogatepass").decode(_BYTES)
        name = path.rpartition("/")[2]
        found: _Rule | None = None
        for rules in (self._names.get(name, ()), self._paths.get(path, ())):
            for rule in rules:
                if (is_folder or not rule.only_folders) and (found is None or rule.number > found.number):
                    found = rule
        for rule in reversed(self._globs):
            if found is not None and rule.number < found.number:
                break
            if rule.needed in path and (is_folder or not rule.only_folders) and rule.matches(path, name):
                found = rule
                break
        return found.ignores if found else None


_WILD, _NO_TEXT = re.compile(r"[*?\[\\]"), re.compile(r"[*?\\/]")


@dataclass(slots=True)
class _Rule:
    """A line. A path that it matches has ``needed`` in it: most paths are compared no further."""

    number: int
    ignores: bool
    only_folders: bool
    anchored: bool
    pattern: str
    needed: str
    _parts: tuple[_Part, ...] | None = None

    def matches(self, path: str, name: str) -> bool:
        if self._parts is None:  # not before it is needed: a file can have many
            self._parts = tuple(_parts(self.pattern))
        return _fits(self._parts, path.split("/") if self.anchored else [name])


class _Folders:
    """``**`` as a whole part of a pattern: any folders, at least ``least`` of them."""

    def __init__(self, least: int) -> None:
        self.least = least


_Part = str | re.Pattern[str] | _Folders | None
"""What a folder or the name of a path has to be: a text, a pattern, any folders, or nothing that there is."""


def _without_spaces(line: str) -> str:
    r"""The line without the spaces at its end, unless there is a backslash before: ``a\ `` ends with a space."""
    end = len(line)
    while end and line[end - 1] == " ":
        before = line[: end - 1]
        if (len(before) - len(before.rstrip("\\"))) % 2:
            break
        end -= 1
    return line[:end]


def _fits(parts: Sequence[_Part], names: Sequence[str]) -> bool:
    """Whether the parts of a pattern fit the folders and the name of a path: all of them, in order."""
    part = name = 0
    star, tried = -1, 0  # the last ``**``, and the first name after what it holds now
    while name < len(names):
        now = parts[part] if part < len(parts) else None
        if isinstance(now, _Folders):
            star, tried = part, name + now.least
            part, name = part + 1, tried
        elif now == names[name] or (isinstance(now, re.Pattern) and now.fullmatch(names[name])):
            part, name = part + 1, name + 1
        elif star >= 0:
            tried += 1
            part, name = star + 1, tried
        else:
            return False
    if name > len(names):
        return False
    rest = parts[part:]
    return all(isinstance(each, _Folders) and not each.least for each in rest)


def _parts(pattern: str) -> Iterator[_Part]:
    """The parts of a pattern between its slashes."""
    for text, escaped in _split(pattern):
        if len(text) > 1 and not text.strip("*"):
            yield _Folders(int(escaped))
        else:
            yield _regex(text) if _WILD.search(text) else text


def _split(pattern: str) -> Iterator[tuple[str, bool]]:
    r"""The texts between the slashes that are in no brackets, and whether a ``**`` must hold a folder.

    It must at the end (``a/**`` is what is in ``a``), and in git also before ``\/``.
    """
    at = start = 0
    while at < len(pattern):
        letter = pattern[at]
        if letter == "/" or pattern.startswith("\\/", at):
            yield pattern[start:at], letter == "\\"
            at += 1 if letter == "/" else 2
            start = at
        elif letter == "[":
            at = _bracket_end(pattern, at)
        else:
            at += 1 + (letter == "\\")
    yield pattern[start:], True


def _bracket_end(pattern: str, start: int) -> int:
    """The place after the bracket that begins at ``start``; the end of the pattern if it is never closed."""
    at = start + 1
    at += pattern.startswith(("!", "^"), at)
    first = at
    while at < len(pattern):
        if pattern[at] == "]" and at > first:
            return at + 1
        if pattern[at] == "\\":
            at += 2
        elif end := _class_end(pattern, at):
            at = end
        else:
            at += 1
    return len(pattern) + 1  # and one more: it is open


def _regex(text: str) -> re.Pattern[str] | None:
    """A part as a regular expression that never goes back behind a star; None if it can match nothing."""
    pieces, at = [""], 0
    while at < len(text):
        letter = text[at]
        if letter == "*":
            at += 1
            pieces += [""] if pieces[-1] or len(pieces) == 1 else []
            continue
        end = _bracket_end(text, at) if letter == "[" else at + 1 + (letter == "\\")
        if end > len(text):  # an open bracket, or a backslash at the end
            return None
        one = "." if letter == "?" else _bracket(text[at + 1 : end - 1]) if letter == "[" else re.escape(text[end - 1])
        if one is None:
            return None
        pieces[-1] += one
        at = end
    first, *others = pieces
    if not others:
        return re.compile(first, re.DOTALL)
    *middle, last = others
    return re.compile(first + "".join(f"(?>.*?{piece})" for piece in middle) + ".*" + last, re.DOTALL)


def _bracket(inside: str) -> str | None:
    """The inside of a bracket as a regular expression for one letter; None if git cannot read it."""
    inverted = inside.startswith(("!", "^"))
    body = inside[inverted:]
    found, at, before = [], 0, ""  # ``before`` is a letter that a range can begin with
    while at < len(body):
        if end := _class_end(body, at):
            if (name := body[at + 2 : end - 2]) not in _CLASSES:
                return None
            found.append(_CLASSES[name])
            at, before = end, ""
        elif body[at] == "-" and before and at + 1 < len(body):
            at += 1 + (body[at + 1] == "\\")
            last = body[at : at + 1]
            if before <= last:
                found.append(f"{re.escape(before)}-{re.escape(last)}")
            at, before = at + 1, ""
        else:
            at += body[at] == "\\"
            before = body[at : at + 1]
            found.append(re.escape(before))
            at += 1
    return f"[{'^' * inverted}{''.join(found)}]"


def _class_end(text: str, at: int) -> int:
    """The place after the ``[:alpha:]`` that begins at ``at``; 0 if none does."""
    end = text.find("]", at + 2) if text.startswith("[:", at) else -1
    return end + 1 if end > at + 2 and text[end - 1] == ":" else 0
