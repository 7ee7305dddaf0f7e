"""The chosen problems still show what they were chosen for: each recipe is run again."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from components.explorer import examples, first_minute, listed, pin_recordings
from components.explorer.recordings import OPENING
from search_core.chosen_problems import (
    CLAIMS,
    FOLDER,
    ChosenProblem,
    ClaimError,
    read_chosen_problems,
    run_claim,
)
from search_core.problem import Problem
from search_core.serving import RunRegistry

CHOSEN = {chosen.claim.name: chosen for chosen in read_chosen_problems()}


def test_every_claim_has_its_problem() -> None:
    assert list(CHOSEN) == list(CLAIMS)


@pytest.mark.parametrize("name", CLAIMS)
def test_running_its_recipe_again_shows_the_same(name: str) -> None:
    stored = CHOSEN[name]
    header = stored.trace.started
    problem = Problem(**header.problem.model_dump())
    again = run_claim(stored.claim, problem, header.seed).tree
    found = stored.claim.check(again)
    assert found is not None, "python -m search_core.chosen_problems finds another one"
    assert found.evidence == stored.finding.evidence
    assert again.started is not None
    for told in ("strategy", "options", "sampling", "solver", "verifier"):
        assert getattr(again.started, told) == getattr(header, told), told


def test_a_failed_vote_and_a_fooled_verifier_are_not_taken_for_each_other() -> None:
    fails, fooled = CHOSEN["voting_fails"], CHOSEN["verifier_is_fooled"]
    assert fails.claim.check(fooled.trace.tree) is None
    assert fooled.claim.check(fails.trace.tree) is None


def test_the_way_that_was_cut_leads_to_the_target() -> None:
    chosen = CHOSEN["right_path_is_cut"]
    header, evidence = chosen.trace.started, chosen.finding.evidence
    tree = chosen.trace.tree
    assert tree.nodes[evidence["step"]].state == "pruned"
    assert evidence["way"][-1].endswith(f" = {header.problem.answer}")
    for equation in evidence["way"]:
        sum_, _, result = equation.partition(" = ")
        assert eval(sum_) == int(result)
    assert not any(node.right for node in tree.steps())


def test_a_trace_that_does_not_show_what_it_is_called_is_refused(tmp_path: Path) -> None:
    shutil.copy(FOLDER / "voting_fails.jsonl", tmp_path / "verifier_is_fooled.jsonl")
    with pytest.raises(ClaimError, match="--only verifier_is_fooled"):
        read_chosen_problems(tmp_path)


def test_a_trace_without_a_claim_is_refused(tmp_path: Path) -> None:
    shutil.copy(FOLDER / "voting_fails.jsonl", tmp_path / "nobody.jsonl")
    with pytest.raises(ClaimError, match="nobody"):
        read_chosen_problems(tmp_path)


def test_the_page_opens_with_one_and_knows_all_of_them(tmp_path: Path) -> None:
    registry = RunRegistry(tmp_path)
    recordings = pin_recordings(registry)
    told = first_minute(recordings)
    chosen = recordings[0].chosen
    assert isinstance(chosen, ChosenProblem)
    assert chosen.claim.name == OPENING
    assert told["opening"] == recordings[0].run_id
    assert {one["claim"] for one in told["chosen"]} == set(CLAIMS)
    assert all(registry.get(one["run"]) for one in told["chosen"])
    assert listed(recordings)[0].heading == "Chosen problems"
    # An example of a strategy is one that shows it at its usual.
    assert all(one.chosen is None for one in examples(recordings).values())
    registry.close()
