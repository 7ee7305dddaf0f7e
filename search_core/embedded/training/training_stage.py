"""One training run of the recipe: what all of them have in common."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from torch import Tensor

from search_core.embedded.training.loop import Job, train
from search_core.embedded.training.model import LanguageModel
from search_core.embedded.training.workshop import Workshop


@dataclass(frozen=True, slots=True)
class Lesson:
    """What a model is trained on, how long, and for what.

    Attributes:
        name: Of the stage, of its folder of checkpoints, and of its note.
        build: Makes the model that is trained; picklable.
        data: File of an `ExampleStore`.
        tokens: How many tokens to train on.
        rates: Peak learning rates: of matrices (Muon), of the rest (Adam).
        language_weight, score_weight: Weights of the two losses.
        tokens_per_update: Of all workers together; None: the settings'.
        seed: Added to the settings' seed.
        keep: After how many tokens each the weights are kept beside the finished ones.
    """

    name: str
    build: Callable[[], LanguageModel]
    data: Path
    tokens: int
    rates: tuple[float, float]
    language_weight: float = 1.0
    score_weight: float = 0.0
    tokens_per_update: int | None = None
    seed: int = 0
    keep: tuple[int, ...] = ()


def teach(shop: Workshop, lesson: Lesson) -> dict[str, Tensor]:
    """Trains, or resumes, and notes how it went. The trained weights by name."""
    settings = shop.settings
    together = lesson.tokens_per_update or settings.tokens_per_update
    job = Job(
        title=f"{lesson.name} (tokens)",
        build=lesson.build,
        data=lesson.data,
        folder=shop.work / lesson.name,
        tokens=lesson.tokens,
        tokens_per_batch=together // shop.training_workers,
        muon_rate=lesson.rates[0],
        adam_rate=lesson.rates[1],
        language_weight=lesson.language_weight,
        score_weight=lesson.score_weight,
        step_ends=shop.step_ends,
        seed=settings.seed + lesson.seed,
        workers=shop.training_workers,
        device=shop.device,
        compiled=settings.compiled,
        keep=lesson.keep,
    )
    finished = train(job)
    shop.note(lesson.name, {key: finished[key] for key in ("tokens", "seconds", "loss")})
    state: dict[str, Tensor] = finished["model"]
    return state
