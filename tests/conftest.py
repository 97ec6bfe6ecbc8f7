"""What all tests share: the real weights, and a Hypothesis that does not mind a slow machine."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from orchestrator.models import _weights
from orchestrator.settings import Settings

slow = [HealthCheck.too_slow]
settings.register_profile("project", deadline=None, print_blob=True, suppress_health_check=slow)
settings.load_profile("project")


@pytest.fixture(scope="session")
def weights() -> Path:
    """The embedded model's GGUF, fetched into the user's cache if it is not there."""
    return _weights.pull(Settings.from_environment().cache)


@pytest.fixture(autouse=True)
def _no_settings_of_the_developer(monkeypatch: pytest.MonkeyPatch) -> None:
    """A key in the developer's shell must not change what a test does."""
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL", "ORCHESTRATOR_MODEL", "ORCHESTRATOR_SEARCH"):
        monkeypatch.delenv(name, raising=False)
