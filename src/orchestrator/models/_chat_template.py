"""Reads the chat template of a GGUF file and turns it into a ``ChatTemplate``.

The template in the file is a Jinja program. The server renders messages that hold marker texts, and the result is split
at the markers. The strings found this way are checked against the program on a whole conversation. A template that does
more than put fixed strings around messages is refused.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import takewhile

import httpx2

from orchestrator.core.chat_template import ChatTemplate, Role
from orchestrator.core.errors import ConfigError

SYSTEM, USER, ASSISTANT, LAST = "first-marker", "second-marker", "third-marker", "fourth-marker"
SECONDS = 30.0


def derived_template(address: str) -> ChatTemplate:
    """Derive the chat template of the model that a llama.cpp server runs.

    Args:
        address: The server's address, without ``/v1``.

    Raises:
        ConfigError: The template is missing, or fixed strings around messages cannot express it.
    """
    with httpx2.Client(timeout=SECONDS, trust_env=False, verify=False) as client:
        return _derived(client, address)


def own_template(client: httpx2.Client, address: str) -> ChatTemplate | None:
    """Derive the chat template of the model that a llama.cpp server runs, if it is the model's own.

    For a file without a template the server uses ChatML. A model that was not trained for it does not have its marks as
    tokens.

    Args:
        client: The HTTP client.
        address: The server's address, without ``/v1``.

    Returns:
        The template; None if the model has none, or fixed strings around messages cannot express it.
    """
    try:
        template = _derived(client, address)
        marks = {"content": "".join(template.stop), "parse_special": True, "add_special": False}
        tokens = client.post(f"{address}/tokenize", json=marks).raise_for_status().json()["tokens"]
    except (ConfigError, httpx2.HTTPError, ValueError, LookupError, TypeError):
        return None
    return template if len(tokens) == 1 else None


def _derived(client: httpx2.Client, address: str) -> ChatTemplate:
    asked: list[tuple[Role, str]] = [("system", SYSTEM), ("user", USER)]
    conversation: list[tuple[Role, str]] = [*asked, ("assistant", ASSISTANT), ("user", LAST)]
    try:
        opening = _render(client, address, asked, prompt=False)
        answered = _render(client, address, conversation[:3], prompt=False)
        whole = _render(client, address, conversation, prompt=True)
        template = _cut_apart(opening, answered, whole)
    except (httpx2.HTTPError, ValueError, LookupError) as error:
        raise _refusal() from error
    if _apply(template, conversation) != whole:
        raise _refusal()
    return template


def _render(client: httpx2.Client, address: str, messages: Sequence[tuple[Role, str]], *, prompt: bool) -> str:
    body = {
        "messages": [{"role": role, "content": text} for role, text in messages],
        "add_generation_prompt": prompt,
    }
    rendered: str = client.post(f"{address}/apply-template", json=body).raise_for_status().json()["prompt"]
    return rendered


def _cut_apart(opening: str, answered: str, whole: str) -> ChatTemplate:
    """Find the strings around each role's messages in three rendered conversations.

    ``opening`` ends after the user's message, ``answered`` after the assistant's message. ``whole`` ends with the
    strings that begin the next answer.
    """
    before_system, rest = _split(whole, SYSTEM)
    system_to_user, rest = _split(rest, USER)
    user_to_assistant, rest = _split(rest, ASSISTANT)
    assistant_to_user, _ = _split(rest, LAST)
    after_user = _split(opening, USER)[1]
    # A server that continues the assistant's last message does not close it. Then what closes a user's message does.
    after_assistant = _split(answered, ASSISTANT)[1] or _common_start(assistant_to_user, after_user)
    before_user = _without_start(assistant_to_user, after_assistant)
    return ChatTemplate(
        name="derived",
        system=(before_system, _without_end(system_to_user, before_user)),
        user=(before_user, after_user),
        assistant=(_without_start(user_to_assistant, after_user), after_assistant),
        stop=(after_assistant.strip(),) if after_assistant.strip() else (),
    )


def _split(text: str, marker: str) -> tuple[str, str]:
    before, after = text.split(marker)  # ValueError unless the marker occurs exactly once
    return before, after


def _common_start(text: str, other: str) -> str:
    same = takewhile(lambda pair: pair[0] == pair[1], zip(text, other, strict=False))
    return "".join(character for character, _ in same)


def _without_start(text: str, start: str) -> str:
    if not text.startswith(start):
        raise ValueError(text)
    return text[len(start) :]


def _without_end(text: str, end: str) -> str:
    if not end or not text.endswith(end):
        raise ValueError(text)
    return text[: -len(end)]


def _apply(template: ChatTemplate, messages: Sequence[tuple[Role, str]]) -> str:
    parts = [before + text + after for role, text in messages for before, after in [template.around(role)]]
    return template.begin + "".join(parts) + template.assistant[0]


def _refusal() -> ConfigError:
    return ConfigError(
        "this file's chat template is missing, or more than strings around messages: "
        "pass template= with one of chatml, llama3, plain"
    )
