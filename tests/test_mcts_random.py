"""MCTS in random worlds: it goes where a second writing of it goes, and its numbers add up."""

from __future__ import annotations

import math
import random
import re
import sys
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search_core.log.events import Decided, Sampled
from search_core.log.tree import Node, Tree
from search_core.problem import Problem
from search_core.run.driving import drive
from search_core.run.recipe import Recipe
from search_core.run.runner import Run
from search_core.strategies import STRATEGIES
from search_core.strategies.mcts import MctsOptions
from search_core.strategies.mcts_tree import puct, uct
from tests.examples import examples
from tests.fakes import FakeClock, World
from tests.mcts_oracle import Path, Search
from tests.test_exhaustive import search as search_all

MCTS = STRATEGIES["mcts"]
CASES = range(200)
"""Numbers of the worlds; for more of them: python -m tests.test_mcts_random 40000"""


def search(world: World, options: MctsOptions) -> Run:
    solver, verifier = world.solver(), world.verifier()
    made = Run(Recipe(Problem("?"), MCTS, options), solver.info, verifier.info, clock=FakeClock())
    drive(made, solver, verifier)
    return made


def texts(tree: Tree, node: Node) -> Path:
    return tuple(step.text for step in tree.path(node.id))


def members(tree: Tree) -> list[Node]:
    """The steps of the search: no rollouts, no duplicates."""
    return [n for n in tree.steps() if n.role == "step" and n.state != "merged"]


def case(number: int) -> tuple[World, MctsOptions]:
    """A world and options, drawn at random by this number."""
    draw = random.Random(number)
    world = World(
        seed=draw.randrange(10_000),
        words=draw.randint(1, 6),
        ends=draw.choice([0.1, 0.3, 0.6]),
        cut_off=draw.choice([0.0, 0.15]),
        scores=draw.randint(1, 8),
    )
    options = MctsOptions(
        n=draw.randint(1, 12),
        max_steps=draw.randint(1, 5),
        branching=draw.randint(1, 4),
        selection=draw.choice(["puct", "uct"]),  # type: ignore[arg-type]
        evaluation=draw.choice(["value", "rollout", "mix"]),  # type: ignore[arg-type]
        exploration=draw.choice([0.1, 1.25, 5.0]),
        leaves_at_once=draw.randint(1, 4),
        rollout_weight=draw.choice([0.25, 0.5]),
        prior_temperature=draw.choice([0.5, 1.0, 10.0]),
    )
    return world, options


@cache
def searched(number: int) -> Run:
    return search(*case(number))


# Against the second writing -----------------------------------------------------------------


def goes_where_it_should(number: int) -> None:
    made, plain = searched(number), Search(*case(number)).run()
    tree, options = made.tree, plain.options
    found = {texts(tree, node): node for node in members(tree)} | {(): tree.root}
    assert set(found) == set(plain.ended)
    for path, values in plain.backed_up.items():
        assert found[path].visits == len(values)
        assert found[path].value == pytest.approx(math.fsum(values) / len(values))
    came_to = [
        texts(tree, tree.nodes[event.kept[0].id])
        for event in made.events
        if isinstance(event, Decided) and event.rule == options.selection
    ]
    expanded = [path for path in plain.selected if plain.ended[path] == "step" and path]
    assert came_to == expanded


def test_it_goes_where_the_second_writing_goes() -> None:
    for number in CASES:
        goes_where_it_should(number)


@pytest.mark.parametrize("number", CASES[:100])
def test_visits_and_values_add_up(number: int) -> None:
    """A step: its own evaluation, and what its children brought. The problem: only these."""
    tree, options = searched(number).tree, case(number)[1]
    steps = {node.id: node for node in members(tree)}
    for node in (tree.root, *steps.values()):
        children = [steps[key] for key in node.children if key in steps]
        visits = sum(child.visits or 0 for child in children)
        total = sum((child.visits or 0) * (child.value or 0.0) for child in children)
        assert node.visits is not None
        assert node.value is not None
        if node.state == "completed":
            assert node.visits >= 1
            assert node.value == pytest.approx(node.aggregate)
            continue
        own = node.visits - visits
        assert own == (0 if node is tree.root else 1)
        evaluation = node.visits * node.value - total
        if node is tree.root or node.ended == "length" or node.depth == options.max_steps:
            assert evaluation == pytest.approx(0, abs=1e-6)
        elif options.evaluation == "value":
            assert evaluation == pytest.approx(node.aggregate, abs=1e-6)


@pytest.mark.parametrize("number", CASES[:100])
def test_each_decision_tells_the_sums_that_made_it(number: int) -> None:
    """One leaf at a time, so that what a decision says can be read off the log before it."""
    world, options = case(number)
    options = MctsOptions(**{**vars(options), "leaves_at_once": 1, "evaluation": "value"})
    tree = Tree()
    for event in search(world, options).events:
        if isinstance(event, Decided) and event.rule == options.selection:
            [verdict] = event.kept
            node = tree.nodes[verdict.id]
            siblings = [n for n in members(tree) if n.parent == node.parent]
            total = sum(n.visits or 0 for n in siblings)
            likely = [math.exp(n.logprob / options.prior_temperature) for n in siblings]
            sums = {}
            for one, power in zip(siblings, likely, strict=True):
                bonus = (
                    puct(power / sum(likely), one.visits or 0, total, options.exploration)
                    if options.selection == "puct"
                    else uct(0.0, one.visits or 0, total, options.exploration)
                )
                sums[one.id] = ((one.value or 0.0), bonus)
            told = [float(number) for number in re.findall(r"\d+\.\d+", event.why)]
            value, bonus = sums[node.id]
            assert told[:3] == pytest.approx([value, bonus, value + bonus], abs=6e-4)
            others = [sum(sums[key]) for key in sums if key != node.id]
            # A sibling with a higher sum can only be one that leads nowhere any more.
            assert len(told) == 3 or any(abs(one - told[3]) < 6e-4 for one in others)
            assert len(told) == 3 or told[3] <= told[2]
        tree.apply(event)


@pytest.mark.parametrize("number", CASES[:100])
def test_no_more_steps_are_written_than_n_solutions_have(number: int) -> None:
    made, options = searched(number), case(number)[1]
    written = [event for event in made.events if isinstance(event, Sampled)]
    assert len(written) <= options.n * options.max_steps
    found = {texts(made.tree, n) for n in made.tree.steps() if n.state == "completed"}
    rest = [n for n in made.tree.steps() if n.decision is not None]
    unseen = [n for n in rest if made.tree.decisions[n.decision or 0].rule == "never_selected"]
    if unseen:
        # It did not stop early: something was used up.
        left = options.n * options.max_steps - len(written)
        longest = 1 if options.evaluation == "value" else options.max_steps
        assert len(found) >= options.n or left < longest


# Against the whole tree ---------------------------------------------------------------------

WORLDS = st.builds(
    World,
    seed=st.integers(0, 10_000),
    words=st.integers(1, 6),
    ends=st.sampled_from([0.1, 0.3, 0.6]),
    cut_off=st.sampled_from([0.0, 0.15]),
    scores=st.integers(1, 8),
)


@examples(60)
@given(
    WORLDS,
    st.integers(1, 3),
    st.integers(1, 3),
    st.sampled_from(["puct", "uct"]),
    st.sampled_from(["value", "mix"]),
)
def test_with_budget_enough_it_finds_the_best_leaf_of_the_whole_tree(
    world: World, branching: int, depth: int, selection: str, evaluation: str
) -> None:
    whole = search_all(world, branching=branching, max_steps=depth, judge="best")
    options = MctsOptions(
        n=128,
        branching=branching,
        max_steps=depth,
        selection=selection,  # type: ignore[arg-type]
        evaluation=evaluation,  # type: ignore[arg-type]
        exploration=5.0,
        final_choice="best_leaf",
    )
    made = search(world, options)
    assert {texts(made.tree, n) for n in members(made.tree)} == {
        texts(whole.tree, n) for n in members(whole.tree)
    }
    best = [tree.finished.chosen for tree in (made.tree, whole.tree) if tree.finished]
    assert (best[0] is None) == (best[1] is None)
    if best[0] is not None and best[1] is not None:
        found, wanted = made.tree.nodes[best[0]], whole.tree.nodes[best[1]]
        assert found.aggregate == wanted.aggregate
        top = [n.aggregate or 0.0 for n in whole.tree.steps() if n.state == "completed"]
        assert found.aggregate == max(top)


if __name__ == "__main__":
    for number in range(int(sys.argv[1])):
        goes_where_it_should(number)
