"""A paid server on this machine that counts what it was paid for, and real processes that ask it."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from time import monotonic, sleep

import pytest
from typer.testing import CliRunner, Result

from orchestrator.cli import app

ROOT = Path(__file__).parents[3]


class PaidServer:
    """Speaks OpenAI's chat completions. ``paid`` counts requests, each at its arrival: who has gone by the time of the
    answer pays all the same.

    After ``hold_after`` answers it lets every further request wait until ``release``. ``fail`` says which are refused.
    """

    def __init__(self) -> None:
        self.paid: Counter[str] = Counter()
        self.keys: set[str] = set()
        self.waiting = 0
        self.hold_after = 1_000_000
        self.fail = lambda asked: False
        self._lock = threading.Lock()
        self._open = threading.Event()
        handler = type("Handler", (_Handler,), {"server_of": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/v1"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def release(self) -> None:
        self.hold_after = 1_000_000
        self._open.set()

    def close(self) -> None:
        self.release()
        self._server.shutdown()
        self._server.server_close()

    def charge(self, asked: str) -> None:
        """Waits where the server holds its answers back."""
        with self._lock:
            self.paid[asked] += 1
            if self.paid.total() <= self.hold_after:
                return
            self.waiting += 1
        self._open.wait(120)
        with self._lock:
            self.waiting -= 1


class _Handler(BaseHTTPRequestHandler):
    server_of: PaidServer

    def do_POST(self) -> None:
        self.server_of.keys.add(self.headers["Authorization"])
        asked = self.rfile.read(int(self.headers["Content-Length"])).decode()
        if self.server_of.fail(asked):
            self._answer(400, b'{"error": {"message": "no such luck"}}', "application/json")
            return
        self.server_of.charge(asked)
        stream = "".join(f"data: {json.dumps(chunk)}\n\n" for chunk in chunks(asked)) + "data: [DONE]\n\n"
        self._answer(200, stream.encode(), "text/event-stream")

    def _answer(self, status: int, body: bytes, kind: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        with suppress(OSError):
            self.end_headers()
            self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        pass


def chunks(asked: str) -> list[dict[str, object]]:
    """A call where there is a tool and no result yet, else a number."""
    calls = "CALCULATOR" in asked and "CALCULATOR_RESULT:42" not in asked
    text = "[CALCULATOR:6*7]" if calls else "The answer is 42."
    pieces: list[dict[str, object]] = [
        {"choices": [{"index": 0, "delta": {"content": piece}}]} for piece in re.split("(?= )", text)
    ]
    pieces.append({"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]})
    usage = {"prompt_tokens": 100, "completion_tokens": 10}
    return [*pieces, {"choices": [], "usage": usage}]


@pytest.fixture
def server() -> Iterator[PaidServer]:
    server = PaidServer()
    yield server
    server.close()


class Processes:
    """Runs the command line in processes of its own."""

    def __init__(self, server: PaidServer, folder: Path) -> None:
        self.started: list[subprocess.Popen[str]] = []
        self._environment = os.environ | {
            "PYTHONPATH": str(ROOT / "src"),
            "OPENAI_API_KEY": "sk-not-for-the-database",
            "KEY_OF_MY_SERVER": "sk-of-my-server",
            "OPENAI_BASE_URL": server.url,
            "ORCHESTRATOR_DATA": str(folder / "data"),
        }

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-W", "ignore", "-m", "orchestrator", "eval", *arguments],
            env=self._environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )
        self.started.append(process)
        return process

    def run(self, *arguments: str) -> Result:
        """In this process, which is quicker where nothing is killed."""
        return CliRunner().invoke(app, ["eval", *arguments], env=self._environment)

    def end(self) -> None:
        for process in self.started:
            if process.poll() is None:
                process.send_signal(signal.SIGKILL)
            process.communicate()


@pytest.fixture
def processes(server: PaidServer, tmp_path: Path) -> Iterator[Processes]:
    processes = Processes(server, tmp_path)
    yield processes
    processes.end()


def until(condition, seconds: float = 300) -> None:
    """Waits for something that another process does."""
    deadline = monotonic() + seconds
    while not condition():
        assert monotonic() < deadline, "it did not happen in time"
        sleep(0.02)
