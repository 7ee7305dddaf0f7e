"""Exhaustive search: the whole tree, and no tree that is too large."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search_core.evaluation.arms import make_arms
from search_core.log.events import Sampled, Spent
from search_core.problem import Problem
from search_core.run.driving import drive
from search_core.run.limits import Limits
from search_core.run.recipe import Recipe
from search_core.run.runner import Run
from search_core.strategies import STRATEGIES, OptionError
from search_core.strategies.exhaustive import MOST_STEPS, ExhaustiveOptions
from tests.examples import examples
from tests.fakes import FakeClock, World
from tests.searches import answer, by_state, parents, rules, run, votes

EXHAUSTIVE = STRATEGIES["exhaustive"]


def whole_tree(world: World, branching: int, max_steps: int) -> dict[tuple[str, ...], str]:
    """Every distinct path of the world and how its last step ended, depth first, by recursion."""
    found: dict[tuple[str, ...], str] = {}

    def grow(path: tuple[str, ...]) -> None:
        for text, ended in {world.step(path, index) for index in range(branching)}:
            found[(*path, text)] = ended
            if ended == "step" and len(path) + 1 < max_steps:
                grow((*path, text))

    grow(())
    return found


def search(world: World, **options: object) -> Run:
    solver, verifier = world.solver(), world.verifier()
    recipe = Recipe(Problem("?"), EXHAUSTIVE, EXHAUSTIVE.options.from_values(options))
    made = Run(recipe, solver.info, verifier.info, clock=FakeClock())
    drive(made, solver, verifier)
    return made


@examples(50)
@given(st.integers(0, 10_000), st.integers(1, 4), st.integers(1, 4), st.sampled_from([0.0, 0.2]))
def test_the_tree_is_the_whole_tree(seed: int, branching: int, depth: int, cut: float) -> None:
    world = World(seed=seed, words=4, ends=0.3, cut_off=cut)
    made = search(world, branching=branching, max_steps=depth)
    wanted = whole_tree(world, branching, depth)
    kinds = {"end": "completed", "length": "pruned"}
    found = {}
    for node in made.tree.steps():
        if node.state == "merged":
            assert not node.children
            continue
        path = tuple(step.text for step in made.tree.path(node.id))
        assert path not in found
        found[path] = node.ended
        assert node.score == pytest.approx(world.score(path))
        last = "pruned" if len(path) == depth else "kept"
        assert node.state == kinds.get(node.ended, last)
    assert found == wanted


def test_a_round_is_a_level_as_far_as_one_round_may_hold_it() -> None:
    never_ends = World(words=50, ends=0.0, cut_off=0.0)
    made = search(never_ends, branching=7, max_steps=3)
    asked = [e.requests for e in made.events if isinstance(e, Spent) and e.call == "sample"]
    # 49 parents need 343 samples; 36 parents fill a round of 256 as well as whole ones can.
    assert asked[:2] == [7, 49]
    assert asked[2] == 252
    assert sum(asked) == len([e for e in made.events if isinstance(e, Sampled)])


def test_all_solutions_vote_once_however_often_they_were_written() -> None:
    children = {"": "A A 7.", "A": "7. 7. 8."}
    made = run("exhaustive", children, {"A": 0.5}, branching=3, max_steps=2)
    assert parents(made) == [["", "", ""], ["A", "A", "A"]]
    assert by_state(made, "merged") == ["A", "The answer is 7."]
    assert votes(made, "majority") == {"7": 2, "8": 1}
    assert answer(made) == "7"


def test_every_step_that_stops_says_why() -> None:
    children = {"": "A B~ 7.", "A": "C 8. D~"}
    made = run("exhaustive", children, {}, branching=3, max_steps=2)
    assert rules(made) == {"A": "all", "B": "too_long", "C": "out_of_steps", "D": "too_long"}


@pytest.mark.parametrize(("branching", "max_steps"), [(3, 8), (2, 12), (64, 100), (5_000, 1)])
def test_a_tree_that_would_be_too_large_is_refused(branching: int, max_steps: int) -> None:
    with pytest.raises(OptionError) as raised:
        ExhaustiveOptions(branching=branching, max_steps=max_steps)
    assert f"(branching) is {branching}" in str(raised.value)
    if branching <= 64:
        assert f"(max_steps) is {max_steps}" in str(raised.value)
        assert f"at or below {MOST_STEPS:,}" in str(raised.value)


@given(st.integers(1, 64), st.integers(1, 100))
def test_just_the_trees_within_the_limit_are_begun(branching: int, max_steps: int) -> None:
    steps, level = 0, 1
    for _ in range(max_steps):
        level *= branching
        steps += level
    if steps > MOST_STEPS:
        said = f"{steps:,} steps" if steps < 10**9 else "more than a billion steps"
        with pytest.raises(OptionError, match=said):
            ExhaustiveOptions(branching=branching, max_steps=max_steps)
        return
    options = ExhaustiveOptions(branching=branching, max_steps=max_steps)
    assert options.full_tree == steps
    assert options.branching <= options.width


def test_what_it_found_before_a_limit_is_judged_as_its_options_ask() -> None:
    options = EXHAUSTIVE.options.from_values({"judge": "best", "max_steps": 4})
    recipe = Recipe(Problem("?"), EXHAUSTIVE, options, limits=Limits(nodes=20))
    solver, verifier = World(seed=3).solver(), World(seed=3).verifier()
    made = Run(recipe, solver.info, verifier.info, clock=FakeClock())
    drive(made, solver, verifier)
    finished = made.tree.finished
    assert finished is not None
    assert (finished.status, finished.method) == ("out_of_budget", "best")


def test_in_an_evaluation_it_has_no_budget_and_is_judged_by_every_vote() -> None:
    arms, _ = make_arms(["exhaustive"], [4, 16], {})
    [arm] = arms
    assert arm.n is None
    assert set(arm.judges) == {"majority", "weighted", "best", "any"}
