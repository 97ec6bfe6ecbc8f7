"""What an index is made of, and how it is brought up to date. Knows chunkers and embedders; not queries or ranking."""
