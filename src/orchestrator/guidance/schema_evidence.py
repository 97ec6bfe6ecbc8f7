"""What a question says about a tool with a JSON schema: whether it asks for the tool, gives a parameter, means "true".

Each of the three is a log-linear model: log-odds = sum of weight × feature. The features compare words of the question
with words of the schema, and count what is there to fill parameters with. They know no tool and no topic, so that they
hold for tools that nobody here has seen. ``training/schema_evidence`` fits the weights.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import pairwise
from pathlib import Path
from typing import Any

from orchestrator.core.numbers import COMPARED
from orchestrator.core.schema.resolved import listed, mapped, types_of
from orchestrator.core.tool import Tool
from orchestrator.guidance.overlap import (
    Rarity,
    content_words,
    is_among,
    is_familiar,
    place_of_mention,
    words_in,
    written_words,
)
from orchestrator.guidance.question_values import Values, values_of

Features = dict[str, float]
Weights = Mapping[str, float]
_DEFAULT = re.compile(r"\bdefaults?\b.*", re.IGNORECASE | re.DOTALL)
_FALSE_BY_DEFAULT = re.compile(r"\bdefault\w*\W+(?:(?:value|is|to)\W+)*false\b", re.IGNORECASE)
_TRUE_BY_DEFAULT = re.compile(r"\bdefault\w*\W+(?:(?:value|is|to)\W+)*true\b", re.IGNORECASE)
_NEGATION = re.compile(
    r"\b(?:\w+n['’]t|not?|non|none|never|without|exclud\w+|except|skip|omit|leave|off|ignor\w+|avoid|disable)\b",
    re.IGNORECASE,
)
MORE = -0.25  # log-odds from which on another call is asked for
_BEFORE = 4  # words before a parameter's word that a negation may be in
_FOR_EACH = re.compile(r"\b(?:both|each|respectively)\b", re.IGNORECASE)
_AGAIN = re.compile(r"\b(?:also|another|then|second|two|three|four)\b", re.IGNORECASE)
_LIST = re.compile(r"\band\b|[,;]", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Table:
    """The fitted weights.

    Attributes:
        rarity: How rare words are.
        asked: Weights of a tool that is asked for.
        given: Weights of an optional parameter that is given.
        true: Weights of a boolean that is meant as true.
        more: Weights of another call that is asked for.
    """

    rarity: Rarity
    asked: Weights
    given: Weights
    true: Weights
    more: Weights


@dataclass(frozen=True, slots=True)
class Left:
    """What the calls so far have left of a question.

    Attributes:
        numbers: How many of its numbers no call has used.
        texts: How many of its names and quoted texts no call has used.
        used_numbers: How many of its numbers calls have used.
        used_texts: How many of its names and quoted texts calls have used.
        calls: How many calls there are.
    """

    numbers: int
    texts: int
    used_numbers: int
    used_texts: int
    calls: int


@cache
def read_table() -> Table:
    """Return the weights that this package has."""
    stored = json.loads(Path(__file__).with_name("schema_evidence.json").read_text("utf-8"))
    return Table(Rarity(**stored["rarity"]), stored["asked"], stored["given"], stored["true"], stored["more"])


def kind_of(schema: Mapping[str, Any]) -> str:
    """Return what a parameter takes: "enum", "number", "boolean", "array", "object" or "string"."""
    if schema.get("enum"):
        return "enum"
    kind = next((each for each in types_of(schema) if each != "null"), "string")
    return "number" if kind == "integer" else kind


class Asked:
    """A question, as far as tools with a schema are compared with it.

    Args:
        question: The user's question.
        table: The weights.
    """

    def __init__(self, question: str, table: Table) -> None:
        self.question = question[:COMPARED]
        self.table = table
        self.words = written_words(self.question)
        self.content = content_words(self.question)

    @cached_property
    def values(self) -> Values:
        """What the question has for values."""
        return values_of(self.question, is_familiar)

    @cached_property
    def lists_names(self) -> bool:
        """Whether the question lists names or quoted texts: with nothing but "and" or a comma between them."""
        texts, words = self.values.texts, self.values.words
        return any(
            other.first == one.last + 1 or words[one.last + 1].whole.lower() in ("and", "or", "&")
            for one, other in pairwise(texts)
            if other.first <= one.last + 2
        )

    @property
    def numbers(self) -> int:
        """How many numbers the question has."""
        return len(self.values.surest_numbers(0))

    @property
    def single_numbers(self) -> int:
        """How many numbers the question has outside lists of numbers."""
        return len(self.values.without_lists().surest_numbers(0))

    @property
    def names(self) -> int:
        """How many names and quoted texts the question has."""
        return len(self.values.texts)


class Evidence:
    """What a question says about one tool.

    Args:
        asked: The question.
        tool: A tool with a schema.
    """

    def __init__(self, asked: Asked, tool: Tool) -> None:
        self._asked = asked
        self._rarity = asked.table.rarity
        schema = tool.parameters or {}
        self._properties: dict[str, Any] = mapped(schema.get("properties"))
        self._required = listed(schema.get("required"))
        self._name = content_words(tool.function or tool.name)
        self._description = content_words(tool.description)
        self._summary = content_words(tool.description.partition(". ")[0])

    def asked_for(self) -> float:
        """Return the log-odds that the question asks for the tool."""
        return _score(self._asked.table.asked, self.features_of_tool())

    def given(self, parameter: str) -> float:
        """Return the log-odds that the question gives an optional parameter."""
        return _score(self._asked.table.given, self.features_of_parameter(parameter))

    def true(self, parameter: str) -> float:
        """Return the log-odds that a boolean is meant as true."""
        return _score(self._asked.table.true, self.features_of_boolean(parameter))

    def more(self, left: Left) -> bool:
        """Tell whether the question asks for another call of the tool. Something must be left for it."""
        return (left.numbers + left.texts) > 0 and _score(self._asked.table.more, self.features_of_rest(left)) > MORE

    def wanted(self, kind: str) -> int:
        """Return how many parameters of a kind a call needs, or the question gives."""
        return sum(
            self._kind(name) == kind and (name in self._required or self.given(name) > 0) for name in self._properties
        )

    def mentioned(self, values: Sequence[Any]) -> list[Any]:
        """Return the values that the question says, in its order."""
        places = {at: place_of_mention(self._asked.words, str(value)) for at, value in enumerate(values)}
        said = sorted((place, at) for at, place in places.items() if place is not None)
        return [values[at] for _, at in said]

    def features_of_tool(self) -> Features:
        """Return the features of ``asked_for``."""
        asked, shared = self._asked.content, self._rarity.shared
        names = content_words(" ".join(self._properties))
        required = content_words(" ".join(self._required))
        described = [word for each in self._properties.values() for word in content_words(_text_of(mapped(each)))]
        enums = [mapped(self._properties[name])["enum"] for name in self._required if self._kind(name) == "enum"]
        return {
            "one": 1.0,
            "asked in all": shared(asked, [*self._name, *self._description, *names, *described]),
            "asked in name": shared(asked, self._name),
            "asked in summary": shared(asked, [*self._name, *self._summary]),
            "name in asked": shared(self._name, asked),
            "summary in asked": shared(self._summary, asked),
            "parameters in asked": shared(required, asked),
            "a parameter in asked": float(any(is_among(word, asked) for word in required)),
            "numbers lacking": float(min(3, max(0, self._needed("number") - self._asked.numbers))),
            "numbers enough": float(0 < self._needed("number") <= self._asked.numbers),
            "texts lacking": float(min(3, max(0, self._needed("string") - self._asked.names))),
            "texts enough": float(0 < self._needed("string") <= self._asked.names),
            "no choice mentioned": float(not all(map(self.mentioned, enums))),
        }

    def features_of_parameter(self, name: str) -> Features:
        """Return the features of ``given``."""
        schema, kind, asked = mapped(self._properties[name]), self._kind(name), self._asked.content
        named = content_words(name) or words_in(name)
        about = content_words(_DEFAULT.sub("", str(schema.get("description") or "")))
        of_tool = [*self._name, *self._description]
        own = [word for word in dict.fromkeys([*named, *about]) if not is_among(word, of_tool)]
        name_in, own_in = self._rarity.shared(named, asked), self._rarity.shared(own, asked)
        numbers = self._asked.single_numbers if self.takes_list("number") else self._asked.numbers
        any_own, spare = float(own_in > 0), float(numbers > self._needed("number"))
        enough = float(numbers >= sum(self._kind(each) == "number" for each in self._properties))
        of_kind = {
            "number": {"spare": spare, "name": name_in, "spare and name": spare * (name_in > 0), "enough": enough},
            "enum": {"mentioned": float(bool(self.mentioned(listed(schema.get("enum")))))},
            "boolean": {"any": any_own, "name": name_in},
            "string": {"spare": float(self._asked.names > self._needed("string")), "name": name_in, "any": any_own},
            "array": {"name": name_in},
        }
        return {
            f"is {kind}": 1.0,
            "name": name_in,
            "own": own_in,
            "any own": any_own,
            "default": float(_DEFAULT.search(str(schema.get("description") or "")) is not None or "default" in schema),
            **{f"{kind} {what}": value for what, value in of_kind.get(kind, {}).items()},
        }

    def features_of_boolean(self, name: str) -> Features:
        """Return the features of ``true``."""
        schema = mapped(self._properties[name])
        description = str(schema.get("description") or "")
        own = [*(content_words(name) or words_in(name)), *content_words(description)]
        spoken = re.findall(r"[\w'’]+", self._asked.question)
        places = [at for at, word in enumerate(spoken) if is_among(word.lower(), own)]
        default = schema.get("default")
        return {
            "one": 1.0,
            "any": float(bool(places)),
            "negated": float(any(_NEGATION.search(" ".join(spoken[max(0, at - _BEFORE) : at])) for at in places)),
            "negation": float(_NEGATION.search(self._asked.question) is not None),
            "true by default": float(default is True or bool(_TRUE_BY_DEFAULT.search(description))),
            "false by default": float(default is False or bool(_FALSE_BY_DEFAULT.search(description))),
            "required": float(name in self._required),
        }

    def features_of_rest(self, left: Left) -> Features:
        """Return the features of ``more``."""
        numbers, texts = self._needed("number"), self._needed("string")
        a_calls_share = left.used_numbers / left.calls
        return {
            "one": 1.0,
            "numbers enough": float(0 < numbers <= left.numbers),
            "numbers lacking": float(left.numbers < numbers),
            "numbers as before": float(left.used_numbers > 0 and 0 < a_calls_share <= left.numbers),
            "no numbers left": float(left.used_numbers > 0 and not left.numbers),
            "texts enough": float(0 < texts <= left.texts),
            "texts as before": float(left.used_texts > 0 and left.texts > 0),
            "a text left": float(left.texts > 0),
            "texts left": float(min(2, left.texts)),
            "numbers divide": float(0 < numbers <= left.numbers and left.numbers % numbers == 0),
            "texts divide": float(0 < texts <= left.texts and left.texts % texts == 0),
            "again": float(_AGAIN.search(self._asked.question) is not None),
            "numbers listed": float(bool(self._asked.values.number_lists) and not self.takes_list("number")),
            "names listed": float(self._asked.lists_names and not self.takes_list("string")),
            "for each": float(_FOR_EACH.search(self._asked.question) is not None),
            "a list": float(_LIST.search(self._asked.question) is not None),
            "calls": float(left.calls > 1),
        }

    def _kind(self, name: str) -> str:
        return kind_of(mapped(self._properties[name]))

    def takes_list(self, kind: str) -> bool:
        """Tell whether a parameter is a list of values of a kind."""
        schemas = [mapped(each) for each in self._properties.values()]
        return any(kind_of(each) == "array" and kind_of(mapped(each.get("items"))) == kind for each in schemas)

    def _needed(self, kind: str) -> int:
        return sum(self._kind(name) == kind for name in self._required)


def _text_of(schema: Mapping[str, Any]) -> str:
    return " ".join([str(schema.get("description") or ""), *map(str, listed(schema.get("enum")))])


def _score(weights: Weights, features: Features) -> float:
    return sum(weights.get(name, 0.0) * value for name, value in features.items())
