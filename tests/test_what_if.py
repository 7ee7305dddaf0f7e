"""What if: over replies that are known it is what a run of its own would have come to."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator
from dataclasses import asdict, replace

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from search_core.log.events import Event, event_to_json
from search_core.log.tree import Tree
from search_core.problem import Problem
from search_core.protocols import SolverInfo, UsageError
from search_core.run.driving import drive
from search_core.run.recipe import Recipe
from search_core.run.recorded import recorded_run
from search_core.run.runner import Run
from search_core.strategies import STRATEGIES, OptionError
from search_core.whatif import Change, NoisyVerifier, WhatIf, what_if
from search_core.whatif.uncollected import _somebody_froze, uncollected
from search_core.whatif.unwritten import UNWRITTEN
from tests.examples import examples
from tests.fakes import FakeClock, FakeVerifier, World
from tests.searches import run as small_run
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


@examples(50)
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
    # Its events are not checked; they are, and are written, as if they had been.
    for event in found.events:
        checked = type(event)(**{name: getattr(event, name) for name in type(event).model_fields})
        assert checked == event
        assert event_to_json(checked) == event_to_json(event)


@examples(25)
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


def test_a_smaller_n_is_the_first_samples() -> None:
    run = run_of("best_of_n", n=16)
    found = asked(run, options={"n": 4})
    assert found.sure
    assert sorted(node.id for node in found.tree.steps() if node.depth == 1) == ["0", "1", "2", "3"]
    assert found.differences == []


def test_it_says_where_decisions_differ_and_with_which_margins() -> None:
    """Step 1 has the better first score, step 0 the better last one."""
    children = {
        "": "a b",
        "a": "c d",
        "b": "e f",
        "a c": "1. 1.",
        "a d": "1. 1.",
        "b e": "2. 2.",
        "b f": "2. 2.",
    }
    scores = {"a": 0.6, "b": 0.5}
    run = small_run("beam_search", children, scores, n=2, beam_width=2, max_steps=3)
    found = asked(run, noise=0.4, noise_seed=next(flipping_seeds(run)))
    first, second = found.differences[:2]
    assert {first.id: first.would_be, second.id: second.would_be} == {"0": "pruned", "1": "kept"}
    assert (first.was, first.round) in {("kept", 1), ("pruned", 1)}
    kept = first if first.id == "1" else second
    assert kept.sure
    assert kept.margin_was == pytest.approx(-0.1)
    assert kept.margin == 0
    assert "Round 1, step 1, branch 2: would be kept (margin +0.00); it was pruned (−0.10)." in str(
        found
    )


def flipping_seeds(run: Run) -> Iterator[int]:
    """Seeds of noise by which the second of two steps is kept in place of the first."""
    for seed in range(50):
        found = asked(run, noise=0.4, noise_seed=seed)
        if found.differences and found.tree.nodes["1"].state == "kept":
            yield seed


def test_what_was_never_written_is_said_and_what_follows_is_a_guess() -> None:
    world = World(seed=7, ends=0.3, cut_off=0.05, words=6)
    run = run_of("beam_search", world, n=8, beam_width=4)
    found = asked(run, options={"beam_width": 2})
    assert not found.sure
    assert found.missing_steps
    assert all(found.tree.nodes[step].text == UNWRITTEN for step in found.missing_steps)
    assert "would have to be written" in str(found)
    assert "Among the steps that are written the answer would be" in str(found)
    before = [difference.sure for difference in found.differences]
    assert before == sorted(before, reverse=True)


def test_nothing_that_was_not_written_is_known_later() -> None:
    world = World(seed=7, ends=0.3, cut_off=0.05, words=6)
    run = run_of("beam_search", world, n=8, beam_width=4)
    recorded = recorded_run(run.events, run.tree)
    first = what_if(recorded, Change({"beam_width": 2}))
    assert what_if(recorded, Change({"beam_width": 2})).missing_steps == first.missing_steps


def test_another_verifier_scores_everything_anew() -> None:
    run = run_of("best_of_n", n=8, judge="best")
    other = FakeVerifier(lambda steps: 1.0 if "0" in steps[-1] else 0.0)
    other.info = replace(other.info, name="another verifier")
    found = what_if(recorded_run(run.events, run.tree), Change(), verifier=other)
    assert found.sure
    assert found.tree.started
    assert found.tree.started.verifier.name == "another verifier"
    assert {node.score for node in found.tree.steps() if node.score is not None} <= {0.0, 1.0}
    alone = Run(run.recipe, WORLD.solver().info, other.info, clock=FakeClock())
    drive(alone, WORLD.solver(), other)
    assert course(found) == course(alone)


def test_another_solver_may_not_write_what_is_missing() -> None:
    run = run_of("beam_search", n=4)
    other = WORLD.solver()
    other.info = SolverInfo("another solver")
    recorded = recorded_run(run.events, run.tree)
    with pytest.raises(UsageError, match="written by fake solver, and what is missing would be by"):
        what_if(recorded, Change(), solver=other, verifier=WORLD.verifier())
    with pytest.raises(UsageError, match="give a verifier with the solver"):
        what_if(recorded, Change(), solver=WORLD.solver())


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (Change({"n": 0}), "it must be 1 to 256"),
        (Change({"luck": 1}), "Unknown option 'luck'"),
        (Change(noise=1.5), "noise is 1.5; it must be 0 to 1"),
        (Change(hedge=0.0), "it must be above 0"),
    ],
)
def test_what_cannot_be_asked_is_refused(change: Change, message: str) -> None:
    run = run_of("best_of_n", n=4)
    with pytest.raises(ValueError, match=message):
        what_if(recorded_run(run.events, run.tree), change)


def test_who_has_no_scores_cannot_be_hedged() -> None:
    run = run_of("greedy", World(seed=1, ends=1.0, cut_off=0.0))
    with pytest.raises(UsageError, match="hedged selection goes by scores"):
        asked(run, hedge=0.1)


def test_hedging_changes_the_choice_and_no_decision() -> None:
    run = run_of("best_of_n", n=16, judge="best")
    sharp, flat = asked(run, hedge=1e-3), asked(run, hedge=100.0)
    assert sharp.hedge
    assert flat.hedge
    best = max(node.aggregate or 0 for node in run.tree.steps() if node.state == "completed")
    assert sharp.tree.nodes[str(sharp.chosen)].aggregate == best
    assert sharp.differences == flat.differences == []
    assert max(flat.hedge.probabilities) < 1.05 / len(flat.hedge.voters)
    assert flat.chance == pytest.approx(
        sum(bool(flat.tree.nodes[v.id].right) for v in flat.hedge.voters) / len(flat.hedge.voters),
        rel=0.02,
    )
    assert "Soft best-of-N with λ = 100 draws" in str(flat)


def test_a_run_that_was_cut_off_is_answered_as_far_as_it_goes() -> None:
    run = run_of("beam_search", n=8)
    recorded = recorded_run(run.events[: len(run.events) // 2])
    found = what_if(recorded, Change())
    assert found.missing_steps
    assert found.differences == []


def test_the_collector_is_on_again_after_a_question_that_failed() -> None:
    def failing() -> None:
        with uncollected():
            assert not gc.isenabled()
            raise KeyError

    with pytest.raises(KeyError):
        failing()
    assert gc.isenabled()


def test_whoever_turned_the_collector_off_finds_it_off() -> None:
    gc.disable()
    try:
        with uncollected():
            pass
        assert not gc.isenabled()
    finally:
        gc.enable()


def test_what_is_frozen_for_good_is_counted_once_and_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    """To count it is to walk over all of it, which takes longer than the question itself."""
    counted = []
    monkeypatch.setattr(gc, "get_freeze_count", lambda: counted.append(1) or 1)
    monkeypatch.setattr(gc, "unfreeze", lambda: pytest.fail("what was frozen is let go"))
    _somebody_froze.cache_clear()
    try:
        for _ in range(3):
            with uncollected():
                pass
    finally:
        _somebody_froze.cache_clear()
    assert counted == [1]


def test_an_answer_that_nobody_keeps_is_gone_at_once() -> None:
    """A cycle would hold thousands of nodes until the collector goes through the whole program."""
    recorded = recorded_run(*_of(run_of("beam_search", n=8, beam_width=4)))
    gc.collect()
    gc.disable()
    try:
        found = what_if(recorded, Change({"aggregate": "min"}))
        events = weakref.ref(found.events[-1])
        del found
        assert events() is None
    finally:
        gc.enable()


def _of(run: Run) -> tuple[list[Event], Tree]:
    return run.events, run.tree
