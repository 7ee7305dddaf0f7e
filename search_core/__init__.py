"""Espalier's search core: problems, strategies, the event log, and everything around them.

Importing it is cheap: no torch, no model, no web server.
"""

from __future__ import annotations

from search_core.limits import Limits
from search_core.problem import Problem
from search_core.search import SearchResult, search
from search_core.solvers.base import Sampling
from search_core.traces import read_trace, write_trace
from search_core.tree import Tree

__all__ = [
    "Limits",
    "Problem",
    "Sampling",
    "SearchResult",
    "Tree",
    "read_trace",
    "search",
    "write_trace",
]
