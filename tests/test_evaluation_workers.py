"""Several processes measure what one would, and stop and fail as one would."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from search_core.evaluation.arms import make_arms
from search_core.evaluation.measure import MeasurementPlan, Measurements, Models, measure
from search_core.evaluation.rollouts import RolloutPlan
from search_core.evaluation.store import OutcomeStore
from search_core.evaluation.workers import WorkerError, records_of_workers, usual_workers
from search_core.problem import Problem
from search_core.protocols import RunCancelled, Sampling
from search_core.run.driving import never
from tests.evaluation_worlds import die_while_looking, open_broken, open_world
from tests.test_evaluation_nested import but_for_seconds
from tests.waiting import PATIENCE

PROBLEMS = [Problem(f"What is {i}?", answer=str(i % 4)) for i in range(7)]


def plan() -> MeasurementPlan:
    arms, _ = make_arms(["greedy", "best_of_n@2", "best_of_n@16", "beam_search@4"], [], {})
    rollouts = RolloutPlan(per_family=3, attempts=2, rollouts=4)
    return MeasurementPlan(arms, PROBLEMS, (0, 1), Sampling(), 32, rollouts)


def measured(
    path: Path,
    open_models: Callable[[], Models] | None,
    cancelled: Callable[[], bool] = never,
) -> Measurements:
    with OutcomeStore(path) as store:
        records = None
        if open_models is not None:
            records = records_of_workers(plan(), open_models, frozenset(store.keys), 2, cancelled)
        return measure(
            plan(),
            open_world(),
            store,
            cancelled=cancelled,
            on_done=lambda *_: None,
            records=records,
        )


def test_workers_find_what_one_process_finds(tmp_path: Path) -> None:
    shared = measured(tmp_path / "shared.jsonl", open_world)
    alone = measured(tmp_path / "alone.jsonl", None)
    assert [but_for_seconds(one) for one in shared.outcomes] == [
        but_for_seconds(one) for one in alone.outcomes
    ]
    assert shared.rollouts == alone.rollouts
    assert len(shared.rollouts) == 3


def test_workers_do_not_repeat_what_is_known(tmp_path: Path) -> None:
    path = tmp_path / "runs.jsonl"
    first = measured(path, None)
    before = path.read_bytes()
    # These cannot answer, so anything that was asked again would fail.
    assert measured(path, open_broken) == first
    assert path.read_bytes() == before


def test_what_came_before_a_stop_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "runs.jsonl"

    def stopped() -> bool:
        return bool(path.read_bytes())

    with pytest.raises(RunCancelled):
        measured(path, open_world, stopped)
    with OutcomeStore(path) as store:
        assert store.keys


def test_a_worker_that_fails_says_how(tmp_path: Path) -> None:
    with pytest.raises(WorkerError, match="RuntimeError: the card is on fire"):
        measured(tmp_path / "runs.jsonl", open_broken)


def test_a_worker_that_dies_while_it_looks_whether_to_stop_holds_up_nobody(tmp_path: Path) -> None:
    said: list[str] = []

    def measure_with_it() -> None:
        with pytest.raises(WorkerError) as failed:
            measured(tmp_path / "runs.jsonl", die_while_looking)
        said.append(str(failed.value))

    measuring = threading.Thread(target=measure_with_it, daemon=True)
    measuring.start()
    measuring.join(PATIENCE)
    assert [text for text in said if "died with exit code 9" in text]


def test_shards_are_all_problems_and_each_once() -> None:
    shards = [plan().shard(index, 3) for index in range(3)]
    assert sorted(
        (problem for shard in shards for problem in shard.problems), key=PROBLEMS.index
    ) == list(PROBLEMS)
    assert sum(shard.size for shard in shards) == plan().size


def test_there_is_at_least_one_worker() -> None:
    assert usual_workers() >= 1
