"""A function of your own: ``custom:FILE.py:FUNCTION`` or ``custom:MODULE:FUNCTION``, called with (item, sample).

It returns a Score, or just whether the sample is right.
"""

from __future__ import annotations

from importlib import import_module
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

from orchestrator.errors import ConfigError
from orchestrator.evals.types import Item, Sample, Score, Scorer


def create(argument: str = "") -> Scorer:
    """Loads the function. Raises ConfigError where there is none."""
    where, _, name = argument.rpartition(":")
    if not where:
        raise ConfigError(f"the scorer custom needs a function: --scorer custom:my_scorer.py:score, not {argument!r}")
    try:
        module = _from_file(Path(where)) if where.endswith(".py") else import_module(where)
        function: Any = getattr(module, name)
    except (ImportError, AttributeError, OSError, SyntaxError) as error:
        raise ConfigError(f"cannot load the scorer {argument}: {error}") from error
    return lambda item, sample: _scored(function(item, sample), item, sample)


def _scored(value: object, item: Item, sample: Sample) -> Score:
    if isinstance(value, Score):
        return value
    if isinstance(value, bool):
        return Score(value, sample.answer.strip())
    raise ConfigError(f"the custom scorer gave {value!r} for {item.id}: return True, False or a Score")


def _from_file(path: Path) -> Any:
    spec = spec_from_file_location(path.stem, path)
    if spec is None or spec.loader is None:
        raise ImportError(f"{path} is no Python file")
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
