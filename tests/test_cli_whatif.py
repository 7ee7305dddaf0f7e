"""`whatif` and `regret`: what they print, what they refuse, and what they write."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from search_core.log.traces import read_trace
from search_core.models import ModelPair
from tests.fakes import World
from tests.test_cli_solve import invoke, said

CHOSEN = Path(__file__).resolve().parents[1] / "assets/chosen_problems"
FOOLED = str(CHOSEN / "more_budget_is_worse.jsonl")
CUT = str(CHOSEN / "right_path_is_cut.jsonl")
WORLD = World(seed=7, ends=0.3, cut_off=0.05, words=6)


@pytest.fixture
def trace(tmp_path: Path) -> str:
    path = tmp_path / "run.jsonl"
    done = invoke("solve", "What is it?", "--n=8", "--beam-width=4", f"--trace={path}", pair=pair())
    assert done.exit_code == 0, said(done)
    return str(path)


def pair(name: str = "fake solver") -> ModelPair:
    solver = WORLD.solver()
    solver.info = replace(solver.info, name=name)
    return ModelPair.of(solver, WORLD.verifier())


def test_a_smaller_budget_is_answered_at_once() -> None:
    done = invoke("whatif", FOOLED, "--n", "4")
    assert done.exit_code == 0
    assert said(done).startswith("The answer would be 26 (right); it was 79 (wrong).")


def test_as_json_it_says_all_of_it() -> None:
    values = json.loads(invoke("whatif", FOOLED, "--hedge", "0.2", "--n", "4", "--json").stdout)
    assert values["sure"] is True
    assert values["was"] == "79"
    assert values["missing_steps"] == values["differences"] == []
    assert values["hedge"]["lambda"] == 0.2
    assert sum(one["probability"] for one in values["hedge"]["answers"]) == pytest.approx(1)
    noisy = json.loads(invoke("whatif", CUT, "--noise=0.5", "--noise-seed=2", "--json").stdout)
    assert {"id", "was", "would_be", "margin", "sentence"} <= set(noisy["differences"][0])


def test_what_is_missing_is_said_and_can_be_grown(trace: str, tmp_path: Path) -> None:
    asked = ("whatif", trace, "--beam-width", "2")
    without = said(invoke(*asked))
    assert "would have to be written" in without
    assert "--grow writes just the missing steps." in without
    file = tmp_path / "other.jsonl"
    refused = invoke(*asked, f"--to={file}")
    assert refused.exit_code == 2
    assert "Add --grow to write them." in said(refused)
    grown = invoke(*asked, "--grow", f"--to={file}", pair=pair())
    assert grown.exit_code == 0, said(grown)
    assert "Written for this:" in said(grown)
    written = read_trace(file)
    assert written.started.options["beam_width"] == 2
    assert written.tree.finished


def test_models_that_do_not_fit_are_refused(trace: str) -> None:
    other = invoke("whatif", trace, "--beam-width=2", "--grow", pair=pair("another solver"))
    assert other.exit_code == 1
    assert "written by fake solver, and what is missing would be by another solver" in said(other)
    assert "add --grow, or leave it out" in said(invoke("whatif", trace, "--solver", "small"))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--n", "0"), "it must be 1 to 256"),
        (("--branching", "2"), "Unknown option 'branching'"),
        (("--noise", "7"), "must be 0 to 1"),
    ],
)
def test_what_cannot_be_asked_is_a_bad_argument(arguments: tuple[str, ...], message: str) -> None:
    done = invoke("whatif", CUT, *arguments)
    assert done.exit_code == 2
    assert message in said(done)


def test_regret_names_the_decision_and_its_margin() -> None:
    done = invoke("regret", CUT)
    assert done.exit_code == 0
    assert "was cut in round 1" in said(done)
    assert "(margin −" in said(done)
    values = json.loads(invoke("regret", CUT, "--json").stdout)
    assert values["lost"] == "cut"
    assert values["margin"] < 0
    assert values["node"] in read_trace(Path(CUT)).tree.nodes
