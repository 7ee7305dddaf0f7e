"""A solver that runs in this process, on transformers and torch."""

from __future__ import annotations

import math
from collections.abc import Sequence

from search_core.engine.checkpoints.loading import LoadedModel
from search_core.engine.locking import held
from search_core.engine.memory import MemoryBudget
from search_core.engine.path_tokens import (
    DELIMITER,
    REVISION_REQUEST,
    TEMPLATE_DATE,
    Attempts,
    PathTokens,
    end_ids,
)
from search_core.engine.writing import DecodeRequest, DecodeResult, stop_table
from search_core.protocols import (
    Cancelled,
    SampleRequest,
    Sampling,
    SolverInfo,
    StepSample,
    UsageError,
)

_READ_SHARE = 0.75
"""Of the context: what a problem and earlier attempts may fill, so that a new one has room."""


class TransformersSolver:
    """Samples steps with a causal language model.

    Of the earlier attempts that a request brings it reads the latest one, and of the others
    as many of the latest as leave a quarter of its context free.

    Args:
        loaded: The model; `solvers.load_solver` loads one and makes this of it.
        system_prompt: System message before the problem; "" for none.
        date: The day that a chat template is told it is.
        revision_request: What it is asked after each earlier attempt; "" for nothing, where
            it was trained on attempts in a row; None: it was trained to read none.
        memory_budget: Bytes that the steps under way may take beside the weights; None: judged
            by the device.
    """

    def __init__(
        self,
        loaded: LoadedModel,
        *,
        system_prompt: str = "",
        date: str = TEMPLATE_DATE,
        revision_request: str | None = REVISION_REQUEST,
        memory_budget: int | None = None,
    ) -> None:
        from search_core.engine.writing.decoder import Decoder

        self._loaded = loaded
        # Without a chat template there is nothing to set an attempt apart from the next one.
        revises = revision_request is not None and bool(loaded.tokenizer.chat_template)
        self._info = SolverInfo.of(loaded.info, prompt=system_prompt, revises=revises)
        self._paths = PathTokens(
            loaded.tokenizer,
            system_prompt=system_prompt,
            date=date,
            revision_request=revision_request or "",
        )
        stops = stop_table(loaded.tokenizer, end_ids(loaded.model, loaded.tokenizer))
        self._decoder = Decoder(loaded.model, stops, budget=MemoryBudget(batch=memory_budget))
        config = loaded.model.config.get_text_config()
        # One position is left for the token that ends a path when a verifier reads it.
        self._positions = (getattr(config, "max_position_embeddings", None) or math.inf) - 1

    @property
    def info(self) -> SolverInfo:
        return self._info

    @property
    def cached_tokens(self) -> int:
        """Tokens whose keys and values are kept."""
        return self._decoder.cached_tokens

    def memory(self) -> int:
        """Bytes of keys and values that are kept; see `HoldsMemory`."""
        return self._decoder.cached_bytes

    def sample(
        self, requests: Sequence[SampleRequest], sampling: Sampling, cancelled: Cancelled
    ) -> list[StepSample]:
        """One step for each request, in their order.

        A path that fills the model's context gets an empty step of ended "length".

        Raises:
            RunCancelled: `cancelled()` became True.
            ValueError: A problem, with the latest attempt at it, is longer than the model's
                context; or there are attempts, and the solver reads none.
        """
        with held(self._loaded.lock, cancelled):
            asked = {
                index: to_decode
                for index, request in enumerate(requests)
                if (to_decode := self._to_decode(index, request, sampling)) is not None
            }
        results = self._decoder.decode(list(asked.values()), sampling, cancelled)
        samples = [StepSample("", 0, 0.0, "length")] * len(requests)
        with held(self._loaded.lock, cancelled):
            for index, result in zip(asked, results, strict=True):
                samples[index] = self._sample(result)
        return samples

    def release(
        self, run: str, problem: str, paths: Sequence[tuple[str, ...]] | None = None
    ) -> None:
        """See `KeepsPaths`. Paths that revise earlier attempts go when their run is over."""
        if paths is None:
            self._decoder.release(run)
            return
        with self._loaded.lock:
            ends = [
                (self._paths.path(problem, path), len(self._paths.path(problem, path[:-1])))
                for path in paths
            ]
        self._decoder.release(run, ends)

    def _to_decode(
        self, index: int, request: SampleRequest, sampling: Sampling
    ) -> DecodeRequest | None:
        """What is to be decoded; None where the context is full."""
        if request.attempts and not self._info.revises:
            raise UsageError(
                f"Solver {self._info.name} got earlier attempts, and it was not made to "
                "read any. Use one that was, or a chat model."
            )
        attempts = self._attempts_that_fit(request)
        prompt = self._paths.path(request.problem, request.steps, attempts, request.opening)
        room = self._room(prompt, request)
        if not room:
            return None
        limit = int(min(sampling.max_step_tokens, room))
        return DecodeRequest(prompt, request.seed, limit, request.run, index)

    def _sample(self, result: DecodeResult) -> StepSample:
        text = self._paths.text(result.tokens)
        if result.ended == "step":
            text = text.split(DELIMITER, 1)[0]
        return StepSample(
            text=text,
            tokens=len(result.tokens),
            logprob=result.logprob,
            ended=result.ended,
            prefilled=result.prefilled,
            reused=result.reused,
            known=result.known,
        )

    def _attempts_that_fit(self, request: SampleRequest) -> Attempts:
        """It depends on nothing but problem and attempts, so a path's ids only ever grow."""
        attempts = request.attempts
        most = _READ_SHARE * self._positions
        while len(attempts) > 1 and len(self._paths.prompt(request.problem, attempts)) > most:
            attempts = attempts[1:]
        return attempts

    def _room(self, prompt: tuple[int, ...], request: SampleRequest) -> float:
        room = self._positions - len(prompt)
        if room < 1 and not request.steps and request.attempts:
            raise UsageError(
                f"The problem and an earlier attempt at it are {len(prompt):,} tokens long; solver "
                f"{self.info.name} reads at most {self._positions - 1:,}. Allow fewer steps "
                "(max_steps), or shorter ones."
            )
        if room < 1 and not request.steps:
            raise UsageError(
                f"The problem is {len(prompt):,} tokens long; solver {self.info.name} reads at "
                f"most {self._positions - 1:,}. Shorten it."
            )
        return max(0, room)
