"""Looking ahead: what it costs, what it changes, and what it must leave alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search_core.log.events import Decided, Sampled, Scored, Spent
from search_core.problem import Problem
from search_core.run.driving import drive
from search_core.run.estimate import estimate
from search_core.run.recipe import Recipe
from search_core.run.runner import Run
from search_core.strategies import STRATEGIES
from tests.fakes import FakeSolver, FakeVerifier, World
from tests.searches import answer, rules
from tests.test_search_properties import WORLDS, log_of

LOOKING = ["beam_search", "lookahead_search", "dvts"]
each = pytest.mark.parametrize("name", LOOKING)

# "fine" looks better than "odd" and leads nowhere; what follows says so.
MISLEADING = {
    ("fine",): 0.9,
    ("odd",): 0.2,
    ("fine", "stuck"): 0.1,
    ("odd", "clear"): 0.8,
}


def misleading_step(steps: tuple[str, ...], index: int) -> tuple[str, str]:
    if not steps:
        return ("fine", "odd")[index % 2], "step"
    if len(steps) == 1:
        return {"fine": "stuck", "odd": "clear"}[steps[0]], "step"
    return f"The answer is {'1' if steps[0] == 'odd' else '0'}.", "end"


def search(name: str, step, score, **options: object) -> Run:  # type: ignore[no-untyped-def]
    strategy = STRATEGIES[name]
    solver, verifier = FakeSolver(step), FakeVerifier(score)
    recipe = Recipe(Problem("?"), strategy, strategy.options.from_values(options))
    run = Run(recipe, solver.info, verifier.info, clock=lambda: 0.0)
    drive(run, solver, verifier)
    return run


def in_misleading_world(name: str, **options: object) -> Run:
    def score(steps: tuple[str, ...]) -> float:
        return MISLEADING.get(steps, 0.5)

    return search(name, misleading_step, score, n=2, beam_width=2, **options)


@each
def test_only_who_looks_ahead_is_not_misled(name: str) -> None:
    assert answer(in_misleading_world(name, lookahead=0)) == "0"
    seeing = in_misleading_world(name, lookahead=1)
    assert answer(seeing) == "1"
    assert rules(seeing)["fine"] in {"top_k", "best_of_subtree"}


def test_published_beam_search_pays_for_the_lookahead_and_is_misled_all_the_same() -> None:
    blind = in_misleading_world("beam_search", lookahead=0)
    wasteful = in_misleading_world("beam_search", lookahead=1, lookahead_unscored=True)
    assert answer(wasteful) == "0"
    assert wasteful.tree.cost.generated > blind.tree.cost.generated
    assert wasteful.tree.cost.verified == blind.tree.cost.verified


@each
def test_a_candidate_says_up_to_where_it_was_judged(name: str) -> None:
    run = in_misleading_world(name, lookahead=1)
    scored = {event.id: event for event in run.events if isinstance(event, Scored)}
    assert (scored["0"].score, scored["0"].aggregate, scored["0"].ahead) == (0.9, 0.1, "0.0")
    assert (scored["1"].score, scored["1"].aggregate, scored["1"].ahead) == (0.2, 0.8, "1.0")
    decision = next(event for event in run.events if isinstance(event, Decided))
    assert [verdict.id for verdict in decision.kept] == ["1"]
    assert decision.cutoff == 0.8
    assert "1 step ahead" in decision.why


@pytest.mark.parametrize(("aggregate", "expected"), [("min", 0.1), ("prod", 0.09), ("mean", 0.5)])
def test_the_aggregate_goes_up_to_the_end_of_the_rollout(aggregate: str, expected: float) -> None:
    run = in_misleading_world("beam_search", lookahead=1, aggregate=aggregate)
    assert run.tree.nodes["0"].aggregate == expected


def test_rollouts_are_as_long_as_asked_and_no_longer_than_a_solution() -> None:
    run = in_misleading_world("lookahead_search", lookahead=7)
    rollouts = [node for node in run.tree.steps() if node.role == "rollout"]
    assert max(node.depth for node in rollouts) == 3
    assert {node.state for node in rollouts} == {"rollout"}


@each
def test_who_ended_or_was_cut_off_is_not_looked_behind(name: str) -> None:
    def step(_: tuple[str, ...], index: int) -> tuple[str, str]:
        return ("The answer is 5.", "end") if index == 0 else ("on and", "length")

    run = search(name, step, lambda _: 0.5, n=2, beam_width=2, lookahead=3)
    assert {node.role for node in run.tree.steps()} == {"step"}


def test_merged_duplicates_are_looked_behind_once() -> None:
    def step(steps: tuple[str, ...], _: int) -> tuple[str, str]:
        return ("The answer is 5.", "end") if len(steps) == 2 else ("same", "step")

    def rollouts(merge: bool) -> int:
        options = {"n": 4, "beam_width": 2, "lookahead": 1, "filter_duplicates": merge}
        run = search("beam_search", step, lambda _: 0.5, **options)
        return sum(node.role == "rollout" for node in run.tree.steps())

    assert (rollouts(merge=True), rollouts(merge=False)) == (2, 8)


def test_a_search_that_has_enough_solutions_looks_no_further() -> None:
    def step(steps: tuple[str, ...], index: int) -> tuple[str, str]:
        goes_on = index > 0 if steps else index == 3
        return (f"on {index}", "step") if goes_on else (f"The answer is {index}.", "end")

    def rollouts(**options: object) -> list[int]:
        run = search("beam_search", step, lambda _: 0.5, n=4, beam_width=2, lookahead=1, **options)
        return [node.depth for node in run.tree.steps() if node.role == "rollout"]

    # Three end in the first round, one more in the second, and three of its paths go on.
    assert rollouts() == [2]
    assert rollouts(stop_when_full=False, max_steps=3) == [2, 3, 3, 3]


@each
@given(world=WORLDS, k=st.integers(1, 3))
def test_rollouts_cost_and_nobody_goes_on_from_them(name: str, world: World, k: int) -> None:
    run = search(name, world.step, world.score, n=4, beam_width=2, max_steps=4, lookahead=k)
    nodes = run.tree.nodes
    rollouts = [node for node in run.tree.steps() if node.role == "rollout"]
    assert all(nodes[child].role == "rollout" for one in rollouts for child in one.children)
    assert all(one.decision is None and one.state == "rollout" for one in rollouts)
    spent = [event for event in run.events if isinstance(event, Spent) and event.call == "sample"]
    assert sum(one.generated for one in spent) == sum(n.tokens for n in run.tree.steps())
    assert sum(one.requests for one in spent) == len(nodes) - 1
    if rollouts:
        assert sum(one.tokens for one in rollouts) > 0
        assert sum(one.solver_flops for one in rollouts) > 0
    # Behind each candidate at most one rollout, of at most k steps.
    for node in run.tree.steps():
        begun = [child for child in node.children if nodes[child].role == "rollout"]
        assert len(begun) <= 1
        if node.role == "step" and node.ahead:
            assert nodes[node.ahead].depth - node.depth <= k


@each
@given(world=WORLDS)
def test_steps_after_a_lookahead_have_the_same_index_as_without(name: str, world: World) -> None:
    """In a world that goes by the index, looking ahead without using it changes no step."""
    options = {"n": 4, "beam_width": 2, "max_steps": 4}
    looked = search(name, world.step, lambda _: 0.5, lookahead=2, **options)
    blind = search(name, world.step, lambda _: 0.5, lookahead=0, **options)

    def steps(run: Run) -> list[tuple[str, ...]]:
        sampled = [event for event in run.events if isinstance(event, Sampled)]
        return [
            tuple(node.text for node in run.tree.path(event.id))
            for event in sampled
            if event.role == "step"
        ]

    assert steps(looked) == steps(blind)


@given(world=WORLDS, unscored=st.booleans())
def test_with_a_lookahead_of_0_it_is_beam_search(world: World, unscored: bool) -> None:
    options = {"n": 4, "beam_width": 2, "max_steps": 4, "lookahead": 0}
    same = search("lookahead_search", world.step, world.score, **options)
    beam = search("beam_search", world.step, world.score, lookahead_unscored=unscored, **options)
    assert log_of(same).splitlines()[1:] == log_of(beam).splitlines()[1:]


def test_the_estimate_counts_the_steps_ahead() -> None:
    def tokens(k: int) -> float:
        return estimate(None, STRATEGIES["dvts"].options.from_values({"lookahead": k}), {}).tokens

    assert tokens(3) == 4 * tokens(0)
