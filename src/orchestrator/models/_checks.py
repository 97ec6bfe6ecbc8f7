"""Checks of what the caller typed: a server's address, an API key, a chat template's name. No I/O."""

from __future__ import annotations

from functools import cache
from urllib.parse import urlsplit, urlunsplit

from orchestrator.core.chat_template import TEMPLATES, ChatTemplate
from orchestrator.core.errors import ConfigError


def checked_address(base_url: str) -> str:
    """Check a server's address; return it without surrounding spaces and without a slash at the end.

    Raises:
        ConfigError: ``base_url`` is not an HTTP address.
    """
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
    """Check an API key; return it without surrounding spaces. No message ever shows the key.

    Args:
        key: The key.
        source: The option or environment variable that holds the key. Error messages name it.

    Raises:
        ConfigError: The key is empty, or cannot be part of an HTTP header.
    """
    key = key.strip()
    if not key or not key.isascii() or not key.isprintable() or " " in key:
        raise ConfigError(f"{source} holds characters that a key cannot have: copy it again, without line breaks")
    return key


def named_template(name: str) -> ChatTemplate:
    """Return the built-in chat template called ``name``.

    Raises:
        ConfigError: No template has this name.
    """
    try:
        return TEMPLATES[name]
    except KeyError:
        known = ", ".join(sorted(TEMPLATES))
        raise ConfigError(f"no chat template is called {name!r}: pass one of {known}") from None


def without_password(address: str) -> str:
    """Return ``address`` without user name and password, so that messages may show it."""
    parts = urlsplit(address)
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))


def is_loopback(address: str) -> bool:
    """Whether the address is on this machine."""
    host = urlsplit(address).hostname or ""
    return host in {"localhost", "::1"} or host.startswith("127.")


@cache
def is_near(address: str) -> bool:
    """Whether the address is on this machine or in a private network.

    A name counts as private if it has no dot (``ollama``), or ends in a domain that is reserved for private names.
    """
    host = urlsplit(address).hostname or ""
    from ipaddress import ip_address  # noqa: PLC0415 - 4 ms that a hosted model does not need

    try:
        return not ip_address(host.partition("%")[0]).is_global
    except ValueError:
        return "." not in host or host.endswith(PRIVATE_DOMAINS)


PRIVATE_DOMAINS = (".localhost", ".local", ".internal", ".home.arpa")  # RFC 6761, RFC 6762, ICANN 2024, RFC 8375


def is_openai(address: str) -> bool:
    """Whether the address is OpenAI's own, or that of one of its regions."""
    host = urlsplit(address).hostname or ""
    return host == "api.openai.com" or host.endswith(".api.openai.com")
