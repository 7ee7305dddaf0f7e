"""The command line and the Python interface on the models that the repository ships."""

from __future__ import annotations

import json
from pathlib import Path

import networkx as nx
import pytest
from typer.testing import CliRunner, Result

from search_core import Problem, search
from search_core.cli.app import app
from search_core.evaluation import arms
from search_core.log.export import export_graphml, tree_to_networkx
from search_core.log.traces import read_trace
from search_core.strategies import STRATEGIES

pytestmark = pytest.mark.models

PROBLEM = "What is (7 + 8) * 3 - 4?"


def invoke(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments))


def test_solve_writes_a_trace_that_check_accepts(tmp_path: Path) -> None:
    trace = tmp_path / "run.jsonl"
    result = invoke("solve", PROBLEM, "--n", "8", "--beam-width", "4", "--trace", str(trace))
    assert result.exit_code == 0, result.output
    assert "Answer" in result.stdout
    checked = invoke("check", str(trace), "--json")
    values = json.loads(checked.stdout)
    assert values["status"] == "completed"
    assert values["problem"]["family"] == "expression"
    assert values["right"] is not None
    assert values["solver"]["parameters"] > 100_000
    assert values["cost"]["solver_flops"] > 0
    assert values["cost"]["verifier_flops"] > 0


def test_the_same_seed_gives_the_same_tree() -> None:
    runs = [
        json.loads(invoke("solve", PROBLEM, "--n", "4", "--seed", "5", "--json").stdout)
        for _ in range(2)
    ]
    for run in runs:
        del run["run"], run["created"], run["cost"]["seconds"]
    assert runs[0] == runs[1]


def test_what_the_embedded_models_cannot_read_is_a_bad_argument() -> None:
    result = invoke("solve", "Who wrote Hamlet?")
    assert result.exit_code == 2
    assert "Traceback" not in result.output
    assert "ountdown" in result.output


def test_models_are_chosen_by_name() -> None:
    chosen = ("--solver", "large", "--verifier", "early")
    values = json.loads(invoke("solve", PROBLEM, "--n", "4", *chosen, "--json").stdout)
    assert values["solver"]["name"] == "solver-large"
    assert values["verifier"]["name"] == "verifier-early"
    assert values["problem"]["family"] == "expression"
    assert values["sampling"]["max_step_tokens"] == 96
    values = json.loads(invoke("solve", PROBLEM, "--n", "4", "--solver", "large", "--json").stdout)
    assert values["verifier"]["name"] == "verifier-small"


def test_the_outcome_verifier_chooses_among_solutions() -> None:
    arguments = ("solve", PROBLEM, "--n", "4", "--verifier", "outcome")
    refused = invoke(*arguments, "--strategy", "beam_search")
    assert refused.exit_code == 2
    assert "finished solutions" in " ".join(refused.output.replace("│", " ").split())
    values = json.loads(invoke(*arguments, "--strategy", "best_of_n", "--json").stdout)
    *before, last = [step["score"] for step in values["solution"]]
    assert set(before) == {None}
    assert 0 <= last <= 1


def test_models_are_chosen_by_name_from_python() -> None:
    run = search(PROBLEM, n=4, solver="large", verifier="early")
    assert run.tree.started is not None
    assert run.tree.started.solver.name == "solver-large"
    assert run.tree.started.verifier.name == "verifier-early"
    assert run.tree.started.problem.family == "expression"
    assert run.tree.started.sampling["top_p"] == search(PROBLEM, n=4).tree.started.sampling["top_p"]  # type: ignore[union-attr]


def test_from_python(tmp_path: Path) -> None:
    run = search(Problem("What is 7 + 8 * 3?", answer="31"), "beam_search", n=8, beam_width=4)
    assert run.events[0].seq == 0
    assert run.answer is not None
    assert run.cost.flops == run.cost.solver_flops + run.cost.verifier_flops > 0
    graph = tree_to_networkx(run.tree)
    assert nx.is_arborescence(graph)
    assert graph.number_of_nodes() == len(run.tree.nodes)
    export_graphml(run.tree, tmp_path / "tree.graphml")
    assert set(nx.read_graphml(tmp_path / "tree.graphml")) == set(graph)
    run.save(tmp_path / "run.jsonl")
    assert read_trace(tmp_path / "run.jsonl").tree == run.tree


def test_evaluate_measures_the_families_and_each_strategy_by_its_own_solver(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # That each strategy runs on these models is found where each meets every source of scores.
    names = ("self_revision", "single_stream")
    monkeypatch.setattr(arms, "STRATEGIES", {name: STRATEGIES[name] for name in names})
    out = tmp_path / "results.json"
    result = invoke(
        *("evaluate", "--strategies", "best_of_n@16,all", "--n", "4", "--count", "1"),
        *("--rollout-problems", "1", "--draws", "50", "--workers", "1", "--out", str(out)),
    )
    assert result.exit_code == 0, result.output
    values = json.loads(out.read_text())
    assert values["problems"] == {"expression": 1, "word": 1, "countdown": 1}
    rows = {row["name"]: row["average"] for row in values["rows"]}
    assert rows["best_of_n@16/majority"]["verifier_flops"] == 0
    assert rows["best_of_n@16/weighted"]["verifier_flops"] > 0
    assert rows["best_of_n@16/any"]["accuracy"]["value"] > 0
    assert values["solver"]["revision"]
    assert values["verifier"]["revision"]
    assert values["verifier_quality"]["average"]["solutions"] > 0
    # Those with a solver of their own run by it, on what it can.
    by_strategy = {row["strategy"]: row for row in values["rows"]}
    assert by_strategy["self_revision"]["own_solver"] == "revision"
    assert set(by_strategy["self_revision"]["families"]) == {"expression", "word", "countdown"}
    assert by_strategy["single_stream"]["own_solver"] == "stream"
    assert set(by_strategy["single_stream"]["families"]) == {"countdown"}
    assert by_strategy["best_of_n"]["own_solver"] is None
    assert values["own_solvers"]["stream"]["name"] == "solver-stream"
    assert values["own_sampling"]["stream"]["temperature"] == 0.6
