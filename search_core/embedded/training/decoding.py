"""A batched decode loop with key-value caches, for rollouts and measurements.

It knows token ids and nothing of problems. Prompts are padded on the left; rows that have
ended leave the batch now and then.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor

from search_core.embedded.training.model import KeyValueCache, LanguageModel

_CANDIDATES = 64
_COMPACT_BELOW = 0.75


@dataclass(frozen=True, slots=True)
class TokenSampling:
    """How to draw tokens.

    Attributes:
        temperature: 0 takes the likeliest token.
        top_p: Draws from the likeliest tokens that together have this much probability.
        longest: Most new tokens per sequence.
    """

    temperature: float = 0.8
    top_p: float = 0.98
    longest: int = 320


class SampledTokens(NamedTuple):
    """One continuation.

    Attributes:
        tokens: New token ids; the last is the end token unless the limit came first.
        log_probability: Sum of the model's own log-probabilities (temperature 1), in nats.
    """

    tokens: list[int]
    log_probability: float


def sample(
    model: LanguageModel,
    prompts: Sequence[Sequence[int]],
    end: int,
    sampling: TokenSampling,
    generator: torch.Generator,
    copies: int = 1,
    rows: int = 384,
) -> list[SampledTokens]:
    """Continues every prompt to its end, `copies` times, prompt by prompt.

    A prompt is read once, whatever the copies.

    Args:
        model: In evaluation, on any device.
        prompts: Token ids, each of at least one token.
        end: The token that ends a sequence.
        sampling: How to draw.
        generator: On the model's device; consumed.
        copies: Continuations of each prompt.
        rows: Sequences decoded at a time.
    """
    order = sorted(range(len(prompts)), key=lambda index: len(prompts[index]))
    results: list[list[SampledTokens]] = [[] for _ in prompts]
    at_a_time = max(1, rows // copies)
    for start in range(0, len(order), at_a_time):
        chosen = order[start : start + at_a_time]
        batch = _Batch(model, [prompts[i] for i in chosen], end, sampling, generator)
        sampled = batch.run(copies)
        for place, index in enumerate(chosen):
            results[index] = sampled[place * copies : (place + 1) * copies]
    return [continuation for result in results for continuation in result]


class _Batch:
    """Sequences decoded together; `alive` maps the rows still decoding to their places."""

    def __init__(
        self,
        model: LanguageModel,
        prompts: list[Sequence[int]],
        end: int,
        sampling: TokenSampling,
        generator: torch.Generator,
    ) -> None:
        self.model, self.end = model, end
        self.sampling, self.generator = sampling, generator
        device = model.model.embed_tokens.weight.device
        width = max(map(len, prompts))
        self.room = min(sampling.longest, model.shape.positions - width)
        self.tokens = torch.zeros(len(prompts), width, dtype=torch.int64, device=device)
        self.padding = torch.tensor([width - len(p) for p in prompts], device=device)
        for row, prompt in enumerate(prompts):
            self.tokens[row, width - len(prompt) :] = torch.tensor(prompt, device=device)
        like = model.model.embed_tokens.weight
        self.caches = [
            KeyValueCache(len(prompts), model.shape, width + self.room, like)
            for _ in range(model.shape.layers)
        ]
        self.alive: list[int] = []
        self.new: list[list[int]] = []
        self.log_probabilities: list[float] = []

    @torch.inference_mode()
    def run(self, copies: int) -> list[SampledTokens]:
        logits = self._copy(self._next_logits(self.tokens), copies)
        for _ in range(self.room):
            drawn, log_probability = self._draw(logits)
            still = self._record(drawn.tolist(), log_probability.tolist())
            if not still:
                break
            logits = self._next_logits(self._compact(drawn, still))
        return [
            SampledTokens(tokens, total)
            for tokens, total in zip(self.new, self.log_probabilities, strict=True)
        ]

    def _copy(self, logits: Tensor, copies: int) -> Tensor:
        """Makes each prompt, read by now, into `copies` rows; returns the rows' logits."""
        rows = torch.arange(len(logits), device=logits.device).repeat_interleave(copies)
        if copies > 1:
            self.padding = self.padding[rows]
            for cache in self.caches:
                cache.keep(rows)
        self.alive = list(range(len(rows)))
        self.new = [[] for _ in rows]
        self.log_probabilities = [0.0] * len(rows)
        return logits[rows]

    def _next_logits(self, tokens: Tensor) -> Tensor:
        seen = self.caches[0].length
        columns = torch.arange(seen + tokens.shape[1], device=tokens.device)
        queries = columns[seen:]
        mask = (columns[None, None, :] <= queries[None, :, None]) & (
            columns[None, None, :] >= self.padding[:, None, None]
        )
        positions = (queries[None, :] - self.padding[:, None]).clamp(min=0)
        hidden = self.model.model(tokens, positions, self.caches, mask)
        return self.model.logits(hidden[:, -1])

    def _draw(self, logits: Tensor) -> tuple[Tensor, Tensor]:
        """Chosen tokens and their log-probabilities, each [rows]."""
        if self.sampling.temperature == 0:
            chosen = logits.argmax(dim=-1, keepdim=True)
        else:
            top, ids = (logits / self.sampling.temperature).topk(_CANDIDATES, dim=-1)
            probabilities = top.softmax(dim=-1)
            before = probabilities.cumsum(dim=-1) - probabilities
            probabilities = probabilities.masked_fill(before >= self.sampling.top_p, 0.0)
            chosen = ids.gather(1, torch.multinomial(probabilities, 1, generator=self.generator))
        log_probability = logits.log_softmax(dim=-1).gather(1, chosen)
        return chosen[:, 0], log_probability[:, 0]

    def _record(self, drawn: list[int], log_probability: list[float]) -> list[int]:
        """Adds the drawn tokens; returns the rows that have not ended."""
        still = []
        for row, place in enumerate(self.alive):
            if self.new[place] and self.new[place][-1] == self.end:
                continue
            self.new[place].append(drawn[row])
            self.log_probabilities[place] += log_probability[row]
            if drawn[row] != self.end:
                still.append(row)
        return still

    def _compact(self, drawn: Tensor, still: list[int]) -> Tensor:
        """The next input tokens [rows, 1], after dropping ended rows once they are many."""
        if len(still) < _COMPACT_BELOW * len(self.alive):
            rows = torch.tensor(still, device=drawn.device)
            drawn, self.padding = drawn[rows], self.padding[rows]
            for cache in self.caches:
                cache.keep(rows)
            self.alive = [self.alive[row] for row in still]
        return drawn[:, None]
