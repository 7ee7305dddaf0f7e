"""A verifier learning: the small one's judgement made anew in minutes, kept on the way.

Its layers, which know the problems, are those that ship; its score head and the weights of the
likelihood begin at nothing, as in the recipe's stage (a), and learn on the same spoiled solutions,
the layers with them. To make the layers anew as well takes the recipe's two hours and a half.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import torch
from torch import Tensor
from transformers import AutoTokenizer

from search_core.embedded.training.export import load_verifier
from search_core.embedded.training.model import DecoderShape
from search_core.embedded.training.settings import FULL
from search_core.embedded.training.training_stage import Lesson, teach
from search_core.embedded.training.verifier_model import VerifierModel, build_verifier
from search_core.embedded.training.verifier_stages import corrupted_data
from search_core.embedded.training.workshop import Workshop
from search_core.models.shipped import VERIFIERS

STAGE = "learning"
KEPT = (2_000, 6_000, 15_000, 30_000, 60_000, 120_000)
"""After how many tokens each the weights are kept; the last are the finished ones."""
# Short updates, so that a short training has many; compiling takes longer than it saves.
LEARNING = replace(
    FULL,
    compiled=False,
    tokens_per_update=2_048,
    corrupted_muon_rate=0.002,
    corrupted_adam_rate=0.003,
    corrupted_solutions=40_000,
)
_LANGUAGE_WEIGHT = 0.5
_NEW = ("score.weight", "score.bias", "likelihood")


def learn(shop: Workshop) -> None:
    """Train, keeping the weights on the way; resumes where it was interrupted."""
    shop.work.mkdir(parents=True, exist_ok=True)
    AutoTokenizer.from_pretrained(VERIFIERS["small"].folder).save_pretrained(shop.tokenizer_folder)
    settings = shop.settings
    lesson = Lesson(
        STAGE,
        build=partial(without_judgement, settings.small.verifier_shape, shipped_layers(shop)),
        data=corrupted_data(shop),
        tokens=KEPT[-1],
        rates=(settings.corrupted_muon_rate, settings.corrupted_adam_rate),
        language_weight=_LANGUAGE_WEIGHT,
        score_weight=1.0,
        keep=KEPT,
    )
    teach(shop, lesson)


def shipped_layers(shop: Workshop) -> dict[str, Tensor]:
    """The weights of the small verifier that ships, without what judges."""
    model = load_verifier(VERIFIERS["small"].folder, shop.settings.small.verifier_shape)
    return {name: value for name, value in model.state_dict().items() if name not in _NEW}


def without_judgement(shape: DecoderShape, layers: dict[str, Tensor]) -> VerifierModel:
    """A verifier with these layers that finds everything as likely right as wrong."""
    model = build_verifier(shape, layers, reads_likelihood=True)
    with torch.no_grad():
        model.likelihood.zero_()
    return model
