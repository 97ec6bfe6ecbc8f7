"""Tools for any language model through plain text.

from orchestrator import Orchestrator

run = Orchestrator().run("What is 323 * 458?")
run.answer                                    # '323 * 458 is 147934.'
run.calls[0].argument, run.calls[0].result    # ('323*458', '147934')
"""

from orchestrator.arms import Arm, SideBySide
from orchestrator.chat import Chat
from orchestrator.citations import Citation, Found
from orchestrator.decorator import tool
from orchestrator.driver import AsyncRunStream, RunStream
from orchestrator.errors import (
    ConfigError,
    ModelBadResponse,
    ModelError,
    ModelRateLimited,
    ModelRefused,
    ModelTimeout,
    ModelUnreachable,
    OrchestratorError,
    ToolError,
)
from orchestrator.guide.guidance import Guidance
from orchestrator.limits import Limits
from orchestrator.orchestrator import Orchestrator
from orchestrator.policy import ApprovalRequest, Policy
from orchestrator.protocols import Model, ModelOptions
from orchestrator.types import (
    ChatTemplate,
    Count,
    Delta,
    Diagnostic,
    Event,
    Example,
    Finished,
    FinishReason,
    Message,
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
    Usage,
)

__version__ = "0.1.0"

__all__ = [
    "ApprovalRequest",
    "Arm",
    "AsyncRunStream",
    "Chat",
    "ChatTemplate",
    "Citation",
    "ConfigError",
    "Count",
    "Delta",
    "Diagnostic",
    "Event",
    "Example",
    "FinishReason",
    "Finished",
    "Found",
    "Guidance",
    "Limits",
    "Message",
    "Model",
    "ModelBadResponse",
    "ModelError",
    "ModelInfo",
    "ModelOptions",
    "ModelRateLimited",
    "ModelRefused",
    "ModelTimeout",
    "ModelUnreachable",
    "Orchestrator",
    "OrchestratorError",
    "Policy",
    "Price",
    "Reasoning",
    "Request",
    "Run",
    "RunStream",
    "SideBySide",
    "Span",
    "Text",
    "Tool",
    "ToolCall",
    "ToolError",
    "ToolResult",
    "Usage",
    "tool",
]
