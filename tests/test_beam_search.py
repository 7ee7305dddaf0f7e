"""Beam search in small worlds (`searches.py`) whose outcome was worked out by hand."""

from __future__ import annotations

import pytest

from search_core.log.events import Decided, Merged, Sampled, Voted
from search_core.problem import Problem
from search_core.run.driving import drive
from search_core.run.recipe import Recipe
from search_core.run.runner import Run
from search_core.strategies import STRATEGIES
from tests.fakes import FakeSolver, FakeVerifier
from tests.searches import answer, answers, by_state, parents, rules, run, votes

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
