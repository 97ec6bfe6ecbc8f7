"""What all tests share: the real weights, a Hypothesis that does not mind a slow machine, a Ctrl-C that is heard.

A bug in a tool is logged and ends no run, so a test would not notice it. Here it fails the test.
"""

from __future__ import annotations

import logging
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from orchestrator.models import _weights
from orchestrator.runtime.settings import Settings

slow = [HealthCheck.too_slow]
settings.register_profile("project", deadline=None, print_blob=True, suppress_health_check=slow)
settings.load_profile("project")

# A shell starts what it puts in the background with Ctrl-C ignored, and so would every process of these tests be.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def weights() -> Path:
    """The embedded model's GGUF, fetched into the user's cache if it is not there."""
    return _weights.pull(Settings.from_environment().cache)


@pytest.fixture(autouse=True)
def _no_settings_of_the_developer(monkeypatch: pytest.MonkeyPatch) -> None:
    """A key in the developer's shell must not change what a test does."""
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL", "ORCHESTRATOR_MODEL", "ORCHESTRATOR_SEARCH"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(autouse=True)
def tool_bugs() -> Iterator[list[str]]:
    """The bugs of tools that were logged. A test that wants one takes it out of the list."""
    found: list[str] = []

    class Kept(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            if "and the run goes on" in record.getMessage():
                found.append(record.getMessage())

    logger, handler = logging.getLogger("orchestrator"), Kept()
    logger.addHandler(handler)
    yield found
    logger.removeHandler(handler)
    assert not found
