"""A plan driven again over replies that are known: nobody is asked, and the log is the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search_core.answers import AnswerClasses
from search_core.log.events import Compared, Decided, Event, Finished, Sampled, Scored, Spent
from search_core.log.traces import parse_trace, read_trace
from search_core.problem import Problem
from search_core.protocols import SampleRequest, StepSample, UsageError, Watch
from search_core.run.driving import drive
from search_core.run.known import KnownReplies, KnownSolver, KnownVerifier
from search_core.run.recipe import Recipe
from search_core.run.recorded import OtherCourse, RecordedRun, recorded_run
from search_core.run.runner import Run
from search_core.strategies import STRATEGIES
from search_core.thoughts import trace_of_text
from tests.examples import examples
from tests.fakes import FakeClock, FakeSolver, FakeVerifier, World
from tests.judges import Knows
from tests.test_search_properties import WORLDS, log_of, recipes, run_in

ROOT = Path(__file__).resolve().parent.parent
SHIPPED = sorted((ROOT / "assets/traces").glob("*.jsonl"))
GOLDEN = sorted((ROOT / "tests/golden/traces_v1").glob("*.jsonl"))
WORLD = World(seed=5, ends=0.2, cut_off=0.05, words=6)


def recipe_for(name: str, **options: object) -> Recipe:
    strategy = STRATEGIES[name]
    return Recipe(Problem("What is it?", "1"), strategy, strategy.options.from_values(options))


def but_for_times(events: Sequence[Event]) -> list[Event]:
    """Nobody waits for known replies."""
    return [
        event.model_copy(update={"t": 0.0} | ({"seconds": 0.0} if event.kind == "spent" else {}))
        for event in events
    ]


def driven_again(recorded: RecordedRun) -> Run:
    run = recorded.run(recorded.recipe)
    solver = KnownSolver(recorded.known, recorded.solver)
    verifier = KnownVerifier(recorded.known, recorded.verifier)
    drive(run, solver, verifier)
    assert not solver.missing
    assert not verifier.missing
    return run


def driven_over(known: KnownReplies, recipe: Recipe, world: World) -> tuple[Run, int, int]:
    """A run whose missing replies models give; and how many steps and paths these were."""
    solver = KnownSolver(known, world.solver().info, world.solver())
    verifier = KnownVerifier(known, world.verifier().info, world.verifier())
    run = Run(recipe, solver.info, verifier.info, clock=FakeClock())
    drive(run, solver, verifier)
    return run, len(solver.missing), len(verifier.missing)


@examples(40)
@given(WORLDS, recipes())
def test_a_finished_run_driven_again_asks_nobody_and_gives_the_same_events(
    world: World, recipe: Recipe
) -> None:
    run = run_in(world, recipe)
    again = driven_again(recorded_run(parse_trace(log_of(run).encode()).events))
    assert but_for_times(again.events) == but_for_times(run.events)


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_every_recorded_example_driven_again_gives_the_same_events(path: Path) -> None:
    trace = read_trace(path)
    again = driven_again(recorded_run(trace.events, trace.tree))
    assert but_for_times(again.events) == but_for_times(trace.events)


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.stem)
def test_old_traces_are_driven_again_too(path: Path) -> None:
    """Their header may lack options that are newer; `every_kind` is no run, but a list."""
    trace = read_trace(path)
    if path.stem == "every_kind":
        with pytest.raises(OtherCourse, match="has changed since"):
            recorded_run(trace.events)
        return
    again = driven_again(recorded_run(trace.events))
    assert but_for_times(again.events)[1:] == but_for_times(trace.events)[1:]


@examples(15)
@given(WORLDS, recipes(), st.floats(0, 1))
def test_a_run_goes_on_after_a_crash_as_if_there_had_been_none(
    world: World, recipe: Recipe, part: float
) -> None:
    whole = run_in(world, recipe)
    left = whole.events[: 1 + int(part * (len(whole.events) - 1))]
    recorded = recorded_run(left)
    written = sum(isinstance(event, Sampled) for event in left)
    run, steps, _ = driven_over(recorded.known, recipe, world)
    assert course(run) == course(whole)
    assert steps == sum(isinstance(event, Sampled) for event in whole.events) - written


def course(run: Run) -> list[object]:
    """A log but for what its calls cost: what was known was not asked for again."""
    costs = dict.fromkeys(("tokens", "flops", "prefilled", "reused"), 0)
    return [
        event.model_copy(update=costs)
        for event in but_for_times(run.events)
        if not isinstance(event, Spent)
    ]


@pytest.mark.parametrize("name", ["beam_search", "best_of_n", "mcts", "particle_filtering"])
def test_a_larger_n_writes_only_what_a_smaller_one_has_not(name: str) -> None:
    small, large = recipe_for(name, n=8), recipe_for(name, n=16)
    known = recorded_run(run_in(WORLD, small).events).known
    run, steps, _ = driven_over(known, large, WORLD)
    alone = run_in(WORLD, large)
    assert course(run) == course(alone)
    assert 0 < steps < len(alone.tree.nodes) - 1


def test_two_strategies_share_the_steps_that_both_ask_for() -> None:
    """A first step is the same step, whichever of them comes to it first."""
    known = KnownReplies()
    first, steps, _ = driven_over(known, recipe_for("best_of_n", n=8), WORLD)
    second, more, _ = driven_over(known, recipe_for("beam_search", n=8), WORLD)
    assert course(second) == course(run_in(WORLD, recipe_for("beam_search", n=8)))
    assert steps == len(first.tree.nodes) - 1
    assert more <= len(second.tree.nodes) - 1 - 8


def test_without_anybody_to_ask_it_stops_and_says_what_is_missing() -> None:
    known = recorded_run(run_in(WORLD, recipe_for("best_of_n", n=4)).events).known
    solver = KnownSolver(known, WORLD.solver().info)
    run = Run(recipe_for("best_of_n", n=6), solver.info, WORLD.verifier().info)
    drive(run, solver, KnownVerifier(known, WORLD.verifier().info))
    finished = run.events[-1]
    assert isinstance(finished, Finished)
    assert (finished.status, finished.message) == ("cancelled", "2 steps would have to be written.")
    assert [request.parent for request in solver.missing] == ["root", "root"]


def test_what_was_found_before_it_stops_still_votes() -> None:
    world = World(seed=7, ends=0.3, cut_off=0.05, words=6)
    small, wide = (recipe_for("beam_search", n=8, beam_width=width) for width in (4, 2))
    known = recorded_run(run_in(world, small).events).known
    solver = KnownSolver(known, world.solver().info)
    run = Run(wide, solver.info, world.verifier().info)
    drive(run, solver, KnownVerifier(known, world.verifier().info))
    assert len(solver.missing) == 4
    found = {node.id for node in run.tree.steps() if node.state == "completed"}
    assert run.tree.finished
    assert run.tree.finished.chosen in found


def test_another_question_is_another_reply() -> None:
    """The same place and seed, after other steps, earlier attempts or at another temperature."""
    known, sampling = KnownReplies(), recipe_for("greedy").sampling
    request = SampleRequest("?", ("one",), seed=7, index=1)
    known.learn_sample(request, sampling, StepSample("two", 2, -1.0, "step"))
    assert known.sample(replace(request, run="other", to_end=3), sampling) is not None
    assert known.sample(request, replace(sampling, temperature=0.1)) is None
    for other in (
        {"steps": ("one more",)},
        {"seed": 8},
        {"index": 2},
        {"attempts": (("first",),)},
        {"opening": "Wait"},
        {"problem": "!"},
    ):
        assert known.sample(replace(request, **other), sampling) is None  # type: ignore[arg-type]


def test_scores_are_another_verifiers_own() -> None:
    known = recorded_run(run_in(WORLD, recipe_for("beam_search", n=4)).events).known
    verifier = FakeVerifier(lambda steps: 0.5)
    verifier.info = replace(verifier.info, name="another verifier")
    solver = KnownSolver(known, WORLD.solver().info, WORLD.solver())
    run = Run(recipe_for("beam_search", n=4), solver.info, verifier.info)
    drive(run, solver, KnownVerifier(known, verifier.info, verifier))
    assert {node.score for node in run.tree.steps()} == {0.5}


def test_a_solver_is_told_of_the_places_of_the_steps_that_it_is_asked_for() -> None:
    """A page shows tokens at the right marks, and warnings arrive, though others were known."""
    known = KnownReplies()
    driven_over(known, recipe_for("best_of_n", n=2, max_steps=1), WORLD)

    class Telling(FakeSolver):
        def sample(self, requests, sampling, cancelled):  # type: ignore[no-untyped-def]
            cancelled.warn("It is slow today.")
            for place in range(len(requests)):
                cancelled.written(place, 5)
            return super().sample(requests, sampling, cancelled)

    told: list[tuple[int, int]] = []
    watch = Watch(lambda: False, lambda place, tokens: told.append((place, tokens)))
    solver = KnownSolver(known, WORLD.solver().info, Telling(WORLD.step))
    verifier = KnownVerifier(known, WORLD.verifier().info, WORLD.verifier())
    run = Run(recipe_for("best_of_n", n=4, max_steps=1), solver.info, verifier.info)
    drive(run, solver, verifier, watch)
    assert told == [(2, 5), (3, 5)]
    assert [warned.message for warned in run.tree.warnings] == ["It is slow today."]


def test_a_log_whose_decisions_are_not_its_strategys_is_refused() -> None:
    events = run_in(WORLD, recipe_for("beam_search", n=8)).events
    place = next(i for i, e in enumerate(events) if isinstance(e, Decided) and e.rule == "top_k")
    decided = events[place]
    assert isinstance(decided, Decided)
    swapped = decided.model_copy(
        update={"kept": decided.pruned[: len(decided.kept)], "pruned": decided.kept}
    )
    with pytest.raises(OtherCourse, match="has changed since"):
        recorded_run([*events[:place], swapped])


def test_a_log_that_scores_other_steps_is_refused() -> None:
    events = list(run_in(WORLD, recipe_for("beam_search", n=4)).events)
    places = [i for i, event in enumerate(events) if isinstance(event, Scored)][:2]
    one, other = (events[place] for place in places)
    for place, event in zip(places, (other, one), strict=True):
        events[place] = event.model_copy(update={"seq": place})
    with pytest.raises(OtherCourse, match="The log scores step"):
        recorded_run(events)


def test_a_chain_of_thought_that_was_read_is_driven_again_as_the_stream_that_it_is() -> None:
    events = trace_of_text("Let me see.\n\nWait, no.\n\nThe answer is 4.", "2 + 2?")
    again = driven_again(recorded_run(events))
    assert again.tree.finished
    assert again.tree.finished.answer == "4"


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"strategy": "no_such"}, "Unknown strategy 'no_such'"),
        ({"options": {"n": 4, "gone": 1}}, "Unknown option 'gone'"),
        ({"sampling": {"warmth": 1.0}}, "warmth"),
    ],
)
def test_a_header_that_no_strategy_of_today_understands_is_refused(
    changed: dict[str, object], message: str
) -> None:
    events = run_in(WORLD, recipe_for("best_of_n", n=4)).events
    with pytest.raises(UsageError, match=r"cannot be driven again\.") as refused:
        recorded_run([events[0].model_copy(update=changed), *events[1:]])
    assert message in str(refused.value)


@pytest.mark.parametrize("undecided", [False, True])
def test_answers_are_compared_as_they_were(undecided: bool) -> None:
    """What needed several tries needs them again, and nobody works anything out anew."""
    answers = (r"\boxed{x+1}", r"\boxed{1+x}", r"\boxed{b^b}", r"\boxed{x+1}")
    tries: list[int] = []

    def knows(first: str, second: str) -> bool | None:
        tries.append(1)
        if undecided and "b^b" in (first, second):
            return None
        return None if len(tries) < 3 else True

    solver = FakeSolver(lambda steps, index: (answers[index], "end"))
    verifier = FakeVerifier(lambda steps: 0.5)
    recipe = replace(recipe_for("best_of_n", n=4), problem=Problem("What is it?"))
    classes = AnswerClasses(Knows(knows))
    run = Run(recipe, solver.info, verifier.info, clock=FakeClock(), classes=classes)
    drive(run, solver, verifier)
    assert any(isinstance(event, Compared) for event in run.events) or undecided
    again = driven_again(recorded_run(run.events))
    assert but_for_times(again.events) == but_for_times(run.events)
