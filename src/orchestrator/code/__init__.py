"""Code retrieval: finds the code that answers a question, offline."""
