"""Decides which web addresses a model may read: public ones in plain spelling. Pure; resolves and connects nothing.

A page must not give access to the machine's own network (server-side request forgery). An address is checked twice: its
text, here, and the addresses that its name resolves to, by ``refusal`` when the connection is made (see ``fetch.py``).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import TYPE_CHECKING

from orchestrator.core.errors import ToolError

if TYPE_CHECKING:
    import httpx2

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

LONGEST = 2_000  # characters
PORTS = frozenset({80, 443, 8080, 8443})
"""Ports of web servers. Other ports belong to mail servers, databases and so on: a request could be commands there."""

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_UNCLEAN = re.compile(r"[\x00-\x20\x7f\\]")
_LABEL = re.compile(r"[a-z0-9_-]{1,63}")
_NUMBER = re.compile(r"0x[0-9a-f]*|[0-9]+", re.IGNORECASE)
_LOCAL = re.compile(r"(.+\.)?(localhost|local|internal|intranet|lan|home|corp|private|home\.arpa|onion|test)")
_NAT64 = IPv6Network("64:ff9b::/96")
_GLOBAL_UNICAST = IPv6Network("2000::/3")
_NOT_PUBLIC: tuple[Network, ...] = tuple(
    ip_network(each)
    for each in (
        "192.0.0.0/24",  # protocol assignments; metadata service of one cloud
        "192.88.99.0/24",  # relays to 6to4
        "100.64.0.0/10",  # carrier-grade NAT; metadata service of another cloud
        "168.63.129.16/32",  # Azure's metadata service, although the address is public
        "2001::/23",  # protocol assignments, including Teredo
        "2002::/16",  # 6to4: contains an IPv4 address
        "3fff::/20",  # documentation
    )
)


@dataclass(frozen=True, slots=True)
class Allowance:
    """Networks that may be read at any port although they are not public. Only the program sets it, never the model."""

    networks: tuple[Network, ...] = ()

    def covers(self, address: Address) -> bool:
        """Whether the address is in one of the networks."""
        return any(address.version == each.version and address in each for each in self.networks)


def checked(text: str, allowance: Allowance) -> httpx2.URL:
    """Return the address that a text spells.

    Args:
        text: What the model wrote. Without a scheme, https is used.
        allowance: Networks that are allowed although they are not public.

    Raises:
        ToolError: The address is not valid, may not be read, or is a number in disguise.
    """
    import httpx2  # noqa: PLC0415 - takes 80 ms, and listing the tools does not need it

    text = text.strip().strip("<>\"'")
    if len(text) > LONGEST:
        raise ToolError(f"the address is too long: at most {LONGEST:,} characters")
    if _UNCLEAN.search(text):
        raise ToolError("the address holds blanks, control characters or backslashes: write it as it is in a browser")
    try:
        url = httpx2.URL(text if _SCHEME.match(text) else f"https://{text}")
        host = url.raw_host.decode("ascii").lower().rstrip(".")
    except (httpx2.InvalidURL, ValueError) as error:
        raise ToolError(f"this is not a web address ({error}): write one such as https://example.org/page") from None
    if url.scheme not in {"http", "https"}:
        raise ToolError("only addresses that begin with https:// or http:// can be read")
    if url.userinfo:
        raise ToolError("an address with a user name or password is not read: leave out what stands before the @")
    if not host:
        raise ToolError("the address names no server: write one such as https://example.org/page")
    literal = _literal(host)
    if not literal:
        _check_name(host, allowance)
    elif reason := refusal(literal, allowance):
        raise ToolError(f"{host} {reason}")
    if not allowance.networks:  # else the port is checked when the name is resolved
        check_port(url.port)
    return url


def refusal(address: Address, allowance: Allowance) -> str | None:
    """Say why no connection to an address may be made.

    Args:
        address: The address.
        allowance: Networks that are allowed although they are not public.

    Returns:
        The reason; None if the connection may be made.
    """
    if allowance.covers(address):
        return None
    if isinstance(address, IPv6Address):
        inner = address.ipv4_mapped or (IPv4Address(int(address) & 0xFFFFFFFF) if address in _NAT64 else None)
        if inner:
            return refusal(inner, allowance)
        if address.scope_id or address not in _GLOBAL_UNICAST or _is_isatap(address):
            return _REASON
    if not address.is_global or address.is_multicast or address.is_reserved:
        return _REASON
    return _REASON if any(address.version == each.version and address in each for each in _NOT_PUBLIC) else None


def check_port(port: int | None) -> None:
    """Check that web servers use this port.

    Raises:
        ToolError: The port is none of ``PORTS``.
    """
    if port is not None and port not in PORTS:
        raise ToolError(f"port {port} is not one of a web server; leave it out")


_REASON = "is not a public address: only pages of the public web can be read"


def _is_isatap(address: IPv6Address) -> bool:
    """Whether the address is an ISATAP address: an IPv4 address after 5efe in the lower half."""
    return (int(address) >> 32) & 0xFDFFFFFF == 0x5EFE  # with and without the bit for "unique"


def _literal(host: str) -> Address | None:
    try:
        return ip_address(host.strip("[]"))
    except ValueError:
        return None


def _check_name(host: str, allowance: Allowance) -> None:
    labels = host.split(".")
    if len(host) > 253 or not all(_LABEL.fullmatch(label) for label in labels):
        raise ToolError("this is not the name of a server: write an address such as https://example.org/page")
    if _NUMBER.fullmatch(labels[-1]):  # a resolver reads 2130706433, 0x7f.1 and 017700000001 as IPv4 addresses
        raise ToolError(f"{host} is a number in disguise: write the server's name")
    if (len(labels) == 1 or _LOCAL.fullmatch(host)) and not allowance.networks:
        raise ToolError(f"{host} is a name of a local network: only pages of the public web can be read")
