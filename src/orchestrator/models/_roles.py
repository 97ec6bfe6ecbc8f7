"""Servers that refuse a system message, or two messages of one role in a row, because their chat template does.

Such a server gets the system text at the beginning of the user's next message. This is kept for each (address, model)
until the process ends.
"""

from __future__ import annotations

import re
from typing import Any

_WRONG = "alternat|system|expect|valid|known|support|allow"  # what complaints say about roles
_REFUSAL = re.compile(
    rf"\broles?\b.*(?:{_WRONG})|(?:{_WRONG}).*\broles?\b"
    r"|\b(?:system|developer)\W{0,2}[ _-]?(?:message|prompt|instruction)",
    re.IGNORECASE | re.DOTALL,
)

_merged: set[tuple[str, str]] = set()


def refuses_roles(complaint: str) -> bool:
    """Tell whether a server's complaint is about the roles of the messages.

    Args:
        complaint: The message of an error with status 400, 422 or 500.
    """
    return bool(_REFUSAL.search(complaint))


def takes_all_roles(address: str, model: str) -> bool:
    """Tell whether nothing is known against the roles of this server's messages."""
    return (address, model) not in _merged


def note_refusal(address: str, model: str) -> None:
    """Note that this server refuses some roles. From now on its messages are merged."""
    _merged.add((address, model))


def merged(messages: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the messages without system messages, and with no two texts of one role in a row.

    Args:
        messages: The messages as they are sent.
    """
    sent: list[dict[str, Any]] = []
    for message in messages:
        new = {**message, "role": "user"} if message["role"] in ("system", "developer") else message
        if sent and sent[-1]["role"] == new["role"] and sent[-1].keys() == new.keys() == {"role", "content"}:
            sent[-1] = {**new, "content": f"{sent[-1]['content']}\n\n{new['content']}"}
        else:
            sent.append(new)
    return sent
