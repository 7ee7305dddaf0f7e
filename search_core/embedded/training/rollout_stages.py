"""The small solver's own attempts with their rewards-to-go, and the data made of them."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from search_core.embedded.training.attempts import step_ends
from search_core.embedded.training.encoding import Codec
from search_core.embedded.training.examples import NO_LABEL, ExampleStore, TrainingExample
from search_core.embedded.training.reporting import Report
from search_core.embedded.training.rollouts import Prefixed, RolloutOrder, RolloutResult, roll_out
from search_core.embedded.training.tokenizer import load_tokenizer
from search_core.embedded.training.verifier_data import labelled_solutions, pack_labelled
from search_core.embedded.training.workers import map_in_processes
from search_core.embedded.training.workshop import Workshop, timed
from search_core.problem import Problem

_FILE = "attempts.json"
_MOST_PER_PROBLEM = 6


def roll_out_small(shop: Workshop) -> None:
    """Attempts at verifier problems by the small solver, in shards."""
    path = shop.work / _FILE
    if path.exists():
        return
    settings = shop.settings
    orders = [
        RolloutOrder(
            solver_folder=shop.solver_folder("small"),
            shape=settings.small.shape,
            sampling=shop.sampling,
            problems=settings.rollout_problems // settings.rollout_shards,
            attempts=settings.rollout_attempts,
            rollouts=settings.rollout_count,
            seed=settings.seed * 1_000 + index,
        )
        for index in range(settings.rollout_shards)
    ]
    with timed() as taken, Report("Rollouts (shards)", len(orders)) as report:
        results = map_in_processes(roll_out, orders, shop.workers, report.update)
    shop.note("rollouts", _metadata(results) | taken)
    path.write_text(json.dumps([asdict(result) for result in results]))


def _metadata(results: Sequence[RolloutResult]) -> dict[str, Any]:
    solutions = [item for result in results for item in result.solutions]
    return {
        "solutions": len(solutions),
        "prefixes": sum(result.prefixes for result in results),
        "rollouts": sum(result.rollouts for result in results),
        "right": round(sum(item.correct for item in solutions) / max(len(solutions), 1), 4),
    }


def _results(shop: Workshop) -> list[list[Prefixed]]:
    """The solutions of each shard."""
    shards = json.loads((shop.work / _FILE).read_text())
    return [
        [Prefixed(Problem(**problem), *rest) for problem, *rest in shard["solutions"]]
        for shard in shards
    ]


def validation_solutions(shop: Workshop) -> list[Prefixed]:
    """Solutions of the shards that no training sees, in their natural proportions."""
    kept = _results(shop)[-shop.settings.validation_shards :]
    return [item for shard in kept for item in shard]


def training_attempts(shop: Workshop) -> list[Prefixed]:
    """All solutions of the other shards."""
    seen = _results(shop)[: -shop.settings.validation_shards]
    return [item for shard in seen for item in shard]


def _training_solutions(shop: Workshop) -> list[Prefixed]:
    return balanced(training_attempts(shop), shop.settings.seed)


def balanced(solutions: Sequence[Prefixed], seed: int) -> list[Prefixed]:
    """Different solutions; of problems with right and wrong ones, as many of each.

    Where all attempts agree there is nothing to tell apart: two of those are kept.
    """
    rng = random.Random(seed)
    by_problem: dict[str, dict[tuple[int, ...], Prefixed]] = {}
    for item in solutions:
        by_problem.setdefault(item.problem.text, {})[tuple(item.tokens)] = item
    chosen: list[Prefixed] = []
    for items in by_problem.values():
        right = [item for item in items.values() if item.correct]
        wrong = [item for item in items.values() if not item.correct]
        rng.shuffle(right)
        rng.shuffle(wrong)
        if right and wrong:
            most = min(max(len(right), len(wrong)), _MOST_PER_PROBLEM)
            for group in (right, wrong):
                chosen += group[:most]
                chosen += rng.choices(group, k=max(0, most - len(group)))
        else:
            chosen += [*right, *wrong][:2]
    return chosen


def rollout_data(shop: Workshop) -> Path:
    """Attempts labelled with their rewards-to-go, and spoiled solutions as reminders."""
    return _data(shop, "rollout-data", lambda item: item.values, reminders=0.5)


def outcome_data(shop: Workshop) -> Path:
    """Attempts labelled at their end alone, right or wrong."""
    return _data(shop, "outcome-data", _outcome_alone, reminders=0.25)


def early_data(shop: Workshop) -> Path:
    """Attempts labelled with their rewards-to-go, and nothing else."""
    return _data(shop, "early-data", lambda item: item.values, reminders=0.0)


def _outcome_alone(item: Prefixed) -> list[float]:
    return [*(NO_LABEL for _ in item.values[1:]), float(item.correct)]


def _data(
    shop: Workshop, name: str, labels: Callable[[Prefixed], Sequence[float]], reminders: float
) -> Path:
    path = shop.work / f"{name}.npz"
    if path.exists():
        return path
    codec = Codec.of(load_tokenizer(shop.tokenizer_folder))
    chosen = _training_solutions(shop)
    stores = [ExampleStore.pack(_example(item, labels(item), codec) for item in chosen)]
    count = int(reminders * len(chosen))
    if count:
        reminded = list(labelled_solutions(count, f"remind/{shop.settings.seed}"))
        stores.append(pack_labelled(codec, reminded))
    ExampleStore.join(stores).save(path)
    return path


def _example(item: Prefixed, labels: Sequence[float], codec: Codec) -> TrainingExample:
    """An example to score; written by the solver itself, so not to be imitated."""
    prompt = codec.prompts([item.problem.text])[0]
    steps = len(step_ends(item.tokens, codec))
    # A solution that was cut off by the length limit has tokens after its last step.
    return codec.example(prompt, item.tokens, [False] * (steps + 1), labels)
