"""Training examples as flat arrays, and the batches made of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

NO_LABEL = -1.0
_BATCHES_PER_BUCKET = 64


class TrainingExample(NamedTuple):
    """One tokenised conversation.

    Attributes:
        tokens: Token ids, length T.
        learn: For each token, whether the model should learn to predict it.
        labels: For each token, the score that the verifier should give after reading it,
            in 0 to 1, or `NO_LABEL`.
    """

    tokens: Sequence[int]
    learn: Sequence[bool]
    labels: Sequence[float]


@dataclass(frozen=True)
class ExampleStore:
    """Many examples end to end.

    Attributes:
        tokens: uint16 [total tokens].
        learn: bool [total tokens].
        labels: float16 [total tokens].
        offsets: int64 [examples + 1], where each example starts.
    """

    tokens: NDArray[np.uint16]
    learn: NDArray[np.bool_]
    labels: NDArray[np.float16]
    offsets: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.offsets) - 1

    @classmethod
    def pack(cls, examples: Iterable[TrainingExample]) -> ExampleStore:
        listed = list(examples)
        lengths = [len(example.tokens) for example in listed]
        return cls(
            np.concatenate([np.asarray(e.tokens, np.uint16) for e in listed]),
            np.concatenate([np.asarray(e.learn, np.bool_) for e in listed]),
            np.concatenate([np.asarray(e.labels, np.float16) for e in listed]),
            np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64),
        )

    @classmethod
    def join(cls, stores: Sequence[ExampleStore]) -> ExampleStore:
        starts = np.cumsum([0] + [len(store.tokens) for store in stores])
        offsets = [
            store.offsets[:-1] + start for store, start in zip(stores, starts[:-1], strict=True)
        ]
        return cls(
            np.concatenate([store.tokens for store in stores]),
            np.concatenate([store.learn for store in stores]),
            np.concatenate([store.labels for store in stores]),
            np.concatenate([*offsets, starts[-1:]]).astype(np.int64),
        )

    def save(self, path: Path) -> None:
        # Written beside and renamed, so that an interrupted run leaves no half file.
        partial = path.with_suffix(".partial.npz")
        np.savez(
            partial,
            tokens=self.tokens,
            learn=self.learn,
            labels=self.labels,
            offsets=self.offsets,
        )
        partial.replace(path)

    @classmethod
    def load(cls, path: Path) -> ExampleStore:
        with np.load(path) as arrays:
            return cls(arrays["tokens"], arrays["learn"], arrays["labels"], arrays["offsets"])


class TrainingBatch(NamedTuple):
    """Examples of similar length, padded on the right with token 0.

    Attributes:
        tokens: int64 [B, T].
        learn: bool [B, T], False on padding.
        labels: float32 [B, T], `NO_LABEL` on padding.
    """

    tokens: Tensor
    learn: Tensor
    labels: Tensor


def batches(
    store: ExampleStore, tokens_per_batch: int, seed: int, rank: int, world: int
) -> Iterator[TrainingBatch]:
    """Endless batches for one of `world` workers, in an order set by the seed.

    Examples are shuffled, sorted by length inside large buckets, and cut into batches of at
    most `tokens_per_batch` tokens with padding, so little is wasted.
    """
    lengths = np.diff(store.offsets)
    epoch = 0
    while True:
        rng = np.random.default_rng([seed, epoch])
        groups = list(_groups(lengths, tokens_per_batch, rng))
        usable = len(groups) // world * world
        for group in groups[rank : max(usable, 1) : world]:
            yield _pad(store, group)
        epoch += 1


def _groups(
    lengths: NDArray[np.int64], tokens_per_batch: int, rng: np.random.Generator
) -> Iterator[NDArray[np.int64]]:
    order = rng.permutation(len(lengths))
    per_bucket = max(1, int(_BATCHES_PER_BUCKET * tokens_per_batch / lengths.mean()))
    for start in range(0, len(order), per_bucket):
        bucket = order[start : start + per_bucket]
        bucket = bucket[np.argsort(lengths[bucket], kind="stable")]
        groups, first = [], 0
        for index in range(1, len(bucket) + 1):
            is_last = index == len(bucket)
            if is_last or (index - first + 1) * lengths[bucket[index]] > tokens_per_batch:
                groups.append(bucket[first:index])
                first = index
        for chosen in rng.permutation(len(groups)):
            yield groups[chosen]


def _pad(store: ExampleStore, group: NDArray[np.int64]) -> TrainingBatch:
    starts, ends = store.offsets[group], store.offsets[group + 1]
    size = (len(group), int(np.max(ends - starts)))
    tokens = torch.zeros(size, dtype=torch.int64)
    learn = torch.zeros(size, dtype=torch.bool)
    labels = torch.full(size, NO_LABEL)
    for row, (start, end) in enumerate(zip(starts, ends, strict=True)):
        width = int(end - start)
        tokens[row, :width] = torch.from_numpy(store.tokens[start:end].astype(np.int64))
        learn[row, :width] = torch.from_numpy(store.learn[start:end])
        labels[row, :width] = torch.from_numpy(store.labels[start:end].astype(np.float32))
    return TrainingBatch(tokens, learn, labels)
