"""A verifier that runs in this process, on transformers and torch."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from search_core.engine.coroutines import completed
from search_core.engine.memory import MemoryBudget
from search_core.engine.path_tokens import TEMPLATE_DATE, end_ids
from search_core.engine.reading import (
    BatchedCall,
    CallBatcher,
    PathText,
    ReadRequest,
    ReadResult,
)
from search_core.log.events import Judged
from search_core.protocols import (
    Cancelled,
    ScoreRequest,
    StepIds,
    StepScores,
    UsageError,
    VerifierInfo,
    fail,
    finish,
)
from search_core.verifiers.formats.base import Format
from search_core.verifiers.formats.step_ends import StepEnds
from search_core.verifiers.formats.tokenizers import Ids, LocalTokenizer

if TYPE_CHECKING:
    from search_core.engine.checkpoints.loading import LoadedModel


class ReadsPaths(Protocol):
    """What computes the numbers: `engine.reading.reader.Reader`, or something made of several."""

    def read(self, requests: Sequence[ReadRequest]) -> list[ReadResult | None]: ...

    def release(self, run: str, beginnings: Sequence[tuple[Ids, int]] | None = None) -> None: ...

    def forget(self) -> None: ...

    @property
    def cached_tokens(self) -> int: ...

    @property
    def cached_bytes(self) -> int: ...


class TransformersVerifier:
    """Scores steps by what a model says at certain places of a text: its format's.

    What was computed of a path is kept until the run lets go of it, so a step's score costs
    the step. Calls of several threads are computed together, by one thread, which is the only
    one that computes with the model or tokenises for it.

    Args:
        loaded: The model; `verifiers.load_verifier` loads one and makes this of it.
        format_: What the model reads; None: token classification at the ends of steps.
        reader: Reads it; None: the model's labels are read.
        system_prompt: System message before the problem, for the format None; "" for none.
        date: The day that a chat template is told it is, for the format None.
        memory_budget: Bytes that one batch may take beside the weights, for the reader None;
            None: judged by the device.
        scores: What it judges.
    """

    def __init__(
        self,
        loaded: LoadedModel,
        format_: Format | None = None,
        reader: ReadsPaths | None = None,
        *,
        system_prompt: str = "",
        date: str = TEMPLATE_DATE,
        memory_budget: int | None = None,
        scores: Judged = "steps",
    ) -> None:
        self._loaded = loaded
        self._info = VerifierInfo.of(loaded.info, scores=scores)
        if format_ is None:
            end = next(iter(end_ids(loaded.model, loaded.tokenizer)), None)
            tokenizer = LocalTokenizer(loaded.tokenizer, date=date, end=end)
            format_ = StepEnds(tokenizer, system_prompt)
        self._format = format_
        self._reader = reader
        self._budget = memory_budget
        config = loaded.model.config.get_text_config()
        self._positions = getattr(config, "max_position_embeddings", None) or math.inf
        self._batcher: CallBatcher[ScoreRequest, StepScores] = CallBatcher(
            self._work, self._in_child
        )

    @property
    def info(self) -> VerifierInfo:
        return self._info

    @property
    def cached_tokens(self) -> int:
        """Tokens whose keys and values are kept."""
        return 0 if self._reader is None else self._reader.cached_tokens

    def memory(self) -> int:
        """Bytes of keys and values that are kept; see `HoldsMemory`."""
        return 0 if self._reader is None else self._reader.cached_bytes

    def score(self, requests: Sequence[ScoreRequest], cancelled: Cancelled) -> list[StepScores]:
        """Scores for each request, in their order.

        A path that occurs twice is computed once and counted for its first request.

        Raises:
            RunCancelled: `cancelled()` became True.
            ValueError: A path is longer than the model's context, or a score is not a number.
        """
        return self._batcher(requests, cancelled) if requests else []

    def release(
        self,
        run: str,
        problem: str,
        paths: Sequence[tuple[str, ...]] | None = None,
        step_ids: Sequence[StepIds] = (),
    ) -> None:
        """Free what was kept of paths that a run will not come back to; see `KeepsPaths`."""
        self._batcher.later(lambda: self._release(run, problem, paths))

    def _in_child(self) -> None:
        """In a forked process: what the parent's thread was about to keep may be half there."""
        if self._reader is not None:
            self._reader.forget()

    def _work(self, calls: list[BatchedCall[ScoreRequest, StepScores]]) -> None:
        texts = [self._texts(call) for call in calls]
        asked = [
            ReadRequest(text, request.run, call.watch)
            for call, per_request in zip(calls, texts, strict=True)
            for request, own in zip(call.requests, per_request, strict=True)
            for text in own
        ]
        answers = iter(self._read(asked))
        for call, per_request in zip(calls, texts, strict=True):
            found = [[next(answers) for _ in own] for own in per_request]
            if not call.done():
                self._finish(call, found)

    def _texts(self, call: BatchedCall[ScoreRequest, StepScores]) -> list[list[PathText]]:
        """The texts of each request; none at all if one of them cannot be read."""
        try:
            return [self._checked(request) for request in call.requests]
        except ValueError as error:
            fail(call, error)
            return [[] for _ in call.requests]

    def _checked(self, request: ScoreRequest) -> list[PathText]:
        texts = completed(
            self._format.texts(request.problem, request.steps, request.first, request.finished)
        )
        longest = max(len(text.ids) for text in texts)
        if longest > self._positions:
            raise UsageError(
                f"A path is {longest:,} tokens long; verifier {self.info.name} reads at most "
                f"{self._positions:,}. Choose fewer or shorter steps."
            )
        return texts

    def _read(self, asked: list[ReadRequest]) -> list[ReadResult | None]:
        if self._reader is None:
            from search_core.engine.reading.reader import Reader
            from search_core.engine.reading.readouts import label_readout

            self._reader = Reader(
                self._loaded.model,
                label_readout(self._loaded.model),
                budget=MemoryBudget(batch=self._budget),
            )
        return self._reader.read(asked)

    def _finish(
        self, call: BatchedCall[ScoreRequest, StepScores], found: list[list[ReadResult | None]]
    ) -> None:
        results = []
        for request, answers in zip(call.requests, found, strict=True):
            there = [answer for answer in answers if answer is not None]
            if len(there) < len(answers):
                return  # Cancelled: there are no results.
            try:
                scores = self._checked_scores(
                    [value for answer in there for value in answer.values], request
                )
            except ValueError as error:
                fail(call, error)
                return
            tokens = sum(answer.tokens for answer in there)
            results.append(StepScores(scores, tokens, sum(answer.reused for answer in there)))
        finish(call, results)

    def _checked_scores(self, scores: list[float], request: ScoreRequest) -> tuple[float, ...]:
        expected = len(request.steps) - request.first
        if len(scores) != expected:
            raise UsageError(
                f"Verifier {self.info.name} gave {len(scores)} scores for {expected} steps."
            )
        if any(math.isnan(score) for score in scores):
            raise UsageError(
                f"Verifier {self.info.name} gave scores that are not numbers: {tuple(scores)}. "
                "Its weights are broken, or its dtype is too narrow; try float32."
            )
        return tuple(scores)

    def _release(self, run: str, problem: str, paths: Sequence[tuple[str, ...]] | None) -> None:
        if self._reader is None:
            return
        if paths is None:
            self._reader.release(run)
            return
        texts = [
            text
            for path in paths
            if path
            for text in completed(self._format.texts(problem, path, len(path) - 1, False))
        ]
        self._reader.release(run, [(text.ids[: text.keep], text.stem) for text in texts])
