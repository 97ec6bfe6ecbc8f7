"""A request as text for a person, part by part. Knows values only."""

from __future__ import annotations

import json

from orchestrator.core.function_calling import function_of
from orchestrator.core.tool import Request
from orchestrator.core.types import Message


def render(request: Request) -> str:
    """Return exactly what a request sends, as text.

    The prompt string is unchanged, or each message has its role as a heading. Functions come before the messages. A
    grammar or a schema of the answer comes last.
    """
    functions = [function_of(tool) for tool in request.tools]
    offered = [("functions", json.dumps(functions, indent=2, ensure_ascii=False))] if functions else []
    held = [("grammar", request.grammar)] if request.grammar else []
    held += [("schema", json.dumps(request.schema, indent=2, ensure_ascii=False))] if request.schema else []
    said = [(message.role, _lines(message)) for message in request.messages]
    parts = [f"── {name} ──\n{text}" for name, text in [*offered, *said, *held]]
    return "\n\n".join([request.prompt, *parts] if request.prompt else parts)


def _lines(message: Message) -> str:
    return "\n".join(filter(None, [message.text, *(call.raw for call in message.calls)]))
