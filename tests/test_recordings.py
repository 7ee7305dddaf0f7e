"""The recorded runs that the page shows are whole, and made by the models that are shipped."""

from __future__ import annotations

from pathlib import Path

import pytest

from components.explorer.recordings import FOLDER
from search_core.chosen_problems import FOLDER as CHOSEN
from search_core.engine.checkpoints.checkpoint import find_checkpoint
from search_core.log.traces import read_trace
from search_core.models import SOLVERS, VERIFIERS
from search_core.problem import Problem
from search_core.run.grading import grade_solution
from search_core.strategies import STRATEGIES

TRACES = sorted(FOLDER.glob("*.jsonl"))
ALL = [*TRACES, *sorted(CHOSEN.glob("*.jsonl"))]


def shipped_revision(folder: Path) -> str:
    return find_checkpoint(folder).revision


def test_every_strategy_has_a_recorded_example() -> None:
    assert {read_trace(path).started.strategy for path in TRACES} == set(STRATEGIES)


@pytest.mark.parametrize("path", ALL, ids=lambda path: path.stem)
def test_a_recording_is_what_it_says(path: Path) -> None:
    trace = read_trace(path)
    tree = trace.tree
    assert trace.notice == ""
    assert tree.finished is not None
    assert tree.finished.status == "completed"
    solvers = {one.folder.name: one.folder for one in SOLVERS.values()}
    solver = solvers[trace.started.solver.name]
    assert trace.started.solver.revision == shipped_revision(solver)
    if STRATEGIES[trace.started.strategy].uses_verifier:
        verifiers = {one.folder.name: one.folder for one in VERIFIERS.values()}
        verifier = verifiers[trace.started.verifier.name]
        assert trace.started.verifier.revision == shipped_revision(verifier)
    problem = Problem(**trace.started.problem.model_dump())
    for node in tree.steps():
        if node.state == "completed":
            assert node.right == grade_solution(problem, [step.text for step in tree.path(node.id)])
