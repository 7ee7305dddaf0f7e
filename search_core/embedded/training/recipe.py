"""The whole recipe, in order. Running it again resumes where it was interrupted."""

from __future__ import annotations

import torch

from search_core.embedded.training.measure_stage import measure_models
from search_core.embedded.training.solver_stages import make_tokenizer, train_solver
from search_core.embedded.training.verifier_stages import train_on_corruptions, tune_on_rollouts
from search_core.embedded.training.workshop import Workshop

STAGES = {
    "tokenizer": make_tokenizer,
    "solver": train_solver,
    "corruptions": train_on_corruptions,
    "rollouts": tune_on_rollouts,
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
