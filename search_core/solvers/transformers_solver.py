"""A solver that runs in this process, on transformers and torch."""

from __future__ import annotations

import copy
import math
from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from search_core.engine.checkpoints.loading import LoadedModel
from search_core.engine.locking import held
from search_core.engine.memory import MemoryBudget
from search_core.engine.path_tokens import (
    REVISION_REQUEST,
    TEMPLATE_DATE,
    Attempts,
    PathTokens,
    end_ids,
)
from search_core.engine.step_endings import StepEnding
from search_core.engine.writing import DecodeRequest, DecodeResult, stop_table
from search_core.protocols import (
    Cancelled,
    SampleRequest,
    Sampling,
    SolverInfo,
    StepIds,
    StepSample,
    UsageError,
)
from search_core.steps import BLANK_LINES, StepStyle, thought_of

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
        style: How it writes steps.
    """

    def __init__(
        self,
        loaded: LoadedModel,
        *,
        system_prompt: str = "",
        date: str = TEMPLATE_DATE,
        revision_request: str | None = REVISION_REQUEST,
        memory_budget: int | None = None,
        style: StepStyle = BLANK_LINES,
    ) -> None:
        from search_core.engine.writing.decoder import Decoder

        self._loaded, self._style = loaded, style
        # Without a chat template there is nothing to set an attempt apart from the next one.
        revises = revision_request is not None and bool(loaded.tokenizer.chat_template)
        self._info = SolverInfo.of(
            loaded.info, prompt=system_prompt, revises=revises, step_style=style.name
        )
        stops = stop_table(loaded.tokenizer, end_ids(loaded.model, loaded.tokenizer))
        self._paths_told = partial(
            PathTokens,
            loaded.tokenizer,
            date=date,
            revision_request=revision_request or "",
            ends=stops.ends_with_delimiter,
            style=style,
        )
        self._paths = self._paths_told(system_prompt=system_prompt)
        self._decoder = Decoder(loaded.model, stops, budget=MemoryBudget(batch=memory_budget))
        config = loaded.model.config.get_text_config()
        # One position is left for the token that ends a path when a verifier reads it.
        self._positions = (getattr(config, "max_position_embeddings", None) or math.inf) - 1

    @property
    def info(self) -> SolverInfo:
        return self._info

    def told(self, system_prompt: str) -> TransformersSolver:
        """See `TakesPrompt`. What was computed of other prompts is kept with this one's."""
        other = copy.copy(self)
        other._paths = self._paths_told(system_prompt=system_prompt)
        other._info = replace(self._info, prompt=system_prompt)
        return other

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
                samples[index] = self._sample(requests[index], result)
        return samples

    def release(
        self,
        run: str,
        problem: str,
        paths: Sequence[tuple[str, ...]] | None = None,
        step_ids: Sequence[StepIds] = (),
    ) -> None:
        """See `KeepsPaths`. Paths that revise earlier attempts go when their run is over."""
        if paths is None:
            self._decoder.release(run)
            return
        with self._loaded.lock:
            own = step_ids or [()] * len(paths)
            ends = [self._end(problem, *one) for one in zip(paths, own, strict=True)]
        self._decoder.release(run, ends)

    def _end(
        self, problem: str, path: tuple[str, ...], step_ids: StepIds
    ) -> tuple[tuple[int, ...], int]:
        """Ids of a path as it was written, and how many of them come before its last step."""
        before = self._paths.path(problem, path[:-1], step_ids=step_ids[:-1])
        last = step_ids[-1] if step_ids else None
        return before + (self._paths.step(path[-1]) if last is None else last), len(before)

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
        prompt = self._paths.path(
            request.problem, request.steps, attempts, request.opening, request.step_ids
        )
        room = self._room(prompt, request)
        if not room:
            return None
        limit = int(min(sampling.max_step_tokens, room))
        before = self._before(request)
        begun = bool(request.opening or (before and self._paths.texts.rest(before)))
        thinking = self._thinks(request)
        ending = StepEnding(self._paths.texts, before, self._style, self._loaded.lock, thinking)
        return DecodeRequest(prompt, request.seed, limit, request.run, index, begun, ending)

    def _thinks(self, request: SampleRequest) -> bool:
        attempts = self._attempts_that_fit(request)
        return self._paths.thinks(request.problem, request.steps, attempts)

    def _before(self, request: SampleRequest) -> tuple[int, ...]:
        """Ids of the opening, or else of what is before; () where there is neither."""
        pieces = self._paths.pieces(request.steps, request.opening, request.step_ids)
        return pieces[-1] if request.opening else self._paths.context(pieces)

    def _sample(self, request: SampleRequest, result: DecodeResult) -> StepSample:
        before, texts = self._before(request), self._paths.texts
        ended = result.ended == "step"
        text = texts.step(result.tokens, before) if ended else texts.text(result.tokens, before)
        written = result.tokens[:-1] if result.ended == "end" else result.tokens
        return StepSample(
            text=text,
            tokens=len(result.tokens),
            logprob=result.logprob,
            ended=result.ended,
            prefilled=result.prefilled,
            reused=result.reused,
            known=result.known,
            ids=(*(before if request.opening else ()), *written),
            thought=thought_of(text, self._thinks(request)),
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
                f"The problem{self._with_prompt} is {len(prompt):,} tokens long; solver "
                f"{self.info.name} reads at most {self._positions - 1:,}. Shorten it."
            )
        return max(0, room)

    @property
    def _with_prompt(self) -> str:
        return ", with the system prompt before it," if self._info.prompt else ""
