"""The inline protocol's scanner and escaping, for programs that use them alone. They are in ``core.syntax``."""

from orchestrator.core.syntax import *  # noqa: F403 - all of its public names, and nothing else
from orchestrator.core.syntax import __all__  # noqa: F401 - what a star takes from here
