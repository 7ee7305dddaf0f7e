"""Batched decoding of single steps: each distinct prompt is read once, then all rows at once.

Knows nothing of text, problems or trees: token ids in, token ids out.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor
from transformers import DynamicCache

from search_core.engine.batches import bytes_per_token, memory_budget, split
from search_core.engine.kv_cache import is_plain, new_cache, select_rows
from search_core.engine.rows import Continuation, Row, share_prompts
from search_core.engine.sampling import draw, uniform_numbers
from search_core.engine.stopping import StopTable
from search_core.engine.threads import threads_for, torch_threads
from search_core.solvers.base import Cancelled, RunCancelled, Sampling


def decode(
    model: Any,
    rows: Sequence[Row],
    sampling: Sampling,
    stops: StopTable,
    cancelled: Cancelled,
    budget: int | None = None,
) -> list[Continuation]:
    """Samples one step for each row, in their order.

    What a row gets depends on the row alone, up to rounding in the model.

    Args:
        model: A transformers causal language model.
        rows: Any number; they are split into batches of similar length.
        sampling: Temperature and nucleus.
        stops: When a step has ended.
        cancelled: Asked before every token.
        budget: Bytes a batch may take; None: judged by the device.

    Raises:
        RunCancelled: `cancelled()` became True.
        ValueError: A row is empty, or the model's output is not a number.
    """
    for row in rows:
        if not row.prompt or row.limit < 1:
            raise ValueError(
                f"A row has {len(row.prompt)} prompt tokens and a limit of {row.limit}; "
                "both must be at least 1."
            )
    results = [Continuation() for _ in rows]
    # Rows with the same prompt end up side by side, so that a split seldom parts them.
    order = sorted(
        range(len(rows)), key=lambda index: (len(rows[index].prompt), rows[index].prompt)
    )
    budget = memory_budget(model.device) if budget is None else budget
    per_token = bytes_per_token(model.config, model.dtype.itemsize)
    logits = 32 * model.config.get_text_config().vocab_size

    def size(index: int) -> int:
        return len(rows[index].prompt) + rows[index].limit

    threads = threads_for(model.num_parameters())
    with torch.inference_mode(), torch_threads(threads):
        for batch in split(order, size, lambda length: per_token * length + logits, budget):
            picked = [rows[index] for index in batch]
            out = [results[index] for index in batch]
            _Batch(model, picked, out, sampling, stops).run(cancelled)
    return results


class _Batch:
    """The rows decoded together (B of them), and the tensors that shrink as they finish.

    Attributes:
        live: For each row of the tensors, the index of its continuation. [B]
        open: Indices of the continuations that have not ended.
        uniform: Numbers to draw with, float [B, longest limit].
        width: Length of the longest prompt; shorter ones are padded on the left.
        lengths: Prompt lengths, int64 [B, 1].
        mask: What is not padding, bool [B, width + longest limit].
        masked: Whether decoding needs the mask.
        ready_made: Whether the model takes the mask as its attention layers want it, which
            spares it to derive that for every token.
    """

    width: int
    lengths: Tensor
    mask: Tensor
    masked: bool
    ready_made: bool

    def __init__(
        self,
        model: Any,
        rows: list[Row],
        results: list[Continuation],
        sampling: Sampling,
        stops: StopTable,
    ) -> None:
        self.model, self.rows, self.results = model, rows, results
        self.sampling, self.stops = sampling, stops
        self.device: torch.device = model.device
        self.longest = max(row.limit for row in rows)
        self.live = list(range(len(rows)))
        self.open = set(self.live)
        # Apple's GPUs have no double precision.
        precision = torch.float32 if self.device.type == "mps" else torch.float64
        numbers = uniform_numbers([row.seed for row in rows], self.longest)
        self.uniform = numbers.to(self.device, precision)

    def run(self, cancelled: Cancelled) -> None:
        if cancelled():
            raise RunCancelled
        share_prompts(self.rows, self.results)
        logits, cache = self._prefill()
        for position in range(self.longest):
            tokens, logprobs = draw(logits, self.uniform[:, position], self.sampling)
            self._record(tokens, logprobs)
            if not self.open:
                return
            if cancelled():
                raise RunCancelled
            if 2 * len(self.open) <= len(self.live):
                tokens = self._compact(tokens, cache)
            logits = self._forward(tokens, cache, position)

    def _prefill(self) -> tuple[Tensor, DynamicCache]:
        """Reads each distinct prompt once, padded on the left; returns logits [B, V]."""
        prompts = list(dict.fromkeys(row.prompt for row in self.rows))
        number = {prompt: index for index, prompt in enumerate(prompts)}
        source = [number[row.prompt] for row in self.rows]
        width = max(map(len, prompts))
        padded = [[0] * (width - len(prompt)) + list(prompt) for prompt in prompts]
        seen = [[False] * (width - len(prompt)) + [True] * len(prompt) for prompt in prompts]
        ids = torch.tensor(padded, device=self.device)
        mask = torch.tensor(seen, device=self.device)
        ragged = any(len(prompt) != width for prompt in prompts)
        cache = new_cache(self.model.config)
        logits = self.model(
            input_ids=ids,
            attention_mask=mask if ragged else None,
            position_ids=(mask.long().cumsum(-1) - 1).clamp_(min=0),
            past_key_values=cache,
            use_cache=True,
            logits_to_keep=1,
        ).logits[:, -1]
        if source != list(range(len(prompts))):
            select_rows(cache, source, self.device)
        rows = torch.tensor(source, device=self.device)
        self.lengths = mask.sum(-1, keepdim=True)[rows]
        room = mask.new_ones(len(rows), self.longest)
        self.mask = torch.cat([mask[rows], room], dim=-1)
        self.width = width
        # On a CPU attention over grouped heads is three times quicker with a mask.
        self.masked = ragged or self.device.type == "cpu"
        attention = getattr(self.model.config, "_attn_implementation", "")
        self.ready_made = is_plain(cache) and attention == "sdpa"
        return logits[rows], cache

    def _record(self, tokens: Tensor, logprobs: Tensor) -> None:
        """Appends one token to each open row, and closes those that ended."""
        # One transfer for both; ids are exact in any of these floating-point types.
        both = torch.stack([tokens.to(logprobs.dtype), logprobs]).tolist()
        for index, number, logprob in zip(self.live, *both, strict=True):
            if index not in self.open:
                continue
            if not math.isfinite(logprob):
                raise ValueError(
                    f"The solver's output is not a number (log-probability {logprob}): its "
                    "weights are broken, or this dtype is too narrow for it. Try float32."
                )
            result, token = self.results[index], int(number)
            ended = self.stops.ended(token, result.tokens[-1] if result.tokens else None)
            result.tokens.append(token)
            result.logprob += logprob
            if ended is not None:
                result.ended = ended
            if ended is not None or len(result.tokens) >= self.rows[index].limit:
                self.open.remove(index)

    def _compact(self, tokens: Tensor, cache: DynamicCache) -> Tensor:
        """Drops the finished rows from every tensor."""
        keep = [place for place, index in enumerate(self.live) if index in self.open]
        select_rows(cache, keep, self.device)
        kept = torch.tensor(keep, device=self.device)
        self.live = [self.live[place] for place in keep]
        self.mask, self.lengths = self.mask[kept], self.lengths[kept]
        self.uniform = self.uniform[kept]
        return tokens[kept]

    def _forward(self, tokens: Tensor, cache: DynamicCache, position: int) -> Tensor:
        """Logits [B, V] after `tokens`, the generated ones number `position`."""
        mask = self.mask[:, : self.width + position + 1] if self.masked else None
        if mask is not None and self.ready_made:
            mask = mask[:, None, None, :]
        logits: Tensor = self.model(
            input_ids=tokens.unsqueeze(-1),
            attention_mask=mask,
            position_ids=self.lengths + position,
            past_key_values=cache,
            use_cache=True,
            logits_to_keep=1,
        ).logits
        return logits[:, -1]
