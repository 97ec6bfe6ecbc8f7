"""Free text in which a call is held to its argument: what the grammar allows, by a small reader of such grammars."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.core.syntax import Call, Scanner
from orchestrator.core.tool import Request, Tool
from orchestrator.guidance.free_calls import FreeCalls, free_calls_grammar

TOKEN = re.compile(r'"(?:\\.|[^"\\])*"|\[(?:\\.|[^\]\\])*\]|[a-z][a-z0-9-]*|[()|*+?]')


Item = tuple[str, Any]


class Grammar:
    """Tells whether a grammar allows a text: literals, classes, names, groups, ``|``, ``*``, ``+`` and ``?``."""

    def __init__(self, text: str) -> None:
        rules = dict(line.split(" ::= ", 1) for line in text.splitlines())
        self._rules = {name: self._choice(TOKEN.findall(body)) for name, body in rules.items()}

    def allows(self, text: str) -> bool:
        return len(text) in self._ends(self._rules["root"], text, frozenset({0}))

    def _choice(self, tokens: list[str]) -> Item:
        choices: list[list[Item]] = [[]]
        while tokens and tokens[0] != ")":
            token = tokens.pop(0)
            if token == "|":
                choices.append([])
                continue
            item: Item = ("one", token)
            if token == "(":
                item = self._choice(tokens)
                tokens.pop(0)
            while tokens and tokens[0] in "*+?":
                item = (tokens.pop(0), item)
            choices[-1].append(item)
        return ("choice", choices)

    def _ends(self, item: Item, text: str, starts: frozenset[int]) -> frozenset[int]:
        kind, inner = item
        if kind == "choice":
            found: frozenset[int] = frozenset()
            for sequence in inner:
                at = starts
                for each in sequence:
                    at = self._ends(each, text, at) if at else at
                found |= at
            return found
        if kind == "?":
            return starts | self._ends(inner, text, starts)
        if kind in "*+":
            found, new = (starts if kind == "*" else frozenset()), starts
            while new:
                new = self._ends(inner, text, new) - found
                found |= new
            return found
        return frozenset(end for start in starts for end in self._one(inner, text, start))

    def _one(self, token: str, text: str, start: int) -> Iterator[int]:
        if token.startswith('"'):
            literal = re.sub(r"\\(.)", r"\1", token[1:-1])
            if text.startswith(literal, start):
                yield start + len(literal)
        elif token.startswith("["):
            if re.compile(token, re.DOTALL).match(text, start):
                yield start + 1
        else:
            yield from self._ends(self._rules[token], text, frozenset({start}))


NAMES = ("ADD", "ADDRESS", "READ", "READ_2", "A")
GRAMMAR = Grammar(
    free_calls_grammar(
        {name: "word" if name == "READ" else "pair" for name in NAMES},
        [
            'pair ::= "{\\"a\\": " number ", \\"b\\": " number "}"',
            "number ::= [0-9]+",
            "word ::= [a-z]+",
        ],
    )
)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Hello.",
        "See a[0] and b[1], [link](x), [ADD] and [ADDER: x].",
        "[",
        "[[",
        "[AD",
        "[ADD",
        "It is [ADD_RESULT:5].",
        "a [b [c] d",
        "[Read:x] and [read:x]",
        "Ü [ü] \n[\n",
        '[ADD:{"a": 1, "b": 22}]',
        'Let me see: [ADD:{"a": 1, "b": 2}]',
        '[[A:{"a": 1, "b": 2}]',
        "[ADDR[READ:file]",
        '[ADDRESS:{"a": 1, "b": 2}]',
        '[READ_2:{"a": 1, "b": 2}]',
        "[READ:file][READ:file]",
        "<think>Perhaps [READ:file]? No.</think>So [READ:other] and more [",
    ],
)
def test_free_text_and_whole_calls_are_allowed(text):
    assert GRAMMAR.allows(text)


@pytest.mark.parametrize(
    "text",
    [
        "[ADD:",
        "[ADD:5]",
        '[ADD:{"a": 1}]',
        '[ADD:{"a": 1, "b": 2}',
        '[ADD:{"a": 1, "b": 2}] and [ADD:',
        "[READ:../x]",
        "so [READ:file",
        "[[READ:]",
        "[ADDR[READ:7]",
        'a [A:{"a": 1, "b": x}]',
        "[READ:file][READ:5]",
    ],
)
def test_a_begun_call_is_held_to_its_argument(text):
    assert not GRAMMAR.allows(text)


@given(st.text("ADRES_2[]: a1\n", max_size=30))
def test_a_text_is_allowed_if_and_only_if_each_begun_call_is_whole(text):
    begun = re.finditer(r"\[(?:ADDRESS|ADD|READ_2|READ|A):", text)
    whole = re.compile(r"\[READ:[a-z]+\]")  # no other call can be made of these characters
    assert GRAMMAR.allows(text) == all(whole.match(text, at.start()) for at in begun)


@given(st.text("READ[]: ax\n", max_size=20))
def test_the_scanner_finds_no_call_that_the_grammar_did_not_hold(text):
    scanner = Scanner(NAMES)
    found = [event for event in [*scanner.feed(text), *scanner.close()] if isinstance(event, Call)]
    if found and GRAMMAR.allows(text):
        assert re.fullmatch("[a-z]+", found[0].argument) or found[0].name != "READ"


def test_calls_of_tools_with_a_schema_are_held_and_others_are_text():
    tools = {
        "ADD": Tool.from_schema("ADD", "adds", {"type": "object", "properties": {"a": {"type": "integer"}}}, str),
        "READ": Tool.from_schema("READ", "reads", {"type": "object", "properties": {"path": {"type": "string"}}}, str),
        "CALCULATOR": Tool("CALCULATOR", "", str),
    }

    def rules_of(tool: Tool, name: str) -> list[str]:
        key = next(iter((tool.parameters or {})["properties"]))
        return [f'{name} ::= "{{\\"{key}\\": " {name}-0 "}}"', f"{name}-0 ::= [0-9]+"]

    request = FreeCalls(tools, rules_of).constrain(Request((), "q", 9, 5.0))
    grammar = Grammar(request.grammar)
    assert grammar.allows('So: [ADD:{"a": 5}]')
    assert grammar.allows('[READ:{"path": 5}]')
    assert grammar.allows('[CALCULATOR:2+2] and [ADD:{"a": 5}] and more')
    assert not grammar.allows("[ADD:5]")
    assert not grammar.allows('[READ:{"a": 5}]')
    assert FreeCalls({"CALCULATOR": tools["CALCULATOR"]}, rules_of).constrain(request).grammar == ""


def test_without_tools_any_text_is_allowed():
    assert Grammar(free_calls_grammar({}, [])).allows("a [b: c] [")
