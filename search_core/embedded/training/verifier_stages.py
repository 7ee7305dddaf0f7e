"""The stages that make the verifiers. Each leaves a file and is skipped where that exists."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from search_core.embedded.training.calibration import calibrate
from search_core.embedded.training.demonstrations import Shard
from search_core.embedded.training.examples import ExampleStore
from search_core.embedded.training.export import export_verifier
from search_core.embedded.training.model import DecoderShape, LanguageModel
from search_core.embedded.training.reporting import Report
from search_core.embedded.training.rollout_stages import (
    early_data,
    outcome_data,
    rollout_data,
    validation_solutions,
)
from search_core.embedded.training.settings import ModelSize
from search_core.embedded.training.tokenizer import load_tokenizer
from search_core.embedded.training.training_stage import Lesson, teach
from search_core.embedded.training.verifier_data import CORRUPTION_WEIGHTS, make_labelled_shard
from search_core.embedded.training.verifier_model import build_verifier, read_state
from search_core.embedded.training.workers import map_in_processes
from search_core.embedded.training.workshop import Workshop

_LANGUAGE_WEIGHT = 0.5
_SEED = 1
"""Verifiers see their data in another order than solvers."""


def corrupted_data(shop: Workshop) -> Path:
    """Solutions spoiled on purpose, and the right ones they were made of."""
    path = shop.work / "corrupted-data.npz"
    if not path.exists():
        settings = shop.settings
        count = settings.corrupted_solutions // settings.examples_per_shard
        shards = [
            Shard(
                shop.tokenizer_folder,
                settings.examples_per_shard,
                f"spoil/{settings.seed}/{i}",
                CORRUPTION_WEIGHTS,
            )
            for i in range(count)
        ]
        with Report("Spoiled solutions (shards)", count) as report:
            stores = map_in_processes(make_labelled_shard, shards, shop.workers, report.update)
        ExampleStore.join(stores).save(path)
    return path


def train_on_corruptions(shop: Workshop, size: ModelSize) -> None:
    """Stage (a): where does a solution go wrong?"""
    settings = shop.settings
    name = f"corruptions-{size.name}"
    start = read_state(shop.work / f"base-{size.name}" / "finished.pt")
    lesson = Lesson(
        name,
        build=partial(build_verifier, size.verifier_shape, start),
        data=corrupted_data(shop),
        tokens=size.corrupted_tokens,
        rates=(settings.corrupted_muon_rate, settings.corrupted_adam_rate),
        language_weight=_LANGUAGE_WEIGHT,
        score_weight=1.0,
        seed=_SEED,
    )
    teach(shop, lesson)


def tune_process_verifier(shop: Workshop, size: ModelSize) -> None:
    """Stage (b): how likely is the solver to get there from here?"""
    start = read_state(shop.work / f"corruptions-{size.name}" / "finished.pt")
    build = partial(build_verifier, size.verifier_shape, start, reads_likelihood=True)
    name, tokens = f"verifier-{size.name}", size.tuning_tokens
    lesson = _tuning(shop, name, build, rollout_data(shop), tokens)
    _finish(shop, size.name, size.verifier_shape, lesson)


def tune_outcome_verifier(shop: Workshop) -> None:
    """Is this finished solution right? Tuned from stage (a) on outcomes alone."""
    size = shop.settings.small
    start = read_state(shop.work / "corruptions-small" / "finished.pt")
    build = partial(build_verifier, size.verifier_shape, start, reads_likelihood=True)
    tokens = shop.settings.outcome_tokens
    lesson = _tuning(shop, "verifier-outcome", build, outcome_data(shop), tokens)
    _finish(shop, "outcome", size.verifier_shape, lesson)


def tune_early_verifier(shop: Workshop) -> None:
    """What a first try gives: the solver's own layers, its attempts, and nothing else.

    No spoiled solutions, no layers to spare, no language-modelling loss and no look at the
    likelihood: it learns which problems are hard, and not which attempt is right. Kept for
    teaching, since best-of-N by its score falls as N grows.
    """
    size = shop.settings.small
    start = read_state(shop.work / "solver-small" / "finished.pt")
    lesson = _tuning(
        shop,
        "verifier-early",
        partial(build_verifier, size.shape, start),
        early_data(shop),
        shop.settings.early_tokens,
        language_weight=0.0,
    )
    _finish(shop, "early", size.shape, lesson)


def _tuning(
    shop: Workshop,
    name: str,
    build: Callable[[], LanguageModel],
    data: Path,
    tokens: int,
    language_weight: float = _LANGUAGE_WEIGHT,
) -> Lesson:
    rates = (shop.settings.tuning_muon_rate, shop.settings.tuning_adam_rate)
    return Lesson(name, build, data, tokens, rates, language_weight, score_weight=1.0, seed=_SEED)


def _finish(shop: Workshop, name: str, shape: DecoderShape, lesson: Lesson) -> None:
    """Trains, calibrates on solutions that no training saw, and writes the folder."""
    state = teach(shop, lesson)
    tokenizer = load_tokenizer(shop.tokenizer_folder)
    solutions = validation_solutions(shop)
    reading, metadata = calibrate(state, shape, tokenizer, solutions, only_ends=name == "outcome")
    shop.note(f"calibration-{name}", metadata)
    export_verifier(state, shape, tokenizer, reading, shop.verifier_folder(name))
