"""The stages that make the verifier. Each leaves a file and is skipped where that exists."""

from __future__ import annotations

import random
from functools import partial
from pathlib import Path
from typing import Any

from search_core.embedded.training.attempts import (
    Prefixed,
    RolloutOrder,
    RolloutResult,
    roll_out,
    step_ends,
)
from search_core.embedded.training.demonstrations import Shard
from search_core.embedded.training.encoding import Codec
from search_core.embedded.training.examples import Example, ExampleStore
from search_core.embedded.training.export import export_verifier
from search_core.embedded.training.loop import Job, train
from search_core.embedded.training.reporting import Report
from search_core.embedded.training.tokenizer import load_tokenizer
from search_core.embedded.training.verifier_data import (
    labelled_solutions,
    make_labelled_shard,
    pack_labelled,
)
from search_core.embedded.training.verifier_model import build_verifier, read_state
from search_core.embedded.training.workers import map_in_processes
from search_core.embedded.training.workshop import Workshop, timed

_LANGUAGE_WEIGHT = 0.5


def corrupted_data(shop: Workshop) -> Path:
    """Solutions spoiled on purpose, and the right ones they were made of."""
    path = shop.work / "corrupted-data.npz"
    if not path.exists():
        settings = shop.settings
        count = settings.corrupted_solutions // settings.examples_per_shard
        shards = [
            Shard(shop.tokenizer_folder, settings.examples_per_shard, f"spoil/{settings.seed}/{i}")
            for i in range(count)
        ]
        with Report("Spoiled solutions (shards)", count) as report:
            stores = map_in_processes(make_labelled_shard, shards, shop.workers, report.update)
        ExampleStore.join(stores).save(path)
    return path


def train_on_corruptions(shop: Workshop) -> None:
    """Stage (a): where does a solution go wrong?"""
    settings = shop.settings
    start = read_state(shop.work / "solver" / "finished.pt")
    finished = train(
        Job(
            title="Verifier on spoiled solutions (tokens)",
            build=partial(build_verifier, settings.verifier_shape, start),
            data=corrupted_data(shop),
            folder=shop.work / "verifier-a",
            tokens=settings.corrupted_tokens,
            tokens_per_batch=settings.tokens_per_update // shop.training_workers,
            muon_rate=settings.corrupted_muon_rate,
            adam_rate=settings.corrupted_adam_rate,
            language_weight=_LANGUAGE_WEIGHT,
            score_weight=1.0,
            seed=settings.seed + 1,
            workers=shop.training_workers,
            device=shop.device,
            compiled=settings.compiled,
        )
    )
    shop.note("verifier-a", {key: finished[key] for key in ("tokens", "seconds", "loss")})


def rollout_data(shop: Workshop) -> Path:
    """The solver's attempts at verifier problems, with Monte-Carlo reward-to-go labels."""
    path = shop.work / "rollout-data.npz"
    if path.exists():
        return path
    settings = shop.settings
    orders = [
        RolloutOrder(
            solver_folder=shop.solver_folder,
            tokenizer_folder=shop.tokenizer_folder,
            shape=settings.shape,
            sampling=settings.sampling,
            problems=settings.rollout_problems // settings.rollout_shards,
            attempts=settings.rollout_attempts,
            rollouts=settings.rollout_count,
            seed=settings.seed * 1_000 + index,
        )
        for index in range(settings.rollout_shards)
    ]
    with timed() as taken, Report("Rollouts (shards)", len(orders)) as report:
        results = map_in_processes(roll_out, orders, shop.workers, report.update)
    codec = Codec.of(load_tokenizer(shop.tokenizer_folder))
    shop.note("rollouts", _facts(results) | taken)
    examples = [_example(item, codec) for item in _balanced(results, settings.seed)]
    reminders = list(labelled_solutions(len(examples) // 2, f"remind/{settings.seed}"))
    ExampleStore.join([ExampleStore.pack(examples), pack_labelled(codec, reminders)]).save(path)
    return path


def _facts(results: list[RolloutResult]) -> dict[str, Any]:
    solutions = sum(len(result.solutions) for result in results)
    return {
        "solutions": solutions,
        "prefixes": sum(result.prefixes for result in results),
        "rollouts": sum(result.rollouts for result in results),
        "right": round(sum(result.right for result in results) / max(solutions, 1), 4),
    }


def _balanced(results: list[RolloutResult], seed: int) -> list[Prefixed]:
    """Different solutions; of problems with right and wrong ones, as many of each.

    Where all attempts agree there is nothing to tell apart: half of those are dropped.
    """
    rng = random.Random(seed)
    by_problem: dict[str, dict[tuple[int, ...], Prefixed]] = {}
    for result in results:
        for item in result.solutions:
            by_problem.setdefault(item.problem.text, {})[tuple(item.tokens)] = item
    chosen: list[Prefixed] = []
    for items in by_problem.values():
        right = [item for item in items.values() if item.values and item.values[-1] > 0.5]
        wrong = [item for item in items.values() if item.values and item.values[-1] <= 0.5]
        if right and wrong:
            most = max(len(right), len(wrong))
            chosen += right + rng.choices(right, k=most - len(right))
            chosen += wrong + rng.choices(wrong, k=most - len(wrong))
        elif rng.random() < 0.5:
            chosen += [*right, *wrong]
    return chosen


def _example(item: Prefixed, codec: Codec) -> Example:
    """An example to score; written by the solver itself, so not to be imitated."""
    prompt = codec.prompts([item.problem.text])[0]
    steps = len(step_ends(item.tokens, codec))
    # A solution that was cut off by the length limit has tokens after its last step.
    return codec.example(prompt, item.tokens, [False] * (steps + 1), item.values)


def tune_on_rollouts(shop: Workshop) -> None:
    """Stage (b): how likely is the solver to get there from here?"""
    settings = shop.settings
    data = rollout_data(shop)
    start = read_state(shop.work / "verifier-a" / "finished.pt")
    finished = train(
        Job(
            title="Verifier on rollouts (tokens)",
            build=partial(build_verifier, settings.verifier_shape, start),
            data=data,
            folder=shop.work / "verifier-b",
            tokens=settings.tuning_tokens,
            tokens_per_batch=settings.tokens_per_update // shop.training_workers,
            muon_rate=settings.tuning_muon_rate,
            adam_rate=settings.tuning_adam_rate,
            language_weight=_LANGUAGE_WEIGHT,
            score_weight=1.0,
            seed=settings.seed + 2,
            workers=shop.training_workers,
            device=shop.device,
            compiled=settings.compiled,
        )
    )
    tokenizer = load_tokenizer(shop.tokenizer_folder)
    export_verifier(finished["model"], settings.verifier_shape, tokenizer, shop.verifier_folder)
    shop.note("verifier-b", {key: finished[key] for key in ("tokens", "seconds", "loss")})
