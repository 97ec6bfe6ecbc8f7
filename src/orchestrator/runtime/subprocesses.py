"""A second Python process of this package, beside the one that the user started.

It has the same module path, because scripts extend it, and Ctrl-C in the terminal does not reach it: what it does then
is for the first process to say. Its standard input ends when the first process does, however that ends.
"""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import suppress
from typing import IO

_BOOT = """
import sys, json, importlib
sys.path[:] = json.loads(sys.argv[1])
getattr(importlib.import_module(sys.argv[2]), sys.argv[3])()
"""


def second_process(module: str, function: str, *, errors: IO[bytes] | int | None = None) -> subprocess.Popen[bytes]:
    """Start ``function`` of ``module``, with buffered pipes. ``errors`` is what ``Popen`` takes for stderr.

    Raises OSError where this program cannot start a Python, as when it is frozen.
    """
    flags = 0
    if sys.platform == "win32":
        flags = subprocess.CREATE_NO_WINDOW | subprocess.CREATE_NEW_PROCESS_GROUP
    return subprocess.Popen(
        command_of(module, function),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=errors,
        creationflags=flags,
        start_new_session=True,
    )


def command_of(module: str, function: str) -> list[str]:
    """What runs ``function`` of ``module`` in a process of its own. Raises OSError where there is no Python for it."""
    if not sys.executable:
        raise OSError("there is no Python to start a second process with")
    return [sys.executable, "-P", "-c", _BOOT, json.dumps(sys.path), module, function]  # -P: not the working folder


def limit_memory(most: int) -> None:
    """Called in the second process: ``most`` is in bytes. Only where the system can (not Windows; macOS refuses)."""
    with suppress(ImportError, ValueError, OSError):
        import resource  # noqa: PLC0415 - POSIX only

        resource.setrlimit(resource.RLIMIT_AS, (most, most))
