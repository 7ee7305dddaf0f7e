"""What is written of solutions and trees, and read again, is what it was."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from search_core.labelled import (
    LabelledSolution,
)
from tests.examples import examples
from tests.labelled_writing import read_again, rows_of, tree_of_row, tree_rows
from tests.test_labelled_reading import TRACES

DVTS = TRACES / "countdown-dvts.jsonl"

EXAMPLES = examples(25)

texts = st.text(st.characters(codec="utf-8"), max_size=20)
words = texts.filter(str.strip)
values = st.none() | st.sampled_from([0.0, 0.25, 0.5, 0.75, 1.0])
whole = st.none() | st.sampled_from([0.0, 1.0])


@st.composite
def solutions(
    draw: st.DrawFn, labels: st.SearchStrategy[float | None] = values, known: bool = False
) -> LabelledSolution:
    """Any row; with `known`, one whose first step has a label."""
    steps = draw(st.lists(texts, min_size=1, max_size=4))
    of_steps = st.lists(labels, min_size=len(steps), max_size=len(steps)).map(tuple)
    given = draw(of_steps if known else st.just(()) | of_steps)
    if known and given[0] is None:
        given = (1.0, *given[1:])
    if all(label is None for label in given):
        given = ()
    problem = draw(words)
    scored = st.lists(values, min_size=len(steps), max_size=len(steps)).map(tuple)
    return LabelledSolution(
        id=draw(words),
        problem=problem,
        steps=tuple(steps),
        labels=given,
        scores=draw(st.dictionaries(words, scored, max_size=2)),
        answer=draw(words),
        reference=draw(st.none() | words),
        answer_right=draw(st.booleans()),
        group=draw(words),
        split=draw(st.none() | words),
        category=draw(st.none() | words),
        family=draw(st.none() | words),
        level=draw(st.none() | st.integers(0, 9)),
        generator=draw(st.none() | words),
    )


@EXAMPLES
@given(solutions())
def test_plain_rows_lose_nothing(solution: LabelledSolution) -> None:
    (row,) = rows_of("plain", solution)
    assert read_again("plain", row) == [solution]


@EXAMPLES
@given(solutions(whole, known=True))
def test_processbench_keeps_steps_and_first_error(solution: LabelledSolution) -> None:
    rows = rows_of("processbench", solution)
    assert len(rows) == (solution.first_error is not None)
    for row in rows:
        (again,) = read_again("processbench", row)
        for name in ("id", "problem", "steps", "first_error", "answer_right", "generator"):
            assert getattr(again, name) == getattr(solution, name)
        if solution.split is not None:
            assert again.split == solution.split


@EXAMPLES
@given(solutions(known=True))
def test_trl_keeps_steps_and_labels_soft_ones_too(solution: LabelledSolution) -> None:
    (row,) = rows_of("trl", solution)
    assert all(isinstance(label, bool) for label in row["labels"])
    (again,) = read_again("trl", row)
    until = (*solution.labels, None).index(None)
    assert (again.problem, again.steps) == (solution.problem, solution.steps[:until])
    assert again.labels == solution.labels[:until]
    assert ("label_values" in row) == any(label not in (0, 1) for label in again.labels)


@EXAMPLES
@given(solutions(known=True))
def test_prm800k_keeps_steps_and_labels_soft_ones_too(solution: LabelledSolution) -> None:
    (row,) = rows_of("prm800k", solution)
    ratings = [step["completions"][0]["rating"] for step in row["label"]["steps"]]
    assert ratings == [
        None if label is None else (label > 0.5) - (label < 0.5) for label in solution.labels
    ]
    (again,) = read_again("prm800k", row)
    assert (again.problem, again.steps) == (solution.problem, solution.steps)
    # A half is the neutral rating, which counts as wrong here.
    assert again.labels == tuple(0.0 if label == 0.5 else label for label in solution.labels)


@EXAMPLES
@given(
    words,
    st.lists(st.lists(st.tuples(texts, values), min_size=1, max_size=3), min_size=1, max_size=4),
    st.sampled_from(["solution", "found_error", "bad_problem", "give_up"]),
)
def test_a_tree_of_prm800k_is_the_same_after_a_round_trip(
    problem: str, levels: list[list[tuple[str, float | None]]], reason: str
) -> None:
    steps = [
        {
            "completions": [
                {"text": text, "rating": None if value is None else 0, "label_value": value}
                for text, value in level
            ],
            "chosen_completion": None if reason != "solution" and level is levels[-1] else 0,
        }
        for level in levels
    ]
    row = {
        "question": {"problem": problem, "ground_truth_answer": "1"},
        "label": {"steps": steps, "finish_reason": reason},
    }
    first = tree_of_row("prm800k", row)
    rows = tree_rows("prm800k", first)
    assert len(rows) == 1
    assert tree_of_row("prm800k", rows[0]).tree.to_dict() == first.tree.to_dict()


@EXAMPLES
@given(
    st.lists(
        st.lists(st.sampled_from(["a", "b", "so it is \\boxed{7}"]), min_size=1, max_size=4),
        min_size=1,
        max_size=5,
    )
)
def test_completions_are_the_same_after_a_round_trip(paths: list[list[str]]) -> None:
    def score(prefix: list[str]) -> float:
        return sum(map(len, prefix)) % 10 / 10

    row = {
        "problem": "?",
        "answer": "7",
        "completions": ["\n\n".join(path) for path in paths],
        "scores": [[score(path[: at + 1]) for at in range(len(path))] for path in paths],
    }
    trace = tree_of_row("search_and_learn", row)
    (again,) = tree_rows("search_and_learn", trace)
    pairs = [*zip(again["completions"], again["scores"], strict=True)]
    assert sorted(pairs) == sorted(zip(row["completions"], row["scores"], strict=True))
    best = max(range(len(pairs)), key=lambda at: pairs[at][1][-1])
    assert again["pred"] == again["completions"][best]
    assert {name for name in again if name.startswith("pred_maj@")} == {
        f"pred_maj@{k}" for k in (1, 2, 4) if k <= len(paths)
    }
    votes = [tree_of_row("search_and_learn", each).tree.votes["majority"] for each in (row, again)]
    first, second = ({(each.answer, each.votes) for each in vote.tally} for vote in votes)
    assert first == second
