"""Noise planted in a lesson's run: the same steps, other scores, and an honest count."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from components.learn import learn_routes
from search_core.lessons import FOLDER, LessonError, check_lessons, read_lessons
from search_core.lessons.noise import DRAWS, LEVELS, NoisyRuns
from search_core.log.traces import parse_trace, read_trace

ADAM = read_trace(FOLDER / "traces" / "adam-judged.jsonl")


@pytest.fixture(scope="module")
def noisy() -> NoisyRuns:
    return NoisyRuns(ADAM)


def scores_of(log: str) -> dict[str, float | None]:
    return {node.id: node.aggregate for node in parse_trace(log.encode()).tree.steps()}


def test_without_noise_it_is_the_run_as_it_was(noisy: NoisyRuns) -> None:
    assert scores_of(noisy.log(0, 3)) == {node.id: node.aggregate for node in ADAM.tree.steps()}
    assert {(one["answer"], one["right"]) for one in noisy.outcomes(0)} == {("39", True)}
    assert LEVELS[0] == 0
    assert LEVELS[-1] == 1


def test_noise_changes_the_scores_and_no_step(noisy: NoisyRuns) -> None:
    before, after = ADAM.tree, parse_trace(noisy.log(5, 0).encode()).tree
    assert [node.text for node in after.steps()] == [node.text for node in before.steps()]
    changed = [
        abs(node.score - before.nodes[node.id].score)  # type: ignore[operator]
        for node in after.steps()
        if node.score is not None
    ]
    assert max(changed) > LEVELS[5] / 2
    assert noisy.log(5, 0) != noisy.log(5, 1) != noisy.log(6, 1)


def test_the_count_is_that_of_the_pictures(noisy: NoisyRuns) -> None:
    for draw, outcome in enumerate(noisy.outcomes(8)):
        tree = parse_trace(noisy.log(8, draw).encode()).tree
        best = max(node.aggregate or 0.0 for node in tree.steps() if node.state == "completed")
        assert outcome["score"] == best
        assert outcome["right"] is (outcome["answer"] == "39")


def test_the_more_noise_the_more_often_it_is_fooled(noisy: NoisyRuns) -> None:
    right = [sum(one["right"] for one in noisy.outcomes(level)) for level in (0, 2, 5, 10)]
    assert right == sorted(right, reverse=True)
    assert right[0] == DRAWS > right[-1]


@pytest.mark.parametrize(("level", "draw"), [(-1, 0), (len(LEVELS), 0), (0, -1), (0, DRAWS)])
def test_there_are_so_many_questions_and_no_more(noisy: NoisyRuns, level: int, draw: int) -> None:
    with pytest.raises(ValueError, match=r"expected 0 to 10 and 0 to 19"):
        noisy.log(level, draw)


def test_a_run_that_would_have_gone_elsewhere_is_refused() -> None:
    beam = NoisyRuns(read_trace(FOLDER / "traces" / "make-37.jsonl"))
    with pytest.raises(ValueError, match="use best-of-N"):
        beam.outcomes(10)


def test_a_page_shows_noise_only_over_best_of_n(tmp_path: Path) -> None:
    (tmp_path / "traces").symlink_to(FOLDER / "traces")
    text = (FOLDER / "1_one_guess.yaml").read_text(encoding="utf-8")
    path = tmp_path / "1_one_guess.yaml"
    path.write_text(text.replace("to: start\n", "to: start\n    shows: [noise]\n", 1), "utf-8")
    with pytest.raises(LessonError, match=r"line \d+: noise leaves only the steps of best_of_n"):
        check_lessons(read_lessons(tmp_path))


def test_the_page_gets_runs_and_outcomes_and_nothing_else() -> None:
    client = TestClient(Starlette(routes=learn_routes()))
    log = client.get("/learn/noise/adam-judged/5/7.jsonl")
    assert json.loads(log.text.partition("\n")[0])["kind"] == "started"
    outcomes = client.get("/learn/noise/adam-judged/5.json")
    assert len(outcomes.json()) == DRAWS
    assert outcomes.headers["x-content-type-options"] == "nosniff"
    for wrong in (
        "adam-judged/11.json",
        "adam-judged/5/20.jsonl",
        "adam-judged/-1/0.jsonl",
        "adam-judged/x/0.jsonl",
        "adam-judged/99999999999999999999/0.jsonl",
        "make-37/5.json",
        "nobody/5/0.jsonl",
    ):
        assert client.get(f"/learn/noise/{wrong}").status_code == 404, wrong
