"""The 200 texts fit their types, and the table has a row for each arm and type."""

from __future__ import annotations

import sys
from datetime import date, time

import pytest
from benchmarks.typed_answers import __main__ as benchmark
from benchmarks.typed_answers.types import TYPES, Extraction, Invoice, Item, Meeting, Order, extractions
from pydantic import TypeAdapter

from orchestrator import Orchestrator
from orchestrator.models.scripted import ScriptedModel


def test_there_are_forty_texts_of_each_type_and_what_is_wanted_fits_it() -> None:
    texts = list(extractions())
    assert [sum(text.kind == kind for text in texts) for kind in TYPES] == [40] * 5
    assert len({text.text for text in texts}) == 200
    assert len(list(extractions(dev=True))) == 25
    for text in texts:
        wanted = list(text.wanted)
        if text.kind == "order":
            wanted[1] = [{"product": product, "quantity": quantity} for product, quantity in wanted[1]]
        kind = TYPES[text.kind]
        output = TypeAdapter(kind).validate_python(dict(zip(kind.model_fields, wanted, strict=True)))
        assert all(text.right(output))


def test_a_field_is_right_if_its_value_is() -> None:
    day = date(2024, 3, 14)
    invoice = Extraction("invoice", "", ("Acme Ltd", None, "2024-03-14", 12.5, "EUR", False))
    paid = Invoice(vendor="the acme ltd.", number="1", date=day, total=12.5, currency="EUR", paid=True)
    assert invoice.right(paid) == [True, False, True, True, True, False]
    assert invoice.right(None) == [False] * 6
    meeting = Extraction("meeting", "", ("A", "2024-03-14", "09:30", ["B", "C"], "1", True))
    held = Meeting(title="A", date=day, start=time(9, 30), attendees=["B"], room="1", online=True)
    assert meeting.right(held) == [True, True, True, False, True, True]
    order = Extraction("order", "", ("A", [["pen", 2]], True, None))
    assert (
        order.right(Order(customer="A", items=[Item(product="pen", quantity=2)], express=True, city=None)) == [True] * 4
    )


def test_the_table_has_a_row_for_each_arm_and_type(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def scripted(arm: str, _: str) -> Orchestrator:
        answer = '{"place": "Oslo", "condition": "snow", "temperature": -6, "wind_kmh": 35, "warning": true}'
        return Orchestrator(ScriptedModel(lambda _: answer), tools=())

    monkeypatch.setattr(benchmark, "orchestrator_of", scripted)
    monkeypatch.setattr(sys, "argv", ["typed_answers", "--each", "1", "--arms", "typed", "--show"])
    benchmark.main()
    out, err = capsys.readouterr()
    rows = out.splitlines()
    assert rows[2].startswith("| **typed** | 20.0 % [")
    assert rows[7].startswith("| weather | 100.0 % [20.7, 100.0] of 1 | 100.0 % [56.6, 100.0] of 5 | 100.0 %")
    assert "invalid_output" in err


def test_without_grammars_the_model_is_asked_in_words() -> None:
    model = ScriptedModel(["{}"])
    assert benchmark.WithoutGrammars(model).info == model.info
