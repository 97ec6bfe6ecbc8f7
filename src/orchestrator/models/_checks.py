"""Checks of what the caller typed: a server's address, a key, a template's name. No I/O."""

from __future__ import annotations

from urllib.parse import urlsplit, urlunsplit

from orchestrator.core.chat_template import TEMPLATES, ChatTemplate
from orchestrator.core.errors import ConfigError


def checked_address(base_url: str) -> str:
    """``base_url`` without blanks and a slash at its end. Raises ConfigError when it is no HTTP address."""
    address = base_url.strip().rstrip("/")
    try:
        parts = urlsplit(address)
        valid = parts.scheme in {"http", "https"} and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        valid = False
    if not valid:
        raise ConfigError(f"{base_url!r} is not a server's address: write it such as http://localhost:8000/v1")
    return address


def checked_key(key: str, source: str) -> str:
    """``key`` without blanks around it. Raises ConfigError when it cannot stand in an HTTP header; never shows it."""
    key = key.strip()
    if not key or not key.isascii() or not key.isprintable() or " " in key:
        raise ConfigError(f"{source} holds characters that a key cannot have: copy it again, without line breaks")
    return key


def named_template(name: str) -> ChatTemplate:
    """The known template ``name``. Raises ConfigError for any other."""
    try:
        return TEMPLATES[name]
    except KeyError:
        known = ", ".join(sorted(TEMPLATES))
        raise ConfigError(f"no chat template is called {name!r}: pass one of {known}") from None


def shown(address: str) -> str:
    """``address`` as messages may show it: without a user name and password."""
    parts = urlsplit(address)
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))


def is_loopback(address: str) -> bool:
    host = urlsplit(address).hostname or ""
    return host in {"localhost", "::1"} or host.startswith("127.")


def is_openai(address: str) -> bool:
    """OpenAI's own address, or that of one of its regions."""
    host = urlsplit(address).hostname or ""
    return host == "api.openai.com" or host.endswith(".api.openai.com")
