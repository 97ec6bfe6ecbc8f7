"""Everything that can go wrong, as one tree. Knows nothing else of the project.

    OrchestratorError
    ├── ConfigError            the caller's set-up: unknown model or tool, missing extra, missing key
    ├── ToolError              told to the *model* as ``[NAME_ERROR:…]``; the run goes on
    └── ModelError             the model's server
        ├── ModelTimeout       it did not answer in time
        ├── ModelRateLimited   it refuses for now (429), or for good (quota used up)
        ├── ModelRefused       it answered with any other error status
        ├── ResumeRefused      it does not go on with the assistant's message (the run then goes on by turns)
        ├── ModelUnreachable   no connection
        └── ModelBadResponse   it answered with something that is not its protocol

Reaching a limit is not an error: it is a finish reason of the run. Each message ends with the next step.
"""

from __future__ import annotations

from orchestrator.core.run import ConfigError, OrchestratorError

__all__ = [
    "ConfigError",
    "ModelBadResponse",
    "ModelError",
    "ModelRateLimited",
    "ModelRefused",
    "ModelTimeout",
    "ModelUnreachable",
    "OrchestratorError",
    "ResumeRefused",
    "ToolError",
]


class ToolError(OrchestratorError):
    """A tool's refusal, worded for the model: what went wrong and what to write instead."""


class ModelError(OrchestratorError):
    """The model's server failed."""


class ModelTimeout(ModelError):
    """No answer in time."""


class ModelRateLimited(ModelError):
    """Too many requests, or a quota that is used up."""


class ModelRefused(ModelError):
    """An error status that trying again would not change."""


class ResumeRefused(ModelError):
    """The server does not go on with the assistant's last message. The run then goes on by turns."""


class ModelUnreachable(ModelError):
    """No connection to the server."""


class ModelBadResponse(ModelError):
    """An answer that is not the server's protocol (an HTML page, broken JSON, nothing at all)."""
