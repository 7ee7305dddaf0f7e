"""What each act comes to, in a small world that can be worked out by hand; and what is refused."""

from __future__ import annotations

from dataclasses import replace

import pytest

from search_core.acts import MOST_ACTS, Act, ActError, acts_of
from search_core.log.events import Decided, Noted, Sampled
from search_core.log.traces import parse_trace
from search_core.picture import why
from search_core.problem import Problem
from search_core.protocols import VerifierInfo
from search_core.run.driving import drive
from search_core.run.recipe import Recipe
from search_core.run.recorded import RecordedRun, recorded_run
from search_core.run.runner import Run
from search_core.steer import GoingOn, History, Steered, Steering, check_act, steered
from search_core.strategies import STRATEGIES
from tests.fakes import FakeClock, FakeSolver, FakeVerifier, World
from tests.searches import unmarked
from tests.test_search_properties import log_of, run_in
from tests.test_steer import alone_in, course
from tests.test_what_if import run_of

CHILDREN = {
    "": "a b c d",
    "a": "aa ab ac ad",
    "b": "ba ba ba ba",
    "c": "7. 7. 7. 7.",
    "a aa": "0. 0. 0. 0.",
    "a ab": "0. 0. 0. 0.",
    "b ba": "1. 1. 1. 1.",
    "my own": "5. 5. 5. 5.",
}
SCORES = {"a": 0.9, "b": 0.8, "c": 0.3, "d": 0.1, "aa": 0.7, "ab": 0.6, "my own": 0.95}


def solver() -> FakeSolver:
    """Whatever is not in the table ends wrong."""

    def step(steps: tuple[str, ...], index: int) -> tuple[str, str]:
        return unmarked(CHILDREN.get(" ".join(steps), "0. " * 4).split()[index % 4])

    return FakeSolver(step)


def verifier() -> FakeVerifier:
    texts = {unmarked(step)[0]: score for step, score in SCORES.items()}
    return FakeVerifier(lambda steps: texts.get(steps[-1], 0.5))


def base(name: str = "beam_search", **options: object) -> RecordedRun:
    """Of four first steps beam search keeps a and b; the right answer comes after c."""
    strategy = STRATEGIES[name]
    known = {spec.name for spec in strategy.options.specs()}
    usual = {"n": 4, "beam_width": 2, "max_steps": 3, "most_pieces": 3}
    values = {key: value for key, value in usual.items() if key in known} | options
    recipe = Recipe(Problem("?"), strategy, strategy.options.from_values(values))
    run = Run(recipe, solver().info, verifier().info, clock=FakeClock())
    drive(run, solver(), verifier())
    return recorded_run(run.events)


def ready(run: RecordedRun, act: Act, going_on: GoingOn | None = None) -> Steered:
    return steered(Steering(run, act, going_on), solver(), verifier(), clock=FakeClock())


def text(run: Run, node: str) -> str:
    return run.tree.nodes[node].text


def test_what_a_person_keeps_goes_on_beside_what_the_strategy_keeps() -> None:
    made = ready(base(), Act("keep", "2", "Ada"))
    run = made.drive()
    assert {n.id for n in run.tree.steps() if n.depth == 2} == {"0.0", "0.1", "1.0", "2.0"}
    assert text(run, "2.0") == "The answer is 7."
    kept = run.tree.nodes["2"]
    decision = run.tree.decisions[kept.decision or 0]
    assert (kept.state, kept.rank, kept.margin) == ("kept", 3, -0.5)
    assert decision.rule == "kept_by_hand"
    assert decision.why.startswith("Ada kept this step, which the search would have cut.")
    # Ranks of the others are those among all.
    assert (run.tree.nodes["1"].rank, run.tree.nodes["3"].rank) == (2, 4)
    assert "Rank 3 of 4." in why(run.tree, "2")
    assert "Rank 4 of 4." in why(run.tree, "3")
    # Only what is new was asked for: one step after what she kept, and the round after it.
    assert made.missing[0].parent == "2"
    assert run.tree.nodes["0.0"].again
    assert not run.tree.nodes["2.0"].again


def test_what_a_person_cuts_leaves_its_place_to_the_next_best() -> None:
    run = ready(base(), Act("cut", "0", "Ada")).drive()
    assert run.tree.nodes["0"].state == "pruned"
    assert run.tree.nodes["0"].children == []
    assert run.tree.nodes["2"].state == "kept"
    decision = run.tree.decisions[run.tree.nodes["0"].decision or 0]
    assert (decision.rule, decision.why) == ("cut_by_hand", "Ada cut this step.")


def test_a_solution_that_is_cut_has_no_vote() -> None:
    before = base("best_of_n", max_steps=4)
    chosen = before.tree.finished
    assert chosen
    assert chosen.chosen
    run = ready(before, Act("cut", chosen.chosen)).drive()
    assert run.tree.nodes[chosen.chosen].state == "pruned"
    assert run.tree.finished
    assert run.tree.finished.chosen != chosen.chosen
    assert run.tree.cost.generated == 0


def test_in_a_subtree_that_goes_on_from_one_step_the_kept_one_takes_its_place() -> None:
    run = ready(base("dvts"), Act("keep", "1")).drive()
    assert run.tree.nodes["1"].state == "kept"
    assert run.tree.nodes["0"].state == "pruned"
    displaced = run.tree.decisions[run.tree.nodes["0"].decision or 0]
    assert displaced.why == "A person kept 1 in its place; there is room for one step alone."
    assert text(run, "1.0") == "ba"


def test_more_next_steps_stand_beside_those_of_the_strategy() -> None:
    run = ready(base(), Act("grow", "0", count=2)).drive()
    assert run.tree.nodes["0"].children == ["0.0", "0.1", "0.2", "0.3"]
    written = [e for e in run.events if isinstance(e, Sampled) and e.id.startswith("0.")]
    assert [event.again for event in written][:4] == [True, True, False, False]


def test_an_edited_step_stands_where_it_stood_and_is_scored() -> None:
    run = ready(base(), Act("edit", "3", "Ada", "my own")).drive()
    edited = run.tree.nodes["3"]
    assert (edited.text, edited.by, edited.score, edited.state) == ("my own", "Ada", 0.95, "kept")
    assert (edited.tokens, edited.logprob) == (0, None)
    assert text(run, "3.0") == "The answer is 5."


def test_a_step_of_ones_own_competes_like_any_other() -> None:
    run = ready(base(), Act("write", "root", "Ada", "my own")).drive()
    assert text(run, "4") == "my own"
    assert run.tree.nodes["4"].state == "kept"
    assert run.tree.nodes["1"].state == "pruned"


def test_a_step_that_is_said_to_end_the_solution_is_one() -> None:
    run = ready(base(), Act("write", "root", "Ada", "The answer is 7.", ends=True)).drive()
    own = run.tree.nodes["4"]
    assert (own.state, own.answer) == ("completed", "7")


def test_a_search_goes_on_from_a_step_with_another_strategy() -> None:
    made = ready(base(), Act("go_on", "2", "Ada"), GoingOn("best_of_n", {"n": 2, "max_steps": 4}))
    run = made.drive()
    assert run.tree.started
    assert run.tree.started.strategy == "best_of_n"
    assert list(run.tree.nodes) == ["root", "2", "2.0", "2.1"]
    assert run.tree.nodes["2"].again
    assert run.tree.finished
    assert run.tree.finished.answer == "7"
    said = run.tree.decisions[run.tree.nodes["2"].decision or 0].why
    assert said == "Ada went on from step 1, branch 3 with Best-of-N."


def test_a_search_goes_on_with_another_verifier_that_scores_the_path_anew() -> None:
    other = FakeVerifier(lambda steps: 0.25)
    other.info = VerifierInfo("another")
    act = Act("go_on", "0.0")
    run = steered(Steering(base(), act), solver(), other).drive()
    assert run.tree.started
    assert run.tree.started.verifier.name == "another"
    assert {node.score for node in run.tree.steps()} == {0.25}


def test_another_solver_takes_over_only_where_the_search_goes_on() -> None:
    other = solver()
    other.info = replace(other.info, name="another")
    with pytest.raises(ActError, match="The run was written by fake solver"):
        steered(Steering(base(), Act("cut", "0")), other, verifier())
    made = steered(Steering(base(), Act("go_on", "0")), other, verifier())
    run = made.drive()
    # The path is known; nothing else of what the first solver wrote is taken for the second's.
    assert [n.id for n in run.tree.steps() if n.again] == ["0"]


def test_every_act_is_an_event_with_its_author_and_the_run_that_it_was_done_to() -> None:
    before = base()
    run = ready(before, Act("keep", "2", "Ada")).drive()
    run = ready(recorded_run(run.events), Act("edit", "2.0", "Bo", "my own", ends=True)).drive()
    notes = [event for event in run.events if isinstance(event, Noted)]
    assert [(n.id, n.action, n.author) for n in notes] == [
        ("2", "kept", "Ada"),
        ("2.0", "edited", "Bo"),
    ]
    assert [n.seq for n in notes] == [1, 2]
    assert {n.of for n in notes} == {before.header.run}
    assert acts_of(run.events)[1].text == "my own"


def test_what_did_not_come_about_is_said() -> None:
    run = ready(base(), Act("edit", "0.1", "Ada", "my own")).drive()
    run = ready(recorded_run(run.events), Act("cut", "0")).drive()
    assert [event.message for event in run.tree.warnings] == [
        "What Ada asked for at step 2, branch 2 did not come about: the search never came there."
    ]
    run = ready(base(), Act("edit", "0.1", text="my own")).drive()
    run = ready(recorded_run(run.events), Act("cut", "0")).drive()
    assert run.tree.warnings[0].message.startswith("What a person asked for at step 2, branch 2")


def test_fifty_acts_undone_and_done_again_end_where_they_began() -> None:
    world = World(seed=4, ends=0.2, cut_off=0.0, words=6)
    run = run_of("beam_search", world, n=4, beam_width=2, max_steps=4)
    recipe = run.recipe
    history, courses = History(), [course(run.events)]
    for number in range(50):
        act = _some_act(recorded_run(run.events), number)
        history = history.with_act(act)
        run = steered(
            Steering(recorded_run(run.events), act), world.solver(), world.verifier()
        ).drive()
        courses.append(course(run.events))
    assert len({str(one) for one in courses}) == 51
    there = history
    for _ in range(50):
        history = history.undo()
        if history.done in (30, 0):
            assert _without_of(alone_in(world, recipe, history.standing)) == _plain(
                courses[history.done]
            )
    assert history.undo() == history
    assert course(run_in(world, recipe).events) == courses[0]
    for _ in range(50):
        history = history.redo()
    assert history == there == history.redo()
    assert _without_of(alone_in(world, recipe, history.standing)) == _plain(courses[50])


def _some_act(run: RecordedRun, number: int) -> Act:
    """The first act that makes sense, of a list that begins elsewhere each time."""
    nodes = list(run.tree.nodes)
    for place in range(len(nodes) * 4):
        node = nodes[(number * 7 + place) % len(nodes)]
        action = ("keep", "cut", "edit", "write")[(number + place) % 4]
        own = f"step {number}" if action in ("edit", "write") else ""
        act = Act(action, node, "Ada", own)  # type: ignore[arg-type]
        try:
            check_act(act, run.recipe, run.tree, run.acts)
        except ActError:
            continue
        return act
    raise AssertionError(f"There is nothing to do after {number} acts.")


def _without_of(run: Run) -> list[object]:
    return _plain(course(run.events))


def _plain(events: list[object]) -> list[object]:
    """Which run an act was done to is no part of what came of it."""
    return [
        e.model_copy(update={"of": "", "created": ""}) if isinstance(e, Noted) else e
        for e in events
    ]


def test_there_is_an_end_to_what_one_run_is_steered_by() -> None:
    history = History()
    for _ in range(MOST_ACTS):
        history = history.with_act(Act("cut", "0"))
    with pytest.raises(ActError, match=f"at most {MOST_ACTS} acts"):
        history.with_act(Act("cut", "0"))
    assert len(history.undo().with_act(Act("cut", "1")).acts) == MOST_ACTS


@pytest.mark.parametrize(
    ("strategy", "act", "message"),
    [
        ("beam_search", Act("keep", "9"), "The run has no step 9."),
        ("beam_search", Act("keep", "0"), "Step 1, branch 1 was not cut."),
        ("beam_search", Act("cut", "root"), "The problem itself cannot be cut"),
        ("beam_search", Act("cut", "3"), "Step 1, branch 4 was cut already."),
        (
            "beam_search",
            Act("grow", "3", count=1),
            "go on from step 1, branch 4: keep it first.",
        ),
        (
            "beam_search",
            Act("grow", "0.0.0", count=1),
            "solution is finished at step 3, branch 1",
        ),
        ("beam_search", Act("go_on", "0.0.0"), "solution is finished at step 3, branch 1"),
        ("best_of_n", Act("keep", "0"), "Step 1, branch 1 was not cut."),
        ("single_stream", Act("cut", "0"), "A single stream decides nothing step by step"),
        ("mcts", Act("edit", "0", text="x"), "MCTS goes by the solver's log-probabilities"),
    ],
)
def test_what_makes_no_sense_is_refused(strategy: str, act: Act, message: str) -> None:
    run = base(strategy)
    with pytest.raises(ActError, match=message):
        check_act(act, run.recipe, run.tree)


def test_a_search_goes_on_only_where_it_can() -> None:
    act = Act("go_on", "0")
    with pytest.raises(ActError, match="Self-revision writes from the problem on"):
        ready(base(), act, GoingOn("self_revision"))
    with pytest.raises(ActError, match="only where the search goes on"):
        ready(base(), Act("cut", "0"), GoingOn("greedy"))
    run = ready(base(), act).drive()
    with pytest.raises(ActError, match="was there before the search went on"):
        ready(recorded_run(run.events), Act("cut", "0"))


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"action": "prune", "node": "0"}, "is no act"),
        ({"action": "cut", "node": "0.x"}, "is no step"),
        ({"action": "cut", "node": 3}, "is no step"),
        ({"action": "cut"}, "at least an action and a node"),
        ({"action": "cut", "node": "0", "colour": 1}, "An act has no 'colour'"),
        ({"action": "cut", "node": "0", "text": "x"}, "takes no text"),
        ({"action": "cut", "node": "0", "count": 1}, "takes no count"),
        ({"action": "cut", "node": "0", "ends": True}, "Only a step that is written"),
        ({"action": "cut", "node": "0", "author": "a\nb"}, "An author is"),
        ({"action": "cut", "node": "0", "author": "a" * 61}, "An author is"),
        ({"action": "grow", "node": "0"}, "expected 1 to 16"),
        ({"action": "grow", "node": "0", "count": True}, "expected 1 to 16"),
        ({"action": "grow", "node": "0", "count": 17}, "expected 1 to 16"),
        ({"action": "edit", "node": "0", "text": "  "}, "has no text"),
        ({"action": "edit", "node": "0", "text": "a\n \nb"}, "a blank line"),
        ({"action": "edit", "node": "0", "text": "a\x00b"}, r"U\+0000"),
        ({"action": "write", "node": "0", "text": "a" * 2001}, "2,001 characters"),
        ([], "at least an action and a node"),
        ({"action": "cut", "node": "0", "changed": {"n": 2}}, "changes no options"),
        ({"action": "change", "node": "0"}, "at root, not at step 0"),
        ({"action": "change", "node": "root", "changed": {"n": [2]}}, "n is .* expected a number"),
        ({"action": "change", "node": "root", "changed": {"n": float("nan")}}, "expected a number"),
        ({"action": "change", "node": "root", "changed": {"n": "a\nb"}}, "The value of n is"),
        ({"action": "change", "node": "root", "changed": [1]}, "at most 16 options"),
        ({"action": "change", "node": "root", "changed": {"n" * 61: 1}}, "An option is"),
    ],
)
def test_what_is_no_act_is_refused(values: object, message: str) -> None:
    with pytest.raises(ActError, match=message):
        Act.from_values(values)


def test_an_act_is_the_same_through_its_values() -> None:
    act = Act("write", "0.1", "Ada", "  two\r\nlines ", ends=True)
    assert act.text == "two\nlines"
    assert Act.from_values(act.to_values()) == act


def test_what_if_grows_what_is_missing_as_an_act_with_its_author() -> None:
    """It is told as any other act, and the run is what it would be with these options alone."""
    run = base()
    act = Act("change", "root", "Ada", changed={"beam_width": 4})
    grown = ready(run, act).drive()
    [note] = [event for event in grown.events if isinstance(event, Noted)]
    assert (note.action, note.author, note.of) == ("changed", "Ada", run.header.run)
    assert note.changed == {"beam_width": 4}
    options = replace(run.recipe.options, beam_width=4)  # type: ignore[call-arg]
    alone = base(beam_width=4)
    assert set(grown.tree.nodes) == set(alone.tree.nodes) != set(run.tree.nodes)
    again = recorded_run(parse_trace(log_of(grown).encode()).events)
    assert again.acts == (replace(act, of=run.header.run),)
    assert again.recipe.options == options


def test_a_decision_that_nobody_steers_is_as_it_was() -> None:
    """Without acts the answer to a decision is what the strategy kept."""
    rules = {event.rule for event in base().events if isinstance(event, Decided)}
    assert not rules & {"kept_by_hand", "cut_by_hand", "went_on_by_hand"}
