"""Regret: where a wrong run lost a right solution."""

from __future__ import annotations

from pathlib import Path

import pytest

from search_core.chosen_problems.claims import CLAIMS
from search_core.log.traces import read_trace
from search_core.log.tree import Tree
from search_core.problem import Problem
from search_core.run.driving import drive
from search_core.run.recipe import Recipe
from search_core.run.runner import Run
from search_core.strategies import STRATEGIES
from search_core.whatif import regret
from tests.fakes import FakeSolver, FakeVerifier

CHOSEN = Path(__file__).resolve().parents[1] / "assets/chosen_problems"


def tree_of(
    name: str,
    solutions: dict[str, float],
    *,
    problem: Problem | None = None,
    **options: object,
) -> Tree:
    """A run whose solutions are one step long, each with its score."""
    texts = list(solutions)
    solver = FakeSolver(
        lambda steps, index: (texts[index], "end" if "answer" in texts[index] else "step")
    )
    verifier = FakeVerifier(lambda steps: solutions[steps[-1]])
    strategy = STRATEGIES[name]
    made = strategy.options.from_values({"n": len(texts), **options})
    recipe = Recipe(problem or Problem("What is it?", "1"), strategy, made)
    run = Run(recipe, solver.info, verifier.info)
    drive(run, solver, verifier)
    return run.tree


def test_a_right_answer_is_nothing_to_regret() -> None:
    found = regret(tree_of("best_of_n", {"The answer is 1.": 0.9}))
    assert (found.lost, found.node) == ("nothing", None)


def test_a_lost_vote_says_by_how_much_and_who_would_have_won_it() -> None:
    scores = {"The answer is 2.": 0.9, "The answer is 1.": 0.7, "So the answer is 1.": 0.6}
    found = regret(tree_of("best_of_n", scores, judge="best"))
    assert (found.lost, found.node) == ("vote", "1")
    assert found.margin == pytest.approx(-0.2)
    assert found.instead == ("majority", "weighted")
    assert found.sentence == (
        "2 right solutions were finished, and lost the best vote by score 0.90 to 0.70. A vote by "
        "majority or weighted would have chosen a right one."
    )


def test_a_right_solution_that_was_cut_says_by_which_decision() -> None:
    """DVTS as published drops a finished path whose sibling scores better."""
    tree = dropped()
    found = regret(tree)
    assert (found.lost, found.node) == ("cut", "0")
    assert found.decision is not None
    assert tree.decisions[found.decision].rule == "sibling_dropped"
    assert "Step 1, branch 1 was a right solution, and was cut in round 1" in found.sentence


def dropped() -> Tree:
    def step(steps: tuple[str, ...], index: int) -> tuple[str, str]:
        if not steps:
            return ("The answer is 1.", "end") if index == 0 else ("go on", "step")
        return "The answer is 2.", "end"

    strategy = STRATEGIES["dvts"]
    options = strategy.options.from_values({"n": 2, "beam_width": 2, "siblings_finish": False})
    solver, verifier = (
        FakeSolver(step),
        FakeVerifier(lambda s: 0.4 if s == ("The answer is 1.",) else 0.8),
    )
    run = Run(Recipe(Problem("What is it?", "1"), strategy, options), solver.info, verifier.info)
    drive(run, solver, verifier)
    return run.tree


def test_without_a_right_solution_and_a_checker_nobody_knows_where_it_was_lost() -> None:
    found = regret(tree_of("best_of_n", {"The answer is 2.": 0.9}))
    assert found.lost == "unknown"
    assert "only rollouts from it could tell" in found.sentence


def test_without_a_reference_nobody_knows() -> None:
    tree = tree_of("best_of_n", {"The answer is 2.": 0.9}, problem=Problem("What is it?"))
    assert regret(tree).sentence == "Nobody knows the right answer of this problem."


def test_a_run_that_was_cut_off_had_no_chance() -> None:
    trace = read_trace(CHOSEN / "voting_fails.jsonl")
    assert regret(Tree.from_events(trace.events[:-1])).lost == "unknown"


COUNTDOWN = Problem("Use 3, 5 and 2 to make 16.", "16", "countdown", 3)


@pytest.mark.parametrize(
    ("steps", "lost", "node"),
    [
        # 3 + 5 = 8 leads to 8 * 2 = 16, and scores too little to be kept.
        ({"3 + 5 = 8, left 2 8": 0.2, "3 * 5 = 15, left 2 15": 0.9}, "cut", "0"),
        ({"3 * 5 = 15, left 2 15": 0.2, "5 - 3 = 2, left 2 2": 0.9}, "solver", "root"),
    ],
)
def test_a_hopeful_step_that_was_cut_is_found_by_the_checker(
    steps: dict[str, float], lost: str, node: str
) -> None:
    texts = list(steps)

    def step(path: tuple[str, ...], index: int) -> tuple[str, str]:
        return (texts[index % 2], "step") if not path else ("The answer is 15.", "end")

    strategy = STRATEGIES["beam_search"]
    options = strategy.options.from_values({"n": 2, "beam_width": 2})
    solver, verifier = FakeSolver(step), FakeVerifier(lambda path: steps.get(path[-1], 0.5))
    run = Run(Recipe(COUNTDOWN, strategy, options), solver.info, verifier.info)
    drive(run, solver, verifier)
    found = regret(run.tree)
    assert (found.lost, found.node) == (lost, node)
    if lost == "cut":
        assert found.margin == pytest.approx(-0.7)
        assert found.sentence == (
            "Step 1, branch 1 could still become right, and was cut in round 1: rank 2 of 2, "
            "0.20 where the cut was 0.90 (margin −0.70)."
        )


def test_it_finds_what_the_chosen_problems_were_chosen_for() -> None:
    lost = {path.stem: regret(read_trace(path).tree) for path in sorted(CHOSEN.glob("*.jsonl"))}
    assert set(lost) == set(CLAIMS)
    assert lost["voting_fails"].lost == "nothing"
    for name in ("verifier_is_fooled", "more_budget_is_worse"):
        assert lost[name].lost == "vote"
        assert "majority" in lost[name].instead
    tree = read_trace(CHOSEN / "right_path_is_cut.jsonl").tree
    finding = CLAIMS["right_path_is_cut"].check(tree)
    assert finding
    cut = lost["right_path_is_cut"]
    assert (cut.lost, cut.node) == ("cut", finding.evidence["step"])
