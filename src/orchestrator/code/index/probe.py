"""Opens the vectors that a killed run left, in a process that may crash: Chroma's graph is C++ that trusts its files.

``damage`` starts the process, and ``serve`` is what it does. Knows vectors; not what they are of.
"""

from __future__ import annotations

from pathlib import Path

from orchestrator.code.index.vectors import DamagedVectors, Vectors
from orchestrator.core.errors import ConfigError
from orchestrator.runtime.subprocesses import Channel, ChildProcess

PATIENCE = 120.0  # seconds; a graph of half a million vectors is opened in ten


def damage(place: Path, name: str, dimension: int) -> str:
    """Return what is wrong with the vectors in a folder; empty if they can be searched.

    Args:
        place: The folder.
        name: The name of the collection.
        dimension: The length of a vector.
    """
    if not any(place.glob("*/*")):  # there is no graph on disk
        return ""
    try:
        with ChildProcess("orchestrator.code.index.probe") as child:
            child.send((str(place), name, dimension))
            child.receive(PATIENCE)
    except DamagedVectors as error:
        return str(error)
    except EOFError:
        return "the vectors crash Chroma" if child.started else ""
    except TimeoutError:
        return "the vectors cannot be opened"
    except OSError:  # this program cannot start a process
        return ""
    return ""


def serve(channel: Channel) -> None:
    """Open the vectors, search once, and say how that went."""
    place, name, dimension = channel.receive()
    try:
        vectors = Vectors(Path(place), name)
        vectors.check(dimension)
    except ConfigError as error:
        channel.send(error)
    else:
        channel.send("")
    channel.receive()  # until the parent ends this process
