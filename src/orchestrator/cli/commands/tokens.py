"""The command ``tokens``: shows how tokenizers split a text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from orchestrator.cli import terminal
from orchestrator.cli.options import AsJson, fetched_model, names_in, text_of
from orchestrator.core.errors import ConfigError
from orchestrator.runtime.extras import install
from orchestrator.runtime.registry import names, plugin

if TYPE_CHECKING:
    from rich.table import Table

    from orchestrator.core.tokenizer import Tokenizer
    from orchestrator.models.tokenizers._view import TokenView

commands = typer.Typer()

MOST_TOKENS = 500  # tokens of one text in the table; --json prints all of them
COLOURS = ("black on bright_cyan", "black on bright_yellow", "black on bright_green", "black on bright_magenta")


@commands.command()
def tokens(
    texts: Annotated[
        list[str],
        typer.Argument(help="One or more texts; - reads one from standard input.", metavar="TEXT…", show_default=False),
    ],
    vocabularies: Annotated[
        str | None,
        typer.Option(
            "--vocabularies",
            "-v",
            help="Vocabularies by name, separated by commas, such as o200k,qwen3.",
            show_default="all that are installed",
        ),
    ] = None,
    chat: Annotated[
        bool,
        typer.Option("--chat", help="Read the texts as a conversation: user and assistant alternate, the user first."),
    ] = False,
    system: Annotated[str, typer.Option(help="The system message of the conversation; needs --chat.")] = "",
    as_json: AsJson = False,
) -> None:
    """Show how tokenizers split a text.

    Prints for each vocabulary how many tokens there are, their text and their ids. With --chat, the chat template's
    tokens are shown too.

    Example: orchestrator tokens strawberry --vocabularies o200k,qwen3
    """
    from orchestrator.models.tokenizers import _view as view  # noqa: PLC0415 - only this command needs it

    if system and not chat:
        raise ConfigError("--system comes before a conversation: add --chat")
    turns = [text_of(text).encode(errors="replace").decode() for text in texts]
    if not all(turns):
        raise ConfigError("the text is empty: say what to split")
    rows = []
    for tokenizer in _tokenizers(vocabularies):
        if chat:
            rows.append(("\n".join(turns), tokenizer.name, view.conversation(tokenizer, system, turns)))
        else:
            rows += [(text, tokenizer.name, view.plain(tokenizer, text)) for text in turns]
    if as_json:
        terminal.print_json([_as_json(*row) for row in rows])
        return
    for text in dict.fromkeys(row[0] for row in rows):
        same = [(name, views) for split, name, views in rows if split == text]
        terminal.out.print(_table(same))
        terminal.note(view.why_counting_fails(text, [one for one in same[0][1] if not one.template]))


def _tokenizers(chosen: str | None) -> list[Tokenizer]:
    """Return the chosen tokenizers. Without a choice, return all that are installed and note the others."""
    kind = "models.tokenizers"
    asked = [name.lower() for name in names_in(chosen)] or names(kind)
    found: list[Tokenizer] = []
    for name in dict.fromkeys(asked):
        try:
            if name == "embedded":
                fetched_model(name)
            tokenizer: Tokenizer = plugin(kind, name)()
            tokenizer.split("a", control=False)
        except ConfigError as error:
            if chosen:
                raise
            terminal.note(f"{name} is left out: {error}", "warning")
        else:
            found.append(tokenizer)
    if not found:
        raise ConfigError(f"no vocabulary is installed: {install('tokens')}")
    return found


def _table(rows: Sequence[tuple[str, Sequence[TokenView]]]) -> Table:
    from rich.table import Table  # noqa: PLC0415 - only a table needs it
    from rich.text import Text  # noqa: PLC0415

    table = Table(box=None, pad_edge=False, header_style="dim")
    for title in ("vocabulary", "tokens", "pieces", "ids"):
        table.add_column(title, justify="right" if title == "tokens" else "left", overflow="fold")
    for name, views in rows:
        pieces, more = Text(), f" … {len(views) - MOST_TOKENS:,} more" if len(views) > MOST_TOKENS else ""
        for number, one in enumerate(views[:MOST_TOKENS]):
            pieces.append(one.text, "reverse dim" if one.template else COLOURS[number % len(COLOURS)])
            pieces.append("" if terminal.out.color_system else "│")  # without colours, a bar separates the tokens
        ids = Text(" ".join(str(one.token.id) for one in views[:MOST_TOKENS]) + more)
        table.add_row(name, f"{len(views):,}", pieces, ids)
    return table


def _as_json(text: str, vocabulary: str, views: Sequence[TokenView]) -> dict[str, Any]:
    return {
        "text": text,
        "vocabulary": vocabulary,
        "count": len(views),
        "tokens": [
            {"id": one.token.id, "text": one.text, "bytes": one.token.piece.hex(), "template": one.template}
            for one in views
        ],
    }
