"""Which of llama.cpp's slots gets a prompt: the one whose cache holds most of it. Knows prompts as strings only.

Left to itself the server takes another slot when a cut request has not quite ended, and evaluates the whole prompt
again: that made a resumed answer ten times slower.
"""

from __future__ import annotations

import threading
from os.path import commonprefix

ANY = -1  # llama.cpp's own word for letting it choose


class Slots:
    """The last prompt of each slot. ``choose`` takes a slot for a prompt, ``release`` gives it back."""

    def __init__(self, count: int) -> None:
        self._lock = threading.Lock()
        self._prompts = [""] * count
        self._busy = [False] * count

    def choose(self, prompt: str) -> int:
        """The slot with the longest common beginning among those not in use here; ANY where all are."""
        with self._lock:
            idle = [slot for slot, busy in enumerate(self._busy) if not busy]
            if not idle:
                return ANY
            slot = max(idle, key=lambda slot: len(commonprefix([self._prompts[slot], prompt])))  # noqa: RUF071 - meant
            self._prompts[slot], self._busy[slot] = prompt, True
            return slot

    def release(self, prompt: str) -> None:
        with self._lock:
            for slot, (held, busy) in enumerate(zip(self._prompts, self._busy, strict=True)):
                if busy and held == prompt:
                    self._busy[slot] = False
                    return
