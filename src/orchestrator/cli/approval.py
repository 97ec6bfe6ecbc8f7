"""Asks the user at the terminal whether a call may be made. Knows the terminal; not the policy's rules."""

from __future__ import annotations

import sys
from typing import Literal

from orchestrator.cli import terminal
from orchestrator.core.errors import ConfigError
from orchestrator.core.policy import ApprovalRequest, Approver, Policy

Choice = Literal["ask", "all", "none"]
"""What happens to a call that needs approval."""


def policy_of(quotas: list[str] | None, *, strict: bool) -> Policy:
    """Make the policy of ``--quota`` and ``--strict``.

    Args:
        quotas: The values of ``--quota``, each ``NAME=NUMBER``.
        strict: Whether ``--strict`` is given.

    Raises:
        ConfigError: A quota is not ``NAME=NUMBER``.
    """
    most: dict[str, int] = {}
    for quota in quotas or ():
        name, _, count = quota.partition("=")
        if not count.strip().isdecimal():
            raise ConfigError(f"--quota takes NAME=NUMBER, such as WEB_SEARCH=3: not {quota}")
        most[name.strip().upper()] = int(count)
    return Policy(quotas=most, strict=strict)


def approver(choice: Choice) -> Approver | None:
    """Return the function that decides about calls. None means that nobody can be asked, and such calls are denied."""
    if choice == "all":
        return lambda _: True
    there = sys.stdin is not None and sys.stdin.isatty()
    return _ask if choice == "ask" and there else None


def _ask(request: ApprovalRequest) -> bool:
    terminal.note(f"\n{_visible(request.reason)}", "warning")
    terminal.note(_visible(request.call.raw), "call")
    terminal.err.print("allow it? y for yes, anything else for no: ", end="")
    return sys.stdin.readline().strip().lower() in ("y", "yes")


def _visible(text: str) -> str:
    """Write invisible characters, and those that change the text's direction, as escapes.

    The user must see what the call really contains.
    """
    return "".join(
        each if each.isprintable() or each == "\n" else each.encode("unicode_escape").decode() for each in text
    )
