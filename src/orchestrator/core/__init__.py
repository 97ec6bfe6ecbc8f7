"""The protocol without I/O: what a run is made of, from the scanner to the loop. Imports the standard library only."""
