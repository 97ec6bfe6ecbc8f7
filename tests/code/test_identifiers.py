from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.code import identifiers
from orchestrator.code.identifiers import distinct_terms, terms


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("def getUserById(user_id):", ["def", "get", "user", "id", "user", "id"]),
        ("HTTPServer2 parseURL", ["http", "server", "2", "pars", "url"]),
        ("MAX_RETRY_COUNT", ["max", "retri", "count"]),
        ("__init__", ["init"]),
        ("sha256sum", ["sha", "256", "sum"]),
        ("Where do we validate the address?", ["valid", "address"]),
        ("validation validates validator", ["valid", "valid", "valid"]),
        ("i = x", []),
        ("größeÄndern", ["größeändern"]),
        ("", []),
    ],
)
def test_identifiers_come_apart_at_their_joints(text, expected):
    assert terms(text) == expected


@given(st.text(), st.text())
def test_terms_of_two_texts_are_the_terms_of_each(one, other):
    assert terms(f"{one} {other}") == terms(one) + terms(other)


@given(st.text("aB_ .é1"))
def test_distinct_terms_are_the_terms_each_once(text):
    assert list(distinct_terms(text)) == list(dict.fromkeys(terms(text)))


@given(st.text())
def test_terms_are_lower_case_and_never_empty(text):
    assert all(term and not any("A" <= letter <= "Z" for letter in term) for term in terms(text))


def test_a_full_memory_forgets_and_goes_on(monkeypatch):
    monkeypatch.setattr(identifiers, "_REMEMBERED", 3)
    identifiers._known.clear()
    assert terms("alpha beta gamma delta alpha") == ["alpha", "beta", "gamma", "delta", "alpha"]
    assert len(identifiers._known) <= 3


def test_a_huge_identifier_costs_no_more_than_a_long_one():
    assert sum(map(len, terms("a" * 1_000_000))) <= identifiers.LONGEST
