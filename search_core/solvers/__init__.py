"""Solvers that compute in this process: what samples the next steps of a solution.

A `TransformersSolver` turns requests into rows of token ids for the engine, which decodes those
of all runs together; `load_solver` opens a checkpoint as one. Nothing here knows a strategy, a
run, or a server (`search_core.remote` has its own solver). Begin with `transformers_solver.py`.
Importing this imports no torch.
"""

from __future__ import annotations

from search_core.solvers.loading import load_solver
from search_core.solvers.transformers_solver import TransformersSolver

__all__ = ["TransformersSolver", "load_solver"]
