"""Makes the TypedDicts of ``typing`` readable for pydantic. Knows types only.

Before Python 3.12 they do not tell everything that pydantic needs, so it takes those of ``typing_extensions`` only.
"""

from __future__ import annotations

import sys
from types import UnionType
from typing import (
    Annotated,
    Any,
    Literal,
    NotRequired,
    Required,
    Union,
    get_args,
    get_origin,
    get_type_hints,
    is_typeddict,
)

_NEEDED = sys.version_info < (3, 12)


def readable(kind: Any, inside: tuple[Any, ...] = ()) -> Any:
    """Return a type with each TypedDict in it made again, if this Python's own cannot be read.

    Args:
        kind: The type.
        inside: The types that it is a part of. One that contains itself stays as it is.
    """
    if not _NEEDED or any(kind is each for each in inside):
        return kind
    if is_typeddict(kind):
        return _remade(kind, (*inside, kind))
    origin, arguments = get_origin(kind), get_args(kind)
    if origin in (None, Literal) or not arguments:
        return kind
    made = tuple(readable(each, (*inside, kind)) for each in arguments)
    if all(new is old for new, old in zip(made, arguments, strict=True)):
        return kind
    return Union[made] if origin is UnionType else (Annotated if origin is Annotated else origin)[made]  # noqa: UP007


def _remade(kind: Any, inside: tuple[Any, ...]) -> Any:
    from typing_extensions import TypedDict  # noqa: PLC0415 - pydantic brings it

    fields = {}
    for name, hint in get_type_hints(kind, include_extras=True).items():
        told = get_origin(hint)  # the class itself does not know it of annotations that are texts
        inner = get_args(hint)[0] if told in (Required, NotRequired) else hint
        required = told is Required or (told is not NotRequired and name in kind.__required_keys__)
        fields[name] = readable(inner, inside) if required else NotRequired[readable(inner, inside)]
    made = TypedDict(kind.__name__, fields)  # type: ignore[misc]  # of names that are known only now
    made.__doc__, made.__module__ = kind.__doc__, kind.__module__
    return made
