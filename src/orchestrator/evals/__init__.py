"""Comparisons that can be believed: questions, arms, samples, scores and statistics."""

from orchestrator.evals.once import evaluate

__all__ = ["evaluate"]
