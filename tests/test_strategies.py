"""Each strategy in small worlds whose outcome was worked out by hand.

A world is written as {path: its children in order}. A step that ends in "." ends the
solution, one in "~" hit the length limit; `_` stands for an empty step. Scores are by step.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest

from search_core.log.events import Completed, Decided, Merged, Sampled, Spent, Voted
from search_core.problem import Problem
from search_core.protocols import SampleRequest, Sampling
from search_core.run.driving import drive
from search_core.run.recipe import Recipe
from search_core.run.runner import Run
from search_core.strategies import STRATEGIES
from tests.fakes import FakeClock, FakeSolver, FakeVerifier


def unmarked(step: str) -> tuple[str, str]:
    if step == "_":
        return "", "step"
    if step.endswith("."):
        return f"The answer is {step[:-1]}.", "end"
    return (step[:-1], "length") if step.endswith("~") else (step, "step")


def run(
    name: str, children: Mapping[str, str], scores: Mapping[str, float], **options: object
) -> Run:
    """Run a strategy in a world; a step without a score scores 0.5."""
    texts = {unmarked(step)[0]: score for step, score in scores.items()}

    def step(steps: tuple[str, ...], index: int) -> tuple[str, str]:
        return unmarked(children[" ".join(steps)].split()[index])

    strategy = STRATEGIES[name]
    solver = FakeSolver(step)
    verifier = FakeVerifier(lambda steps: texts.get(steps[-1], 0.5))
    recipe = Recipe(Problem("?"), strategy, strategy.options.from_values(options))
    made = Run(recipe, solver.info, verifier.info, clock=FakeClock())
    drive(made, solver, verifier)
    return made


def parents(made: Run) -> list[list[str]]:
    """For each round, the texts of the steps that were continued, in order."""
    rounds: list[list[str]] = [[]]
    for event in made.events:
        if isinstance(event, Sampled):
            parent = made.tree.nodes[event.parent]
            rounds[-1].append("" if parent.parent is None else parent.text)
        elif isinstance(event, Spent) and event.call == "sample":
            rounds.append([])
    return rounds[:-1]


def by_state(made: Run, state: str) -> list[str]:
    return [node.text for node in made.tree.steps() if node.state == state]


def votes(made: Run, method: str) -> dict[str, float]:
    return {entry.answer: entry.votes for entry in made.tree.votes[method].tally}


def answers(made: Run) -> list[str | None]:
    """Answers in the order in which the paths were completed."""
    return [event.answer for event in made.events if isinstance(event, Completed)]


def answer(made: Run) -> str | None:
    assert made.tree.finished is not None
    return made.tree.finished.answer


def rules(made: Run) -> dict[str, str]:
    """Rule that settled each node, by text."""
    return {
        node.text: made.tree.decisions[node.decision].rule
        for node in made.tree.steps()
        if node.decision is not None
    }


# Greedy and best-of-N -----------------------------------------------------------------------


class WatchedSolver(FakeSolver):
    """Remembers the temperatures that it was asked for."""

    temperatures: tuple[float, ...] = ()

    def sample(self, requests: Sequence[SampleRequest], sampling: Sampling, cancelled):  # type: ignore[no-untyped-def]
        self.temperatures += (sampling.temperature,)
        return super().sample(requests, sampling, cancelled)


def test_greedy_writes_one_path_at_temperature_0_and_asks_no_verifier() -> None:
    strategy = STRATEGIES["greedy"]
    solver = WatchedSolver(
        lambda steps, _: ("The answer is 7.", "end") if len(steps) == 2 else ("on", "step")
    )
    verifier = FakeVerifier(lambda _: 0.5)
    made = Run(Recipe(Problem("?"), strategy, strategy.options()), solver.info, verifier.info)
    drive(made, solver, verifier)
    assert solver.temperatures == (0.0, 0.0, 0.0)
    assert verifier.calls == 0
    assert [node.id for node in made.tree.steps()] == ["0", "0.0", "0.0.0"]
    assert answer(made) == "7"
    assert set(made.tree.votes) == {"majority"}


@pytest.mark.parametrize(
    ("children", "rule"),
    [({"": "a", "a": "b", "a b": "c"}, "out_of_steps"), ({"": "a", "a": "b~"}, "too_long")],
)
def test_greedy_without_an_end_has_no_answer(children: dict[str, str], rule: str) -> None:
    made = run("greedy", children, {}, max_steps=3)
    last = list(made.tree.steps())[-1]
    assert rules(made)[last.text] == rule
    assert made.tree.unfinished(last)
    assert answer(made) is None
    assert made.tree.finished is not None
    assert "No path" in made.tree.finished.message


BEST_OF_4 = {"": "a 2. b 2.", "a": "3.", "b": "4."}


@pytest.mark.parametrize(
    ("judge", "chosen"),
    # 2 has two votes, 0.4 + 0.45 together; 3 has 0.8; 4 has the best score.
    [("majority", "2"), ("weighted", "2"), ("best", "4")],
)
def test_best_of_n_judges_whole_solutions(judge: str, chosen: str) -> None:
    scores = {"3.": 0.8, "4.": 0.82, "2.": 0.42}
    made = run("best_of_n", BEST_OF_4, scores, n=4, judge=judge)
    assert parents(made) == [["", "", "", ""], ["a", "b"]]
    assert answer(made) == chosen
    assert votes(made, "majority") == {"2": 2, "3": 1, "4": 1}
    assert votes(made, "weighted") == pytest.approx({"2": 0.84, "3": 0.8, "4": 0.82})
    assert votes(made, "best") == pytest.approx({"2": 0.42, "3": 0.8, "4": 0.82})


def test_best_of_n_asks_the_verifier_once_and_only_about_solutions() -> None:
    made = run("best_of_n", {"": "a 2. c~", "a": "b"}, {}, n=3, max_steps=2)
    calls = [e for e in made.events if isinstance(e, Spent) and e.call == "score"]
    assert [call.requests for call in calls] == [1]
    assert by_state(made, "completed") == ["The answer is 2."]
    assert rules(made) == {"a": "run_to_end", "b": "out_of_steps", "c": "too_long"}
    assert votes(made, "majority") == {"2": 1}


def test_best_of_n_aggregates_over_the_whole_path() -> None:
    made = run("best_of_n", BEST_OF_4, {"a": 0.1, "3.": 0.9}, n=4, aggregate="min", judge="best")
    assert votes(made, "best")["3"] == 0.1


def test_solutions_without_an_answer_vote_only_where_asked() -> None:
    children = {"": "x~ 2. y~"}
    scores = {"x~": 0.9, "2.": 0.4, "y~": 0.1}
    options = {"n": 3, "length_ends": True, "judge": "best"}
    made = run("best_of_n", children, scores, **options)
    assert answer(made) == "2"
    assert votes(made, "majority") == {"2": 1}
    published = run("best_of_n", children, scores, answerless_vote=True, **options)
    assert votes(published, "majority") == {"": 2, "2": 1}
    assert votes(published, "weighted") == {"": 1.0, "2": 0.4}
    assert answer(published) is None
    assert published.tree.finished is not None
    assert published.tree.finished.chosen == "0"


def test_best_of_n_as_published_takes_cut_off_solutions() -> None:
    children = {"": "1. c~"}
    made = run("best_of_n", children, {}, n=2, length_ends=True)
    assert by_state(made, "completed") == ["The answer is 1.", "c"]


# Beam search --------------------------------------------------------------------------------

SIX = {"A": 0.5, "B": 0.9, "C": 0.1, "D": 0.7, "E": 0.2, "F": 0.3}


def ends_after(first: str, *, end: str = "1.") -> dict[str, str]:
    """Whatever is kept of the first steps ends at the next step."""
    return {"": first} | dict.fromkeys(first.split(), f"{end} {end} {end} {end} {end} {end}")


def test_beam_keeps_the_top_n_over_m_and_repeats_them_round_robin() -> None:
    made = run("beam_search", ends_after("A B C D E F"), SIX, n=6, beam_width=2)
    assert parents(made) == [[""] * 6, ["A", "B", "D", "A", "B", "D"]]
    (decision,) = [e for e in made.events if isinstance(e, Decided)]
    assert decision.rule == "top_k"
    assert decision.cutoff == 0.5
    assert [(v.id, v.rank, v.margin) for v in decision.kept] == [
        ("1", 1, 0.4),
        ("3", 2, 0.2),
        ("0", 3, 0.0),
    ]
    assert [(v.id, v.rank, v.margin) for v in decision.pruned] == [
        ("5", 4, -0.2),
        ("4", 5, -0.3),
        ("2", 6, -0.4),
    ]


def test_beam_width_that_does_not_divide_n_rounds_the_survivors_down() -> None:
    made = run("beam_search", ends_after("A B C D E"), SIX, n=5, beam_width=2)
    assert parents(made)[1] == ["B", "D", "B", "D", "B"]


def test_completed_beams_leave_and_the_width_stays() -> None:
    children = ends_after("9. B C D")
    made = run("beam_search", children, {"9.": 1.0, **SIX}, n=4, beam_width=2)
    assert parents(made) == [[""] * 4, ["B", "D", "B", "D"]]
    assert answers(made) == ["9", "1", "1", "1", "1"]
    # A finished path takes no place among the survivors and is not ranked with them.
    assert "The answer is 9." not in rules(made)


def test_all_completed_at_once_ends_the_search() -> None:
    made = run("beam_search", {"": "1. 2. 1."}, {}, n=3, beam_width=1)
    assert len(parents(made)) == 1
    assert votes(made, "majority") == {"1": 2, "2": 1}


def test_beam_merges_duplicates_into_the_first_only_if_asked() -> None:
    scores = {"A": 0.9, "B": 0.8, "C": 0.7}
    merging = run("beam_search", ends_after("A A B C"), scores, n=4, beam_width=2)
    merged = [(e.id, e.into) for e in merging.events if isinstance(e, Merged)]
    assert merged == [("1", "0")]
    assert merging.tree.nodes["1"].merged_into == "0"
    assert parents(merging)[1] == ["A", "B", "A", "B"]
    plain = run(
        "beam_search",
        ends_after("A A B C"),
        scores,
        n=4,
        beam_width=2,
        filter_duplicates=False,
    )
    assert not [e for e in plain.events if isinstance(e, Merged)]
    sampled_from = [e.parent for e in plain.events if isinstance(e, Sampled)]
    assert sampled_from[4:] == ["0", "1", "0", "1"]


def test_the_same_step_after_different_paths_is_no_duplicate() -> None:
    children = {"": "A B", "A": "x", "B": "x", "A x": "1.", "B x": "2."}
    made = run("beam_search", children, {}, n=2, beam_width=1)
    assert not [e for e in made.events if isinstance(e, Merged)]
    assert answers(made) == ["1", "2"]


@pytest.mark.parametrize(("later", "kept"), [(False, ["A", "B"]), (True, ["C", "D"])])
def test_ties_go_to_the_first_or_the_later(later: bool, kept: list[str]) -> None:
    equal = dict.fromkeys("ABCD", 0.5)
    made = run(
        "beam_search", ends_after("A B C D"), equal, n=4, beam_width=2, later_wins_ties=later
    )
    assert parents(made)[1] == kept * 2
    assert by_state(made, "kept") == kept


def test_tiny_products_still_rank() -> None:
    """Products of many low scores differ far behind the sixth decimal."""
    children = {"": "a a", "a": "b c", "a c": "1. 2."}
    scores = {"a": 1e-4, "b": 1e-5, "c": 1e-4}
    made = run("beam_search", children, scores, n=2, beam_width=2, aggregate="prod")
    assert by_state(made, "kept") == ["a", "c"]
    assert made.tree.nodes["0.1"].aggregate == 1e-8
    assert made.tree.nodes["0.0"].margin == pytest.approx(-9e-9)


TWO_ROUNDS = {"": "1. 2. C D", "C": "3. 4.", "D": "5. 6."}
GROWING = {"1.": 0.1, "2.": 0.2, "3.": 0.3, "4.": 0.4, "5.": 0.5, "6.": 0.6}


def test_more_than_n_completed_best_or_earliest_vote() -> None:
    # Round 1 completes 1 and 2, round 2 completes 3, 5, 4, 6: six solutions, four vote.
    best = run("beam_search", TWO_ROUNDS, GROWING, n=4, beam_width=2)
    assert sorted(votes(best, "majority")) == ["3", "4", "5", "6"]
    assert answer(best) == "6"
    earliest = run("beam_search", TWO_ROUNDS, GROWING, n=4, beam_width=2, sort_completed=False)
    assert sorted(votes(earliest, "majority")) == ["1", "2", "3", "5"]
    assert answer(earliest) == "5"


def test_too_few_completed_are_repeated_only_if_asked() -> None:
    children = {"": "1. 1. 2. D", "D": "x x x x"}
    options = {"n": 4, "beam_width": 4, "max_steps": 2}
    once = run("beam_search", children, GROWING, **options)
    assert votes(once, "majority") == {"1": 2, "2": 1}
    repeated = run("beam_search", children, GROWING, repeat_completed=True, **options)
    # Sorted by score: 2, 1, 1, and round again: 2.
    assert votes(repeated, "majority") == {"1": 2, "2": 2}
    assert votes(repeated, "weighted") == pytest.approx({"2": 0.4, "1": 0.2})


def test_stop_when_full() -> None:
    children = {"": "1. B", "B": "2. C", "B C": "3. 4."}
    options = {"n": 2, "beam_width": 2}
    full = run("beam_search", children, {}, **options)
    assert rules(full) == {"B": "top_k", "C": "enough_solutions"}
    assert answers(full) == ["1", "2"]
    on = run("beam_search", children, {}, stop_when_full=False, **options)
    assert answers(on) == ["1", "2", "3", "4"]


def test_steps_run_out() -> None:
    children = {"": "A A", "A": "B C"}
    made = run("beam_search", children, {"B": 0.9}, n=2, beam_width=2, max_steps=2)
    assert rules(made) == {"A": "top_k", "B": "out_of_steps", "C": "out_of_steps"}
    assert [made.tree.unfinished(node) for node in made.tree.steps()] == [False, False, True, True]
    assert made.tree.nodes["1"].merged_into == "0"
    assert answer(made) is None
    assert [e.tally for e in made.events if isinstance(e, Voted)] == [(), (), ()]


def test_the_last_round_can_run_to_the_end() -> None:
    children = {"": "A B", "A": "a a", "A a": "b", "A a b": "7."}
    options = {"n": 2, "beam_width": 2, "max_steps": 2, "filter_duplicates": False}
    made = run("beam_search", children, {"A": 0.9}, finish_last_round=True, **options)
    assert answers(made) == ["7", "7"]
    assert made.tree.nodes["0.0.0.0"].depth == 4
    assert rules(made)["a"] == "run_to_end"
    assert answer(run("beam_search", children, {"A": 0.9}, **options)) is None


def test_a_last_round_that_never_ends_is_bounded() -> None:
    strategy = STRATEGIES["beam_search"]
    solver, verifier = FakeSolver(lambda *_: ("on", "step")), FakeVerifier(lambda _: 0.5)
    options = strategy.options.from_values({"n": 1, "beam_width": 1, "finish_last_round": True})
    made = Run(Recipe(Problem("?"), strategy, options), solver.info, verifier.info)
    drive(made, solver, verifier)
    leaf = list(made.tree.steps())[-1]
    assert leaf.depth == options.max_steps + 39
    assert made.tree.unfinished(leaf)


def test_a_cut_off_step_is_pruned_or_a_solution() -> None:
    children = {"": "A~ 1."}
    cut = run("beam_search", children, {"A~": 0.9}, n=2, beam_width=1)
    assert rules(cut) == {"A": "too_long"}
    assert by_state(cut, "completed") == ["The answer is 1."]
    taken = run("beam_search", children, {"A~": 0.9}, n=2, beam_width=1, length_ends=True)
    assert by_state(taken, "completed") == ["A", "The answer is 1."]


def test_an_empty_step_goes_on_or_ends() -> None:
    children = {"": "_"}
    options = {"n": 1, "beam_width": 1, "max_steps": 1}
    on = run("beam_search", children, {}, **options)
    assert rules(on) == {"": "out_of_steps"}
    ends = run("beam_search", children, {}, empty_ends=True, **options)
    assert by_state(ends, "completed") == [""]


# DVTS ---------------------------------------------------------------------------------------

FOREST = {
    "": "A B C D",
    "B": "B1 B2",
    "C": "C1 C2",
    "B B2": "1. B3",
    "C C1": "C3 2.",
}
FOREST_SCORES = {
    "A": 0.8,
    "B": 0.9,
    "C": 0.3,
    "D": 0.2,
    "B1": 0.6,
    "B2": 0.7,
    "C1": 0.5,
    "C2": 0.1,
    "1.": 0.4,
    "B3": 0.3,
    "C3": 0.2,
    "2.": 0.35,
}


def test_dvts_is_greedy_in_each_subtree_and_subtrees_do_not_compete() -> None:
    made = run("dvts", FOREST, FOREST_SCORES, n=4, beam_width=2)
    # A (0.8) is cut in its subtree although C (0.3) of the other one is kept.
    assert parents(made) == [[""] * 4, ["B", "B", "C", "C"], ["B2", "B2", "C1", "C1"]]
    assert by_state(made, "kept") == ["B", "C", "B2", "C1"]
    decisions = [
        (d.subtree, d.rule, d.cutoff) for d in made.events if isinstance(d, Decided) and d.pruned
    ]
    assert decisions == [
        (0, "best_of_subtree", 0.9),
        (1, "best_of_subtree", 0.3),
        (0, "best_of_subtree", 0.7),
        (1, "best_of_subtree", 0.5),
        (0, "subtree_finished", 0.4),
        (1, "subtree_finished", 0.35),
    ]
    assert answers(made) == ["1", "2"]
    assert answer(made) == "1"


def test_a_finished_subtree_stops_and_the_others_go_on() -> None:
    children = {"": "1. B C D", "C": "C1 C2", "C C1": "2. 3."}
    made = run("dvts", children, {"1.": 0.9, "C": 0.8, "C1": 0.8}, n=4, beam_width=2)
    assert parents(made) == [[""] * 4, ["C", "C"], ["C1", "C1"]]
    assert rules(made)["B"] == "subtree_finished"


SIBLING = {"": "9. B", "B": "1. B2"}
SIBLING_SCORES = {"9.": 0.4, "B": 0.6, "1.": 0.9}


def test_finished_siblings_count_or_are_dropped() -> None:
    made = run("dvts", SIBLING, SIBLING_SCORES, n=2, beam_width=2)
    assert answers(made) == ["9", "1"]
    dropped = run("dvts", SIBLING, SIBLING_SCORES, n=2, beam_width=2, siblings_finish=False)
    assert answers(dropped) == ["1"]
    assert rules(dropped)["The answer is 9."] == "sibling_dropped"
    assert parents(made) == parents(dropped)


def test_siblings_of_the_last_round_vote_unfinished_as_published() -> None:
    made = run("dvts", SIBLING, SIBLING_SCORES, n=2, beam_width=2, vote_unfinished=True)
    last = [(e.id, e.unfinished) for e in made.events if isinstance(e, Completed)]
    assert last == [("0", False), ("1.0", False), ("1.1", True)]
    # A path without an answer still has no vote.
    assert votes(made, "majority") == {"9": 1, "1": 1}


def test_dvts_out_of_steps() -> None:
    children = {"": "A B C D"}
    made = run("dvts", children, {}, n=4, beam_width=2, max_steps=1)
    assert set(rules(made).values()) == {"out_of_steps"}
    assert answer(made) is None
    published = run("dvts", children, {}, n=4, beam_width=2, max_steps=1, vote_unfinished=True)
    assert by_state(published, "completed") == ["A", "B", "C", "D"]


def test_a_boxed_answer_ends_a_subtree_as_published() -> None:
    children = {"": r"\boxed{5} B", r"\boxed{5}": "x y"}
    scores = {r"\boxed{5}": 0.9, "B": 0.1}
    options = {"n": 2, "beam_width": 2, "max_steps": 2}
    on = run("dvts", children, scores, **options)
    assert len(parents(on)) == 2
    assert answer(on) is None
    ends = run("dvts", children, scores, boxed_ends=True, **options)
    assert len(parents(ends)) == 1
    assert answer(ends) == "5"


def test_a_subtree_goes_on_from_its_best_open_path_when_the_best_was_cut_off() -> None:
    children = {"": "A~ B", "B": "1. 2."}
    made = run("dvts", children, {"A~": 0.9, "B": 0.2, "1.": 0.6}, n=2, beam_width=2)
    assert rules(made)["A"] == "too_long"
    assert rules(made)["B"] == "best_of_subtree"
    assert answer(made) == "1"


def test_a_subtree_with_nothing_to_go_on_from_stops() -> None:
    made = run("dvts", {"": "A~ B~"}, {}, n=2, beam_width=2)
    assert rules(made) == {"A": "too_long", "B": "too_long"}
    assert answer(made) is None


def test_an_empty_best_step_ends_its_subtree_as_published() -> None:
    made = run("dvts", {"": "_ B"}, {"B": 0.1}, n=2, beam_width=2, empty_ends=True)
    assert by_state(made, "completed") == [""]
    assert rules(made)["B"] == "subtree_finished"


def test_candidates_stand_in_the_order_of_their_subtrees() -> None:
    # The second subtree finishes first; with equal scores the first one's answer is chosen.
    children = {"": "A 2.", "A": "1."}
    made = run("dvts", children, {"1.": 0.7, "2.": 0.7}, n=2, beam_width=1, judge="best")
    assert answers(made) == ["2", "1"]
    assert answer(made) == "1"
