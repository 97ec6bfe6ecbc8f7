"""Settings from environment variables. They are read here and nowhere else.

OPENAI_API_KEY       if it is set, the default model is OpenAI's, else the embedded one
OPENAI_BASE_URL      another server with OpenAI's chat completions
ORCHESTRATOR_MODEL   the default model, as "provider:name"
ORCHESTRATOR_SEARCH  the provider for WEB_SEARCH, as "provider" or "provider:detail"; by default ddgs
NAME_API_KEY         the key of the search provider NAME, such as BRAVE_API_KEY
ORCHESTRATOR_CACHE   the folder for the embedded model's weights
ORCHESTRATOR_DATA    the folder for the samples of evaluations
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
    """The settings. An environment variable with an empty value counts as not set.

    Attributes:
        openai_api_key: OPENAI_API_KEY.
        openai_base_url: OPENAI_BASE_URL.
        model: ORCHESTRATOR_MODEL.
        cache: ORCHESTRATOR_CACHE; by default the user's cache folder.
        data: ORCHESTRATOR_DATA; by default the user's data folder.
        search: ORCHESTRATOR_SEARCH; by default "ddgs".
    """

    openai_api_key: str | None
    openai_base_url: str | None
    model: str | None
    cache: Path
    data: Path
    search: str

    @staticmethod
    def from_environment() -> Settings:
        """Read the settings from the environment.

        Raises:
            ConfigError: A folder begins with ``~`` and an unknown user.
        """
        return Settings(
            openai_api_key=os.environ.get("OPENAI_API_KEY") or None,
            openai_base_url=os.environ.get("OPENAI_BASE_URL") or None,
            model=os.environ.get("ORCHESTRATOR_MODEL") or None,
            cache=_folder("CACHE"),
            data=_folder("DATA"),
            search=os.environ.get("ORCHESTRATOR_SEARCH") or "ddgs",
        )


def api_key(provider: str) -> str | None:
    """Return the key of a search provider; None if it is not set.

    A new provider needs only its own file, so its name is not listed here.
    """
    return os.environ.get(f"{provider.upper()}_API_KEY") or None


def key_in(variable: str, purpose: str = "it is to hold the server's key") -> str:
    """Return the key in an environment variable that the user names.

    Args:
        variable: The variable's name.
        purpose: The end of the message if it is not set.

    Raises:
        ConfigError: The variable is not set.
    """
    key = os.environ.get(variable)
    if not key:
        raise ConfigError(f"the environment variable {variable} is not set: {purpose}")
    return key


def passed_on() -> dict[str, str]:
    """Return what a foreign program needs to reach the network and to write as here, without keys.

    It is about certificates, proxies, the language, the time zone and folders.
    """
    return {name: os.environ[name] for name in _PASSED_ON if name in os.environ}


_PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")
_PASSED_ON = (
    *("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "NODE_EXTRA_CA_CERTS", "PIP_CERT"),
    *_PROXIES,
    *map(str.lower, _PROXIES),
    *("LANG", "LC_ALL", "LC_CTYPE", "TZ", "TMPDIR", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME"),
    *("COMSPEC", "PROGRAMDATA", "PROGRAMFILES", "SYSTEMROOT", "TMP", "WINDIR"),  # Windows
)


def _folder(what: Literal["CACHE", "DATA"]) -> Path:
    from pathlib import Path  # noqa: PLC0415 - 8 ms that import orchestrator does not need

    chosen = os.environ.get(f"ORCHESTRATOR_{what}")
    if chosen:
        try:
            return Path(chosen).expanduser()
        except RuntimeError as error:  # ~nobody
            raise ConfigError(f"ORCHESTRATOR_{what} is {chosen!r}: {error}") from error
    import platformdirs  # noqa: PLC0415 - not needed by import orchestrator

    usual = platformdirs.user_cache_path if what == "CACHE" else platformdirs.user_data_path
    return usual("orchestrator", appauthor=False)
