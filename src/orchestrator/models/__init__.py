"""Model backends, one file each. The file's name is the provider's name, and its ``create`` makes a model.

Files whose names begin with an underscore are shared by the backends. No backend knows the loop.
"""
