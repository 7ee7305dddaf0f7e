"""An outcome verifier: asked for finished solutions only, and refused where that is too late."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from search_core import Problem, search
from search_core.cli.app import app
from search_core.cli.services import ModelChoice, Services
from search_core.engine.checkpoints.checkpoint import ModelLoadError
from search_core.log.events import Scored, Started
from search_core.log.traces import read_trace
from search_core.models import ModelPair
from search_core.protocols import Cancelled, ScoreRequest, StepScores
from search_core.run.recipe import Recipe
from search_core.search import SearchResult
from search_core.serving import RunRegistry
from search_core.strategies import STRATEGIES
from search_core.strategies.options import OptionError
from search_core.verifiers import load_verifier
from tests.fakes import FakeVerifier, World
from tests.waiting import PATIENCE

WORLD = World(seed=5, words=9, ends=0.3, cut_off=0.1)


class Outcome(FakeVerifier):
    """Judges finished solutions, and remembers what it was asked."""

    def __init__(self) -> None:
        process = WORLD.verifier()
        super().__init__(process.judge, replace(process.info, scores="solutions"))
        self.asked: list[ScoreRequest] = []

    def score(self, requests: Sequence[ScoreRequest], cancelled: Cancelled) -> list[StepScores]:
        self.asked += requests
        return super().score(requests, cancelled)


def outcome_search(verifier: Outcome, strategy: str = "best_of_n", **options: Any) -> SearchResult:
    problem = Problem("?", answer="1")
    return search(problem, strategy, solver=WORLD.solver(), verifier=verifier, **options)


@pytest.mark.parametrize("aggregate", ["last", "min", "prod", "mean"])
@pytest.mark.parametrize("length_ends", [False, True])
def test_only_finished_solutions_are_judged(
    aggregate: str, length_ends: bool, tmp_path: Path
) -> None:
    verifier = Outcome()
    found = outcome_search(verifier, n=16, aggregate=aggregate, length_ends=length_ends)
    tree = found.tree
    solutions = {node.id for node in tree.steps() if node.state == "completed"}
    assert len(solutions) > 3
    assert {node.id for node in tree.steps() if node.score is not None} == solutions
    assert len(verifier.asked) == len(solutions)
    assert all(one.finished and one.first == len(one.steps) - 1 for one in verifier.asked)
    for key in solutions:
        path = tuple(node.text for node in tree.path(key))
        assert tree.nodes[key].score == pytest.approx(WORLD.score(path))
        assert tree.nodes[key].aggregate == tree.nodes[key].score
    found.save(tmp_path / "run.jsonl")
    again = read_trace(tmp_path / "run.jsonl")
    assert again.tree == tree
    assert again.started.verifier.scores == "solutions"


def test_only_an_outcome_verifier_is_named_as_one() -> None:
    header = outcome_search(Outcome(), n=2).events[0]
    assert isinstance(header, Started)
    assert header.model_dump()["verifier"]["scores"] == "solutions"
    usual = search(Problem("?"), solver=WORLD.solver(), verifier=WORLD.verifier(), n=4).events[0]
    assert isinstance(usual, Started)
    assert "scores" not in usual.model_dump()["verifier"]


@pytest.mark.parametrize("strategy", ["beam_search", "dvts"])
def test_a_strategy_that_prunes_on_the_way_is_refused_before_it_runs(
    strategy: str, tmp_path: Path
) -> None:
    verifier, solver = Outcome(), WORLD.solver()
    with pytest.raises(OptionError, match="judges finished solutions only"):
        search(Problem("?"), strategy, solver=solver, verifier=verifier, n=4)
    registry = RunRegistry(tmp_path)
    chosen = STRATEGIES[strategy]
    recipe = Recipe(Problem("?"), chosen, chosen.options())
    with pytest.raises(OptionError, match="judges finished solutions only"):
        registry.start(recipe, ModelPair.of(solver, verifier))
    assert list(tmp_path.iterdir()) == []
    run = registry.start(recipe, ModelPair.of(solver, verifier), "log-probability")
    assert run.wait(PATIENCE)
    assert run.error == ""
    registry.close()
    assert verifier.calls == 0


def test_greedy_asks_nobody() -> None:
    result = outcome_search(Outcome(), "greedy")
    assert not [event for event in result.events if isinstance(event, Scored)]


def test_the_command_line_refuses_it_too() -> None:
    pair = ModelPair.of(WORLD.solver(), Outcome())

    def open_models(choice: ModelChoice) -> ModelPair:
        return pair

    def solve(strategy: str) -> tuple[int, str]:
        arguments = ["solve", "?", "--strategy", strategy, "--n", "4"]
        result = CliRunner().invoke(app, arguments, obj=Services(open_models))
        return result.exit_code, " ".join(result.output.replace("│", " ").split())

    code, said = solve("dvts")
    assert code == 2
    assert "and DVTS asks about unfinished ones" in said
    assert solve("best_of_n")[0] == 0


def test_the_folder_says_what_a_verifier_judges(tmp_path: Path) -> None:
    from tests.tiny_models import tiny_verifier

    folder = tiny_verifier(tmp_path)
    assert load_verifier(folder, device="cpu").info.scores == "steps"
    card = tmp_path / "espalier.json"
    card.write_text(json.dumps({"scores": "solutions"}))
    assert load_verifier(folder, device="cpu").info.scores == "solutions"
    assert ModelPair("x", str(folder)).judged == "solutions"
    card.write_text(json.dumps({"scores": 3}))
    with pytest.raises(ModelLoadError, match=r'"scores" in espalier\.json is 3'):
        load_verifier(folder, device="cpu")
