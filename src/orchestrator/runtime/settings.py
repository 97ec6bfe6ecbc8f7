"""The environment, read here and nowhere else.

OPENAI_API_KEY       set: the default model is OpenAI's; not set: the embedded one
OPENAI_BASE_URL      another server that speaks OpenAI's chat completions
ORCHESTRATOR_MODEL   the default model, as "provider:name"
ORCHESTRATOR_SEARCH  what WEB_SEARCH asks, as "provider" or "provider:detail"; ddgs without it
NAME_API_KEY         the key of the search provider NAME, such as BRAVE_API_KEY
ORCHESTRATOR_CACHE   where the embedded model's weights are kept
ORCHESTRATOR_DATA    where evaluations keep their samples
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from orchestrator.core.errors import ConfigError

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Settings:
    """Empty strings in the environment count as not set."""

    openai_api_key: str | None
    openai_base_url: str | None
    model: str | None
    cache: Path
    data: Path
    search: str

    @staticmethod
    def from_environment() -> Settings:
        return Settings(
            openai_api_key=os.environ.get("OPENAI_API_KEY") or None,
            openai_base_url=os.environ.get("OPENAI_BASE_URL") or None,
            model=os.environ.get("ORCHESTRATOR_MODEL") or None,
            cache=_folder("CACHE"),
            data=_folder("DATA"),
            search=os.environ.get("ORCHESTRATOR_SEARCH") or "ddgs",
        )


def api_key(provider: str) -> str | None:
    """The key of a search provider. Its file is all that a new one needs, so its name is not listed here."""
    return os.environ.get(f"{provider.upper()}_API_KEY") or None


def key_in(variable: str) -> str:
    """The key in a variable that the user names. Raises ConfigError where it is not set."""
    key = os.environ.get(variable)
    if not key:
        raise ConfigError(f"the environment variable {variable} is not set: it is to hold the server's key")
    return key


def _folder(what: Literal["CACHE", "DATA"]) -> Path:
    from pathlib import Path  # noqa: PLC0415 - 8 ms that import orchestrator does not need

    chosen = os.environ.get(f"ORCHESTRATOR_{what}")
    if chosen:
        try:
            return Path(chosen).expanduser()
        except RuntimeError as error:  # ~nobody
            raise ConfigError(f"ORCHESTRATOR_{what} is {chosen!r}: {error}") from error
    import platformdirs  # noqa: PLC0415 - only where something is looked for there

    usual = platformdirs.user_cache_path if what == "CACHE" else platformdirs.user_data_path
    return usual("orchestrator", appauthor=False)
