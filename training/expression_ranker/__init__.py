"""Makes the table that the calculator's proposals come from."""
