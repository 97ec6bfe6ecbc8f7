"""Tools for any language model, through plain text.

from orchestrator import Orchestrator

run = Orchestrator().run("What is 323 * 458?")
run.answer                                    # '323 * 458 is 147934.'
run.calls[0].argument, run.calls[0].result    # ('323*458', '147934')
"""

from orchestrator.core.arms import Arm, SideBySide
from orchestrator.core.chat_template import ChatTemplate
from orchestrator.core.citations import Citation, Found
from orchestrator.core.errors import (
    ConfigError,
    ModelBadResponse,
    ModelError,
    ModelRateLimited,
    ModelRefused,
    ModelTimeout,
    ModelUnreachable,
    OrchestratorError,
    OutputError,
    ToolError,
)
from orchestrator.core.limits import Limits
from orchestrator.core.policy import ApprovalRequest, Policy
from orchestrator.core.protocols import Model, ModelOptions, SearchProvider, SearchQuery
from orchestrator.core.run import Event, Finished, FinishReason, Run
from orchestrator.core.tool import Example, Proposal, Request, Tool, ToolHints
from orchestrator.core.types import (
    Delta,
    Diagnostic,
    Message,
    ModelInfo,
    Price,
    Reasoning,
    Span,
    Text,
    ToolCall,
    ToolResult,
)
from orchestrator.core.usage import Count, Usage
from orchestrator.guidance.options import Guidance
from orchestrator.runtime.chat import Chat
from orchestrator.runtime.decorator import tool
from orchestrator.runtime.driver import AsyncRunStream, RunStream
from orchestrator.runtime.orchestrator import Orchestrator

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
    "OutputError",
    "Policy",
    "Price",
    "Proposal",
    "Reasoning",
    "Request",
    "Run",
    "RunStream",
    "SearchProvider",
    "SearchQuery",
    "SideBySide",
    "Span",
    "Text",
    "Tool",
    "ToolCall",
    "ToolError",
    "ToolHints",
    "ToolResult",
    "Usage",
    "tool",
]
