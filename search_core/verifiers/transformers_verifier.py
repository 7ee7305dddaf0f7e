"""A process reward model that runs in this process: a token classifier read at step ends."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from search_core.engine.loading import LoadedModel
from search_core.engine.locking import held
from search_core.engine.path_tokens import TEMPLATE_DATE, PathTokens, end_ids
from search_core.solvers.base import Cancelled, ModelInfo
from search_core.verifiers.base import ScoreRequest, StepScores


@dataclass(frozen=True, slots=True)
class _Reading:
    """Token ids of a path, the position at which each of its steps is read, and where the
    first step starts."""

    ids: tuple[int, ...]
    step_ends: tuple[int, ...]
    start: int


class TransformersVerifier:
    """Scores a step at its last token: the delimiter, or the end token of a finished path.

    With two labels the score is the softmax of the second, with one its sigmoid
    (`AutoModelForTokenClassification`, as TRL's process reward models). Where the model's
    config has a `score_reading`, that says how the score follows (`engine.score_reading`).

    Args:
        loaded: The model; `engine.loading.load_verifier` loads one and makes this of it.
        system_prompt: System message before the problem; "" for none.
        date: The day that a chat template is told it is.
        memory_budget: Bytes that one batch may take beside the weights; None: judged by
            the device.
    """

    def __init__(
        self,
        loaded: LoadedModel,
        *,
        system_prompt: str = "",
        date: str = TEMPLATE_DATE,
        memory_budget: int | None = None,
    ) -> None:
        self._loaded = loaded
        self._budget = memory_budget
        self._paths = PathTokens(loaded.tokenizer, system_prompt=system_prompt, date=date)
        self._ends = end_ids(loaded.model, loaded.tokenizer)
        config = loaded.model.config.get_text_config()
        self._positions = getattr(config, "max_position_embeddings", None) or math.inf

    @property
    def info(self) -> ModelInfo:
        return self._loaded.info

    def score(self, requests: Sequence[ScoreRequest], cancelled: Cancelled) -> list[StepScores]:
        """Scores for each request, in their order.

        A path that occurs twice is computed once and counted for its first request.

        Raises:
            RunCancelled: `cancelled()` became True.
            ValueError: A path is longer than the model's context, or a score is not a number.
        """
        from search_core.engine.classify import classify

        with held(self._loaded.lock, cancelled):
            readings = [self._reading(request) for request in requests]
            distinct = list(dict.fromkeys(readings))
            computed = classify(
                self._loaded.model,
                [(reading.ids, reading.step_ends, reading.start) for reading in distinct],
                cancelled,
                self._budget,
            )
        scores = dict(zip(distinct, computed, strict=True))
        unpaid = set(distinct)
        results = []
        for request, reading in zip(requests, readings, strict=True):
            length = len(reading.ids)
            first_time = reading in unpaid
            unpaid.discard(reading)
            results.append(
                StepScores(
                    scores=self._checked(scores[reading], request),
                    tokens=length if first_time else 0,
                    reused=0 if first_time else length,
                )
            )
        return results

    def _reading(self, request: ScoreRequest) -> _Reading:
        ids = list(self._paths.prompt(request.problem))
        start, step_ends = len(ids), []
        for index, text in enumerate(request.steps):
            last = request.finished and index == len(request.steps) - 1
            # A model without an end token sees a finished step as any other.
            ids += (
                self._paths.last_step(text, self._ends[0])
                if last and self._ends
                else (self._paths.step(text))
            )
            step_ends.append(len(ids) - 1)
        if len(ids) > self._positions:
            raise ValueError(
                f"A path is {len(ids):,} tokens long; verifier {self.info.name} reads at most "
                f"{self._positions:,}. Choose fewer or shorter steps."
            )
        return _Reading(tuple(ids), tuple(step_ends), start)

    def _checked(self, scores: Sequence[float], request: ScoreRequest) -> tuple[float, ...]:
        wanted = tuple(scores[request.first :])
        expected = len(request.steps) - request.first
        if len(wanted) != expected:
            raise ValueError(
                f"Verifier {self.info.name} gave {len(wanted)} scores for {expected} steps."
            )
        if any(math.isnan(score) for score in wanted):
            raise ValueError(
                f"Verifier {self.info.name} gave scores that are not numbers: {wanted}. Its "
                "weights are broken, or its dtype is too narrow; try float32."
            )
        return wanted
