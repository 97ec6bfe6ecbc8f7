"""All errors, as one tree.

    OrchestratorError
    ├── ConfigError            the caller's set-up: unknown model or tool, missing extra, missing key
    ├── OutputError            ``run.output`` of a run without a valid answer
    ├── ToolError              told to the *model* as ``[NAME_ERROR:…]``; the run continues
    └── ModelError             the model's server
        ├── ModelTimeout       it did not answer in time
        ├── ModelRateLimited   it refuses for now (429), or for good (quota used up)
        ├── ModelRefused       it answered with any other error status
        ├── ResumeRefused      it does not continue the assistant's message (the run then uses mode ``turn``)
        ├── EndlessCall        its function call repeats itself without end (the run then ends as a loop)
        ├── ModelUnreachable   no connection
        └── ModelBadResponse   it answered with something that is not its protocol

Reaching a limit is not an error: it is a finish reason of the run. Each message ends with the next step.
Knows nothing else of the project.
"""

from __future__ import annotations

from orchestrator.core.run import ConfigError, OrchestratorError, OutputError

__all__ = [
    "ConfigError",
    "EndlessCall",
    "ModelBadResponse",
    "ModelError",
    "ModelRateLimited",
    "ModelRefused",
    "ModelTimeout",
    "ModelUnreachable",
    "OrchestratorError",
    "OutputError",
    "ResumeRefused",
    "ToolError",
]


class ToolError(OrchestratorError):
    """A tool's message to the model: what went wrong, and what to write instead.

    A tool raises it. The model reads the message as ``[NAME_ERROR:…]``, and the run continues.
    """


class ModelError(OrchestratorError):
    """The model's server failed. ``run`` is the run so far."""


class ModelTimeout(ModelError):
    """The server did not answer in time."""


class ModelRateLimited(ModelError):
    """The server got too many requests, or the quota is used up (status 429)."""


class ModelRefused(ModelError):
    """The server answered with an error status, and trying again would not change it."""


class ResumeRefused(ModelError):
    """The server does not continue the assistant's last message.

    The driver catches it. The run then continues in mode ``turn``.
    """


class EndlessCall(ModelError):
    """The arguments of a function call repeat themselves without end.

    The driver catches it. The run then ends as a loop.
    """


class ModelUnreachable(ModelError):
    """There is no connection to the server."""


class ModelBadResponse(ModelError):
    """The answer does not follow the server's protocol: an HTML page, broken JSON, or nothing."""
