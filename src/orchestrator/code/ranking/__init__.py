"""From a query and an index to chunks in order. Knows the lexical index and chunks; not files on disk or Chroma."""
