"""Checks what a program passes to the public functions against their annotations. Knows types; nothing of the project.

Without the check, ``Limits(max_steps="3")`` or ``compare("q", [3])`` ends in a TypeError somewhere inside.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from functools import cache, wraps
from types import UnionType
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from orchestrator.core.run import ConfigError

F = TypeVar("F", bound=Callable[..., Any])
C = TypeVar("C")


def typed(*, but: tuple[str, ...] = ()) -> Callable[[F], F]:
    """Return a decorator: the function raises ConfigError if an argument does not fit its annotation.

    Elements of lists, tuples, sets and mappings are checked too. Iterators are not, because a check would use them up.
    A Protocol fits everything.

    Args:
        but: Parameters that are not checked, because the function itself has a better message.
    """

    def decorate(function: F) -> F:
        @wraps(function)
        def checked(*args: Any, **kwargs: Any) -> Any:
            try:
                given = _signature(function).bind(*args, **kwargs).arguments
            except TypeError:  # the call itself says what is missing or too much
                return function(*args, **kwargs)
            for name, hint in _hints(function).items():
                if name in given and name not in but and not _fits(given[name], hint):
                    raise ConfigError(f"{name} must be {_words(hint)}, not {given[name]!r:.80}")
            return function(*args, **kwargs)

        return checked  # type: ignore[return-value]  # wraps keeps the signature

    return decorate


def typed_fields(cls: type[C]) -> type[C]:
    """Check the fields of a dataclass when a value is made. A decorator, above ``@dataclass``."""
    cls.__init__ = typed()(cls.__init__)  # type: ignore[method-assign]
    return cls


_signature = cache(inspect.signature)  # when it is called first: import orchestrator waits for none of it


@cache
def _hints(function: Callable[..., Any]) -> dict[str, Any]:
    hints = get_type_hints(function)
    hints.pop("return", None)
    return hints


def _fits(value: object, hint: Any) -> bool:
    origin, inner = get_origin(hint), get_args(hint)
    if origin in (Union, UnionType):
        return any(_fits(value, each) for each in inner)
    if origin is Literal:
        return value in inner
    if origin is not None:
        return _is(value, origin) and _filled(value, inner)
    return hint is Any or _is(value, hint)


def _is(value: object, kind: Any) -> bool:
    """Whether a value is of a class. Numbers of other libraries are numbers; True and False are not."""
    if not isinstance(kind, type) or getattr(kind, "_is_protocol", False):
        return True
    if kind in (int, float):
        return hasattr(value, "__index__" if kind is int else "__float__") and not isinstance(value, bool)
    return isinstance(value, kind)


def _filled(value: object, inner: tuple[Any, ...]) -> bool:
    """Whether what a collection holds fits."""
    if isinstance(value, Mapping):
        return all(_fits(key, inner[0]) and _fits(each, inner[1]) for key, each in value.items())
    if isinstance(value, list | tuple | set | frozenset):
        return all(_fits(each, inner[0]) for each in value)
    return True


def _words(hint: Any) -> str:
    origin, inner = get_origin(hint), get_args(hint)
    if origin in (Union, UnionType):
        *most, last = dict.fromkeys(map(_words, inner))
        return f"{', '.join(most)} or {last}"
    if origin is Literal:
        return " or ".join(map(repr, inner))
    if origin is not None:
        held = [_words(each) for each in inner if each is not Ellipsis]
        return origin.__name__ if origin is Callable or not held else f"{origin.__name__} of {' to '.join(held)}"
    return "None" if hint is type(None) else getattr(hint, "__name__", str(hint))
