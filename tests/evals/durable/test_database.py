from __future__ import annotations

import pytest

from orchestrator.evals.durable.database import without_password


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
