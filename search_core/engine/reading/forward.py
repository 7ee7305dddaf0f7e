"""One forward pass over many paths, each continued from what is stored of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

import torch
from torch import Tensor
from torch.nn.utils.rnn import pad_sequence

from search_core.engine.memory.bundles import BundleBuffer
from search_core.engine.memory.kv_layout import KvLayout
from search_core.engine.memory.prefix_store import Prefix
from search_core.engine.memory.transfers import to_device
from search_core.engine.reading.lineup import Lineup
from search_core.engine.reading.path_reading import PathText, Readout

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

    @property
    def ids(self) -> tuple[int, ...]:
        """What is new."""
        return self.text.ids[self.cached : self.end]


@dataclass(frozen=True, slots=True)
class Result:
    """What a pass found.

    Attributes:
        values: Of each row, one number for each position asked about.
    """

    values: list[list[float]]
    _strips: list[Tensor]
    _side: list[Tensor] | None

    def kept(self, row: int, count: int) -> tuple[Tensor, Tensor | None]:
        """Keys and values of a row's first `count` new tokens, [layers, 2, heads, count, head
        size], and their log-probabilities [count, 1], if those were computed."""
        if not self._strips:
            raise ValueError("No keys and values were kept: this model's paths cannot be cut.")
        kv = self._strips[row][..., :count, :]
        return kv, None if self._side is None else self._side[row][:count, None]


def forward(model: Any, layout: KvLayout | None, readout: Readout, rows: Sequence[Read]) -> Result:
    """Reads all rows at once.

    Args:
        layout: None: these rows' paths cannot be cut, and nothing is cached of them.
    """
    strips: list[Tensor] = []
    if layout is None:
        hidden = _whole(model, rows)
    else:
        hidden, strips = _bundled(model, layout, rows)
    side = None
    if readout.next_token is not None:
        side = _log_probabilities(readout.next_token, rows, hidden)
    return Result(_values(readout, rows, hidden, side), strips, side)


def _bundled(model: Any, layout: KvLayout, rows: Sequence[Read]) -> tuple[Tensor, list[Tensor]]:
    """Hidden states of all rows' new tokens one behind the other, [tokens, hidden], and each
    row's keys and values."""
    bundles = _bundles(rows)
    widest = max(rows[those[0]].cached + sum(rows[one].new for one in those) for those in bundles)
    buffer = BundleBuffer(layout, len(bundles), widest)
    strips: dict[int, Tensor] = {}
    order: list[int] = []
    at: list[int] = []
    owners: list[int] = []
    columns: list[int] = []
    for place, those in enumerate(bundles):
        first = rows[those[0]]
        buffer.begin(place, first.cached)
        if first.prefix is not None and first.cached:
            strip = buffer.strip(place)
            first.prefix.beginning(first.cached).write_into(strip)
        column = first.cached
        for number, one in enumerate(those):
            end = column + rows[one].new
            strips[one] = buffer.strip(place)[..., column:end, :]
            at += [place] * rows[one].new
            owners += [number] * rows[one].new
            columns += range(column, end)
            column = end
        order += those
    lineup = Lineup(buffer, at, owners, columns)
    ids = [id_ for one in order for id_ in rows[one].ids]
    positions = [position for one in order for position in range(rows[one].cached, rows[one].end)]
    inputs = to_device(torch.tensor([ids, positions]), layout.device)
    hidden = lineup.read(model.base_model, inputs[0], inputs[1]).last_hidden_state[0]
    parts = dict(zip(order, torch.split(hidden, [rows[one].new for one in order]), strict=True))
    together = torch.cat([parts[one] for one in range(len(rows))])
    return together, [strips[one] for one in range(len(rows))]


def _bundles(rows: Sequence[Read]) -> list[list[int]]:
    """Rows that go on from the same place, together as long as what they add is no more than
    what they share: each row's tokens are compared with the columns of all."""
    opened: dict[tuple[int, int], list[int]] = {}
    found = []
    for number, row in enumerate(rows):
        if row.prefix is None or not row.cached:
            found.append([number])
            continue
        last, _ = next(part for part in reversed(row.prefix.parts) if part[0].start < row.cached)
        key = id(last), row.cached
        those = opened.get(key)
        if those is None or sum(rows[one].new for one in those) + row.new > row.cached:
            those = opened[key] = []
            found.append(those)
        those.append(number)
    return found


def _whole(model: Any, rows: Sequence[Read]) -> Tensor:
    """As of `_bundled`, of rows that are read from their beginning, padded on the right."""
    width = max(row.new for row in rows)
    ids = torch.tensor([[*row.ids, *[0] * (width - row.new)] for row in rows])
    positions = torch.arange(width).expand(len(rows), -1)
    hidden: Tensor = model.base_model(
        input_ids=ids.to(model.device), position_ids=positions.to(model.device), use_cache=False
    ).last_hidden_state
    return torch.cat([each[: row.new] for each, row in zip(hidden, rows, strict=True)])


def _log_probabilities(
    next_token: Callable[[Tensor], Tensor], rows: Sequence[Read], hidden: Tensor
) -> list[Tensor]:
    """Of each row's new tokens, given all before: float32 [new], on the CPU.

    0 for a path's first token.
    """
    ends = list(accumulate(row.new for row in rows))
    before = torch.tensor(
        [at for end, row in zip(ends, rows, strict=True) for at in range(end - row.new, end - 1)],
        dtype=torch.long,
    )
    after = torch.tensor([id_ for row in rows for id_ in row.ids[1:]], dtype=torch.long)
    before, after = before.to(hidden.device), after.to(hidden.device)
    chunk = max(1, _LOGIT_BYTES // (4 * next_token(hidden[:1]).shape[-1]))
    each = [hidden.new_zeros(0, dtype=torch.float32)]
    for start in range(0, len(after), chunk):
        logits = next_token(hidden[before[start : start + chunk]]).float()
        chosen = logits.gather(-1, after[start : start + chunk, None])[:, 0]
        each.append(chosen - logits.logsumexp(-1))
    parts = torch.split(torch.cat(each).cpu(), [row.new - 1 for row in rows])
    # The first one's own is known where there is something before it.
    sides = []
    for row, part in zip(rows, parts, strict=True):
        known = row.prefix is not None and row.cached > 0
        first = row.prefix.side()[row.cached] if known and row.prefix else torch.zeros(1)
        sides.append(torch.cat([first, part]))
    return sides


def _values(
    readout: Readout, rows: Sequence[Read], hidden: Tensor, side: Sequence[Tensor] | None
) -> list[list[float]]:
    where = [
        (number, position - row.cached)
        for number, row in enumerate(rows)
        for position in row.text.at
    ]
    if not where:
        return [[] for _ in rows]
    if side is None:
        total = least = torch.zeros(len(where))
    else:
        at_rows, at_columns = (list(one) for one in zip(*where, strict=True))
        totals, leasts = _so_far(rows, side)
        total, least = totals[at_rows, at_columns], leasts[at_rows, at_columns]
    starts = [0, *accumulate(row.new for row in rows)]
    at = torch.tensor([starts[number] + column for number, column in where])
    tokens = torch.tensor([rows[number].ids[column] for number, column in where])
    device = hidden.device
    flat = readout.values(
        hidden[at.to(device)], tokens.to(device), total.to(device), least.to(device)
    ).tolist()
    numbers = iter(flat)
    return [[next(numbers) for _ in row.text.at] for row in rows]


def _so_far(rows: Sequence[Read], side: Sequence[Tensor]) -> tuple[Tensor, Tensor]:
    """Log-probability of the solution up to each new token, and of its least likely token."""
    padded = pad_sequence(list(side), batch_first=True)
    places = torch.arange(padded.shape[1])
    cached = torch.tensor([row.cached for row in rows])
    starts = torch.tensor([row.text.start for row in rows])
    each = padded.masked_fill(cached[:, None] + places < starts[:, None], 0.0)
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
