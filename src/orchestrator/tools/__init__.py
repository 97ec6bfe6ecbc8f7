"""Tools. A file here is a plugin: its name is the tool's, its ``create`` returns it."""
