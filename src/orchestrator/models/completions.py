"""Servers that take one prompt string at /v1/completions: vLLM, llama.cpp, base models.

This is the most exact way to resume: the prompt is everything so far, character for character, and the model continues
exactly there. The model's name is the server's name for it.
"""

from __future__ import annotations

from orchestrator.core.errors import ConfigError
from orchestrator.core.protocols import ModelOptions
from orchestrator.core.types import ModelInfo
from orchestrator.models._checks import named_template
from orchestrator.models._completions import Completions, Quirks

OPTIONS = ("base_url", "api_key", "template", "price", "grammars")


def create(name: str, options: ModelOptions) -> Completions:
    """Make the model ``name`` of the server at ``options.base_url``.

    Args:
        name: The server's name for the model. If it is empty, the server chooses.
        options: ``base_url`` is required. ``template`` is "plain" if not given.

    Raises:
        ConfigError: An option is missing or not valid.
    """
    if options.base_url is None:
        raise ConfigError(
            "the completions backend needs a server: pass base_url (--base-url), such as http://localhost:8000/v1"
        )
    template = named_template(options.template or "plain")
    info = ModelInfo(f"completions:{name}", "raw", template, options.price, grammars=options.grammars is not None)
    return Completions(info, options.base_url, name, options.api_key, Quirks(grammars=options.grammars or "grammar"))
