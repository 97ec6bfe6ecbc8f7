"""Chooses llama.cpp's slot for a request: the slot whose cache holds most of the request's prompt.

The server's own choice is another slot if a cut request has not quite ended. Then it evaluates the whole prompt again.
This made a resumed answer ten times slower.
"""

from __future__ import annotations

import threading
from os.path import commonprefix

from orchestrator.core.tool import Request

ANY = -1  # llama.cpp's value for "the server chooses"


class Slots:
    """The last prompt of each slot. ``choose`` takes a slot for a request; ``release`` gives it back.

    Args:
        count: How many slots the server has.
    """

    def __init__(self, count: int) -> None:
        self._lock = threading.Lock()
        self._prompts = [""] * count
        self._lent: dict[int, int] = {}  # id() of a running request → its slot

    def choose(self, request: Request) -> int:
        """Take the free slot whose last prompt has the longest common beginning with this request's prompt.

        A request that is tried again keeps its slot.

        Returns:
            The slot's number; ``ANY`` if no slot is free.
        """
        prompt = request.prompt
        with self._lock:
            if id(request) in self._lent:
                return self._lent[id(request)]
            idle = [slot for slot in range(len(self._prompts)) if slot not in self._lent.values()]
            if not idle:
                return ANY
            slot = max(idle, key=lambda slot: len(commonprefix([self._prompts[slot], prompt])))  # noqa: RUF071 - texts
            self._prompts[slot] = prompt
            self._lent[id(request)] = slot
            return slot

    def release(self, request: Request) -> None:
        """Give the request's slot back."""
        with self._lock:
            self._lent.pop(id(request), None)
