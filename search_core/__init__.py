"""Espalier's search core: problems, strategies, the event log, and everything around them.

Importing it is cheap: no torch, no model, no web server.
"""

from __future__ import annotations

from search_core.log.traces import read_trace, write_trace
from search_core.log.tree import Tree
from search_core.problem import Problem
from search_core.protocols import Sampling
from search_core.run.limits import Limits
from search_core.search import SearchResult, search

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
