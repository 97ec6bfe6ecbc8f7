"""One file for each group of commands; each holds a Typer named ``commands``. A new file is found by being there."""
