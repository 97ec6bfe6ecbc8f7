from __future__ import annotations

from dataclasses import fields

import numpy as np
import pytest

from orchestrator.code.protocols import Chunk
from orchestrator.code.ranking.closeness import Closeness
from orchestrator.code.ranking.description import ACTION, SENTENCE, Description, fit, weights_for

WEIGHTS = [field.name for field in fields(Description)]
ALL = Description(*range(1, len(WEIGHTS) + 1))


@pytest.mark.parametrize(
    "question",
    [
        "Return the index where to insert item x", "where do we validate the e-mail?", "Load all configuration files",
        "loads configuration files", "Set title of turtle-window", "tests whether two files are the same",
        "Format bytes as text", "Copies files recursively", "matches names with wildcards", "Displays all messages",
        "where do we parse urls", "how do I connect to a server", "filter rows by date",
        "recursively copy files", "decorator for caching results", "the function that parses dates",
    ],
)  # fmt: skip
def test_an_action_means_a_function(question):
    assert weights_for(question) is ACTION


@pytest.mark.parametrize(
    "question",
    ["a passage that is written over and over", "where is Session.send defined", "what is a chunk", "the next token"],
)
def test_a_sentence_means_a_function_or_a_type(question):
    assert weights_for(question) is SENTENCE


@pytest.mark.parametrize(
    "question",
    [
        "", "parse", "parse url", "Session.send", "how are the routes registered",
        "store creation and dispatch lifecycle", "test runner for CLI commands", "help text formatting",
        "cookie storage", "how a request is built",
        "the class that holds the settings", "where is the Ranking class defined?", "the exception for unknown tools",
        "try catch blocks", "utility functions for encoding",
    ],
)  # fmt: skip
def test_a_topic_a_name_a_type_and_how_something_works_do_not(question):
    assert weights_for(question) is None


def test_a_question_of_very_many_words_is_told_as_any_other():
    assert weights_for("set " * 100_000 + "x") is None


def fitting(weights: Description, *texts: str, **first: float) -> list[float]:
    """How chunks of these texts fit that are equal but for the first one's features."""
    features = {name: np.array([first.get(name, 0.0), *[0.0] * (len(texts) - 1)]) for name in WEIGHTS}
    close = Closeness(*(features[name].astype(np.float32) for name in ("said", "named", "begun", "size")))
    chunks = [Chunk("a", at, at, "", text) for at, text in enumerate(texts, 1)]
    found = fit(weights, chunks, close, features["dense"], features["file"].astype(np.float32), features["defined"])
    return [float(each) for each in found]


@pytest.mark.parametrize("part", [name for name in WEIGHTS if name != "type"])
def test_each_feature_counts_by_its_weight(part):
    first, second = fitting(ALL, "def f():", "def g():", **{part: 1.0})
    assert first - second == pytest.approx(getattr(ALL, part) * (np.log(2) if part == "size" else 1))


@pytest.mark.parametrize(
    ("text", "is_type"),
    [
        ("class A:", True), ("@dataclass\n@other(1, 2)\nclass A(B):", True), ("export default class A {", True),
        ("pub(crate) struct A {", True), ("type A struct {", True), ("public sealed interface A permits B {", True),
        ("/** Says\n * it. */\npublic class A extends B {", True), ("// A is one.\ntype A interface {", True),
        ("#[derive(Debug)]\npub struct A(u32);", True), ("impl<T> A<T> for B {", True), ("enum class A : int {", True),
        ("module A\n  def f", True), ("class A", True),
        ("def classify():", False), ("@cached\ndef f():", False), ("const type = 1", False), ("", False),
        ("struct node *make(int v) {", False), ("struct node make(int v) {", False), ("module = load()", False),
        ("module.exports = f", False), ("# class A:\ndef f():", False),
    ],
)  # fmt: skip
def test_the_head_of_a_type_is_told_in_any_language(text, is_type):
    assert fitting(Description(type=-1.0), text) == [-1.0 if is_type else 0.0]


def test_a_type_behind_very_many_decorators_is_one():
    assert fitting(Description(type=-1.0), "@a @b\n" * 50_000 + "class A:") == [-1.0]
