"""DVTS in small worlds (`searches.py`) whose outcome was worked out by hand."""

from __future__ import annotations

from search_core.log.events import Completed, Decided
from tests.searches import answer, answers, by_state, parents, rules, run, votes

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
