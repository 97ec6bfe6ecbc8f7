"""Asks the person at the terminal whether a call may be made. Knows typer and the terminal; does not judge."""

from __future__ import annotations

import sys
from typing import Annotated, Literal

import typer

from orchestrator.cli import terminal
from orchestrator.core.errors import ConfigError
from orchestrator.core.policy import ApprovalRequest, Approver, Policy

Choice = Literal["ask", "all", "none"]
"""What happens to a call that needs approval."""

Approve = Annotated[Choice, typer.Option("--approve", help="Calls that need a yes: ask for each, allow all, or none.")]
Quotas = Annotated[
    list[str] | None, typer.Option("--quota", help="Calls of a tool at the most, as NAME=3; may repeat.")
]
Strict = Annotated[
    bool, typer.Option("--strict", help="A yes is needed for all that sends data after untrusted content came in.")
]


def policy_of(quotas: list[str] | None, *, strict: bool) -> Policy:
    """Raises ConfigError where a quota is not NAME=NUMBER."""
    most: dict[str, int] = {}
    for quota in quotas or ():
        name, _, count = quota.partition("=")
        if not count.strip().isdecimal():
            raise ConfigError(f"--quota takes NAME=NUMBER, such as WEB_SEARCH=3: not {quota}")
        most[name.strip().upper()] = int(count)
    return Policy(quotas=most, strict=strict)


def approver(choice: Choice) -> Approver | None:
    """Who decides; None where there is nobody to ask, and the answer is no."""
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
    """With what a terminal would hide, or turn around, spelt out: the user decides on what is really there."""
    return "".join(
        each if each.isprintable() or each == "\n" else each.encode("unicode_escape").decode() for each in text
    )
