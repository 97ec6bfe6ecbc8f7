from __future__ import annotations

import sqlite3

import pytest

from orchestrator.core.errors import OrchestratorError
from orchestrator.evals.durable.database import launched, without_password


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("postgresql://u:p@h/db", "postgresql://u:…@h/db"),
        ("postgresql://u:p@ss@h/db", "postgresql://u:…@h/db"),
        ("postgresql://u:p:q/r@h/db", "postgresql://u:…@h/db"),
        ("postgresql://h/db?user=u&password=p@ss&x=1", "postgresql://h/db?user=u&password=…&x=1"),
        ("postgresql://u@h:5432/db", "postgresql://u@h:5432/db"),
        ("sqlite:////home/u/kept.sqlite", "sqlite:////home/u/kept.sqlite"),
    ],
)
def test_no_part_of_a_password_is_shown(url, shown):
    assert without_password(url) == shown


def test_a_database_that_fails_later_is_a_clear_error(tmp_path):
    def work():
        with launched(f"sqlite:///{tmp_path / 'full.sqlite'}", [], threads=1) as at_work:
            at_work.done = True
            raise sqlite3.OperationalError("database or disk is full")

    with pytest.raises(OrchestratorError, match=r"disk is full\): make room, and run the same command again"):
        work()
