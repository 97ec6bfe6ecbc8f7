"""Draws docs/terminal.svg: what the README's commands print in a terminal, recorded from real runs.

python benchmarks/terminal_recording.py

The SVG needs nothing from the network: rich's own template loads a font, so that part is taken out.
"""

from __future__ import annotations

import inspect
import io
import os
import re
import subprocess
import sys
from pathlib import Path

from rich.console import Console
from rich.text import Text

COMMANDS = (
    'orchestrator ask "What is 323 * 458?" --model embedded',
    'orchestrator ask "How many r\'s are in strawberry?" --model embedded',
    'orchestrator ask "How many days are there between 2024-03-03 and 2024-05-01?" --model embedded',
)
PICTURE = Path(__file__).parents[1] / "docs" / "terminal.svg"
RICHS_OWN: str = inspect.signature(Console.export_svg).parameters["code_format"].default
WITHOUT_FONTS = re.sub(r"@font-face \{\{.*?\}\}\s*", "", RICHS_OWN, flags=re.DOTALL).replace("Fira Code, ", "")


def main() -> None:
    console = Console(record=True, width=96, file=io.StringIO())
    for command in COMMANDS:
        console.print(Text(f"$ {command}", style="bold"))
        console.print(Text.from_ansi(printed(command)), soft_wrap=False)
    PICTURE.write_text(console.export_svg(title="orchestrator", code_format=WITHOUT_FONTS), "utf-8")


def printed(command: str) -> str:
    """What a command prints in a terminal with colours: standard output, then the line about the run."""
    words = command.replace("orchestrator", f"{sys.executable} -m orchestrator", 1)
    environment = os.environ | {"FORCE_COLOR": "1", "COLUMNS": "96"}
    done = subprocess.run(words, shell=True, capture_output=True, text=True, check=True, env=environment)
    return done.stdout + done.stderr


if __name__ == "__main__":
    main()
