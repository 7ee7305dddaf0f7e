"""Greedy: one solution at temperature 0, the baseline of everything else."""

from __future__ import annotations

from search_core.strategies.base import (
    Choose,
    Complete,
    NodeView,
    Plan,
    Sample,
    Strategy,
    cut_off,
    out_of_steps,
)
from search_core.strategies.options import StrategyOptions


def plan(root: NodeView, options: StrategyOptions) -> Plan:
    """Write one solution, the likeliest token each time; no verifier is asked."""
    leaves = yield Sample((root,), to_end=True, max_steps=options.max_steps, temperature=0.0)
    solutions = tuple(leaf for leaf in leaves if leaf.ended == "end")
    yield Complete(solutions)
    yield from cut_off(leaves)
    yield out_of_steps([leaf for leaf in leaves if leaf.ended == "step"], options.max_steps)
    yield Choose(solutions, "majority")


GREEDY = Strategy(
    name="greedy",
    title="Greedy",
    does="Writes one solution and always takes the likeliest next word.",
    does_not="It never looks back, never tries a second way, and asks no verifier.",
    source="The usual baseline.",
    kind="vote",
    pseudocode="""\
repeat
    write the likeliest next token
until the solution is finished""",
    options=StrategyOptions,
    plan=plan,
    uses_verifier=False,
    writes="solutions",
)
