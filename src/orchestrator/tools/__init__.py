"""The tools, one file each. The file's name is the tool's name, and its ``create`` makes the tool."""
