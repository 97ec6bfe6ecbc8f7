"""The second process, which analyses files: receives jobs and sends results. ``workers.py`` starts it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from orchestrator.code.index.analysis import analyse
from orchestrator.core.errors import OrchestratorError
from orchestrator.runtime.registry import plugin
from orchestrator.runtime.subprocesses import Channel


def serve(channel: Channel) -> None:
    """Analyse jobs until the process is ended. The first message is the folder, the chunker and the embedder."""
    root, chunker, embedder = channel.receive()
    with ThreadPoolExecutor(1) as sender:  # the parent does not read while it writes to Chroma
        try:
            makers = plugin("code.chunkers", chunker)(), plugin("code.embedders", embedder)()
            while True:
                sender.submit(channel.send, analyse(Path(root), channel.receive(), *makers))
        except OrchestratorError as error:  # a missing extra or key
            sender.submit(channel.send, error)
