"""Refuses an argument that a scorer would ignore."""

from __future__ import annotations

from orchestrator.core.errors import ConfigError


def takes_none(scorer: str, argument: str) -> None:
    """Do nothing if no argument was given.

    Raises:
        ConfigError: An argument was given.
    """
    if argument:
        raise ConfigError(f"the scorer {scorer} takes no argument, not {argument!r}")
