"""One forward pass over many paths, each continued from what is cached of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

import torch
from torch import Tensor
from torch.nn.utils.rnn import pad_sequence

from search_core.engine.memory.block_pool import BlockPool
from search_core.engine.memory.kv_layout import KvLayout
from search_core.engine.memory.prefix_cache import Prefix
from search_core.engine.memory.transfers import to_device
from search_core.engine.reading.forward_batch import ForwardBatch
from search_core.engine.reading.lean_llama import lean
from search_core.engine.reading.path_reading import PathText, Readout

_LOGIT_BYTES = 128 * 1024**2
"""Most that logits of a whole vocabulary may take at once, in single precision."""


@dataclass(frozen=True, slots=True)
class Prefill:
    """What is computed of one path.

    Attributes:
        end: Up to which token.
        cached: From which token on: keys and values of those before it come from the prefix.
        keeps_kv: Whether its keys and values are wanted afterwards.
    """

    text: PathText
    end: int
    cached: int
    prefix: Prefix | None
    keeps_kv: bool

    @property
    def new(self) -> int:
        """Tokens to be computed."""
        return self.end - self.cached

    @property
    def ids(self) -> tuple[int, ...]:
        """The tokens to be computed."""
        return self.text.ids[self.cached : self.end]


@dataclass(frozen=True, slots=True)
class PrefillResult:
    """What a pass found.

    Attributes:
        values: Of each path, one number for each position asked about.
    """

    values: list[list[float]]
    _kv: list[Tensor]
    _logprobs: list[Tensor] | None

    def kept(self, path: int, count: int) -> tuple[Tensor, Tensor | None]:
        """Keys and values of a path's first `count` new tokens, [layers, 2, heads, count, head
        size], and their log-probabilities [count, 1], if those were computed."""
        if not self._kv:
            raise ValueError("No keys and values were kept: this model's paths cannot be cut.")
        kv = self._kv[path][..., :count, :]
        return kv, None if self._logprobs is None else self._logprobs[path][:count, None]


def prefill(
    model: Any, layout: KvLayout | None, readout: Readout, paths: Sequence[Prefill]
) -> PrefillResult:
    """Reads all paths at once.

    Args:
        layout: None: these paths cannot be cut, and nothing is cached of them.
    """
    kv: list[Tensor] = []
    if layout is None:
        hidden = _dense(model, paths)
    else:
        hidden, kv = _in_blocks(model, layout, paths)
    logprobs = None
    if readout.next_token is not None:
        logprobs = _log_probabilities(readout.next_token, paths, hidden)
    return PrefillResult(_values(readout, paths, hidden, logprobs), kv, logprobs)


def _in_blocks(
    model: Any, layout: KvLayout, paths: Sequence[Prefill]
) -> tuple[Tensor, list[Tensor]]:
    """Hidden states of all paths' new tokens one behind the other, [tokens, hidden], and each
    path's keys and values."""
    groups = _groups(paths)
    widest = max(
        paths[group[0]].cached + sum(paths[number].new for number in group) for group in groups
    )
    pool = BlockPool(layout, len(groups), widest)
    kv: dict[int, Tensor] = {}
    order: list[int] = []
    blocks: list[int] = []
    owners: list[int] = []
    columns: list[int] = []
    for block, group in enumerate(groups):
        first = paths[group[0]]
        pool.begin(block, first.cached)
        if first.prefix is not None and first.cached:
            first.prefix.beginning(first.cached).write_into(pool.kv(block))
        column = first.cached
        for branch, number in enumerate(group):
            new = paths[number].new
            kv[number] = pool.kv(block)[..., column : column + new, :]
            blocks += [block] * new
            owners += [branch] * new
            columns += range(column, column + new)
            column += new
        order += group
    batch = ForwardBatch(pool, blocks, owners, columns)
    ids = [id_ for number in order for id_ in paths[number].ids]
    positions = [
        position for number in order for position in range(paths[number].cached, paths[number].end)
    ]
    inputs = to_device(torch.tensor([ids, positions]), layout.device)
    hidden = batch.forward(lean(model.base_model), inputs[0], inputs[1]).last_hidden_state[0]
    parts = torch.split(hidden, [paths[number].new for number in order])
    by_path = dict(zip(order, parts, strict=True))
    numbers = range(len(paths))
    return torch.cat([by_path[number] for number in numbers]), [kv[number] for number in numbers]


def _groups(paths: Sequence[Prefill]) -> list[list[int]]:
    """Paths that go on from the same place, together as long as what they add is no more than
    what they share: each path's tokens are compared with the columns of all."""
    opened: dict[tuple[int, int], list[int]] = {}
    groups = []
    for number, path in enumerate(paths):
        if path.prefix is None or not path.cached:
            groups.append([number])
            continue
        last, _ = next(part for part in reversed(path.prefix.parts) if part[0].start < path.cached)
        key = id(last), path.cached
        group = opened.get(key)
        if group is None or sum(paths[at].new for at in group) + path.new > path.cached:
            group = opened[key] = []
            groups.append(group)
        group.append(number)
    return groups


def _dense(model: Any, paths: Sequence[Prefill]) -> Tensor:
    """As of `_in_blocks`, of paths that are read from their beginning, padded on the right."""
    width = max(path.new for path in paths)
    ids = torch.tensor([[*path.ids, *[0] * (width - path.new)] for path in paths])
    positions = torch.arange(width).expand(len(paths), -1)
    hidden: Tensor = model.base_model(
        input_ids=ids.to(model.device), position_ids=positions.to(model.device), use_cache=False
    ).last_hidden_state
    return torch.cat([states[: path.new] for states, path in zip(hidden, paths, strict=True)])


def _log_probabilities(
    next_token: Callable[[Tensor], Tensor], paths: Sequence[Prefill], hidden: Tensor
) -> list[Tensor]:
    """Of each path's new tokens, given all before: float32 [new], on the CPU.

    0 for a path's first token.
    """
    ends = list(accumulate(path.new for path in paths))
    before = torch.tensor(
        [
            at
            for end, path in zip(ends, paths, strict=True)
            for at in range(end - path.new, end - 1)
        ],
        dtype=torch.long,
    )
    after = torch.tensor([id_ for path in paths for id_ in path.ids[1:]], dtype=torch.long)
    before, after = before.to(hidden.device), after.to(hidden.device)
    chunk = max(1, _LOGIT_BYTES // (4 * next_token(hidden[:1]).shape[-1]))
    chunks = [hidden.new_zeros(0, dtype=torch.float32)]
    for start in range(0, len(after), chunk):
        logits = next_token(hidden[before[start : start + chunk]]).float()
        chosen = logits.gather(-1, after[start : start + chunk, None])[:, 0]
        chunks.append(chosen - logits.logsumexp(-1))
    parts = torch.split(torch.cat(chunks).cpu(), [path.new - 1 for path in paths])
    # The first one's own is known where there is something before it.
    logprobs = []
    for path, part in zip(paths, parts, strict=True):
        known = path.prefix is not None and path.cached > 0
        first = path.prefix.logprobs()[path.cached] if known and path.prefix else torch.zeros(1)
        logprobs.append(torch.cat([first, part]))
    return logprobs


def _values(
    readout: Readout, paths: Sequence[Prefill], hidden: Tensor, logprobs: Sequence[Tensor] | None
) -> list[list[float]]:
    where = [
        (number, position - path.cached)
        for number, path in enumerate(paths)
        for position in path.text.at
    ]
    if not where:
        return [[] for _ in paths]
    if logprobs is None:
        total = least = torch.zeros(len(where))
    else:
        at_paths, at_columns = (list(indices) for indices in zip(*where, strict=True))
        totals, leasts = _so_far(paths, logprobs)
        total, least = totals[at_paths, at_columns], leasts[at_paths, at_columns]
    starts = [0, *accumulate(path.new for path in paths)]
    at = torch.tensor([starts[number] + column for number, column in where])
    tokens = torch.tensor([paths[number].ids[column] for number, column in where])
    device = hidden.device
    flat = readout.values(
        hidden[at.to(device)], tokens.to(device), total.to(device), least.to(device)
    ).tolist()
    numbers = iter(flat)
    return [[next(numbers) for _ in path.text.at] for path in paths]


def _so_far(paths: Sequence[Prefill], logprobs: Sequence[Tensor]) -> tuple[Tensor, Tensor]:
    """Log-probability of the solution up to each new token, and of its least likely token."""
    padded = pad_sequence(list(logprobs), batch_first=True)
    columns = torch.arange(padded.shape[1])
    cached = torch.tensor([path.cached for path in paths])
    starts = torch.tensor([path.text.start for path in paths])
    new = padded.masked_fill(cached[:, None] + columns < starts[:, None], 0.0)
    before = [_cached_logprobs(path) for path in paths]
    totals = torch.stack([known.sum() for known in before])
    leasts = torch.stack([known.min() if len(known) else known.sum() for known in before])
    total = totals[:, None] + new.cumsum(dim=-1)
    return total, torch.minimum(leasts[:, None], new.cummin(dim=-1).values)


def _cached_logprobs(path: Prefill) -> Tensor:
    """Of the solution's tokens that are not read again."""
    if path.prefix is None or not path.cached:
        return torch.zeros(0)
    return path.prefix.logprobs()[path.text.start : path.cached, 0]
