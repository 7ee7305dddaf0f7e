"""Verifiers that write their reasoning before they judge.

`prompts` says how each family is asked and where its verdict stands, `verifier` asks, and a
`ReasoningModel` writes: one of this process (`local_model`), or one behind a server
(`search_core.remote.reasoning_model`). Nothing here knows a checkpoint's format by name. Begin with
`verifier.py`. Importing this imports no torch.
"""

from __future__ import annotations

from search_core.verifiers.generative.chains import ReasoningModel
from search_core.verifiers.generative.options import Reasoning, read_options
from search_core.verifiers.generative.prompts import ReasoningPrompt
from search_core.verifiers.generative.verifier import GenerativeVerifier

__all__ = [
    "GenerativeVerifier",
    "Reasoning",
    "ReasoningModel",
    "ReasoningPrompt",
    "read_options",
]
