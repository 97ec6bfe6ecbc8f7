"""Errors of the parser, with what to write instead. Knows tokens; not trees."""

from __future__ import annotations

from orchestrator.core.errors import ToolError
from orchestrator.tools._calculator.cursor import Cursor
from orchestrator.tools._calculator.functions import CONSTANTS, FUNCTIONS, canonical
from orchestrator.tools._calculator.unit_names import close_names


def unexpected(cursor: Cursor) -> ToolError:
    """Make the error for a token that cannot follow a complete expression."""
    if cursor.at(","):
        return ToolError(f"comma outside a function: {_comma_hint(cursor)}")
    if cursor.at("="):
        return ToolError("= is not allowed here: write the left side only, or solve(2*x=6, x) for an equation")
    if cursor.at(")"):
        return ToolError("syntax: a closing parenthesis ) without its opening one")
    return ToolError(f"syntax: {cursor.next.text} cannot stand here; write an operator before it")


def _comma_hint(cursor: Cursor) -> str:
    before, after = cursor.before, cursor.ahead(1)
    if before.kind != "number" or after.kind != "number" or after.spaced or "," in after.text:
        return "write 1234 or 1,234 for thousands, a point for decimals, one sum a call"
    whole = before.text.replace(",", "")
    if "." in whole or whole == "0":
        return f"write {whole.replace('.', '')}.{after.text} if the comma is a decimal one"
    decimal, thousands = f"{whole}.{after.text}", f"{whole}{after.text}"
    return f"write {decimal} if the comma is a decimal one, {thousands} if it separates thousands; one sum a call"


def missing_operand(cursor: Cursor) -> ToolError:
    """Make the error for a token in the place of an operand."""
    behind = f" after {cursor.before.text}" if cursor.position else ""
    return ToolError(f"syntax: a number is missing{behind}, before {cursor.next.text}")


def missing_parenthesis(cursor: Cursor) -> ToolError:
    """Make the error for an open parenthesis without a closing one."""
    return ToolError("syntax: a closing parenthesis ) is missing") if cursor.at_kind("end") else unexpected(cursor)


def side_by_side(cursor: Cursor, *, after_name: bool) -> ToolError:
    """Make the error for two operands without an operator.

    Args:
        cursor: The position between them.
        after_name: Whether the first one is a name.
    """
    before, after = cursor.before, cursor.next
    name = before.text if after_name else after.text if after.kind == "name" else ""
    if after_name and canonical(name) in FUNCTIONS:
        unit = cursor.ahead(1).text if cursor.ahead(1).kind == "unit" else ""
        return ToolError(f"syntax: write {name}({after.text}{unit}) with parentheses")
    if name and canonical(name) not in CONSTANTS:
        return ToolError(f"unknown name {name}: {close_names(name)}; for multiplication write *")
    return ToolError(f"syntax: {before.text} and {after.text} stand side by side; write * between them to multiply")
