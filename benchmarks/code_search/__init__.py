"""Measures the quality, speed and size of code search: `python -m benchmarks.code_search --help`."""
