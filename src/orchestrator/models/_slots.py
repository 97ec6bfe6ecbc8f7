"""Which of llama.cpp's slots gets a request: the one whose cache holds most of its prompt.

Left to itself the server takes another slot when a cut request has not quite ended, and evaluates the whole prompt
again: that made a resumed answer ten times slower.
"""

from __future__ import annotations

import threading
from os.path import commonprefix

from orchestrator.core.types import Request

ANY = -1  # llama.cpp's own word for letting it choose


class Slots:
    """The last prompt of each slot. ``choose`` takes a slot for a request, ``release`` gives it back."""

    def __init__(self, count: int) -> None:
        self._lock = threading.Lock()
        self._prompts = [""] * count
        self._lent: dict[int, int] = {}  # the identity of a request under way → its slot

    def choose(self, request: Request) -> int:
        """The slot with the longest common beginning among those not in use here; ANY where all are.

        A request that is tried again keeps its slot.
        """
        prompt = request.prompt
        with self._lock:
            if id(request) in self._lent:
                return self._lent[id(request)]
            idle = [slot for slot in range(len(self._prompts)) if slot not in self._lent.values()]
            if not idle:
                return ANY
            slot = max(idle, key=lambda slot: self._shared(slot, prompt))
            self._prompts[slot] = prompt
            self._lent[id(request)] = slot
            return slot

    def _shared(self, slot: int, prompt: str) -> int:
        return len(commonprefix([self._prompts[slot], prompt]))  # noqa: RUF071 - of two texts, not of paths

    def release(self, request: Request) -> None:
        with self._lock:
            self._lent.pop(id(request), None)
