"""The five types, and what is right in an answer."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, time
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel

FOLDER = Path(__file__).parent
DEV = "dev: "
"""The beginning of a text that was used during development. It does not count."""


class Invoice(BaseModel):
    vendor: str
    number: str | None
    date: date
    total: float
    currency: Literal["EUR", "USD", "GBP"]
    paid: bool


class Meeting(BaseModel):
    title: str
    date: date
    start: time
    attendees: list[str]
    room: str | None
    online: bool


class Contact(BaseModel):
    name: str
    company: str | None
    role: str | None
    email: str | None
    phone: str | None


class Item(BaseModel):
    product: str
    quantity: int


class Order(BaseModel):
    customer: str
    items: list[Item]
    express: bool
    city: str | None


class Weather(BaseModel):
    place: str
    condition: Literal["sunny", "cloudy", "rain", "snow", "storm", "fog"]
    temperature: float
    wind_kmh: int | None
    warning: bool


TYPES: dict[str, type[BaseModel]] = {
    "invoice": Invoice,
    "meeting": Meeting,
    "contact": Contact,
    "order": Order,
    "weather": Weather,
}


@dataclass(frozen=True, slots=True)
class Extraction:
    """A text and the values that it holds.

    Attributes:
        kind: The name of its type.
        text: The text.
        wanted: The values, in the order of the type's fields.
    """

    kind: str
    text: str
    wanted: tuple[Any, ...]

    @property
    def question(self) -> str:
        return f"Extract the {self.kind} from this text.\n\n{self.text}"

    def right(self, output: BaseModel | None) -> list[bool]:
        """Which fields are right; none if there is no output."""
        if output is None:
            return [False] * len(self.wanted)
        given = json.loads(output.model_dump_json()).values()
        return [_same(one, other) for one, other in zip(given, self.wanted, strict=True)]


def extractions(*, dev: bool = False) -> Iterator[Extraction]:
    for kind in TYPES:
        for line in (FOLDER / f"{kind}.jsonl").read_text("utf-8").splitlines():
            text, wanted = json.loads(line)
            if text.startswith(DEV) == dev:
                yield Extraction(kind, text.removeprefix(DEV), tuple(wanted))


def _same(one: Any, other: Any) -> bool:
    """Whether two values are the same. Case, an article, signs around a text and seconds that are 0 do not count."""
    if isinstance(one, dict):
        return _same(list(one.values()), other)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_same, one, other))
    if isinstance(one, str) and isinstance(other, str):
        return _plain(one) == _plain(other)
    return bool(one == other) and isinstance(one, bool) == isinstance(other, bool)


def _plain(text: str) -> str:
    text = re.sub(r"^(\d\d:\d\d):00$", r"\1", text.casefold().strip(" .,;:!?'\"()"))
    return re.sub(r"^(?:the|a|an|our|my) ", "", text)
