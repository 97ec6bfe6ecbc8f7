"""Groups of options that several commands have.

A group is a dataclass whose fields are options. Knows typer's conventions.

@commands.command()
@with_groups
def ask(question: Question, server: Server, max_steps: … = 8) -> None: …
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from functools import wraps
from typing import Any, get_type_hints

_ANY = inspect.Parameter.KEYWORD_ONLY


def with_groups(command: Callable[..., None]) -> Callable[..., None]:
    """Replace each parameter that is a dataclass by one option for each of its fields.

    Typer reads a function's signature. So the returned function has a signature with the fields instead of the
    dataclasses. When it is called, it makes the dataclasses and calls ``command``.
    """
    taken = inspect.signature(command, eval_str=True).parameters
    groups: dict[str, Any] = {name: each.annotation for name, each in taken.items() if is_dataclass(each.annotation)}
    parameters = [
        option
        for name, each in taken.items()
        for option in (_options(groups[name]) if name in groups else [each.replace(kind=_ANY)])
    ]

    @wraps(command)
    def run(**given: Any) -> None:
        made = {
            name: group(**{field.name: given.pop(field.name) for field in fields(group)})
            for name, group in groups.items()
        }
        command(**made, **given)

    run.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]  # what typer reads
    run.__annotations__ = {each.name: each.annotation for each in parameters}
    return run


def _options(group: Any) -> list[inspect.Parameter]:
    hints = get_type_hints(group, include_extras=True)
    return [
        inspect.Parameter(each.name, _ANY, default=each.default, annotation=hints[each.name]) for each in fields(group)
    ]
