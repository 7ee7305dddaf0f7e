"""Verifiers that compute in this process: what scores the steps of a path.

`load_verifier` opens a checkpoint of any format in `FORMATS` as a `TransformersVerifier`
(one pass over the path) or as a `GenerativeVerifier` (it writes its reasoning first); three need no
model. Nothing here knows a strategy, a run, or a server: `search_core.remote` reads the same
formats over HTTP. Begin with `format_table.py`, then `loading.py`. Importing this imports no
torch.
"""

from __future__ import annotations

from search_core.verifiers.format_choice import AUTO
from search_core.verifiers.format_row import VerifierFormat
from search_core.verifiers.format_table import FORMATS, add_format
from search_core.verifiers.generative import GenerativeVerifier
from search_core.verifiers.loading import load_verifier
from search_core.verifiers.log_probability import LogProbabilityVerifier
from search_core.verifiers.oracle import OracleVerifier
from search_core.verifiers.random_scores import RandomVerifier
from search_core.verifiers.transformers_verifier import TransformersVerifier

__all__ = [
    "AUTO",
    "FORMATS",
    "GenerativeVerifier",
    "LogProbabilityVerifier",
    "OracleVerifier",
    "RandomVerifier",
    "TransformersVerifier",
    "VerifierFormat",
    "add_format",
    "load_verifier",
]
