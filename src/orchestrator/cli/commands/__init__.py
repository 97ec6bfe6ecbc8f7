"""One file for each group of commands. Each file holds a Typer named ``commands``; a new file needs no registration."""
