"""The datasets: one file for each, with ``create(options: DatasetOptions) -> Dataset``.

Some make questions from a seed, some read a file of the user. The registry finds a new file without an edit elsewhere.
"""
