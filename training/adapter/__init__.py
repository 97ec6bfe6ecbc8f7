"""The adapter with which the embedded model calls tools: its data, its training, and its model card."""
