"""Evaluations: they compare arms on many questions, and say how sure the differences are."""

from orchestrator.evals.once import evaluate

__all__ = ["evaluate"]
