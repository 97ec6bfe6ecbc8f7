"""The grammar of an argument by a tool's JSON schema: a JSON object whose values come from the question.

Texts are copied from the question: a name or a quoted text as a whole, or any other run of words. Numbers are those of
the question. Each number, name and quoted text is used once, as far as they go. Lists go through the question from left
to right. Of an enumeration, only the values that the question mentions are left, if it mentions any. Whether a boolean
is true and an optional parameter given is decided by ``schema_evidence``. So the model only chooses: which words, which
number. Knows JSON schemas as ``core.schema`` resolves them, and questions; not the model.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from orchestrator.core.schema.resolved import listed, mapped, options_of, types_of
from orchestrator.guidance.literals import quoted
from orchestrator.guidance.question_values import Value, Values
from orchestrator.guidance.schema_evidence import Evidence, kind_of

MOST_DEPTH = 4
MOST_ITEMS = 8
TRACKED = (
    8  # numbers, names and quoted texts that are used once; of what comes after them the grammar does not keep track
)
SPARE = 1.0  # the same if the question has names that no required parameter takes
SURE = 0.5  # log-odds from which on the evidence decides, and not the model
_FEW_NUMBERS = ("0", "1")  # what "from rest" and "every hour" mean, if the question has fewer numbers than are needed
_NOTHING: frozenset[int] = frozenset()


def argument_rules(schema: Mapping[str, Any], values: Values, evidence: Evidence, prefix: str) -> list[str]:
    """Return the rules (GBNF) of a tool's argument. The first one is the argument's, ``prefix``.

    Args:
        schema: The resolved schema of the tool's parameters.
        values: What the question has for values.
        evidence: What the question says about the tool's parameters.
        prefix: The beginning of all rules' names, so that the rules of two tools cannot clash: letters and digits.
    """
    rules = _Rules(values, evidence, prefix)
    whole = rules.whole(schema)
    return [f"{prefix} ::= {whole}", *(f"{name} ::= {body}" for name, body in rules.made.items())]


@dataclass(frozen=True, slots=True)
class _Choice:
    """One way to write a value.

    Attributes:
        body: Its grammar; of a list of texts its grammar for the things that are used already.
        taken: The numbers of the question's things that it uses.
        repeated: Whether a required value may be it although the thing is used, as a side's length for another side.
    """

    body: str | Callable[[frozenset[int]], str]
    taken: frozenset[int] = _NOTHING
    repeated: bool = False

    def grammar(self, used: frozenset[int]) -> str:
        """The grammar if things are used already."""
        return self.body if isinstance(self.body, str) else self.body(used)


class _Rules:
    """Collects the rules of one argument.

    Attributes:
        made: The rules, by name.
    """

    def __init__(self, values: Values, evidence: Evidence, prefix: str) -> None:
        self.made: dict[str, str] = {}
        self._values = values
        self._evidence = evidence
        self._prefix = prefix
        first = [*values.without_lists().numbers, *values.texts, *values.numbers]
        tracked = set([*dict.fromkeys(first)][:TRACKED])
        self._tracked = {id(each): at for at, each in enumerate([*values.numbers, *values.texts]) if each in tracked}
        self._own: Sequence[Value] = values.numbers
        self._enough_numbers = True
        self._marked_suffice = False
        self._needed_texts = 0
        self._sure: set[str] = set()

    def whole(self, schema: Mapping[str, Any]) -> str:
        """The parameters of the tool: of the optional ones those that the question may give."""
        properties, required = mapped(schema.get("properties")), listed(schema.get("required"))
        numeric = [name for name in required if _takes_number(mapped(properties[name]))]
        self._enough_numbers = len(self._values.numbers) >= len(numeric)
        textual = [name for name in required if kind_of(mapped(properties[name])) in ("string", "array", "object")]
        marked = sum(each.is_marked for each in self._values.texts)
        self._marked_suffice = 0 < len(textual) <= marked
        self._needed_texts = sum(kind_of(mapped(properties[name])) == "string" for name in required)
        odds = {name: None if name in required else self._evidence.given(name) for name in properties}
        kept = {
            name: each
            for name, each in properties.items()
            if (likely := odds[name]) is None or likely > -self._doubt(mapped(each))
        }
        needed = [
            name
            for name in kept
            if (likely := odds[name]) is None or likely > (SURE if _takes_number(mapped(kept[name])) else 0)
        ]
        self._sure = {*needed}
        takes_lists = any(_takes_numbers(mapped(each)) for each in kept.values())
        values = self._values.without_lists() if takes_lists else self._values
        self._own = values.surest_numbers(sum(_takes_number(mapped(each)) for each in kept.values()))
        return self._object(kept, needed, 0, required)

    def _doubt(self, schema: Mapping[str, Any]) -> float:
        """The log-odds below zero down to which the model decides whether an optional parameter is given."""
        kind = kind_of(schema)
        spare = kind == "string" and len(self._values.texts) > self._needed_texts
        return SURE if kind == "number" else SPARE if spare else 0.0

    def _add(self, body: str, name: str = "") -> str:
        """Add a rule, unless there is one with the same name; return its name."""
        name = f"{self._prefix}-{name or f'r{len(self.made)}'}"
        self.made.setdefault(name, body)
        return name

    def _object(
        self, properties: Mapping[str, Any], given: Sequence[str], depth: int, required: Sequence[str] | None = None
    ) -> str:
        """An object: its properties in their order, those that are not given perhaps left out.

        One that is given, but not required, is left out if no value is left for it.
        """
        required = given if required is None else required
        listed_ = [
            (name, name in given, self._choices(name, mapped(each), depth + 1, required=name in required))
            for name, each in properties.items()
        ]
        pairs = [each for each in listed_ if each[2]]
        ordered = _numbered([name for name, _, _ in pairs])

        @cache
        def rest(at: int, used: frozenset[int], after: int, first: bool) -> str:
            """The rule from a property on: ``after`` is the last thing that a numbered parameter has used."""
            if at == len(pairs):
                return '"}"'
            name, needed, choices = pairs[at]
            free = [each for each in choices if not each.taken & used]
            if name in ordered:
                later = sum(other in ordered for other, _, _ in pairs[at + 1 :])
                free = _in_order(free, after, later) or free
            if name in required and not any(each.taken for each in free):
                again = [
                    replace(each, taken=_NOTHING) for each in choices if each.taken and (each.repeated or not free)
                ]
                free = [*free, *again]

            def last(choice: _Choice) -> int:
                return max([after, *choice.taken]) if name in ordered else after

            key = quoted(f"{'' if first else ', '}{_json(name)}: ")
            ways = [f"{each.grammar(used)} {rest(at + 1, used | each.taken, last(each), False)}" for each in free]
            left_out = [] if needed and ways else [rest(at + 1, used, after, first)]
            return self._add(" | ".join([*([f"{key} ({' | '.join(ways)})"] if ways else []), *left_out]))

        return f'"{{" {rest(0, _NOTHING, -1, True)}'

    def _choices(self, name: str, schema: Mapping[str, Any], depth: int, *, required: bool) -> list[_Choice]:
        if values := [each for each in listed(schema.get("enum")) if each is not None]:
            return [_Choice(self._add(_one_of(map(_json, self._mentioned(values)))))]
        found: list[_Choice] = []
        for option in options_of(schema):
            for kind in _kinds(option):
                found += self._of_kind(name, option, kind, depth, required)
        return list(dict.fromkeys(found))

    def _of_kind(self, name: str, schema: Mapping[str, Any], kind: str, depth: int, required: bool) -> list[_Choice]:
        if kind in ("integer", "number"):
            return self._numbers(kind, required)
        if kind == "boolean":
            return [_Choice(self._boolean(name) if depth == 1 else '("true" | "false")')]
        if kind == "array":
            return self._arrays(name, schema, depth)
        if kind == "object" and depth < MOST_DEPTH and mapped(schema.get("properties")):
            return [_Choice(self._add(self._object(schema["properties"], listed(schema.get("required")), depth)))]
        return (
            [_Choice('"{}"')]
            if kind == "object"
            else self._texts(schema, required, things_only=depth == 1 and name not in self._sure)
        )

    def _boolean(self, name: str) -> str:
        odds = self._evidence.true(name)
        return '"true"' if odds > SURE else '"false"' if odds < -SURE else '("true" | "false")'

    def _mentioned(self, values: Sequence[Any]) -> Sequence[Any]:
        return self._evidence.mentioned(values) or values

    def _taken(self, *things: Value) -> frozenset[int]:
        return frozenset(self._tracked[id(each)] for each in things if id(each) in self._tracked)

    def _numbers(self, kind: str, required: bool) -> list[_Choice]:
        own = [
            _Choice(_one_of(written), self._taken(each), repeated=True)
            for each in self._own
            if (written := [text for text in each.written if kind == "number" or text.lstrip("-").isdigit()])
        ]
        if own and (self._enough_numbers or not required):
            return own
        few = [_Choice(quoted(each)) for each in _FEW_NUMBERS] if own else []
        return [*own, *few] or ([_Choice(self._any_number(kind))] if required else [])

    def _any_number(self, kind: str) -> str:
        part = "" if kind == "integer" else ' ("." [0-9]{1,6})?'
        return self._add(f'"-"? ("0" | [1-9] [0-9]{{0,8}}){part}', f"any-{kind}")

    def _texts(self, schema: Mapping[str, Any], required: bool, *, things_only: bool) -> list[_Choice]:
        values = self._values
        form = _DATE_FORM.search(str(schema.get("description") or ""))
        if form and (dates := [each for each in values.texts if each.date]):
            return [_Choice(quoted(_json(_in_form(each.date, form[0]))), self._taken(each)) for each in dates]
        if not values.starts and not values.texts:
            return [_Choice(self._add(r'"\"" [^"\\\x00-\x1f]{1,80} "\""', "any-text"))]
        things = [_Choice(f'"\\"" {self._thing(each)} "\\""', self._taken(each)) for each in values.texts]
        if self._marked_suffice and required:
            return [choice for choice, each in zip(things, values.texts, strict=True) if each.is_marked]
        if things_only:
            return things
        runs = _one_of_rules(self._run(at) for at in values.starts)
        return [*things, *([_Choice(self._add(f'"\\"" ({runs}) "\\""', "text"))] if runs else [])]

    def _thing(self, thing: Value) -> str:
        """A name or quoted text. More words may follow a name."""
        follows = thing.last + 1
        more = [f"{quoted(_inside(thing.open))} {self._run(follows)}"] if self._values.goes_on(thing) else []
        return self._add(" | ".join([*(quoted(_inside(text)) for text in thing.written), *more]), f"t{thing.first}")

    def _run(self, at: int) -> str:
        """A run of the question's words that begins with the word ``at``."""
        name = f"{self._prefix}-w{at}"
        if name not in self.made:
            self.made[name] = ""  # so that it is not made again while the next ones are
            word = self._values.words[at]
            ends = [quoted(_inside(word.last))] if word.may_end else []
            more = [f"{quoted(_inside(word.whole) + ' ')} {self._run(at + 1)}"] if word.may_go_on else []
            self.made[name] = " | ".join([*ends, *more])
        return name

    def _arrays(self, name: str, schema: Mapping[str, Any], depth: int) -> list[_Choice]:
        items = mapped(schema.get("items")) or {"type": "string"}
        kind = _kinds(items)[0]
        if values := [each for each in listed(items.get("enum")) if each is not None]:
            said = [_json(each) for each in self._evidence.mentioned(values)]
            return [_Choice(quoted(f"[{', '.join(said)}]") if said else self._sequence([*map(_json, values)]))]
        if kind in ("integer", "number"):
            return self._number_lists(kind)
        if kind == "string":
            return [_Choice(self._text_list)]
        item = self._add(
            _one_of_rules(each.grammar(_NOTHING) for each in self._choices(name, items, depth + 1, required=True))
        )
        return [_Choice(self._add(f'"[" {item} (", " {item}){{0,{MOST_ITEMS - 1}}} "]"'))]

    def _number_lists(self, kind: str) -> list[_Choice]:
        def written(value: Value) -> str | None:
            fitting = [each for each in value.written if kind == "number" or each.lstrip("-").isdigit()]
            return _with_point(fitting[0]) if fitting and kind == "number" else next(iter(fitting), None)

        lists = [[each for each in group if written(each)] for group in self._values.number_lists]
        if found := [each for each in lists if len(each) > 1]:
            return [
                _Choice(quoted(f"[{', '.join(written(each) or '' for each in group)}]"), self._taken(*group))
                for group in found
            ]
        own = [text for each in self._values.numbers if (text := written(each))]
        if own:
            return [_Choice(self._sequence(own))]
        number = self._any_number(kind)
        return [_Choice(self._add(f'"[" {number} (", " {number}){{0,{MOST_ITEMS - 1}}} "]"'))]

    def _sequence(self, values: Sequence[str]) -> str:
        """A list of some of the values in their order, each once."""
        start = f"s{len(self.made)}"
        for at, value in reversed([*enumerate(values)]):
            more = _one_of_rules(f"{self._prefix}-{start}-{later}" for later in range(at + 1, len(values)))
            self._add(quoted(value) + (f' (", " ({more}))?' if more else ""), f"{start}-{at}")
        firsts = _one_of_rules(f"{self._prefix}-{start}-{at}" for at in range(len(values)))
        return self._add(f'"[" ({firsts}) "]"', f"{start}-list")

    def _text_list(self, used: frozenset[int] = _NOTHING) -> str:
        """A list of texts of the question from left to right."""
        values = self._values
        things = {each.first: each for each in values.texts if not self._taken(each) & used}
        places = sorted({*values.starts, *things})
        if not places:
            return self._add(r'"[\"" [^"\\\x00-\x1f]{1,80} "\"]"', "any-list")
        mark = "".join(map(str, sorted(used & {at for each in values.texts for at in self._taken(each)})))
        item, run = f"l{mark}i", f"l{mark}x"
        if f"{self._prefix}-{item}list" in self.made:
            return f"{self._prefix}-{item}list"

        def after(at: int) -> str:
            """What may follow a text that ends with the word ``at``: the end, or another text."""
            later = _one_of_rules(f"{self._prefix}-{item}{place}" for place in places if place > at)
            return f'(", " ({later}))?' if later else '""'

        for at in reversed(range(len(values.words))):
            word = values.words[at]
            ends = [f"{quoted(_inside(word.last) + chr(34))} {after(at)}"] if word.may_end else []
            more = [f"{quoted(_inside(word.whole) + ' ')} {self._prefix}-{run}{at + 1}"] if word.may_go_on else []
            self._add(" | ".join([*ends, *more]), f"{run}{at}")
        for at in places:
            if thing := things.get(at):
                ends = [f"{quoted(_inside(text) + chr(34))} {after(thing.last)}" for text in thing.written]
                goes_on = values.goes_on(thing)
                more = [f"{quoted(_inside(thing.open))} {self._prefix}-{run}{thing.last + 1}"] if goes_on else []
                self._add(f'"\\"" ({" | ".join([*ends, *more])})', f"{item}{at}")
            else:
                self._add(f'"\\"" {self._prefix}-{run}{at}', f"{item}{at}")
        return self._add(f'"[" ({_one_of_rules(f"{self._prefix}-{item}{at}" for at in places)}) "]"', f"{item}list")


def _with_point(number: str) -> str:
    """A number in a list of numbers that need not be whole: 12.0, so that all are of one kind."""
    return f"{number}.0" if number.lstrip("-").isdigit() else number


def _in_form(date: str, form: str) -> str:
    """A date in the form that a description names: MM/DD/YYYY."""
    parts = dict(zip("ymd", date.split("-"), strict=True))
    return _DATE_PART.sub(lambda match: parts[match[0][0].lower()][-max(2, len(match[0])) :], form)


_DATE_PART = re.compile(r"[Yy]{2,4}|[Mm]{2}|[Dd]{2}")
_DATE_FORM = re.compile(rf"(?:{_DATE_PART.pattern})(?:[-/. ](?:{_DATE_PART.pattern})){{2}}")


def _in_order(choices: Sequence[_Choice], after: int, later: int) -> list[_Choice]:
    """The choices after a thing, without the last ones, which ``later`` numbered parameters need."""
    found = sorted((each for each in choices if min(each.taken, default=-1) > after), key=lambda each: min(each.taken))
    return found[: max(1, len(found) - later)]


def _numbered(names: Sequence[str]) -> set[str]:
    """The parameters that are told apart by a number or a letter only: num1 and num2, a and b. They go by the order."""
    bare = {name: re.sub(r"[\W_]*(?:\d+|(?<![^\W_])[A-Za-z]|(?<=[a-z])[A-Z])$", "", name) for name in names}
    counted = Counter(bare.values())
    return {name for name in names if counted[bare[name]] > 1}


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _inside(text: str) -> str:
    """The text as JSON writes it inside a string."""
    return _json(text)[1:-1]


def _one_of(texts: Iterable[str]) -> str:
    found = [quoted(text) for text in dict.fromkeys(texts)]
    return found[0] if len(found) == 1 else f"({' | '.join(found)})"


def _one_of_rules(bodies: Iterable[str]) -> str:
    return " | ".join(dict.fromkeys(bodies))


def _kinds(schema: Mapping[str, Any]) -> list[str]:
    return [kind for kind in types_of(schema) if kind != "null"] or ["string"]


def _takes_numbers(schema: Mapping[str, Any]) -> bool:
    return "array" in _kinds(schema) and _takes_number(mapped(schema.get("items")))


def _takes_number(schema: Mapping[str, Any]) -> bool:
    return bool({"integer", "number"} & {*_kinds(schema)}) and not schema.get("enum")
