"""The whole recipe, in order. Running it again resumes where it was interrupted."""

from __future__ import annotations

from collections.abc import Callable

import torch

from search_core.embedded.training.measure_stage import measure_models
from search_core.embedded.training.revision_stages import measure_reviser, train_reviser
from search_core.embedded.training.rollout_stages import roll_out_small
from search_core.embedded.training.sampling_stage import choose_sampling
from search_core.embedded.training.solver_stages import make_tokenizer, train_base, train_solver
from search_core.embedded.training.stream_stages import measure_stream_solver, train_stream_solver
from search_core.embedded.training.verifier_stages import (
    train_on_corruptions,
    tune_early_verifier,
    tune_outcome_verifier,
    tune_process_verifier,
)
from search_core.embedded.training.workshop import Workshop

STAGES: dict[str, Callable[[Workshop], None]] = {
    "tokenizer": make_tokenizer,
    "base-small": lambda shop: train_base(shop, shop.settings.small),
    "solver-small": lambda shop: train_solver(shop, shop.settings.small),
    "solver-stream": train_stream_solver,
    "measure-stream": measure_stream_solver,
    "corruptions-small": lambda shop: train_on_corruptions(shop, shop.settings.small),
    "sampling": choose_sampling,
    "rollouts": roll_out_small,
    "solver-revision": train_reviser,
    "verifier-small": lambda shop: tune_process_verifier(shop, shop.settings.small),
    "verifier-outcome": tune_outcome_verifier,
    "verifier-early": tune_early_verifier,
    "base-large": lambda shop: train_base(shop, shop.settings.large),
    "solver-large": lambda shop: train_solver(shop, shop.settings.large),
    "corruptions-large": lambda shop: train_on_corruptions(shop, shop.settings.large),
    "verifier-large": lambda shop: tune_process_verifier(shop, shop.settings.large),
    "measure-revision": measure_reviser,
    "measure": measure_models,
}


def run(shop: Workshop, last: str = "measure") -> None:
    """Runs the stages up to and including `last`; finished ones take no time."""
    shop.work.mkdir(parents=True, exist_ok=True)
    for name, stage in STAGES.items():
        stage(shop)
        if name == last:
            return


def best_device(wanted: str) -> str:
    """The device that "auto" stands for; other names pass through.

    Raises:
        ValueError: The device is not on this machine.
    """
    available = {
        "cuda": torch.cuda.is_available(),
        "mps": torch.backends.mps.is_available(),
        "cpu": True,
    }
    if wanted == "auto":
        return next(name for name, is_there in available.items() if is_there)
    if not available[wanted]:
        there = ", ".join(name for name, is_there in available.items() if is_there)
        raise ValueError(f"Got device {wanted!r}, which this machine lacks; it has: {there}.")
    return wanted
