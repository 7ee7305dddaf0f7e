"""MCTS in worlds worked by hand; `test_mcts_random.py` has those that nobody could."""

from __future__ import annotations

import itertools
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search_core.log.events import BackedUp, Decided
from search_core.models import ModelPair
from search_core.problem import Problem
from search_core.run.driving import drive
from search_core.run.recipe import Recipe
from search_core.run.runner import Run
from search_core.strategies import STRATEGIES, OptionError
from search_core.strategies.base import NodeView
from search_core.strategies.mcts import MctsOptions
from search_core.strategies.mcts_tree import SearchTree, priors, puct, uct
from tests.fakes import World
from tests.searches import answer, by_state, parents, rules, run
from tests.test_mcts_random import members, search
from tests.test_outcome_verifier import Outcome

MCTS = STRATEGIES["mcts"]


def test_the_formulas_by_hand() -> None:
    assert puct(0.5, 3, 16, 1.25) == 0.625
    assert puct(1.0, 0, 1, 2.0) == 2.0
    assert uct(0.9, 4, 1, 1.0) == 0.0
    assert uct(0.0, 2, round(math.e**2), 1.0) == pytest.approx(math.sqrt(math.log(7) / 2))


@given(st.lists(st.floats(-50, 0), min_size=1, max_size=8), st.floats(0.5, 50))
def test_priors_are_the_solvers_probabilities(logprobs: list[float], temperature: float) -> None:
    nodes = [NodeView(str(i), 1, "", "", "step", None, logprob=x) for i, x in enumerate(logprobs)]
    found = priors(nodes, temperature)
    assert math.fsum(found) == pytest.approx(1)
    for one, logprob in zip(found, logprobs, strict=True):
        assert one == pytest.approx(found[0] * math.exp((logprob - logprobs[0]) / temperature))


# Virtual loss -------------------------------------------------------------------------------


def grown(scores: list[float]) -> SearchTree:
    """A tree of one level, each step evaluated once."""
    tree = SearchTree(NodeView("root", 0, "", "", "step", None), "puct", 1.0, revisits=3)
    tree.select()
    tree.clear_losses()
    views = [NodeView(str(i), 1, str(i), str(i), "step", score) for i, score in enumerate(scores)]
    new = tree.grow(tree.top, views, [1 / len(scores)] * len(scores), lambda _: True)
    tree.back_up(new, scores)
    return tree


@given(st.lists(st.floats(0, 1), min_size=1, max_size=6), st.integers(1, 6))
def test_virtual_loss_spreads_a_batch_and_leaves_no_trace(scores: list[float], count: int) -> None:
    tree = grown(scores)
    before = [(one.visits, one.total) for one in (tree.top, *tree.top.children)]
    batch = [tree.select() for _ in range(min(count, len(scores)))]
    leaves = [selected.leaf.view.id for selected in batch]
    assert len(set(leaves)) == len(leaves)
    assert tree.top.visits == len(scores) + len(batch)
    for earlier, selected in enumerate(batch):
        # Each one before it in the batch counts as a visit of a sibling.
        assert selected.bonus == puct(1 / len(scores), 1, len(scores) + earlier, 1.0)
    tree.clear_losses()
    after = [(one.visits, one.total) for one in (tree.top, *tree.top.children)]
    assert after == before


def test_a_virtual_loss_sends_the_next_leaf_elsewhere() -> None:
    children = {"": "A B", "A": "A1 A2", "B": "1. 2.", "A A1": "3. 4.", "A A2": "5. 6."}
    scores = {"A": 0.9, "B": 0.1, "A1": 0.9, "A2": 0.9}
    options = {"n": 4, "branching": 2, "exploration": 0.01, "max_steps": 3}
    together = run("mcts", children, scores, leaves_at_once=2, **options)
    alone = run("mcts", children, scores, leaves_at_once=1, **options)
    assert parents(together)[:2] == [["", ""], ["A", "A", "B", "B"]]
    assert parents(alone)[:2] == [["", ""], ["A", "A"]]


@pytest.mark.parametrize("noise", [1e-16, 1e-10, 2e-9])
def test_a_tie_goes_to_the_earlier_step_wherever_it_lies(noise: float) -> None:
    """At a half of the seventh digit rounding would part two values that are one."""
    edge = 0.12345675
    for first, second in itertools.product([edge - noise, edge, edge + noise], repeat=2):
        tree = grown([0.05, first, second])
        selected = tree.select()
        assert selected.leaf.view.id == "1"
        tree.clear_losses()
        for branch in tree.top.children:
            branch.solution = branch.view
        chosen = tree.principal(lambda branch: branch.value)
        assert chosen is not None
        assert chosen.id == "1"


def test_a_tree_without_a_leaf_says_so() -> None:
    tree = grown([0.5])
    tree.select()
    with pytest.raises(ValueError, match="No leaf is left at or below node root"):
        tree.select()


# Worlds worked by hand ----------------------------------------------------------------------

CHILDREN = {"": "B A 2.", "A": "1. 2. 2.", "B": "4. 3. 5."}
SCORES = {"A": 0.9, "B": 0.2, "1.": 0.6, "2.": 0.55, "3.": 1.0, "4.": 0.1, "5.": 0.1}


@pytest.mark.parametrize(
    ("final_choice", "wanted"),
    # Means: A (0.9 + 0.6 + 0.55) / 3, B (0.2 + 0.1 + 1 + 0.1) / 4. Votes: 2 has twice 0.55,
    # 3 has 1.0. B and A are visited 4 and 3 times, and B's children once each: the first wins.
    [("vote", "2"), ("value", "1"), ("best_leaf", "3"), ("visits", "4")],
)
def test_the_final_choice(final_choice: str, wanted: str) -> None:
    made = run(
        "mcts",
        CHILDREN,
        SCORES,
        n=6,
        branching=3,
        max_steps=2,
        selection="uct",
        exploration=10.0,
        leaves_at_once=1,
        final_choice=final_choice,
    )
    visits = {node.text: node.visits for node in made.tree.steps() if node.depth == 1}
    assert visits["B"] == 4
    assert visits["A"] == 3
    assert answer(made) == wanted


def test_a_mix_weighs_the_rollout_against_the_score() -> None:
    children = {"": "A", "A": "1."}
    scores = {"A": 0.4, "1.": 0.8}
    for evaluation, value in [("value", 0.4), ("rollout", 0.8), ("mix", 0.5)]:
        made = run(
            "mcts", children, scores, n=1, max_steps=3, evaluation=evaluation, rollout_weight=0.25
        )
        first = next(e for e in made.events if isinstance(e, BackedUp) and e.id == "0")
        assert (first.visits, first.value) == (1, value)


def test_a_finished_rollout_is_a_solution_and_nobody_decides_on_it() -> None:
    children = {"": "A B", "A": "A1", "A A1": "1.", "B": "B1~"}
    made = run("mcts", children, {"1.": 0.7}, n=2, branching=2, max_steps=3, evaluation="rollout")
    rollouts = [node for node in made.tree.steps() if node.role == "rollout"]
    assert {node.text: node.state for node in rollouts} == {
        "A1": "rollout",
        "B1": "rollout",
        "The answer is 1.": "completed",
    }
    assert all(node.decision is None for node in rollouts)
    # B's rollout was cut off: whatever a verifier would say, there is no answer.
    assert {n.text: n.value for n in members(made.tree) if n.depth == 1} == {"A": 0.7, "B": 0.0}
    assert answer(made) == "1"
    assert rules(made) == {"A": "never_selected", "B": "never_selected"}


def test_equal_siblings_are_one_step_but_an_end_is_another_one() -> None:
    children = {"": "A A 1. 1.", "A": "2. 3. 2. 4."}
    made = run("mcts", children, {"A": 0.9}, n=4, branching=4, max_steps=2)
    assert by_state(made, "merged") == ["A", "The answer is 1.", "The answer is 2."]
    world = {(): [("A", "step"), ("A", "end")], ("A",): [("B", "end"), ("B", "end")]}
    distinct = World()
    object.__setattr__(distinct, "step", lambda steps, index: world[steps][index])
    found = search(distinct, MctsOptions(n=2, branching=2, max_steps=2)).tree
    assert [node.state for node in found.steps() if node.depth == 1] == ["kept", "completed"]


@pytest.mark.parametrize(
    ("children", "options", "said"),
    [
        ({"": "A 1. 2."}, {"n": 3, "branching": 3, "max_steps": 1}, ""),
        ({"": "A 1.", "A": "C D"}, {"n": 2, "branching": 2, "max_steps": 2}, ""),
        ({"": "1. A", "A": "3. 4."}, {"n": 2, "branching": 2, "max_steps": 3}, ""),
        ({"": "B A", "B": "C D"}, {"n": 2, "branching": 2, "max_steps": 2}, "of 4 steps is spent"),
    ],
)
def test_steps_that_the_search_never_came_back_to_say_why(
    children: dict[str, str], options: dict[str, int], said: str
) -> None:
    scores = {"A": 0.0, "B": 0.9, "1.": 1.0, "2.": 1.0}
    made = run("mcts", children, scores, exploration=0.01, **options)
    whys = [e.why for e in made.events if isinstance(e, Decided) and e.rule == "never_selected"]
    assert bool(whys) == bool(said)
    assert all(said in why for why in whys)


def test_it_stops_when_n_different_solutions_are_finished() -> None:
    children = {"": "B A 7.", "B": "7. 8. 9."}
    made = run("mcts", children, {"B": 0.9}, n=3, branching=3, exploration=0.01)
    assert parents(made) == [["", "", ""], ["B", "B", "B"]]
    assert rules(made) == {"B": "puct", "A": "never_selected"}
    [why] = [d.why for d in made.tree.decisions if d.rule == "never_selected"]
    assert why.startswith("4 solutions are finished, and the budget was 3;")


# The budget ---------------------------------------------------------------------------------


def test_a_good_solution_is_selected_again_and_does_not_eat_the_budget() -> None:
    children = {"": "1. A", "A": "B C", "A B": "2. 3.", "A C": "4. 5."}
    made = run(
        "mcts", children, {"1.": 1.0, "A": 0.0, "B": 0.9}, n=3, branching=2, exploration=0.01
    )
    visits = {node.text: node.visits for node in made.tree.steps()}
    assert visits["The answer is 1."] == 1 + 3
    assert parents(made) == [["", ""], ["A", "A"], ["B", "B"]]


# Outcome verifiers --------------------------------------------------------------------------


def test_an_outcome_verifier_goes_with_rollouts_only() -> None:
    solver, verifier = World(seed=3).solver(), Outcome()
    pair = ModelPair.of(solver, verifier)
    for evaluation in ("value", "mix"):
        options = MCTS.options.from_values({"evaluation": evaluation})
        assert MCTS.asks(options) == "steps"
        for refused in (
            lambda options=options: pair.check(MCTS, "verifier", options),
            lambda options=options: Run(
                Recipe(Problem("?"), MCTS, options), solver.info, verifier.info
            ),
            lambda: pair.check(MCTS, "verifier"),
        ):
            with pytest.raises(OptionError, match=r"Choose Evaluation = rollout, best-of-N or"):
                refused()
        pair.check(MCTS, "log-probability", options)
    options = MCTS.options.from_values({"evaluation": "rollout", "n": 6})
    assert MCTS.asks(options) == "solutions"
    pair.check(MCTS, "verifier", options)
    made = Run(Recipe(Problem("?"), MCTS, options), solver.info, verifier.info)
    drive(made, solver, verifier)
    scored = [node for node in made.tree.steps() if node.score is not None]
    assert len(scored) > 3
    assert all(node.ended == "end" for node in scored)
    assert all(asked.finished for asked in verifier.asked)
