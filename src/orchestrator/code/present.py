"""Writes hits as text for a model: path, lines and name, no duplicates, neighbours joined, within a budget.

If no hit fits the query, the text says so, because a model takes noise for an answer. Knows hits; not the index.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from orchestrator.code.protocols import Hit

BUDGET = 1_500  # tokens in one result
_CHARACTERS = 3.2  # for each token of code, measured on five vocabularies; a low estimate
_LEAST = 3  # lines; a shorter beginning of a chunk is not shown


def shown(hits: Sequence[Hit], budget: int = BUDGET) -> str:
    """Return hits as text.

    Args:
        hits: The hits, the best first.
        budget: How many tokens the text may have, estimated at 3.2 characters for each token.

    Returns:
        The hits in their order. The last line names what was left out.
    """
    left = int(budget * _CHARACTERS)
    parts: list[str] = []
    passages = _joined(_once(hits))
    for at, passage in enumerate(passages):
        part = _part(passage, left)
        if not part:
            parts.append(f"… {len(passages) - at} more: {', '.join(_place(each.hit) for each in passages[at:])}"[:300])
            break
        parts.append(part)
        left -= len(part) + 2
    return "\n\n".join(parts)


def nothing(query: str, closest: Hit | None) -> str:
    """Return the text for a query without a fitting hit. It names the closest file, if there is one."""
    words = f"Nothing in the code fits {' '.join(query.split())[:200]!r} well."
    if closest is not None:
        words += f" The closest file is {closest.path}{f' ({closest.name})' if closest.name else ''}."
    return f"{words} Try other words, as the code would name it, or a name from the code."


@dataclass(frozen=True, slots=True)
class _Passage:
    """A hit, and the other places with the same text."""

    hit: Hit
    also: tuple[str, ...] = ()


def _once(hits: Sequence[Hit]) -> list[_Passage]:
    """Join hits with the same text into one, with all its places."""
    found: dict[str, _Passage] = {}
    for hit in hits:
        text = "\n".join(map(str.strip, hit.text.strip().splitlines()))
        before = found.get(text)
        found[text] = replace(before, also=(*before.also, _place(hit))) if before else _Passage(hit)
    return list(found.values())


def _joined(passages: list[_Passage]) -> list[_Passage]:
    """Join neighbours in a file into one passage, at the position of the better one."""
    joined: list[_Passage] = []
    for passage in passages:
        place, whole = len(joined), passage
        while (at := next((at for at, each in enumerate(joined) if _touch(each.hit, whole.hit)), None)) is not None:
            before = joined.pop(at)
            place, whole = min(place, at), _Passage(_both(before.hit, whole.hit), before.also + whole.also)
        joined.insert(place, whole)
    return joined


def _touch(one: Hit, other: Hit) -> bool:
    return one.path == other.path and (one.end_line + 1 == other.start_line or other.end_line + 1 == one.start_line)


def _both(one: Hit, other: Hit) -> Hit:
    first, second = sorted((one, other), key=lambda hit: hit.start_line)
    names = ", ".join(dict.fromkeys(name for name in (first.name, second.name) if name))
    text, score = f"{first.text}\n{second.text}", max(one.score, other.score)
    return Hit(one.path, first.start_line, second.end_line, names, text, score)


def _place(hit: Hit) -> str:
    return f"{hit.path}:{hit.start_line}-{hit.end_line}"


def _part(passage: _Passage, room: int) -> str:
    """As much of a passage as fits into ``room`` characters; nothing if that would be too little to read."""
    hit = passage.hit
    also = f" (the same in {', '.join(passage.also[:3])})" if passage.also else ""
    head = f"{_place(hit)}{f' {hit.name}' if hit.name else ''}{also}"
    lines, kept, used = hit.text.split("\n"), [], len(head) + 40
    for line in lines:
        used += len(line) + 1
        if used > room:
            break
        kept.append(line)
    if len(kept) == len(lines):
        return "\n".join((head, *lines))
    if len(kept) < _LEAST:
        return f"{head}\n{lines[0][: room - len(head) - 40]} …" if len(lines) == 1 and room > 2 * len(head) + 80 else ""
    return "\n".join((head, *kept, f"… {len(lines) - len(kept)} more lines"))
