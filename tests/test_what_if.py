"""What if: over replies that are known it is what a run of its own would have come to."""

from __future__ import annotations

from dataclasses import asdict, replace

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from search_core.problem import Problem
from search_core.run.driving import drive
from search_core.run.recipe import Recipe
from search_core.run.recorded import recorded_run
from search_core.run.runner import Run
from search_core.strategies import STRATEGIES, OptionError
from search_core.whatif import Change, NoisyVerifier, WhatIf, what_if
from search_core.whatif.unwritten import UNWRITTEN
from tests.fakes import FakeClock, World
from tests.test_known_replies import but_for_times
from tests.test_search_properties import WORLDS, recipes, run_in

WORLD = World(seed=3, ends=0.3, cut_off=0.05, words=6)


def run_of(name: str, world: World = WORLD, answer: str | None = "1", **options: object) -> Run:
    strategy = STRATEGIES[name]
    made = strategy.options.from_values(options)
    return run_in(world, Recipe(Problem("What is it?", answer), strategy, made))


def asked(run: Run, **changes: object) -> WhatIf:
    return what_if(recorded_run(run.events, run.tree), Change(**changes))  # type: ignore[arg-type]


@st.composite
def changes(draw: st.DrawFn, recipe: Recipe) -> Change:
    """Other values of what can be changed: aggregate, vote, N, M, noise."""
    options: dict[str, object] = {}
    for spec in recipe.strategy.options.specs():
        if spec.name in ("aggregate", "judge") and draw(st.booleans()):
            options[spec.name] = draw(st.sampled_from(spec.choices))
        if spec.name in ("n", "beam_width", "sequential", "iterations") and draw(st.booleans()):
            options[spec.name] = draw(st.integers(1, 16))
    return Change(options, noise=draw(st.sampled_from([0.0, 0.0, 0.3])), noise_seed=1)


def changed(recipe: Recipe, change: Change) -> Recipe:
    values = asdict(recipe.options) | dict(change.options)
    try:
        return replace(recipe, options=recipe.strategy.options.from_values(values))
    except OptionError:
        assume(False)
        raise


def true_run(world: World, recipe: Recipe, change: Change) -> Run:
    """The run of its own."""
    solver, verifier = world.solver(), world.verifier()
    run = Run(recipe, solver.info, verifier.info, clock=FakeClock())
    drive(run, solver, NoisyVerifier(verifier, change.noise, change.noise_seed))
    return run


@settings(max_examples=50)
@given(WORLDS, recipes(), st.data())
def test_where_all_is_known_it_equals_a_run_of_its_own(
    world: World, recipe: Recipe, data: st.DataObject
) -> None:
    change = data.draw(changes(recipe))
    other = changed(recipe, change)
    run = run_in(world, recipe)
    found = what_if(recorded_run(run.events, run.tree), change)
    truth = true_run(world, other, change)
    steps = [node.id for node in found.tree.steps() if node.text.endswith(UNWRITTEN)]
    assert sorted(steps) == sorted(found.missing_steps)
    if found.sure:
        assert course(found) == course(truth)


@settings(max_examples=25)
@given(WORLDS, recipes(), st.data())
def test_with_the_models_it_grows_what_is_missing_and_is_a_run_of_its_own(
    world: World, recipe: Recipe, data: st.DataObject
) -> None:
    change = data.draw(changes(recipe))
    other = changed(recipe, change)
    run = run_in(world, recipe)
    recorded = recorded_run(run.events, run.tree)
    solver, verifier = world.solver(), world.verifier()
    found = what_if(recorded, change, solver=solver, verifier=verifier)
    assert found.sure
    assert course(found) == course(true_run(world, other, change))
    # Written once, known from then on.
    calls = solver.calls
    again = what_if(recorded, change, solver=solver, verifier=verifier)
    assert (again.written, solver.calls) == (0, calls)
    assert course(again) == course(found)


def course(run: Run | WhatIf) -> list[object]:
    """A log without its times, and without what costs depend on: who had read what before."""
    return [
        event.model_copy(update=dict.fromkeys(("tokens", "flops", "prefilled", "reused"), 0))
        for event in but_for_times(run.events)
        if event.kind != "spent"
    ]


def test_nothing_changed_is_the_run_itself() -> None:
    found = asked(run_of("beam_search", n=8, beam_width=4))
    assert found.sure
    assert found.differences == []
    assert found.answer == found.before.finished.answer  # type: ignore[union-attr]
