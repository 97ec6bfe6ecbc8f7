"""Typed answers of a small model: 200 extractions over five types."""
