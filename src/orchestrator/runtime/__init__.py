"""The only place that waits: puts a model, its tools and a question together, and drives the loop."""
