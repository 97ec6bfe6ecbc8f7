"""Your own function: ``custom:FILE.py:FUNCTION`` or ``custom:MODULE:FUNCTION``, called with (item, sample).

It returns a Score, or True or False.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from traceback import extract_tb
from typing import Any

from orchestrator.core.errors import ConfigError
from orchestrator.evals.types import Item, Sample, Score, Scorer


def create(argument: str = "") -> Scorer:
    """Return the scorer that calls the function.

    Args:
        argument: ``FILE.py:FUNCTION`` or ``MODULE:FUNCTION``.

    Raises:
        ConfigError: The function cannot be loaded. The scorer raises it too, if the function fails later.
    """
    where, _, name = argument.rpartition(":")
    if not where:
        raise ConfigError(f"the scorer custom needs a function: --scorer custom:my_scorer.py:score, not {argument!r}")
    try:
        module = _from_file(Path(where)) if where.endswith(".py") else import_module(where)
        function: Any = getattr(module, name)
    except Exception as error:  # whatever the user's code raises as it is imported
        raise ConfigError(f"cannot load the scorer {argument}: {_said(error)}") from error
    if not callable(function):
        raise ConfigError(f"the scorer {argument} is no function but {function!r}: name one that takes (item, sample)")
    return lambda item, sample: _scored(argument, function, item, sample)


def _scored(argument: str, function: Callable[[Item, Sample], object], item: Item, sample: Sample) -> Score:
    try:
        value = function(item, sample)
    except Exception as error:  # of the user's code, or because it takes something else
        raise ConfigError(
            f"the scorer {argument}, called with (item, sample), failed on the question {item.id}: {_said(error)}"
        ) from error
    if isinstance(value, Score):
        return value
    if isinstance(value, bool):
        return Score(value, sample.answer.strip())
    raise ConfigError(f"the scorer {argument} gave {value!r} for {item.id}: return True, False or a Score")


def _said(error: Exception) -> str:
    """The error and its line, because the user sees no traceback."""
    at = extract_tb(error.__traceback__)[-1]
    line = "" if at.filename == __file__ or at.filename.startswith("<") else f" ({Path(at.filename).name}:{at.lineno})"
    return f"{type(error).__name__}: {error}{line}"


def _from_file(path: Path) -> Any:
    spec = spec_from_file_location(path.stem, path)
    if spec is None or spec.loader is None:
        raise ImportError(f"{path} is no Python file")
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
