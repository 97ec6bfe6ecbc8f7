"""What a tool's JSON schema means here: how a call is written, and how what is written becomes values."""

from orchestrator.core.schema.parameters import Parameters
from orchestrator.core.schema.resolved import inlined, resolved

__all__ = ["Parameters", "inlined", "resolved"]
