"""A server without the SDK: it answers each call as the call asks, and need not follow the protocol.

python raw_server.py [MODE...]    over standard input and output
"""

from __future__ import annotations

import json
import os
import sys
from typing import Any

MODES = sys.argv[1:]
TEXT = {"type": "object", "properties": {"q": {"type": "string"}}, "required": ["q"]}
TOOLS: dict[str, Any] = {
    "no-schema": [{"name": "ask", "inputSchema": {}}],
    "schema-of-text": [{"name": "ask", "inputSchema": "text"}],
    "no-name": [{"inputSchema": TEXT}],
    "tools-no-list": {"ask": TEXT},
}


def initialized() -> dict[str, Any]:
    if "modern" in MODES:
        return {"error": {"code": -32022, "message": "no", "data": {"supported": ["2026-07-28"], "requested": "x"}}}
    if "bad-handshake" in MODES:
        return {"result": {"protocolVersion": "2025-06-18"}}
    about = {"name": "raw", "version": "1"}
    return {"result": {"protocolVersion": "2025-06-18", "capabilities": {"tools": {}}, "serverInfo": about}}


def called(asked: str) -> dict[str, Any]:
    if asked.startswith("answer "):
        return dict(json.loads(asked.removeprefix("answer ")))
    text = str(os.getpid()) if asked == "process" else asked
    return {"result": {"content": [{"type": "text", "text": text}], "resultType": "complete"}}


def answer(method: str, params: dict[str, Any]) -> dict[str, Any] | None:
    complete = {"resultType": "complete", "ttlMs": 0, "cacheScope": "public"} if "modern" in MODES else {}
    if method == "initialize":
        return initialized()
    if method == "server/discover" and complete:
        return {"result": {"supportedVersions": ["2026-07-28"], "capabilities": {"tools": {}}, **complete}}
    if method == "tools/list":
        offered = next((TOOLS[mode] for mode in MODES if mode in TOOLS), [{"name": "ask", "inputSchema": TEXT}])
        return {"result": {"tools": offered, **complete}}
    return called(params["arguments"]["q"]) if method == "tools/call" else None


for line in sys.stdin:
    message = json.loads(line)
    said = answer(message["method"], message.get("params") or {}) if "id" in message else None
    if said is None and "id" in message and "ignore" not in MODES:
        said = {"error": {"code": -32601, "message": "no such method"}}
    if said is not None:
        sys.stdout.write(json.dumps({"jsonrpc": "2.0", "id": message["id"], **said}) + "\n")
        sys.stdout.flush()
