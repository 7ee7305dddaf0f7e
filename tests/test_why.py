"""Why a step is where it is: the sentences, and that the page says the same."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from search_core import SearchResult, read_trace
from search_core.log.events import Completed, event_from_dict, event_to_dict
from search_core.log.tree import LogError, Tree
from search_core.picture.why import why, why_sentences
from tests.node import told
from tests.searches import by_state, run

ROOT = Path(__file__).resolve().parents[1]
TRACES = sorted((ROOT / "assets/traces").glob("*.jsonl"))
# Of numbers that a Countdown solution leaves over: the page's own hint for visitors.
SPARES = "It leaves numbers over"


def page_says(logs: list[list[dict[str, Any]]]) -> list[dict[str, list[str]]]:
    """What the page says of every node of these runs."""
    said = """((tree) => Object.fromEntries([...tree.nodes.values()]
      .filter((node) => node.parent !== null)
      .map((node) => [node.id, whySentences(tree, node)])))(Tree.fromEvents(it))"""
    return told({"whySentences": "words/words.js", "Tree": "log/tree.js"}, said, logs)


def test_the_page_says_the_same_of_every_step() -> None:
    traces = [read_trace(path) for path in TRACES]
    logs = [[event_to_dict(event) for event in trace.events] for trace in traces]
    trees = [trace.tree for trace in traces]
    for path, tree, page in zip(TRACES, trees, page_says(logs), strict=True):
        for node in tree.steps():
            theirs = [sentence for sentence in page[node.id] if not sentence.startswith(SPARES)]
            assert why_sentences(tree, node) == theirs, (path.stem, node.id)


def test_a_cut_is_told_with_rank_cut_off_and_margin() -> None:
    made = run("beam_search", {"": "a b", "a": "1. 1."}, {"a": 0.6, "b": 0.515}, n=2, beam_width=2)
    assert by_state(made, "pruned") == ["b"]
    assert why(made.tree, "1") == (
        "Beam search keeps the 1 best of each round by last score. That is N / beam width: "
        "2 / 2 = 1. Rank 2 of 2. Its path scores "
        "0.52; the cut was 0.60, so the margin is −0.08."
    ).replace("0.52", f"{0.515:.2f}").replace("−0.08", f"−{0.085:.2f}")
    assert SearchResult(made.events, made.tree).why("0") == (
        "Beam search keeps the 1 best of each round by last score. That is N / beam width: "
        "2 / 2 = 1. Rank 1 of 2. Its path scores "
        "0.60: the lowest that was kept, and so the cut."
    )


def test_scores_that_differ_look_different() -> None:
    scores = {"a": 0.6001, "b": 0.6}
    made = run("beam_search", {"": "a b", "a": "1. 1."}, scores, n=2, beam_width=2)
    assert "scores 0.6000; the cut was 0.6001, so the margin is −0.0001" in why(made.tree, "1")


def test_a_finished_solution_says_its_answer_and_whether_it_is_right() -> None:
    made = run("best_of_n", {"": "4. 5."}, {}, n=2)
    chosen = made.tree.finished.chosen if made.tree.finished else ""
    assert why(made.tree, str(chosen)) == (
        "The path ended here with the answer 4. The search chose this solution."
    )


def test_the_right_number_by_forbidden_steps_is_said_to_be_that() -> None:
    """As in Countdown, whose steps are checked, too: "18 ✗, it disagrees with 18" says nothing."""
    [path] = [path for path in TRACES if path.stem == "countdown-beam-search"]
    events = list(read_trace(path).events)
    wrong = {node.id for node in Tree.from_events(events).steps() if node.right is False}
    answer = read_trace(path).tree.started.problem.answer
    changed = [
        event_from_dict({**event_to_dict(event), "answer": answer})
        if isinstance(event, Completed) and event.id in wrong
        else event
        for event in events
    ]
    tree = Tree.from_events(changed)
    [page] = page_says([[event_to_dict(event) for event in changed]])
    for node in sorted(wrong):
        said = why_sentences(tree, tree.nodes[node])
        assert said[-1] == (
            "It names the right answer, but its steps do not lead to it by the rules of the "
            "problem: wrong."
        )
        assert page[node] == said


def test_a_run_that_was_cut_off_says_what_it_had_not_decided() -> None:
    made = run("beam_search", {"": "a b", "a": "1. 1."}, {"a": 0.6}, n=2, beam_width=2)
    kinds = [event.kind for event in made.events]
    written = Tree.from_events(made.events[: kinds.index("scored")])
    scored = Tree.from_events(made.events[: kinds.index("decided")])
    assert "cut off before the verifier scored it" in why(written, "0")
    assert "cut off before the strategy decided" in why(scored, "0")


def test_of_the_problem_nothing_is_said_and_of_no_step_an_error() -> None:
    made = run("best_of_n", {"": "4. 5."}, {}, n=2)
    assert why(made.tree, "root") == ""
    with pytest.raises(LogError):
        why(made.tree, "7")
