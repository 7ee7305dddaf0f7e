"""Steering by hand: over all strategies, random worlds and random acts."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search_core.acts import Act, ActError
from search_core.log.events import Event, Sampled, Scored, Spent
from search_core.log.traces import parse_trace
from search_core.run.driving import drive
from search_core.run.recipe import Recipe
from search_core.run.recorded import RecordedRun, recorded_run
from search_core.run.runner import Run
from search_core.steer import GoingOn, Steering, check_act, steered
from tests.examples import examples
from tests.fakes import FakeClock, World
from tests.test_known_replies import but_for_times, driven_again
from tests.test_search_properties import WORLDS, log_of, recipes, run_in

NEXT = ("greedy", "best_of_n", "beam_search", "dvts", "rebase", "particle_filtering", "exhaustive")


def steer(run: RecordedRun, world: World, act: Act, going_on: GoingOn | None = None) -> Run:
    steering = Steering(run, act, going_on)
    return steered(steering, world.solver(), world.verifier(), clock=FakeClock()).drive()


@st.composite
def acts(draw: st.DrawFn, run: RecordedRun) -> tuple[Act, GoingOn | None] | None:
    """An act that makes sense for this run; None: none of some that were drawn does."""
    nodes = list(run.tree.nodes)
    for _ in range(6):
        action = draw(st.sampled_from(("keep", "keep", "cut", "grow", "edit", "write", "go_on")))
        written = action in ("edit", "write")
        act = Act(
            action,
            draw(st.sampled_from(nodes)),
            draw(st.sampled_from(("", "Ada"))),
            draw(st.sampled_from(("step 1", "The answer is 1.", "my own"))) if written else "",
            draw(st.integers(1, 3)) if action == "grow" else 0,
            draw(st.booleans()) if written else False,
        )
        try:
            check_act(act, run.recipe, run.tree, run.acts)
        except ActError:
            continue
        if action != "go_on":
            return act, None
        return act, GoingOn(draw(st.sampled_from(NEXT)), {"max_steps": 3})
    return None


@examples(25)
@given(WORLDS, recipes(), st.data())
def test_a_steered_run_replayed_gives_the_same_events(
    world: World, recipe: Recipe, data: st.DataObject
) -> None:
    """After one act, and after a second and a third one on top of it."""
    run = run_in(world, recipe)
    for _ in range(3):
        before = recorded_run(run.events)
        drawn = data.draw(acts(before))
        if drawn is None:
            return
        run = steer(before, world, *drawn)
        read = parse_trace(log_of(run).encode())
        assert list(read.events) == run.events
        assert read.tree == run.tree
        again = driven_again(recorded_run(read.events))
        assert but_for_times(again.events) == but_for_times(run.events)


@examples(15)
@given(WORLDS, recipes(), st.data())
def test_the_ledger_counts_just_what_was_newly_asked(
    world: World, recipe: Recipe, data: st.DataObject
) -> None:
    before = recorded_run(run_in(world, recipe).events)
    drawn = data.draw(acts(before))
    if drawn is None:
        return
    made = steered(Steering(before, *drawn), world.solver(), world.verifier())
    run = made.drive()
    new = [e for e in run.events if isinstance(e, Sampled) and not e.again and not e.by]
    assert len(new) == len(made.missing)
    assert run.tree.cost.generated == sum(event.tokens for event in new)
    assert run.tree.cost.solver_flops == pytest.approx(sum(event.flops for event in new))
    scores = [event for event in run.events if isinstance(event, Scored)]
    assert run.tree.cost.verified == sum(e.tokens for e in scores)
    assert not any(event.tokens for event in scores if event.again)
    requests = [e for e in run.events if isinstance(e, Spent) and e.call == "sample"]
    assert sum(e.requests - e.again for e in requests) == len(new)


@examples(12)
@given(WORLDS, recipes(), st.data())
def test_without_a_known_reply_it_comes_to_the_same_tree(
    world: World, recipe: Recipe, data: st.DataObject
) -> None:
    """Seeds follow from places: a run with its acts from the beginning is the same search."""
    before = recorded_run(run_in(world, recipe).events)
    drawn = data.draw(acts(before))
    if drawn is None or drawn[0].action == "go_on":
        return
    run = steer(before, world, drawn[0])
    alone = alone_in(world, recipe, recorded_run(run.events).acts)
    assert course(alone.events) == course(run.events)


def alone_in(world: World, recipe: Recipe, acts: Sequence[Act]) -> Run:
    """A run with its acts from the beginning; nothing of it is known."""
    solver, verifier = world.solver(), world.verifier()
    run = Run(recipe, solver.info, verifier.info, acts=acts, clock=FakeClock())
    drive(run, solver, verifier)
    return run


def course(events: Sequence[Event]) -> list[Event]:
    """What happened, but for what it cost."""
    none = dict.fromkeys(("tokens", "flops", "prefilled", "reused"), 0) | {"again": False}
    return [
        event.model_copy(update=none if isinstance(event, Sampled | Scored) else {})
        for event in but_for_times(events)
        if not isinstance(event, Spent)
    ]
