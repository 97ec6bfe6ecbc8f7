"""The only folder that waits: it connects a model, its tools and a question, and drives the loop."""
