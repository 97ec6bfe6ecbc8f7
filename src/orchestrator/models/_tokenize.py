"""Asks llama.cpp's server to split a text into tokens. Imports httpx2, so import it late."""

from __future__ import annotations

import httpx2

from orchestrator.core.errors import ModelError
from orchestrator.models._events import well_formed

SECONDS = 30.0


def pieces(address: str, text: str, *, control: bool) -> list[tuple[int, bytes]]:
    """Split a text into tokens.

    Args:
        address: The server's address, without ``/v1``.
        text: The text.
        control: Whether strings such as ``<|im_start|>`` are read as control tokens.

    Returns:
        Each token's id and bytes.

    Raises:
        ModelError: The server did not answer.
    """
    body = {"content": well_formed(text), "with_pieces": True, "parse_special": control, "add_special": False}
    try:
        with httpx2.Client(base_url=address, timeout=SECONDS, trust_env=False, verify=False) as client:
            tokens = client.post("/tokenize", json=body).raise_for_status().json()["tokens"]
        return [(token["id"], _bytes(token["piece"])) for token in tokens]
    except (httpx2.HTTPError, ValueError, LookupError, TypeError) as error:
        raise ModelError(f"{address} did not tokenize the text ({error}): try again") from error


def _bytes(piece: str | list[int]) -> bytes:
    """The server sends a token as a string if it is valid UTF-8 by itself, else as a list of its bytes."""
    return piece.encode() if isinstance(piece, str) else bytes(piece)
