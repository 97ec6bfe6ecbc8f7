"""Tools for any language model through plain text.

from orchestrator import Orchestrator

run = Orchestrator().run("What is 323 * 458?")
run.answer                                    # '323 * 458 is 147934.'
run.calls[0].argument, run.calls[0].result    # ('323*458', '147934')
"""

from orchestrator.errors import ConfigError, ModelError, OrchestratorError, ToolError
from orchestrator.limits import Limits
from orchestrator.orchestrator import Chat, Orchestrator
from orchestrator.protocols import Model, ModelOptions
from orchestrator.types import (
    Delta,
    Diagnostic,
    Event,
    Example,
    Finished,
    ModelInfo,
    Price,
    Reasoning,
    Request,
    Run,
    Span,
    Text,
    Tool,
    ToolCall,
    ToolResult,
)

__version__ = "0.1.0"

__all__ = [
    "Chat",
    "ConfigError",
    "Delta",
    "Diagnostic",
    "Event",
    "Example",
    "Finished",
    "Limits",
    "Model",
    "ModelError",
    "ModelInfo",
    "ModelOptions",
    "Orchestrator",
    "OrchestratorError",
    "Price",
    "Reasoning",
    "Request",
    "Run",
    "Span",
    "Text",
    "Tool",
    "ToolCall",
    "ToolError",
    "ToolResult",
]
