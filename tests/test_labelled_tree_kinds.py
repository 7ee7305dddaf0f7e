"""The kinds of labelled file that hold more than one path, in rows written by us in their form."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from search_core.labelled import (
    LabelledFileError,
    read_labelled,
    read_trees,
)
from search_core.labelled.kinds.prm800k import LABELLERS
from search_core.labelled.kinds.search_and_learn import SURVIVORS, VERIFIER
from search_core.labelled.kinds.tree_log import NO_VISITS, UNKNOWN_PROBLEM
from tests.labelled_kinds import (
    FILES,
    GOOD_STEP,
    complaint,
    prm800k_row,
    rated,
    solutions,
    trees,
)
from tests.test_labelled_reading import written

# PRM800K -------------------------------------------------------------------------------------


def test_prm800k_siblings_are_siblings_and_the_chosen_one_is_kept() -> None:
    first, second = trees(FILES["prm800k"])
    assert first.started is not None
    assert first.started.verifier.name == LABELLERS
    states = {node.id: node.state for node in first.steps()}
    assert states == {
        "0": "kept",
        "1": "pruned",
        "2": "pruned",
        "0.0": "pruned",
        "0.1": "pruned",
        "0.2": "kept",  # written by a person
        "0.2.0": "completed",
    }
    scores = [node.score for node in first.steps()]
    assert scores == [1.0, 0.0, 0.5, 0.0, 0.5, None, 1.0]
    assert first.finished is not None
    assert (first.finished.chosen, first.finished.answer) == ("0.2.0", "14")
    assert first.nodes["0.2.0"].right
    # People stopped at an error: nothing is kept there, and nothing is a solution.
    assert [node.state for node in second.steps()] == ["kept", "pruned", "pruned"]
    assert second.decisions[-1].why == "A person found an error and stopped here."


def test_prm800k_gives_the_chosen_path_and_each_other_candidate() -> None:
    file = read_labelled(FILES["prm800k"])
    found = [*file]
    assert [len(each.steps) for each in found] == [3, 1, 1, 2, 2, 2, 2]
    assert found[0].labels == (1.0, None, 1.0)
    assert (found[0].answer, found[0].answer_right) == ("14", True)
    assert [each.first_error for each in found[1:]] == [0, 0, 1, 1, 1, None]
    assert all(each.answer is None for each in found[1:])
    assert len({each.group for each in found[:5]}) == 1
    assert found[0].id == "line 1, solution 1"


def test_a_neutral_rating_is_wrong_or_right_as_asked_and_that_is_said() -> None:
    strict, lenient = (read_labelled(FILES["prm800k"], neutral=n) for n in ("wrong", "right"))
    assert [[*strict][2].labels, [*lenient][2].labels] == [(0.0,), (1.0,)]
    assert "Neutral ratings, read as wrong: 2." in strict.report.said()
    assert "Neutral ratings, read as right: 2." in lenient.report.said()


@pytest.mark.parametrize(
    ("row", "why"),
    [
        (prm800k_row(), "has no steps: its 'steps' hold no text"),
        (prm800k_row({"completions": "a"}), "has a text in 'completions'; expected a list"),
        (prm800k_row("a"), "has a text in 'step 1'; expected an object"),
        (prm800k_row(rated(completions=["a"], chosen_completion=1)), "has 1 as chosen completion"),
        (
            prm800k_row(rated(completions=[{"text": "a", "rating": 2}], chosen_completion=0)),
            "has a rating of 2 in step 1; expected 1, 0, -1 or null",
        ),
        (
            prm800k_row(rated(completions=["a"]), GOOD_STEP),
            "goes on after step 1, of which nothing was chosen",
        ),
        (prm800k_row(*[GOOD_STEP] * 1_001), "has 1,001 steps; at most 1,000 are read"),
    ],
)
def test_bad_rows_of_prm800k_are_named(tmp_path: Path, row: object, why: str) -> None:
    assert why in complaint(written(tmp_path / "a.jsonl", row))


def test_a_completion_by_hand_may_be_a_text_alone(tmp_path: Path) -> None:
    row = prm800k_row(rated(human_completion="by hand"))
    (only,) = solutions(written(tmp_path / "a.jsonl", row))
    assert (only.steps, only.labels) == (("by hand",), (None,))


# search-and-learn ----------------------------------------------------------------------------


def test_completions_are_solutions_with_scores_aligned_from_the_left() -> None:
    file = read_labelled(FILES["search_and_learn"])
    first, second, again, short = file
    assert first.steps == ("2 + 3 = 5", "5 * 2 = 10", "So it is \\boxed{10}.")
    assert first.scores == again.scores == {VERIFIER: (0.9, 0.8, 0.95)}
    assert [each.answer_right for each in file] == [True, False, True, None]
    assert (second.level, second.category) == (1, "Arithmetic")
    assert len({each.id for each in (first, second, again, short)}) == 4
    assert "Scores of an empty last turn, left out: 1." in file.report.said()


def test_completions_that_begin_alike_share_a_path_and_the_tree_says_survivors_only() -> None:
    (tree,) = trees(FILES["search_and_learn"])
    assert list(tree.nodes) == ["root", "0", "1", "0.0", "0.1", "0.0.0", "0.1.0", "0.0.1"]
    ends = [node for node in tree.steps() if node.state == "completed"]
    # A repeated completion keeps an end of its own: it votes twice.
    assert [node.id for node in ends] == ["1", "0.0.0", "0.1.0", "0.0.1"]
    assert [entry.solutions for entry in tree.votes["majority"].tally] == [2, 1]
    assert tree.finished is not None
    assert (tree.finished.chosen, tree.finished.answer) == ("0.0.0", "10")
    assert [warning.message for warning in tree.warnings] == [SURVIVORS]
    assert not any(node.state == "pruned" for node in tree.steps())


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"completions": []}, "has 0 completions; expected 1 to 4,096"),
        ({"scores": [[1]]}, "has 1 lists of scores for 2 completions"),
        ({"scores": [[1, 1], [1, 1, 1]]}, "has 3 values in 'scores of completion 2' for 1 steps"),
        ({"scores": [[1, "x"], [1]]}, "has a text in 'scores of completion 1', value 2"),
        ({"completions": ["a", 5]}, "has 5 as step 1 in 'completion 2'; expected a text"),
    ],
)
def test_bad_rows_of_search_and_learn_are_named(
    tmp_path: Path, change: dict[str, Any], why: str
) -> None:
    row = {"problem": "?", "completions": ["a\n\nb", "c"], "scores": [[1, 1], [1]], **change}
    assert why in complaint(written(tmp_path / "a.jsonl", row))


def test_more_completions_than_a_tree_can_hold_are_solutions_all_the_same(tmp_path: Path) -> None:
    row = {"problem": "?", "completions": ["a"] * 513, "scores": [[1]] * 513}
    path = written(tmp_path / "a.jsonl", row)
    assert len(solutions(path)) == 513
    with pytest.raises(LabelledFileError, match="has 513 completions; at most 512 are made a tree"):
        trees(path)


# TreeLog -------------------------------------------------------------------------------------


def test_snapshots_become_what_changed_between_them() -> None:
    (trace,) = read_trees(FILES["tree_log"])
    tree = trace.tree
    assert tree.root.text == "Add 2 and 3, then double it."
    assert tree.nodes["0"].text == "question: What is 2 + 3?\nanswer: 5"
    assert [node.score for node in tree.steps()] == [0.75, 0.25, None]
    assert [node.value for node in tree.steps()] == [0.625, 0.25, 0.875]
    assert [node.visits for node in tree.steps()] == [2, 1, 1]
    assert [warning.message for warning in tree.warnings] == [NO_VISITS]
    backed_up = [event.id for event in trace.events if event.kind == "backed_up"]
    assert backed_up == ["0", "1", "0", "0.0"]
    # The edges of the highest Q.
    assert (tree.nodes["0"].state, tree.nodes["0.0"].state) == ("kept", "completed")
    assert tree.finished is not None
    assert tree.finished.answer == "10"
    leaves = solutions(FILES["tree_log"])
    assert [len(each.steps) for each in leaves] == [1, 2]


def test_a_list_of_snapshots_and_one_line_are_the_same_tree(tmp_path: Path) -> None:
    log = json.loads(FILES["tree_log"].read_text(encoding="utf-8"))
    (as_published,) = trees(FILES["tree_log"])
    for name, value in (("a.json", log["logs"]), ("a.jsonl", log)):
        (tree,) = trees(written(tmp_path / name, value))
        assert tree.to_dict() == as_published.to_dict()


def _log(nodes: dict[str, Any], edges: list[tuple[int, int]]) -> dict[str, Any]:
    return {
        "nodes": nodes,
        "edges": {
            str(at): {"source": source, "target": target, "data": {}}
            for at, (source, target) in enumerate(edges)
        },
    }


NODES = {str(at): {"data": {"text": f"node {at}"}} for at in range(3)}


@pytest.mark.parametrize(
    ("snapshot", "why"),
    [
        (_log(NODES, []), "has 3 nodes that no edge leads to; expected one, the root"),
        (_log(NODES, [(0, 1), (2, 1), (0, 2)]), "has an edge from 2 to 1: it is no tree"),
        (_log(NODES, [(1, 2), (2, 1)]), "has nodes that no edge leads to: it is no tree"),
        (_log(NODES, [(0, 1), (0, 2), (0, 9)]), "has an edge from 0 to 9: it is no tree"),
        (_log({"0": 5}, []), "has 5 in 'nodes'; expected an object"),
    ],
)
def test_what_is_no_tree_is_named(tmp_path: Path, snapshot: object, why: str) -> None:
    assert why in complaint(written(tmp_path / "a.jsonl", snapshot))


def test_a_root_that_says_nothing_has_an_unknown_problem(tmp_path: Path) -> None:
    nodes = {"0": {"data": {}}, "1": {"data": "a step"}}
    (tree,) = trees(written(tmp_path / "a.jsonl", _log(nodes, [(0, 1)])))
    assert tree.root.text == UNKNOWN_PROBLEM
