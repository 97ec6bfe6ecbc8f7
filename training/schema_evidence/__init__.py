"""Fits how the words of a question speak for a tool with a JSON schema, for its parameters and for more calls."""
