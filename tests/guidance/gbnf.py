"""A small reader of GBNF: whether a grammar accepts a text, and texts that it accepts. It is simple and not fast."""

from __future__ import annotations

import random
import re
from functools import lru_cache
from typing import Any

_TOKEN = re.compile(r'"(?:\\.|[^"\\])*"|\[(?:\\.|[^\]\\])*\]|\{\d*,?\d*\}|[a-z][a-z0-9-]*|[()|?*+]')
_ESCAPED = re.compile(r"\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|(.))", re.DOTALL)
_NAMED = {"n": "\n", "r": "\r", "t": "\t"}


def accepts(grammar: str, text: str, start: str = "root") -> bool:
    """Whether the grammar's start rule matches the whole text."""
    return len(text) in _Matcher(grammar, text).ends(("rule", start), 0)


class _Matcher:
    def __init__(self, grammar: str, text: str) -> None:
        self.rules: dict[str, Any] = {}
        for line in grammar.split("\n"):
            name, _, body = line.partition(" ::= ")
            assert re.fullmatch(r"[a-z][a-z0-9-]*", name), f"no name of a rule: {name!r}"
            assert name not in self.rules, f"{name} twice"
            self.rules[name] = _Parser(body).whole()
        self._text = text
        self._known: dict[Any, frozenset[int]] = {}

    def ends(self, node: Any, at: int) -> frozenset[int]:
        key = (node, at)
        if key not in self._known:
            self._known[key] = frozenset()  # a rule that begins with itself matches nothing
            self._known[key] = frozenset(self._match(node, at))
        return self._known[key]

    def _match(self, node: Any, at: int) -> set[int]:  # noqa: PLR0911 - one for each kind
        match node:
            case ("rule", name):
                return {*self.ends(self.rules[name], at)}
            case ("text", text):
                return {at + len(text)} if self._text.startswith(text, at) else set()
            case ("class", negated, ranges):
                if at >= len(self._text):
                    return set()
                inside = any(low <= self._text[at] <= high for low, high in ranges)
                return {at + 1} if inside != negated else set()
            case ("either", nodes):
                return {end for each in nodes for end in self.ends(each, at)}
            case ("all", nodes):
                places = {at}
                for each in nodes:
                    places = {end for place in places for end in self.ends(each, place)}
                return places
            case ("repeat", inner, least, most):
                return self._repeat(inner, at, least, most)
        raise AssertionError(node)

    def _repeat(self, inner: Any, at: int, least: int, most: int | None) -> set[int]:
        found, places, count = set(), {at}, 0
        seen: set[int] = set()
        while places and (most is None or count <= most):
            if count >= least:
                found |= places
                places -= seen
                seen |= places
            places = {end for place in places for end in self.ends(inner, place)}
            count += 1
        return found


class _Parser:
    def __init__(self, body: str) -> None:
        self._tokens: list[str] = _TOKEN.findall(body)
        assert "".join(self._tokens) == re.sub(r"(\"(?:\\.|[^\"\\])*\"|\[(?:\\.|[^\]\\])*\])|\s", r"\1", body), body
        self._at = 0

    def whole(self) -> Any:
        node = self._either()
        assert self._at == len(self._tokens)
        return node

    def _peek(self) -> str:
        return self._tokens[self._at] if self._at < len(self._tokens) else ""

    def _take(self) -> str:
        self._at += 1
        return self._tokens[self._at - 1]

    def _either(self) -> Any:
        nodes = [self._all()]
        while self._peek() == "|":
            self._take()
            nodes.append(self._all())
        return ("either", tuple(nodes)) if len(nodes) > 1 else nodes[0]

    def _all(self) -> Any:
        nodes = []
        while self._peek() not in ("", "|", ")"):
            nodes.append(self._repeated(self._one()))
        return ("all", tuple(nodes))

    def _one(self) -> Any:
        token = self._take()
        if token == "(":
            node = self._either()
            assert self._take() == ")"
            return node
        if token[0] == '"':
            return ("text", _unescaped(token[1:-1]))
        if token[0] == "[":
            return _class(token)
        return ("rule", token)

    def _repeated(self, node: Any) -> Any:
        while self._peek()[:1] in ("?", "*", "+", "{"):
            token = self._take()
            if token[0] == "{":
                least, comma, most = token[1:-1].partition(",")
                node = ("repeat", node, int(least or 0), int(most) if most else None if comma else int(least))
            else:
                node = ("repeat", node, int(token == "+"), 1 if token == "?" else None)
        return node


def _unescaped(text: str) -> str:
    def character(each: re.Match[str]) -> str:
        code = str(each[1] or each[2] or "")
        return chr(int(code, 16)) if code else _NAMED.get(str(each[3]), str(each[3]))

    return str(_ESCAPED.sub(character, text))


@lru_cache
def _class(token: str) -> Any:
    body = token[1:-1]
    negated = body.startswith("^")
    units = re.findall(r"\\x..|\\u....|\\.|[^\\]", body[negated:], re.DOTALL)
    characters = [_unescaped(unit) for unit in units]
    ranges, at = [], 0
    while at < len(units):
        if at + 2 < len(units) and units[at + 1] == "-":
            ranges.append((characters[at], characters[at + 2]))
            at += 3
        else:
            ranges.append((characters[at], characters[at]))
            at += 1
    return ("class", negated, tuple(ranges))


def written(grammar: str, seed: int, start: str = "root") -> str:
    """A text that the grammar accepts, chosen at random."""
    reader = _Matcher(grammar, "")
    chance = random.Random(seed)

    def of(node: Any) -> str:
        match node:
            case ("rule", name):
                return of(reader.rules[name])
            case ("text", text):
                return str(text)
            case ("class", negated, ranges):
                return "x" if negated else str(chance.choice(ranges)[0])
            case ("either", nodes):
                return of(chance.choice(nodes))
            case ("all", nodes):
                return "".join(map(of, nodes))
            case ("repeat", inner, least, most):
                return "".join(of(inner) for _ in range(chance.randint(least, least + 2 if most is None else most)))
        raise AssertionError(node)

    return of(("rule", start))
