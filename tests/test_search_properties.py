"""What must hold of every run, in random worlds, for every strategy."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search_core.log.events import Decided, Finished, Graded, Sampled, Spent, event_to_json
from search_core.log.traces import parse_trace
from search_core.log.tree import FINAL_STATES, Tree
from search_core.problem import Problem
from search_core.run.driving import drive, never
from search_core.run.limits import Limits
from search_core.run.recipe import Recipe
from search_core.run.runner import Run
from search_core.strategies import STRATEGIES
from search_core.strategies.beam_search import LAST_ROUND_STEPS
from tests.examples import examples
from tests.fakes import FakeClock, World

WORLDS = st.builds(
    World,
    seed=st.integers(0, 10_000),
    words=st.integers(1, 6),
    ends=st.sampled_from([0.0, 0.2, 0.5, 1.0]),
    cut_off=st.sampled_from([0.0, 0.1, 0.4]),
    scores=st.integers(1, 10),
)


@st.composite
def recipes(draw: st.DrawFn) -> Recipe:
    strategy = STRATEGIES[draw(st.sampled_from(sorted(STRATEGIES)))]
    values: dict[str, object] = {"max_steps": draw(st.integers(1, 6))}
    for spec in strategy.options.specs():
        if spec.kind == "boolean":
            values[spec.name] = draw(st.booleans())
        elif spec.kind == "choice":
            values[spec.name] = draw(st.sampled_from(spec.choices))
    if "n" in {spec.name for spec in strategy.options.specs()}:
        width = draw(st.integers(1, 4))
        values["n"] = width * draw(st.integers(1, 4))
        names = {spec.name for spec in strategy.options.specs()}
        if "beam_width" in names:
            values["beam_width"] = width
        if "lookahead" in names:
            values["lookahead"] = draw(st.integers(0, 3))
    if strategy.name == "exhaustive":
        values["branching"] = 2
    options = strategy.options.from_values(values)
    problem = Problem("What is it?", answer=draw(st.sampled_from([None, "0", "1"])))
    return Recipe(problem, strategy, options, seed=draw(st.integers(0, 99)))


def run_in(world: World, recipe: Recipe, *, stop_after: int | None = None) -> Run:
    """Run to the end; with `stop_after`, cancel at that many looks at the flag."""
    looks = 0

    def cancelled() -> bool:
        nonlocal looks
        looks += 1
        return stop_after is not None and looks > stop_after

    solver, verifier = world.solver(), world.verifier()
    run = Run(recipe, solver.info, verifier.info, clock=FakeClock())
    drive(run, solver, verifier, cancelled if stop_after is not None else never)
    return run


def log_of(run: Run) -> str:
    return "".join(event_to_json(event) + "\n" for event in run.events)


@given(WORLDS, recipes())
def test_reading_a_written_log_gives_the_live_tree(world: World, recipe: Recipe) -> None:
    run = run_in(world, recipe)
    trace = parse_trace(log_of(run).encode())
    assert list(trace.events) == run.events
    assert trace.tree == run.tree
    assert trace.notice == ""


@given(WORLDS, recipes(), st.one_of(st.none(), st.integers(0, 60)))
def test_every_sampled_node_has_one_parent_and_one_final_state(
    world: World, recipe: Recipe, stop_after: int | None
) -> None:
    run = run_in(world, recipe, stop_after=stop_after)
    sampled = [event.id for event in run.events if isinstance(event, Sampled)]
    assert len(set(sampled)) == len(sampled)
    children = Counter(child for node in run.tree.nodes.values() for child in node.children)
    assert children == Counter(sampled)
    states = Counter(node.state for node in run.tree.steps())
    assert set(states) <= FINAL_STATES
    assert sum(states.values()) == len(sampled)


@given(WORLDS, recipes())
def test_the_budget_is_never_exceeded(world: World, recipe: Recipe) -> None:
    run = run_in(world, recipe)
    rounds = [e for e in run.events if isinstance(e, Spent) and e.call == "sample"]
    assert all(spent.requests <= recipe.options.width for spent in rounds)
    extra = LAST_ROUND_STEPS - 1 if getattr(recipe.options, "finish_last_round", False) else 0
    deepest = recipe.options.max_steps + extra
    ahead = getattr(recipe.options, "lookahead", 0)
    steps = [node for node in run.tree.steps() if node.role == "step"]
    assert all(node.depth <= deepest for node in steps)
    assert all(node.depth <= deepest + ahead for node in run.tree.steps())
    assert len(steps) <= recipe.options.width * deepest
    assert len(run.tree.nodes) - 1 <= recipe.options.width * deepest * (1 + ahead)


@given(WORLDS, recipes())
def test_the_same_seed_gives_the_same_bytes(world: World, recipe: Recipe) -> None:
    assert log_of(run_in(world, recipe)) == log_of(run_in(world, recipe))


@given(WORLDS, recipes(), st.integers(0, 60))
def test_a_run_cancelled_at_any_moment_leaves_a_valid_log(
    world: World, recipe: Recipe, stop_after: int
) -> None:
    run = run_in(world, recipe, stop_after=stop_after)
    finished = run.events[-1]
    assert isinstance(finished, Finished)
    if finished.status == "cancelled":
        assert finished.message
        assert all(n.state in FINAL_STATES for n in run.tree.steps())
    else:
        assert log_of(run) == log_of(run_in(world, recipe))
    assert parse_trace(log_of(run).encode()).tree == run.tree


def test_cancelling_at_once_says_cancelled() -> None:
    recipe = Recipe(Problem("?"), STRATEGIES["dvts"], STRATEGIES["dvts"].options())
    finished = run_in(World(), recipe, stop_after=0).events[-1]
    assert isinstance(finished, Finished)
    assert finished.status == "cancelled"


@given(WORLDS, recipes(), st.integers(1, 40))
def test_a_limit_ends_the_run_as_out_of_budget(world: World, recipe: Recipe, nodes: int) -> None:
    limited = Recipe(
        recipe.problem, recipe.strategy, recipe.options, seed=recipe.seed, limits=Limits(nodes)
    )
    run = run_in(world, limited)
    free = run_in(world, recipe)
    assert len(list(run.tree.steps())) <= nodes
    status = run.tree.finished.status if run.tree.finished else None
    enough = len(list(free.tree.steps())) <= nodes
    assert status == ("completed" if enough else "out_of_budget")


@given(WORLDS, recipes())
def test_decisions_carry_their_reason(world: World, recipe: Recipe) -> None:
    """Kept nodes are at or above the cut, pruned ones at or below, and ranks follow scores."""
    run = run_in(world, recipe)
    for decision in (e for e in run.events if isinstance(e, Decided)):
        assert decision.why
        if decision.cutoff is None:
            continue
        verdicts = [*decision.kept, *decision.pruned]
        assert [verdict.rank for verdict in verdicts] == list(range(1, len(verdicts) + 1))
        values = [run.tree.nodes[verdict.id].aggregate or 0.0 for verdict in verdicts]
        assert values == sorted(values, reverse=True)
        assert all(verdict.margin >= 0 for verdict in decision.kept if verdict.margin is not None)
        assert all(verdict.margin <= 0 for verdict in decision.pruned if verdict.margin is not None)
        for verdict, value in zip(verdicts, values, strict=True):
            assert verdict.margin == pytest.approx(value - decision.cutoff, abs=1e-5)


@given(WORLDS, recipes())
def test_only_finished_solutions_vote_unless_asked_otherwise(world: World, recipe: Recipe) -> None:
    run = run_in(world, recipe)
    if getattr(recipe.options, "vote_unfinished", False) or getattr(
        recipe.options, "length_ends", False
    ):
        return
    chosen = run.tree.finished.chosen if run.tree.finished else None
    for node in run.tree.steps():
        assert (node.state == "completed") <= (node.ended == "end")
    assert chosen is None or run.tree.nodes[chosen].ended == "end"


@given(WORLDS, recipes())
def test_what_is_right_is_written_after_every_decision(world: World, recipe: Recipe) -> None:
    run = run_in(world, recipe)
    graded = [event.seq for event in run.events if isinstance(event, Graded)]
    decided = [event.seq for event in run.events if isinstance(event, Decided)]
    assert not graded or not decided or min(graded) > max(decided)


@given(WORLDS, recipes())
def test_costs_add_up(world: World, recipe: Recipe) -> None:
    run = run_in(world, recipe)
    nodes = list(run.tree.steps())
    cost = run.tree.cost
    assert cost.generated == sum(node.tokens for node in nodes)
    assert cost.prefilled == sum(node.prefilled for node in nodes)
    assert cost.verified == sum(node.verifier_tokens for node in nodes)
    assert cost.solver_flops == pytest.approx(sum(node.solver_flops for node in nodes))
    assert cost.verifier_flops == pytest.approx(sum(node.verifier_flops for node in nodes))


@examples(20)
@given(WORLDS, recipes(), st.integers(0, 200))
def test_every_prefix_of_a_log_is_a_tree(world: World, recipe: Recipe, length: int) -> None:
    run = run_in(world, recipe)
    prefix = run.events[: length + 1]
    tree = Tree.from_events(prefix)
    assert tree.seq == len(prefix) - 1
