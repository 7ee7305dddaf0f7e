"""A verifier learning: the small one made anew in a short time, with its weights kept on the way.

The stage is the recipe's own stage (a), shorter and in smaller updates. It begins with the solver
that ships, in place of a base of its own, whose training is the longest part.
"""

from __future__ import annotations

import json
from dataclasses import replace

import torch
from transformers import AutoTokenizer

from search_core.embedded.training.export import load_solver
from search_core.embedded.training.rollout_stages import roll_out_small
from search_core.embedded.training.settings import FULL, SMALL
from search_core.embedded.training.verifier_stages import train_on_corruptions
from search_core.embedded.training.workshop import Workshop
from search_core.models.shipped import SOLVERS

KEPT = (30_000, 100_000, 250_000, 500_000, 800_000, 1_200_000)
"""After how many tokens each the weights are kept; the last are the finished ones."""
LEARNING = replace(
    FULL,
    small=replace(SMALL, corrupted_tokens=KEPT[-1]),
    # Short updates at half the rate, so that a short training has many.
    tokens_per_update=2_048,
    corrupted_muon_rate=0.005,
    corrupted_adam_rate=0.001,
    corrupted_solutions=40_000,
    rollout_problems=160,
    rollout_attempts=12,
    rollout_count=4,
    rollout_shards=8,
    validation_shards=3,
)


def learn(shop: Workshop) -> None:
    """Train, keeping the weights on the way; resumes where it was interrupted."""
    shop.work.mkdir(parents=True, exist_ok=True)
    _begin_with_the_shipped_solver(shop)
    train_on_corruptions(shop, shop.settings.small, KEPT)
    roll_out_small(shop)


def _begin_with_the_shipped_solver(shop: Workshop) -> None:
    """What the recipe's first stages leave, made of the solver that they left once."""
    folder = SOLVERS["small"].folder
    tokenizer = AutoTokenizer.from_pretrained(folder)
    tokenizer.save_pretrained(shop.tokenizer_folder)
    tokenizer.save_pretrained(shop.solver_folder("small"))
    copy = shop.solver_folder("small") / "model.safetensors"
    copy.write_bytes((folder / "model.safetensors").read_bytes())
    generation = json.loads((folder / "generation_config.json").read_text(encoding="utf-8"))
    shop.note("sampling", {name: generation[name] for name in ("temperature", "top_p")})
    base = shop.work / "base-small" / "finished.pt"
    base.parent.mkdir(exist_ok=True)
    torch.save({"model": load_solver(folder, shop.settings.small.shape).state_dict()}, base)
