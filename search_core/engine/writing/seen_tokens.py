"""Tokens that a path has already, which a repetition penalty makes less likely."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from search_core.engine.memory.transfers import to_device


@dataclass(frozen=True, slots=True)
class SeenTokens:
    """Of B rows each token that occurs in it, once.

    Attributes:
        rows, tokens: int64 [n].
        penalty: float32 [n], that of the row.
    """

    rows: Tensor
    tokens: Tensor
    penalty: Tensor

    @classmethod
    def of(
        cls,
        seen: Sequence[Collection[int]],
        penalties: Sequence[float],
        vocabulary: int,
        device: torch.device,
    ) -> SeenTokens:
        """Of each row its tokens, and its penalty.

        Args:
            vocabulary: V: what the model cannot write needs no penalty.
        """
        found = [
            (row, token, penalties[row])
            for row, tokens in enumerate(seen)
            for token in tokens
            if token < vocabulary
        ]
        rows, tokens, values = zip(*found, strict=True) if found else ((), (), ())
        both = to_device(torch.tensor([rows, tokens], dtype=torch.long), device)
        penalty = to_device(torch.tensor(values, dtype=torch.float32), device)
        return cls(both[0], both[1], penalty)

    def penalised(self, logits: Tensor) -> Tensor:
        """Logits [B, V] after the penalty (arXiv 1909.05858, section 4.1; divided where they are
        positive and multiplied where they are negative, as transformers does it)."""
        values = logits[self.rows, self.tokens]
        changed = torch.where(values < 0, values * self.penalty, values / self.penalty)
        return logits.index_put((self.rows, self.tokens), changed)
