"""One forward pass over many paths, each continued from what is stored of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from search_core.engine.path_reading import PathText, Readout
from search_core.engine.prefix_store import Prefix
from search_core.engine.prepared_cache import prepared_cache

_LOGIT_BYTES = 128 * 1024**2
"""Most that logits of a whole vocabulary may take at once, in single precision."""


@dataclass(frozen=True, slots=True)
class Read:
    """What is read of one path.

    Attributes:
        end: Up to which token.
        cached: From which token on: keys and values of those before it come from the prefix.
        harvest: Whether its keys and values are wanted afterwards.
    """

    text: PathText
    end: int
    cached: int
    prefix: Prefix | None
    harvest: bool

    @property
    def new(self) -> int:
        return self.end - self.cached


@dataclass(frozen=True, slots=True)
class Result:
    """What a pass found.

    Attributes:
        values: Of each row, one number for each position asked about.
    """

    values: list[list[float]]
    _buffer: Tensor | None
    _context: int
    _side: Tensor | None

    def kept(self, row: int, count: int) -> tuple[Tensor, Tensor | None]:
        """Keys and values of a row's first `count` new tokens, [layers, 2, heads, count, head
        size], and their log-probabilities [count, 1], if those were computed."""
        if self._buffer is None:
            raise ValueError("No keys and values were kept: no row of this pass asked for them.")
        kv = self._buffer[:, :, row, :, self._context : self._context + count]
        return kv, None if self._side is None else self._side[row, :count, None]


def forward(model: Any, readout: Readout, rows: Sequence[Read]) -> Result:
    """Reads all rows at once: what is stored is padded on the left, what is new on the right."""
    device = model.device
    width = max(row.new for row in rows)
    context = max(row.cached for row in rows)
    buffer = cache = None
    if context or any(row.harvest for row in rows):
        buffer = _filled(model, rows, context, width)
        cache = prepared_cache(model.config, buffer, context)
    cached = torch.tensor([row.cached for row in rows])
    new = [row.text.ids[row.cached : row.end] for row in rows]
    ids = torch.tensor([[*one, *[0] * (width - len(one))] for one in new])
    positions = cached[:, None] + torch.arange(width)
    mask = _mask(model, cached, context, width)
    hidden = model.base_model(
        input_ids=ids.to(device),
        attention_mask=None if mask is None else mask.to(device),
        position_ids=positions.to(device),
        past_key_values=cache,
        use_cache=cache is not None,
    ).last_hidden_state
    side = None
    if readout.next_token is not None:
        side = _log_probabilities(readout.next_token, rows, hidden, ids)
    return Result(_values(readout, rows, hidden, ids, side), buffer, context, side)


def _filled(model: Any, rows: Sequence[Read], context: int, width: int) -> Tensor:
    """Room for keys and values, with what is stored at the right end of the first `context`."""
    config = model.config.get_text_config()
    heads = getattr(config, "num_key_value_heads", None) or config.num_attention_heads
    size = getattr(config, "head_dim", None) or config.hidden_size // config.num_attention_heads
    shape = (config.num_hidden_layers, 2, len(rows), heads, context + width, size)
    weights = model.get_input_embeddings().weight
    # Zeros: what is masked is still multiplied, and must be a number.
    buffer = torch.zeros(shape, dtype=weights.dtype, device=weights.device)
    for number, row in enumerate(rows):
        if row.prefix is not None and row.cached:
            room = buffer[:, :, number, :, context - row.cached : context]
            _beginning(row.prefix, row.cached).write_into(room)
    return buffer


def _mask(model: Any, cached: Tensor, context: int, width: int) -> Tensor | None:
    """What each new token may look at: none where that is everything before it."""
    if not context:
        return None
    seen = torch.arange(context) >= context - cached[:, None]
    if getattr(model.config, "_attn_implementation", "") != "sdpa":
        return torch.cat([seen, seen.new_ones(len(cached), width)], dim=-1)
    # As the attention layers want it, which spares the model to derive it.
    causal = torch.ones(width, width, dtype=torch.bool).tril()
    rows = seen[:, None, :].expand(-1, width, -1)
    return torch.cat([rows, causal.expand(len(cached), -1, -1)], dim=-1)[:, None]


def _log_probabilities(
    next_token: Callable[[Tensor], Tensor], rows: Sequence[Read], hidden: Tensor, ids: Tensor
) -> Tensor:
    """Of each token given all before it, float32 [B, T], on the CPU; 0 for a path's first."""
    after = ids[:, 1:].flatten().to(hidden.device)
    before = hidden[:, :-1].flatten(0, 1)
    chunk = max(1, _LOGIT_BYTES // (4 * next_token(hidden[:1, 0]).shape[-1]))
    each = []
    for start in range(0, len(after), chunk):
        logits = next_token(before[start : start + chunk]).float()
        chosen = logits.gather(-1, after[start : start + chunk, None])[:, 0]
        each.append(chosen - logits.logsumexp(-1))
    found = torch.cat([*each, hidden.new_zeros(0, dtype=torch.float32)]).view(len(rows), -1).cpu()
    # The first one's own is known where there is something before it.
    first = [
        float(row.prefix.side()[row.cached, 0]) if row.prefix is not None and row.cached else 0.0
        for row in rows
    ]
    return torch.cat([torch.tensor(first)[:, None], found], dim=-1)


def _values(
    readout: Readout, rows: Sequence[Read], hidden: Tensor, ids: Tensor, side: Tensor | None
) -> list[list[float]]:
    where = [
        (number, position - row.cached)
        for number, row in enumerate(rows)
        for position in row.text.at
    ]
    if not where:
        return [[] for _ in rows]
    at_rows, at_columns = (list(one) for one in zip(*where, strict=True))
    if side is None:
        total = least = torch.zeros(len(where))
    else:
        totals, leasts = _so_far(rows, side)
        total, least = totals[at_rows, at_columns], leasts[at_rows, at_columns]
    device = hidden.device
    flat = readout.values(
        hidden[at_rows, at_columns],
        ids[at_rows, at_columns].to(device),
        total.to(device),
        least.to(device),
    ).tolist()
    numbers = iter(flat)
    return [[next(numbers) for _ in row.text.at] for row in rows]


def _so_far(rows: Sequence[Read], side: Tensor) -> tuple[Tensor, Tensor]:
    """Log-probability of the solution up to each new token, and of its least likely token."""
    places = torch.arange(side.shape[1])
    cached = torch.tensor([row.cached for row in rows])
    starts = torch.tensor([row.text.start for row in rows])
    each = side.masked_fill(cached[:, None] + places < starts[:, None], 0.0)
    before = [_stored(row) for row in rows]
    totals = torch.stack([one.sum() for one in before])
    leasts = torch.stack([one.min() if len(one) else one.sum() for one in before])
    total = totals[:, None] + each.cumsum(dim=-1)
    return total, torch.minimum(leasts[:, None], each.cummin(dim=-1).values)


def _stored(row: Read) -> Tensor:
    """Log-probabilities of the solution's tokens that are not read again."""
    if row.prefix is None or not row.cached:
        return torch.zeros(0)
    return row.prefix.side()[row.text.start : row.cached, 0]


def _beginning(prefix: Prefix, length: int) -> Prefix:
    parts = [
        (segment, min(count, length - segment.start))
        for segment, count in prefix.parts
        if segment.start < length
    ]
    return Prefix(tuple(parts), length)
