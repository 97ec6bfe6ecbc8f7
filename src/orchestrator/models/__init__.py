"""Model backends, one file each: a file's name is the provider's name, and its ``create`` makes a model.

A file whose name begins with an underscore is shared by the backends. None of them knows the loop.
"""
