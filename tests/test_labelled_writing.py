"""Labelled solutions and trees as others read them; what is read again is what was written."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from search_core.labelled import (
    LabelledFileError,
    read_labelled,
    read_trees,
)
from search_core.labelled.kinds.kind import group_of
from search_core.labelled.writing import convert, node_values
from search_core.labelled.writing.spans import rounds
from search_core.labelled.writing.values import leaves
from search_core.log.events import Sampled, Spent
from search_core.log.traces import read_trace, write_trace
from search_core.verify.measures.mistakes import MistakeList
from search_core.verify.table import ScoredSolution
from tests.labelled_kinds import FILES, trees
from tests.labelled_writing import tree_rows
from tests.test_labelled_reading import GOOD, TRACES, written

DVTS = TRACES / "countdown-dvts.jsonl"


# Golden files --------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["plain", "processbench", "prmbench", "math_shepherd", "trl"])
def test_every_published_kind_becomes_plain_rows_and_back(tmp_path: Path, name: str) -> None:
    done = convert(FILES[name], "plain", tmp_path / "a.jsonl")
    assert done.written.written == done.read.read
    assert [*read_labelled(tmp_path / "a.jsonl")] == [*read_labelled(FILES[name])]


def test_prm800k_is_written_as_it_was_read_but_for_what_is_not_of_the_tree(tmp_path: Path) -> None:
    convert(FILES["prm800k"], "prm800k", tmp_path / "a.jsonl")
    for again, first in zip(trees(tmp_path / "a.jsonl"), trees(FILES["prm800k"]), strict=True):
        assert again.to_dict() == first.to_dict()


# Trees ---------------------------------------------------------------------------------------


def test_a_search_becomes_rows_with_every_step_once() -> None:
    trace = read_trace(DVTS)
    tree = trace.tree
    exact = node_values(trace)
    assert exact.whose == "labels of the exact checker"
    assert set(exact.values) == {node.id for node in tree.steps()}
    rows = tree_rows("prm800k", trace)
    completions = [
        each for row in rows for step in row["label"]["steps"] for each in step["completions"]
    ]
    again = sum(len(step["completions"]) == 1 for row in rows for step in row["label"]["steps"])
    assert len(completions) - again == len(exact.values)
    assert {each["rating"] for each in completions} == {1, -1}
    trl = tree_rows("trl", trace)
    assert [row["id"] for row in trl] == [leaf.id for leaf in leaves(tree)]
    assert sum(len(row["labels"]) - row["new_from"] for row in trl) == len(exact.values)
    for row in trl:
        path = tree.path(row["id"])
        assert row["completions"] == [node.text for node in path]
        assert row["labels"] == [exact.values[node.id] == 1 for node in path]


def test_a_person_s_labels_count_alone_and_end_rows_where_they_end() -> None:
    trace = read_trace(DVTS)
    leaf = next(node for node in trace.tree.steps() if node.depth == 3)
    path = [node.id for node in trace.tree.path(leaf.id)]
    labels = {path[0]: 1.0, path[1]: 0.75}
    (row,) = tree_rows("trl", trace, labels=labels)
    assert (row["labels"], row["label_values"]) == ([True, True], [1.0, 0.75])
    rated = [
        each["rating"]
        for row in tree_rows("prm800k", trace, labels={path[0]: 0.0})
        for step in row["label"]["steps"]
        for each in step["completions"]
    ]
    assert set(rated) == {-1, None}


def test_scores_are_said_to_be_no_labels() -> None:
    scores = node_values(read_trace(DVTS), source="scores")
    assert scores.whose == "scores of verifier-small, which are no labels"
    (row, *_) = tree_rows("trl", read_trace(DVTS), source="scores")
    assert row["label_values"] == [read_trace(DVTS).tree.nodes[row["id"]].score]
    assert row["labels"] == [row["label_values"][0] >= 0.5]


@pytest.mark.parametrize(
    ("labels", "why"),
    [
        ({"9.9": 1.0}, "has a label of '9.9', and no such step in the tree"),
        ({"root": 1.0}, "has a label of 'root', and no such step"),
        ({"0": 2.0}, "has the label 2.0 of '0'; expected 0 to 1"),
        ({"0": float("nan")}, "has the label nan of '0'"),
    ],
)
def test_labels_of_no_step_are_refused(tmp_path: Path, labels: dict[str, float], why: str) -> None:
    with pytest.raises(LabelledFileError, match=rf"countdown-dvts\.jsonl {why}"):
        convert(DVTS, "trl", tmp_path / "a.jsonl", labels=labels)
    assert list(tmp_path.iterdir()) == []


def test_columns_of_search_and_learn_have_the_votes_of_the_run() -> None:
    trace = read_trace(DVTS)
    (row,) = tree_rows("search_and_learn", trace)
    solutions = [node for node in trace.tree.steps() if node.state == "completed"]
    assert row["agg_scores"] == [node.score for node in solutions]
    votes = trace.tree.votes
    assert row["pred_maj@16"] == f"\\boxed{{{votes['majority'].tally[0].answer}}}"
    assert row["pred_weighted@16"] == f"\\boxed{{{votes['weighted'].tally[0].answer}}}"
    assert row["pred_naive@16"] == f"\\boxed{{{votes['best'].tally[0].answer}}}"
    assert row["completion_tokens"][0] == sum(n.tokens for n in trace.tree.path(solutions[0].id))


def test_a_blank_line_within_a_step_cannot_be_a_completion(tmp_path: Path) -> None:
    row = {**GOOD, "steps": ["a\n\nb"], "scores": [1]}
    with pytest.raises(LabelledFileError, match="has a blank line within a step"):
        convert(written(tmp_path / "a.jsonl", row), "search_and_learn", tmp_path / "b.jsonl")


def test_solutions_of_one_problem_that_follow_each_other_are_one_row(tmp_path: Path) -> None:
    rows = [{**GOOD, "problem": p, "scores": [0.5], "answer": "2"} for p in ("?", "?", "!")]
    convert(written(tmp_path / "a.jsonl", *rows), "search_and_learn", tmp_path / "b.jsonl")
    found = [json.loads(line) for line in (tmp_path / "b.jsonl").open(encoding="utf-8")]
    assert [len(row["completions"]) for row in found] == [2, 1]


# Spans and sessions --------------------------------------------------------------------------


def test_spans_are_one_tree_with_every_sample_and_score() -> None:
    trace = read_trace(DVTS)
    spans = tree_rows("openinference", trace)
    ids = [span["context"]["span_id"] for span in spans]
    assert len(set(ids)) == len(ids)
    assert len({span["context"]["trace_id"] for span in spans}) == 1
    for at, span in enumerate(spans):
        assert (span["parent_id"] is None) == (at == 0)
        assert at == 0 or span["parent_id"] in ids[:at]
        assert span["start_time"] <= span["end_time"]
    kinds = [span["attributes"]["openinference.span.kind"] for span in spans]
    steps = [*trace.tree.steps()]
    assert kinds.count("LLM") == len(steps)
    assert kinds.count("EVALUATOR") == sum(node.score is not None for node in steps)
    costs = {event.round for event in trace.events if isinstance(event, Spent)}
    assert kinds.count("CHAIN") == 1 + len(costs)
    sample = next(span for span in spans if span["name"] == "sample")["attributes"]
    assert json.loads(sample["metadata"])["node"] == "0"
    assert sample["llm.output_messages.0.message.content"] == trace.tree.nodes["0"].text
    score = next(span for span in spans if span["name"] == "score")["attributes"]
    about = "evaluations.0.evaluation."
    assert score[f"{about}score"] == trace.tree.nodes["0"].score
    assert score[f"{about}label"] == trace.tree.nodes["0"].state
    assert score[f"{about}identifier"] == "verifier-small"


def test_an_event_belongs_to_the_round_that_is_said_after_it() -> None:
    for path in sorted(TRACES.glob("*.jsonl")):
        trace = read_trace(path)
        of_round = {
            event.id: number
            for number, events in rounds(trace.events)
            for event in events
            if isinstance(event, Sampled)
        }
        assert set(of_round) == {node.id for node in trace.tree.steps()}
        for event in trace.tree.decisions:
            assert all(of_round[node.id] <= event.round for node in event.kept)


def test_sessions_are_a_file_for_each_path_solutions_first(tmp_path: Path) -> None:
    done = convert(DVTS, "sessions", tmp_path / "out")
    tree = read_trace(DVTS).tree
    files = sorted((tmp_path / "out").iterdir())
    assert done.written.written == len(files) == len([*leaves(tree)])
    first = [json.loads(line) for line in files[0].open(encoding="utf-8")]
    header, user, *messages = first
    assert (header["type"], header["harness"], header["tree"]) == (
        "session",
        "espalier",
        "countdown-dvts.jsonl",
    )
    assert user["message"] == {"role": "user", "content": tree.root.text}
    assistant = [each for each in messages if each["message"]["role"] == "assistant"]
    path = tree.path(header["node"])
    assert path[-1].state == "completed"
    assert [each["node"] for each in assistant] == [node.id for node in path]
    assert [each["message"]["content"] for each in assistant] == [node.text for node in path]
    calls = [each["message"]["toolCalls"][0]["id"] for each in assistant]
    replies = [each["message"] for each in messages if each["message"]["role"] == "tool"]
    assert [reply["toolCallId"] for reply in replies] == calls
    assert [json.loads(reply["content"])["score"] for reply in replies] == [n.score for n in path]


def test_trees_become_traces_that_are_read_again(tmp_path: Path) -> None:
    convert(FILES["prm800k"], "trace", tmp_path / "out")
    found = [read_trace(path).tree.to_dict() for path in sorted((tmp_path / "out").iterdir())]
    assert found == [tree.to_dict() for tree in trees(FILES["prm800k"])]


# What is not written -------------------------------------------------------------------------


def test_what_is_published_encrypted_is_not_written(tmp_path: Path) -> None:
    with pytest.raises(LabelledFileError, match="they are not written to a file"):
        convert(FILES["hard2verify"], "plain", tmp_path / "a.jsonl")
    assert list(tmp_path.iterdir()) == []


def test_a_bad_row_leaves_everything_as_it_was_unless_it_is_skipped(tmp_path: Path) -> None:
    source, out = written(tmp_path / "a.jsonl", GOOD, "no", GOOD), tmp_path / "out.jsonl"
    out.write_text("before")
    with pytest.raises(LabelledFileError, match=r"Some rows cannot be used.*line 2 is not JSON"):
        convert(source, "trl", out, all_rows=True)
    assert out.read_text() == "before"
    done = convert(source, "trl", out)
    assert (done.written.written, done.read.left_out) == (2, 1)
    assert len(out.read_text().splitlines()) == 2


@pytest.mark.parametrize(
    ("target", "why"),
    [
        ("processbench", "line 1 has no known first error"),
        ("trl", "line 1 has no label of its first step"),
        ("prm800k", "line 1 has no labels"),
        ("search_and_learn", "line 1 has steps without a score"),
    ],
)
def test_what_a_form_cannot_say_is_named(tmp_path: Path, target: str, why: str) -> None:
    source = written(tmp_path / "a.jsonl", {"problem": "?", "steps": ["a"]})
    with pytest.raises(LabelledFileError, match=f"No row can be written.*{why}"):
        convert(source, target, tmp_path / "b.jsonl")


def test_labels_of_nodes_need_a_tree(tmp_path: Path) -> None:
    source = written(tmp_path / "a.jsonl", GOOD)
    for path, target in ((source, "trl"), (DVTS, "openinference")):
        with pytest.raises(LabelledFileError, match="Labels of nodes are written of a tree"):
            convert(path, target, tmp_path / "b.jsonl", labels={"0": 1.0})
    with pytest.raises(LabelledFileError, match="its rows are no trees"):
        convert(source, "openinference", tmp_path / "b.jsonl")
    with pytest.raises(LabelledFileError, match="Unknown kind 'nonsense'; expected one of plain"):
        convert(source, "nonsense", tmp_path / "b.jsonl")


def test_rows_of_one_problem_have_one_group(tmp_path: Path) -> None:
    for trace in read_trees(DVTS):
        write_trace(trace.events, tmp_path / "a.jsonl")
    convert(tmp_path / "a.jsonl", "plain", tmp_path / "b.jsonl")
    groups = {each.group for each in read_labelled(tmp_path / "b.jsonl")}
    assert groups == {group_of(read_trace(DVTS).tree.root.text)}


def test_the_list_of_a_verifier_s_mistakes_does_not_show_what_is_published_encrypted() -> None:
    listed = MistakeList(0.5)
    for solution in read_labelled(FILES["hard2verify"]):
        listed.add(ScoredSolution(solution, tuple(1 - (x or 0) for x in solution.labels)))
    told = json.dumps(listed.values())
    assert "own-0" in told
    assert "+" not in told  # every one of these solutions adds something
