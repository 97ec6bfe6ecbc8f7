"""How good, how fast and how large code retrieval is: `python -m benchmarks.code_search --help`."""
