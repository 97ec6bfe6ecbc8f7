"""Measure the library's cost besides the model, as ratios within one run, so that the machine's speed does not matter.

python benchmarks/overhead.py [--json]

Each row is a run of two steps with one call. Each step has 50 chunks, from a server on loopback or from memory. The
unit is the time that `json.loads` takes for the same chunks: every client must spend at least that.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from time import process_time

from orchestrator import ModelOptions, Orchestrator
from orchestrator.core.syntax import Scanner
from orchestrator.models.scripted import ScriptedModel

CHUNKS = 50
WORDS = ["word "] * (CHUNKS - 2)
STEPS = [[*WORDS, "[CALCULATOR:6*7", "]"], [*WORDS, "It is ", "42."]]


def events(step: list[str]) -> bytes:
    chunks = [
        {
            "id": "c",
            "object": "chat.completion.chunk",
            "model": "m",
            "choices": [{"index": 0, "delta": {"content": piece}, "finish_reason": None}],
        }
        for piece in step
    ]
    chunks.append(
        {
            "id": "c",
            "object": "chat.completion.chunk",
            "model": "m",
            "choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}],
        }
    )
    return "".join(f"data: {json.dumps(chunk)}\n\n" for chunk in chunks).encode() + b"data: [DONE]\n\n"


BODIES = [events(step) for step in STEPS]


class Recorded(BaseHTTPRequestHandler):
    """Answer the first request with a call, and a request that holds the result with the rest of the answer."""

    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        sent = self.rfile.read(int(self.headers["Content-Length"]))
        body = BODIES[b"go on" in sent.lower()]
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    as_json = parser.parse_args().json
    server = ThreadingHTTPServer(("127.0.0.1", 0), Recorded)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    options = ModelOptions(base_url=f"http://127.0.0.1:{server.server_port}/v1", api_key="k")
    lines = [line[6:] for body in BODIES for line in body.split(b"\n\n") if line.startswith(b"data: {")]
    over_http, in_memory = (
        Orchestrator("openai:m", options=options),
        Orchestrator(ScriptedModel(lambda r: "".join(STEPS[len(r.messages) > 2]), chunk=5)),
    )
    numbers = count()
    milliseconds = {
        "json.loads of the chunks": cost(lambda: [json.loads(line) for line in lines]),
        "scanner alone": cost(scan),
        "whole run, model in memory": cost(lambda: in_memory.run("What is 6 * 7?")),
        "whole run, model in memory, another question each time": cost(
            lambda: in_memory.run(f"What is {next(numbers)} * 7?")
        ),
        "whole run, chat completions over HTTP (server's share included)": cost(
            lambda: over_http.run("What is 6 * 7?"), 100
        ),
        "import orchestrator (a process of its own, beyond a bare python)": import_cost(),
    }
    unit = milliseconds["json.loads of the chunks"]
    rows = {name: {"ms": round(value, 3), "ratio": round(value / unit, 1)} for name, value in milliseconds.items()}
    if as_json:
        print(json.dumps(rows, indent=2))
    else:
        for name, row in rows.items():
            print(f"{row['ms']:9.3f} ms  {row['ratio']:7.1f} ×  {name}")


def scan() -> None:
    for step in STEPS:
        scanner = Scanner(["CALCULATOR"])
        for piece in step:
            scanner.feed(piece)
        scanner.close()


def cost(work: Callable[[], object], times: int = 300) -> float:
    """Milliseconds of CPU time for one ``work``, the best of five rounds."""
    work()
    rounds = []
    for _ in range(5):
        began = process_time()
        for _ in range(times // 5):
            work()
        rounds.append((process_time() - began) / (times // 5))
    return min(rounds) * 1e3


def import_cost() -> float:
    def cpu(code: str) -> float:
        timed = f"{code}\nimport time; print(time.process_time())"
        return min(
            float(subprocess.run([sys.executable, "-c", timed], capture_output=True, text=True, check=True).stdout)
            for _ in range(5)
        )

    return (cpu("import orchestrator") - cpu("pass")) * 1e3


if __name__ == "__main__":
    main()
