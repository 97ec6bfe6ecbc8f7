from __future__ import annotations

import sys

import pytest

from orchestrator.core.errors import ConfigError
from orchestrator.runtime.extras import install, installed, require


def test_what_is_missing_is_named_with_its_install_command() -> None:
    with pytest.raises(ConfigError) as caught:
        require("code search", "code", "no_such_module", "json", "nor_this")
    assert str(caught.value) == "code search needs no_such_module, nor_this: pip install 'orchestrator-llm[code]'"
    require("code search", "code", "json")


def test_looking_for_a_module_does_not_import_it() -> None:
    assert installed("this")
    assert "this" not in sys.modules


def test_a_module_that_is_blocked_counts_as_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "json", None)
    assert not installed("json")


def test_the_install_command_is_quoted_for_the_shell() -> None:
    assert install("local") == "pip install 'orchestrator-llm[local]'"
