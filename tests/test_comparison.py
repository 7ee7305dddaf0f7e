"""What else the FLOPs of a search could have bought."""

from __future__ import annotations

from dataclasses import replace

import pytest

from search_core import Problem, search
from search_core.flops import one_answer_flops
from search_core.models import SOLVERS, alternatives
from tests.fakes import World


def rows_for(name: str, parameters: int) -> dict[str, float]:
    """The alternatives to a search by a solver of this name and size."""
    world = World(ends=0.4)
    solver = world.solver()
    solver.info = replace(solver.info, name=name, parameters=parameters)
    found = search(Problem("?"), n=8, solver=solver, verifier=world.verifier())
    return {row.name: row.flops for row in alternatives(found.tree)}


def test_an_embedded_solver_is_held_against_larger_embedded_ones() -> None:
    rows = rows_for("solver-small", 1000)
    assert next(iter(rows)) == "This solver, answering once"
    for one in SOLVERS.values():
        least = one_answer_flops(one.shape, 1, 1)
        assert rows[f"The {one.name} embedded solver, answering once"] >= least > 0


@pytest.mark.parametrize(("name", "size"), [("solver-small", 10**9), ("my own solver", 1000)])
def test_others_are_not(name: str, size: int) -> None:
    rows = rows_for(name, size)
    assert not [row for row in rows if "embedded" in row]
    assert "Llama-3.2-1B, answering once" in rows
