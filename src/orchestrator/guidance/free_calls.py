"""The grammar (GBNF) of free text in which a call, once begun, is held to its tool's argument.

llama.cpp has lazy grammars for this, but takes them on some of its paths only, and other servers have none. A grammar
that allows any text up to ``[NAME:`` says the same to every server that takes grammars, in one request.
Knows names and rules; not where the rules of an argument come from.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from orchestrator.guidance.grammar import quoted


def free_calls_grammar(arguments: Mapping[str, str], rules: Iterable[str]) -> str:
    """Return the grammar of any text with at most one call, at its end.

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
            steps.append(f'":" {arguments[beginning]} "]"')
        expected = "".join(longer) + (":" if beginning in arguments else "")
        steps += [f"[^{expected}\\[\\x00] text", f'"[" {rule_of[""]}']
        lines.append(f"{rule} ::= ({' | '.join(steps)})?")
    return "\n".join([*lines, *rules])


_OTHER = "[^\\[\\x00]*"
