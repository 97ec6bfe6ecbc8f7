"""Comparisons that can be believed: questions, arms, samples, scores and statistics."""
