"""What a person types or pastes into ``chat``, at a real terminal."""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
import time
from pathlib import Path

import pytest

pty = pytest.importorskip("pty", reason="Windows has no pseudo terminals")
readline = pytest.importorskip("readline", reason="this Python has no line editing")
if "libedit" in str(readline.__doc__):
    pytest.skip("libedit reads a pasted text line by line", allow_module_level=True)

ROOT = Path(__file__).parents[2]


class Terminal:
    """A chat at a pseudo terminal, with a model that answers every question with "Heard."."""

    def __init__(self, saved: Path) -> None:
        self.master, slave = pty.openpty()
        command = [sys.executable, "-m", "orchestrator", "chat", "--model", "scripted:Heard.", "--save", str(saved)]
        environment = os.environ | {"PYTHONPATH": str(ROOT / "src"), "TERM": "xterm", "INPUTRC": os.devnull}
        self.process = subprocess.Popen(command, stdin=slave, stdout=slave, stderr=slave, env=environment)
        os.close(slave)
        self.shown = ""

    def type(self, text: str) -> None:
        os.write(self.master, text.encode())

    def until(self, expected: str, times: int = 1) -> None:
        end = time.monotonic() + 60
        while self.shown.count(expected) < times and time.monotonic() < end:
            if select.select([self.master], [], [], 0.2)[0]:
                self.shown += os.read(self.master, 65_536).decode(errors="replace")
        assert self.shown.count(expected) >= times, self.shown

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        os.close(self.master)


def paste(text: str) -> str:
    """What a terminal sends for a pasted text to a program that has asked for bracketed paste."""
    return f"\x1b[200~{text}\x1b[201~"


@pytest.mark.parametrize(
    ("typed", "asked"),
    [
        ([paste("Dear Ann,\nthe rent is late.\nYours\nBob") + "\r"], ["Dear Ann,\nthe rent is late.\nYours\nBob"]),
        ([paste("r\nr\na\nr\n") + "\r"], ["r\nr\na\nr"]),
        (["Count the r's: " + paste("st\nraw\n\nberry") + "\r"], ["Count the r's: st\nraw\n\nberry"]),
        ([paste("def f():\n    return 1") + " explain" + "\r"], ["def f():\n    return 1 explain"]),
        ([paste("/quit\nis a word") + "\r"], ["/quit\nis a word"]),
        (["one\r", "two\r"], ["one", "two"]),
        ([paste("a\nb") + "\r", paste("c\nd") + "\r"], ["a\nb", "c\nd"]),
    ],
)
def test_pasted_lines_are_one_question_and_typed_lines_one_each(tmp_path, typed, asked):
    saved = tmp_path / "runs.jsonl"
    terminal = Terminal(saved)
    try:
        for turn, text in enumerate(typed, 1):
            terminal.until("\x1b[?2004h", turn)  # from now on it takes a pasted text as one
            terminal.type(text)
            terminal.until("answered", turn)
        terminal.until("\x1b[?2004h", len(typed) + 1)
        terminal.type("/quit\r")
        assert terminal.process.wait(timeout=60) == 0
    finally:
        terminal.close()
    assert [json.loads(line)["question"] for line in saved.read_text("utf-8").splitlines()] == asked
