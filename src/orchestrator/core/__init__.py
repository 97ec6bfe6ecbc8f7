"""The protocol without I/O: scanner, transcript, prompt, policy, limits and the loop.

Imports the standard library only.
"""
