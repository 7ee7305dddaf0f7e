"""Verifiers that write their reasoning before they judge.

`manners` says how each family is asked and where its verdict stands, `verifier` asks, and an
author writes: a model in this process (`engine_author`) or behind a server (`remote.author`).
Importing this imports no torch.
"""

from __future__ import annotations

from search_core.verifiers.generative.options import reasoning
from search_core.verifiers.generative.verifier import GenerativeVerifier

__all__ = ["GenerativeVerifier", "reasoning"]
