"""How many cores a server leaves to others."""

from __future__ import annotations

import os

import pytest

from orchestrator.models import _llama


@pytest.mark.skipif(not hasattr(os, "getloadavg"), reason="the system does not tell its load")
@pytest.mark.parametrize(("load", "left"), [(0.0, 0), (1.0, 0), (1.5, 1), (40.0, 1)])
def test_one_core_is_left_free_where_the_machine_is_busy(load, left, monkeypatch):
    monkeypatch.setattr(os, "getloadavg", lambda: (load, 0.0, 0.0))
    assert _llama._busy(2) == left


def test_a_system_that_does_not_tell_its_load_counts_as_idle(monkeypatch):
    monkeypatch.delattr(os, "getloadavg", raising=False)
    assert _llama._busy(2) == 0
