"""What is asked: one file a dataset, each with ``create(options: DatasetOptions) -> Dataset``.

Some make their questions up from a seed, some read a file that the user has. A new file is found by being there.
"""
