"""The grammar (GBNF) of free text in which a call, once begun, is held to its tool's argument.

llama.cpp has lazy grammars for this, but takes them on some of its paths only, and other servers have none. A grammar
that allows any text up to ``[NAME:`` says the same to every server that takes grammars, in one request.
Knows names and rules; not where the rules of an argument come from.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from orchestrator.core.schema.resolved import inlined
from orchestrator.core.tool import Request, Tool
from orchestrator.core.types import ToolResult
from orchestrator.guidance.literals import quoted
from orchestrator.guidance.schema_grammar import Anything, schema_rules


class FreeCalls:
    """Lets a model write freely, and holds the calls of tools that have a schema to it.

    It is for models that need no guidance: they choose the tool, the words and the values.

    Args:
        tools: The tools, by name. The calls of those without a schema are not held.
        rules_of: Makes the rules of a tool's argument. The first rule has the name that it is given, and the names of
            all others begin with it.
    """

    def __init__(self, tools: Mapping[str, Tool], rules_of: Callable[[Tool, str], Iterable[str]]) -> None:
        held = [tool for tool in tools.values() if tool.parameters is not None]
        names = {tool.name: f"argument{number}" for number, tool in enumerate(held)}
        rules = [rule for tool in held for rule in rules_of(tool, names[tool.name])]
        self._grammar = free_calls_grammar(names, rules) if held else ""

    def constrain(self, request: Request, _: Sequence[ToolResult] = ()) -> Request:
        """Add the grammar to a request; none if no tool has a schema."""
        return replace(request, grammar=self._grammar)


def free_calls_of(tools: Mapping[str, Tool]) -> FreeCalls:
    """Hold the calls of tools to their schemas. Their arguments are JSON objects with any texts and numbers.

    Args:
        tools: The tools, by name.
    """

    def rules_of(tool: Tool, name: str) -> list[str]:
        return schema_rules(inlined(tool.parameters, endless=False), Anything(), name)

    return FreeCalls(tools, rules_of)


def free_calls_grammar(arguments: Mapping[str, str], rules: Iterable[str]) -> str:
    """Return the grammar of any text in which each call that is begun is complete.

    After a call, text may follow: a model may only consider the call, in its thinking.
    ``[`` and the letters after it are text until they spell ``[NAME:``. So the grammar follows the names letter by
    letter: there is one rule for each beginning of a name.

    Args:
        arguments: For each tool's name, the name of the rule of its argument.
        rules: The rules that these rules need, and they themselves.
    """
    begun = dict.fromkeys(name[:length] for name in arguments for length in range(len(name) + 1))
    rule_of = {beginning: f"begun-{number}" for number, beginning in enumerate(begun)}
    lines = ["root ::= text", f'text ::= {_OTHER} ("[" {rule_of.get("", "text")})?']
    for beginning, rule in rule_of.items():
        longer = {each[-1]: each for each in begun if each[:-1] == beginning and each}
        steps = [f"{quoted(letter)} {rule_of[each]}" for letter, each in longer.items()]
        if beginning in arguments:
            steps.append(f'":" {arguments[beginning]} "]" text')
        expected = "".join(longer) + (":" if beginning in arguments else "")
        steps += [f"[^{expected}\\[\\x00] text", f'"[" {rule_of[""]}']
        lines.append(f"{rule} ::= ({' | '.join(steps)})?")
    return "\n".join([*lines, *rules])


_OTHER = "[^\\[\\x00]*"
